// The database in a file of this machine, over the runtime's own SQLite. Writes go in groups: one transaction, one sync
// to disk, a savepoint for each operation. Reads have a connection of their own, which cannot write.
// Every transaction runs within one turn of the event loop, so none is ever seen half done.
import { OutageError } from "../../../core/outage.ts";
import { err, ok, type Result } from "../../../core/result.ts";
import type { Database, Statement } from "../database.ts";
import { storageError, storageOutage } from "../storage-error.ts";
import { makeWriteQueue, type StatementRows } from "../write-queue.ts";
import type { SqliteConnection, SqliteDriver } from "./sqlite-driver.ts";
import { makeStatementCache, type StatementCache } from "./statement-cache.ts";

/** SQLite waits this long for another process's lock. Short, because it blocks the event loop while it waits. */
const BUSY_TIMEOUT_MS = 50;
/** Between two attempts this process does other work: about six seconds in all, then the write is refused as busy. */
const LOCK_RETRY_AFTER_MS = 10;
const LOCK_ATTEMPTS_MAX = 100;
/** A group this large still takes the event loop for some 20 ms only, and its share of one sync is already nothing. */
const OPERATIONS_PER_GROUP_MAX = 256;

// WAL: readers go on while one writes. FULL: with it a commit is on the disk when it answers; NORMAL would lose the last
// ones when the power fails (sqlite.org/pragma.html#pragma_synchronous).
const CONNECTION_PRAGMAS = `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;`;

type Connection = { readonly sqlite: SqliteConnection; readonly statements: StatementCache };

/** Opens (or makes) the file. Throws OutageError (`storage`) when that fails or its lock is held for seconds. */
export async function openEmbeddedDatabase(driver: SqliteDriver, path: string): Promise<Database> {
  const meaning = (error: unknown): unknown => storageError(error, driver.resultCode(error));

  function connect(pragmas: string): Connection {
    const sqlite = driver.open(path);
    try {
      sqlite.exec(pragmas);
    } catch (error) {
      sqlite.close();
      throw meaning(error);
    }
    return { sqlite, statements: makeStatementCache((sql) => sqlite.prepare(sql)) };
  }

  let writer: Connection;
  let reader: Connection;
  try {
    writer = await whileLocked(() => connect(CONNECTION_PRAGMAS));
    reader = await whileLocked(() => connect(`${CONNECTION_PRAGMAS} PRAGMA query_only = ON;`));
  } catch (error) {
    if (error instanceof OutageError) throw error;
    throw storageOutage("unavailable", "The database file cannot be opened.", error);
  }

  /** One operation in its savepoint: when it fails, its earlier statements are undone and the group goes on. */
  function runOperation(statements: readonly Statement[]): Result<StatementRows, unknown> {
    execute(writer, "SAVEPOINT operation");
    try {
      const rows = runStatements(writer, statements);
      execute(writer, "RELEASE operation");
      return ok(rows);
    } catch (error) {
      const meant = meaning(error);
      // A full disk or a failed one may have ended the whole transaction: then nobody's write stands.
      if (meant instanceof OutageError) throw meant;
      execute(writer, "ROLLBACK TO operation");
      execute(writer, "RELEASE operation");
      return err(meant);
    }
  }

  /** `body` as one transaction, as soon as the lock is free. */
  const run = <T>(on: Connection, begin: string, body: () => T): Promise<T> =>
    whileLocked(() => {
      if (closed) throw storageOutage("unavailable", "The database is closed.");
      try {
        return transaction(on, begin, body);
      } catch (error) {
        throw meaning(error);
      }
    });

  let closed = false;
  const queue = makeWriteQueue({
    runGroup: (operations) => run(writer, "BEGIN IMMEDIATE", () => operations.map(runOperation)),
    // A macrotask: requests whose input has arrived by now get to enqueue their writes first.
    afterThisTurn: (run) => void setImmediate(run),
    operationsPerGroupMax: OPERATIONS_PER_GROUP_MAX,
  });

  return {
    read: (statements) => run(reader, "BEGIN", () => runStatements(reader, statements)),
    write: (operation) => queue.write(operation),
    async close() {
      await queue.close();
      if (closed) return;
      closed = true;
      for (const { sqlite, statements } of [reader, writer]) {
        statements.clear();
        sqlite.close();
      }
    },
  };
}

const execute = (on: Connection, sql: string): unknown => on.statements.get(sql).all([]);

const runStatements = (on: Connection, statements: readonly Statement[]): StatementRows =>
  statements.map(({ sql, args }) => on.statements.get(sql).all(args));

/** Runs `body` between `begin` and COMMIT. When any of it throws, nothing of it stands. */
function transaction<T>(on: Connection, begin: string, body: () => T): T {
  execute(on, begin);
  try {
    const result = body();
    execute(on, "COMMIT");
    return result;
  } catch (error) {
    rollback(on);
    throw error;
  }
}

function rollback(on: Connection): void {
  try {
    execute(on, "ROLLBACK");
  } catch {
    // SQLite has already rolled back by itself (sqlite.org/lang_transaction.html, section 3).
  }
}

/** Tries again while another process holds the lock. What `attempt` did before it threw must be undone by then. */
async function whileLocked<T>(attempt: () => T): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return attempt();
    } catch (error) {
      const locked = error instanceof OutageError && error.outage.cause === "busy";
      if (!locked || attempts >= LOCK_ATTEMPTS_MAX) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY_AFTER_MS));
  }
}
