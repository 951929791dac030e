// What the sandbox remembers between starts: documents by (kind, id) and octets by key, in one SQLite file. Runs on Bun
// only, like the whole sandbox. Not a model for the product's own storage: it is local, and `synchronous = NORMAL`
// survives a killed process but not a power cut, which is enough for a stand-in.
import { Database } from "bun:sqlite";

/** Octets are cut into rows of this size, so that no statement binds a whole 40 MB message at once. */
const BLOB_PART_BYTES = 1_048_576;

/** Sorts after every id that starts with a prefix. */
const LAST_CODE_POINT = "\u{10FFFF}";

type ListOptions = {
  /** Only documents put with this label, oldest first. */
  readonly label?: string;
  /** Only ids that start so, in id order; with `after` and `limit` for paging. */
  readonly prefix?: string;
  readonly after?: string;
  readonly limit?: number;
};

export type Collection<T> = {
  get(id: string): T | null;
  has(id: string): boolean;
  /** Adds or replaces; a replaced document keeps its place in the order and takes the new label. */
  put(id: string, value: T, label?: string): void;
  /** True if there was one. */
  delete(id: string): boolean;
  count(): number;
  /** Oldest first. */
  ids(): string[];
  list(options?: ListOptions): T[];
  oldest(): T | null;
};

export type Store = {
  collection<T>(kind: string): Collection<T>;
  /** All or nothing, also across collections and blobs. */
  transaction<T>(work: () => T): T;
  writeBlob(key: string, pieces: readonly Uint8Array[]): void;
  /** Octets `from` (inclusive) to `to` (exclusive). */
  readBlob(key: string, from: number, to: number): Uint8Array<ArrayBuffer>;
  deleteBlob(key: string): void;
  close(): void;
};

const SCHEMA = `
CREATE TABLE IF NOT EXISTS document (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  label TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS document_by_kind ON document (kind, seq);
CREATE INDEX IF NOT EXISTS document_by_label ON document (kind, label, seq);
CREATE TABLE IF NOT EXISTS blob (
  key TEXT NOT NULL,
  start INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (key, start)
);`;

/** Opens (or makes) the file; `:memory:` forgets everything at close. */
export function openStore(path: string): Store {
  const database = new Database(path, { create: true });
  database.run("PRAGMA journal_mode = WAL");
  database.run("PRAGMA synchronous = NORMAL");
  database.run("PRAGMA busy_timeout = 5000");
  database.run(SCHEMA);
  return {
    collection: (kind) => makeCollection(database, kind),
    transaction: (work) => database.transaction(work)(),
    writeBlob: (key, pieces) => database.transaction(() => writeBlob(database, key, pieces))(),
    readBlob: (key, from, to) => readBlob(database, key, from, to),
    deleteBlob: (key) => void database.query("DELETE FROM blob WHERE key = ?").run(key),
    close: () => database.close(),
  };
}

type BodyRow = { body: string };

function makeCollection<T>(database: Database, kind: string): Collection<T> {
  const parse = (row: BodyRow): T => JSON.parse(row.body) as T;
  const one = (row: BodyRow | null): T | null => (row === null ? null : parse(row));
  const get = database.query<BodyRow, [string, string]>(
    "SELECT body FROM document WHERE kind = ? AND id = ?",
  );
  return {
    get: (id) => one(get.get(kind, id)),
    has: (id) => get.get(kind, id) !== null,
    put(id, value, label = "") {
      database
        .query(
          `INSERT INTO document (kind, id, label, body) VALUES (?, ?, ?, ?)
           ON CONFLICT (kind, id) DO UPDATE SET label = excluded.label, body = excluded.body`,
        )
        .run(kind, id, label, JSON.stringify(value));
    },
    delete: (id) =>
      database.query("DELETE FROM document WHERE kind = ? AND id = ?").run(kind, id).changes > 0,
    count: () =>
      database.query<{ n: number }, [string]>("SELECT count(*) AS n FROM document WHERE kind = ?").get(kind)
        ?.n ?? 0,
    ids: () =>
      database
        .query<{ id: string }, [string]>("SELECT id FROM document WHERE kind = ? ORDER BY seq")
        .all(kind)
        .map((row) => row.id),
    list: (options = {}) => listRows(database, kind, options).map(parse),
    oldest: () =>
      one(
        database
          .query<BodyRow, [string]>("SELECT body FROM document WHERE kind = ? ORDER BY seq LIMIT 1")
          .get(kind),
      ),
  };
}

function listRows(database: Database, kind: string, options: ListOptions): BodyRow[] {
  const limit = options.limit ?? -1; // SQLite: a negative LIMIT is none.
  if (options.prefix !== undefined) {
    const { prefix } = options;
    return database
      .query<BodyRow, [string, string, string, string, number]>(
        "SELECT body FROM document WHERE kind = ? AND id >= ? AND id > ? AND id < ? ORDER BY id LIMIT ?",
      )
      .all(kind, prefix, options.after ?? "", prefix + LAST_CODE_POINT, limit);
  }
  if (options.label !== undefined) {
    return database
      .query<BodyRow, [string, string, number]>(
        "SELECT body FROM document WHERE kind = ? AND label = ? ORDER BY seq LIMIT ?",
      )
      .all(kind, options.label, limit);
  }
  return database
    .query<BodyRow, [string, number]>("SELECT body FROM document WHERE kind = ? ORDER BY seq LIMIT ?")
    .all(kind, limit);
}

function writeBlob(database: Database, key: string, pieces: readonly Uint8Array[]): void {
  const insert = database.query("INSERT INTO blob (key, start, bytes) VALUES (?, ?, ?)");
  database.query("DELETE FROM blob WHERE key = ?").run(key);
  let start = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += BLOB_PART_BYTES) {
      const part = piece.subarray(at, at + BLOB_PART_BYTES);
      insert.run(key, start, part);
      start += part.length;
    }
  }
}

function readBlob(database: Database, key: string, from: number, to: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(Math.max(0, to - from));
  const parts = database
    .query<{ start: number; bytes: Uint8Array }, [string, number, number]>(
      "SELECT start, bytes FROM blob WHERE key = ? AND start < ? AND start + length(bytes) > ? ORDER BY start",
    )
    .iterate(key, to, from);
  for (const { start, bytes } of parts) {
    const piece = bytes.subarray(Math.max(0, from - start), Math.min(bytes.length, to - start));
    out.set(piece, Math.max(0, start - from));
  }
  return out;
}
