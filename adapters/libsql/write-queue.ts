// Groups writes on long-lived runtimes: whatever waits becomes one transaction, so that many requests share one sync to
// disk or one round trip. One group is in flight per queue. It does not know SQL: `runGroup` is the database's.
// Not for Workers, where no promise may be shared between requests.
import type { Result } from "../../core/result.ts";
import type { Row, Statement, WriteOperation } from "./database.ts";
import { storageOutage } from "./storage-error.ts";

export type StatementRows = readonly (readonly Row[])[];

export type WriteQueueOptions = {
  /**
   * Runs the operations as one transaction, in order, and answers each one's rows or the error only it met. When it
   * rejects, nothing of the group is known to be done and every operation rejects with that error.
   */
  runGroup(operations: readonly (readonly Statement[])[]): Promise<readonly Result<StatementRows, unknown>[]>;
  /** Calls back when what is ready to run now has run: those writes join the group. */
  afterThisTurn(run: () => void): void;
  readonly operationsPerGroupMax: number;
};

/** Above this many waiting writes more are refused as `busy`: they would time out before their turn, holding memory. */
export const QUEUED_OPERATIONS_MAX = 4_096;

type Waiting = {
  readonly statements: readonly Statement[];
  settle(result: Result<StatementRows, unknown>): void;
};

export type WriteQueue = {
  /** Answers when the operation's transaction is durable. Throws OutageError `busy` when too many wait. */
  write<T>(operation: WriteOperation<T>): Promise<T>;
  /** Refuses further writes and answers when the waiting ones have been settled. */
  close(): Promise<void>;
};

export function makeWriteQueue(options: WriteQueueOptions): WriteQueue {
  const waiting: Waiting[] = [];
  let worker: Promise<void> | null = null;
  let closed = false;

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      await new Promise<void>(options.afterThisTurn);
      const group = waiting.splice(0, options.operationsPerGroupMax);
      try {
        const results = await options.runGroup(group.map((operation) => operation.statements));
        for (const [index, operation] of group.entries()) {
          operation.settle(results[index] ?? { ok: false, error: new Error("a write has no result") });
        }
      } catch (error) {
        for (const operation of group) operation.settle({ ok: false, error });
      }
    }
    worker = null;
  }

  return {
    async write(operation) {
      if (closed) throw storageOutage("unavailable", "The database is closed.");
      if (waiting.length >= QUEUED_OPERATIONS_MAX) {
        throw storageOutage("busy", "Too many writes are waiting for the database.");
      }
      const result = await new Promise<Result<StatementRows, unknown>>((settle) => {
        waiting.push({ statements: operation.statements, settle });
        worker ??= work();
      });
      if (!result.ok) throw result.error;
      return operation.outcome(result.value);
    },
    async close() {
      closed = true;
      await worker;
    },
  };
}
