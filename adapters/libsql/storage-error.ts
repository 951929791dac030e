// What a failed statement means: the database is in trouble (an outage, the caller may try again), the row is not allowed
// (a constraint, that operation's own business), or the SQL is wrong (a bug). SQLite result codes: sqlite.org/rescode.html.
import { OutageError } from "../../core/outage.ts";

/** A unique, foreign key, NOT NULL or CHECK constraint refused the row. The message names columns, never values. */
export class ConstraintError extends Error {
  override readonly name = "ConstraintError";
}

const CONSTRAINT = { code: 19, name: "SQLITE_CONSTRAINT" };

const FAULTS = [
  { code: 5, name: "SQLITE_BUSY", cause: "busy", detail: "The database is locked by another process." },
  { code: 6, name: "SQLITE_LOCKED", cause: "busy", detail: "The database is locked." },
  { code: 7, name: "SQLITE_NOMEM", cause: "unavailable", detail: "The database ran out of memory." },
  { code: 8, name: "SQLITE_READONLY", cause: "unavailable", detail: "The database may not be written." },
  { code: 10, name: "SQLITE_IOERR", cause: "unavailable", detail: "The database's disk failed." },
  { code: 11, name: "SQLITE_CORRUPT", cause: "unavailable", detail: "The database file is damaged." },
  { code: 13, name: "SQLITE_FULL", cause: "unavailable", detail: "The database's disk is full." },
  { code: 14, name: "SQLITE_CANTOPEN", cause: "unavailable", detail: "The database file cannot be opened." },
  { code: 26, name: "SQLITE_NOTADB", cause: "unavailable", detail: "The database file is not a database." },
] as const;

/** How long a caller should wait after `busy`, in seconds: a queue of writes is worked off in less. */
const BUSY_RETRY_AFTER_SECONDS = 1;

/**
 * The error to throw for one that carries SQLite's result code, as an extended number (embedded) or a name (remote):
 * an OutageError (`storage`), a ConstraintError, or the error itself when the statement is to blame.
 */
export function storageError(error: unknown, code: number | string | null): unknown {
  const matches = (known: { readonly code: number; readonly name: string }): boolean =>
    // The low byte of an extended code is its primary code; extended names begin with the primary name.
    typeof code === "number" ? (code & 0xff) === known.code : (code?.startsWith(known.name) ?? false);
  if (matches(CONSTRAINT)) return new ConstraintError(messageOf(error), { cause: error });
  const fault = FAULTS.find(matches);
  return fault === undefined ? error : storageOutage(fault.cause, fault.detail, error);
}

/** An OutageError of the storage; `detail` is ours, never an upstream's text. */
export function storageOutage(
  cause: OutageError["outage"]["cause"],
  detail: string,
  error?: unknown,
): OutageError {
  const retryAfterSeconds = cause === "busy" ? BUSY_RETRY_AFTER_SECONDS : null;
  return new OutageError({ service: "storage", cause, retryAfterSeconds }, detail, { cause: error });
}

/** SQLite's own words, without what a libSQL server puts before them. */
const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/^.*SQLite error: /, "");
