// The database on a libSQL server or Turso, by HTTP: each verb is one batch, one transaction, one round trip. Long-lived
// runtimes group what waits into one batch; on Workers each write is its own, on that request's own client. A write whose
// answer was lost may have been done: it rejects and is never sent again from here; the caller decides.
import { type Client, createClient, type InArgs, LibsqlError, type ResultSet } from "@libsql/client/web";
import { OutageError } from "../../core/outage.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Database, Row, SqlValue, Statement } from "./database.ts";
import { storageError, storageOutage } from "./storage-error.ts";
import { makeWriteQueue, type StatementRows } from "./write-queue.ts";

export type RemoteOptions = {
  /** `libsql:`, `https:` or `http:`. */
  readonly url: string;
  readonly authToken?: string;
  /** Every request goes through it. */
  readonly fetch?: (request: Request, init: RequestInit) => Promise<Response>;
  /** True where the process lives on (Bun, Deno, Node); false on Workers, where requests must share no promise. */
  readonly grouped: boolean;
};

/** For one batch with its answer. A libSQL server ends a transaction that holds up others after 5 s. */
const BATCH_TIMEOUT_MS = 10_000;
/** A batch is one HTTP body: with the largest rows (raw events of 150 KB) this many make some 10 MB. */
const OPERATIONS_PER_GROUP_MAX = 64;

/** sqld answers SQLITE_BUSY at once to some writes when many clients write (measured: 1 in 1,000 with eight of them). */
const LOCK_ATTEMPTS_MAX = 5;
const LOCK_RETRY_AFTER_MS = 20;
/** Of one client. A Workers request may hold six connections, and it has others to talk to. */
const REQUESTS_AT_ONCE_MAX = { grouped: 20, single: 4 };

/** Opens no connection yet. Throws an Error when the URL is not one of a libSQL server. */
export function openRemote(options: RemoteOptions): Database {
  const client = createClient({
    url: options.url,
    ...(options.authToken === undefined ? {} : { authToken: options.authToken }),
    intMode: "number",
    concurrency: options.grouped ? REQUESTS_AT_ONCE_MAX.grouped : REQUESTS_AT_ONCE_MAX.single,
    fetch: (request: Request) => exchange(options.fetch ?? fetch, request),
  });
  const batch = (mode: "read" | "write", statements: readonly Statement[]): Promise<StatementRows> =>
    runBatch(client, mode, statements);
  const read = (statements: readonly Statement[]): Promise<StatementRows> => batch("read", statements);

  if (!options.grouped) {
    return {
      read,
      write: async ({ statements, outcome }) => outcome(await batch("write", statements)),
      close: async () => client.close(),
    };
  }
  const queue = makeWriteQueue({
    runGroup: (operations) => runGroup((statements) => batch("write", statements), operations),
    // No turn is waited for: while one batch is under way the next group gathers.
    afterThisTurn: queueMicrotask,
    operationsPerGroupMax: OPERATIONS_PER_GROUP_MAX,
  });
  return {
    read,
    write: queue.write,
    async close() {
      await queue.close();
      client.close();
    },
  };
}

/** All in one batch; when a statement is refused, nothing of it was done, and each operation runs again alone. */
async function runGroup(
  write: (statements: readonly Statement[]) => Promise<StatementRows>,
  operations: readonly (readonly Statement[])[],
): Promise<readonly Result<StatementRows, unknown>[]> {
  try {
    const rows = await write(operations.flat());
    let end = 0;
    return operations.map(({ length }) => ok(rows.slice(end, (end += length))));
  } catch (error) {
    if (error instanceof OutageError) throw error;
    if (operations.length === 1) return [err(error)];
  }
  const results: Result<StatementRows, unknown>[] = [];
  let outage: OutageError | null = null;
  for (const statements of operations) {
    const result: Result<StatementRows, unknown> =
      outage === null ? await write(statements).then(ok, err) : err(outage);
    // Those that come after an outage are not tried: each would wait for its own time-out.
    if (!result.ok && result.error instanceof OutageError) outage = result.error;
    results.push(result);
  }
  return results;
}

/** One transaction, tried again only when the server says that it was refused for another's lock: then it was not done. */
async function runBatch(
  client: Client,
  mode: "read" | "write",
  statements: readonly Statement[],
): Promise<StatementRows> {
  const bound = statements.map(({ sql, args }) => ({ sql, args: args.map(bindable) as InArgs }));
  for (let attempts = 1; ; attempts++) {
    try {
      return (await client.batch(bound, mode)).map(toRows);
    } catch (error) {
      const meant = remoteError(error);
      const locked = meant instanceof OutageError && meant.outage.cause === "busy";
      if (!locked || attempts >= LOCK_ATTEMPTS_MAX) throw meant;
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY_AFTER_MS));
  }
}

// The client sends every number as a float: an integer must be a BigInt to arrive as INTEGER.
const bindable = (value: SqlValue): SqlValue =>
  typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value;

function toRows({ columns, rows }: ResultSet): readonly Row[] {
  return rows.map((row) =>
    Object.fromEntries(
      columns.map((column, index) => {
        const value = row[index] ?? null;
        return [column, value instanceof ArrayBuffer ? new Uint8Array(value) : value];
      }),
    ),
  );
}

/** One request with its whole answer: whatever goes wrong on the way is an outage, whichever runtime's words it has. */
async function exchange(send: NonNullable<RemoteOptions["fetch"]>, request: Request): Promise<Response> {
  try {
    const response = await send(request, { signal: AbortSignal.timeout(BATCH_TIMEOUT_MS) });
    return new Response(await response.arrayBuffer(), response);
  } catch (error) {
    if (error instanceof Error && error.name === "TimeoutError") {
      throw storageOutage("timed_out", "The database server did not answer in time.", error);
    }
    throw storageOutage("unavailable", "The database server cannot be reached.", error);
  }
}

/** The server's codes for a statement that is wrong or asks too much: a bug of ours, not an outage. */
const STATEMENT_FAULT = /^(SQLITE_|SQL_|ARGS_|RESPONSE_TOO_LARGE)/;

function remoteError(error: unknown): unknown {
  if (error instanceof LibsqlError) {
    const meant = storageError(error, error.code);
    if (meant !== error || STATEMENT_FAULT.test(error.code)) return meant;
    return storageOutage("unavailable", "The database server refused the request or failed.", error);
  }
  // An answer that is not JSON comes from something that is not the database server.
  if (error instanceof SyntaxError) {
    return storageOutage("unavailable", "The database server's answer cannot be read.", error);
  }
  return error;
}
