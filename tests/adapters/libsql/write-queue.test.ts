// Grouping, order, bounds and failures of the write queue, over a database that is only a list of groups.
import { describe, expect, test } from "bun:test";
import { OutageError } from "../../../core/outage.ts";
import { err, ok, type Result } from "../../../core/result.ts";
import type { Statement, WriteOperation } from "../../../adapters/libsql/database.ts";
import {
  makeWriteQueue,
  QUEUED_OPERATIONS_MAX,
  type StatementRows,
  type WriteQueue,
} from "../../../adapters/libsql/write-queue.ts";

const write = (sql: string): WriteOperation<string> => ({
  statements: [{ sql, args: [] }],
  outcome: (results) => String(results[0]?.[0]?.["ran"]),
});
type Group = readonly (readonly Statement[])[];
const texts = (group: Group): string[] => group.map(([statement]) => statement?.sql ?? "");
const ran = (group: Group): Result<StatementRows, unknown>[] =>
  texts(group).map((sql) => ok([[{ ran: sql }]]));

/** A queue whose groups run when `release` is called, one call a group. */
function heldQueue(operationsPerGroupMax = 100): {
  queue: WriteQueue;
  groups: string[][];
  release: (answer: (group: Group) => Result<StatementRows, unknown>[]) => Promise<void>;
} {
  const groups: string[][] = [];
  let started = Promise.withResolvers<(answer: (group: Group) => Result<StatementRows, unknown>[]) => void>();
  const queue = makeWriteQueue({
    operationsPerGroupMax,
    afterThisTurn: queueMicrotask,
    runGroup: (group) =>
      new Promise((resolve, reject) => {
        groups.push(texts(group));
        started.resolve((answer) => {
          try {
            resolve(answer(group));
          } catch (error) {
            reject(error);
          }
        });
      }),
  });
  return {
    queue,
    groups,
    async release(answer) {
      const run = await started.promise;
      started = Promise.withResolvers();
      run(answer);
    },
  };
}

describe("write queue", () => {
  test("what is written in one turn is one group, in order, each with its own result", async () => {
    const { queue, groups, release } = heldQueue();
    const writes = ["a", "b", "c"].map((name) => queue.write(write(name)));
    await release(ran);
    expect(await Promise.all(writes)).toEqual(["a", "b", "c"]);
    expect(groups).toEqual([["a", "b", "c"]]);
  });

  test("one group is in flight; what comes meanwhile is the next one", async () => {
    const { queue, groups, release } = heldQueue();
    const first = queue.write(write("a"));
    await release((group) => {
      void queue.write(write("b"));
      void queue.write(write("c"));
      expect(groups).toEqual([["a"]]);
      return ran(group);
    });
    await first;
    await release(ran);
    await queue.close();
    expect(groups).toEqual([["a"], ["b", "c"]]);
  });

  test("a group holds no more than its limit", async () => {
    const { queue, groups, release } = heldQueue(2);
    const writes = ["a", "b", "c"].map((name) => queue.write(write(name)));
    await release(ran);
    await release(ran);
    await Promise.all(writes);
    expect(groups).toEqual([["a", "b"], ["c"]]);
  });

  test("an operation's own error rejects it alone", async () => {
    const { queue, release } = heldQueue();
    const own = new Error("only b");
    const writes = ["a", "b", "c"].map((name) => queue.write(write(name)));
    const settled = Promise.allSettled(writes);
    await release((group) => ran(group).map((result, index) => (index === 1 ? err(own) : result)));
    expect(await settled).toEqual([
      { status: "fulfilled", value: "a" },
      { status: "rejected", reason: own },
      { status: "fulfilled", value: "c" },
    ]);
  });

  test("a group that fails as a whole rejects each of its operations, and the next group runs", async () => {
    const { queue, release } = heldQueue();
    const lost = new Error("commit failed");
    const settled = Promise.allSettled(["a", "b"].map((name) => queue.write(write(name))));
    await release(() => {
      throw lost;
    });
    expect(await settled).toEqual([
      { status: "rejected", reason: lost },
      { status: "rejected", reason: lost },
    ]);
    const next = queue.write(write("c"));
    await release(ran);
    expect(await next).toBe("c");
  });

  test("above the bound a write is refused as busy, and those that wait are served", async () => {
    const { queue, release } = heldQueue(QUEUED_OPERATIONS_MAX);
    const writes = Array.from({ length: QUEUED_OPERATIONS_MAX }, (_, index) =>
      queue.write(write(`w${index}`)),
    );
    const refused = await queue.write(write("one too many")).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OutageError);
    expect((refused as OutageError).outage).toEqual({
      service: "storage",
      cause: "busy",
      retryAfterSeconds: 1,
    });
    await release(ran);
    expect(await Promise.all(writes)).toHaveLength(QUEUED_OPERATIONS_MAX);
  });

  test("close serves what waits and refuses what comes after", async () => {
    const { queue, release } = heldQueue();
    const last = queue.write(write("last"));
    const closed = queue.close();
    expect(await queue.write(write("late")).catch((error: unknown) => error)).toBeInstanceOf(OutageError);
    await release(ran);
    await closed;
    expect(await last).toBe("last");
  });
});
