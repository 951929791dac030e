import { describe, expect, test } from "bun:test";
import type { Database } from "../../../adapters/libsql/database.ts";
import { makeWriteTurns } from "../../../adapters/libsql/write-turns.ts";
import { OutageError } from "../../../core/outage.ts";

const OPERATION = { statements: [], outcome: () => "done" };

/** A database whose writes end when they are told to, and say when they begin. */
function heldDatabase() {
  const held: { done(): void; failed(): void }[] = [];
  let beginning: (() => void) | null = null;
  const database: Database = {
    read: async () => [],
    write: ({ outcome }) =>
      new Promise((resolve, reject) => {
        held.push({ done: () => resolve(outcome([])), failed: () => reject(new Error("refused")) });
        beginning?.();
      }),
    close: async () => undefined,
  };
  /** Resolves when this many writes have begun in all. */
  async function begun(count: number): Promise<void> {
    while (held.length < count) await new Promise<void>((resolve) => (beginning = resolve));
  }
  return { database, held, begun };
}

describe("writes of many requests", () => {
  test("go two at a time, and all are done", async () => {
    const { database, held, begun } = heldDatabase();
    const turns = makeWriteTurns();
    // As on Workers: a database of its own for each request.
    const writes = Array.from({ length: 9 }, () => turns.taking({ ...database }).write(OPERATION));
    for (let ended = 0; ended < writes.length; ended++) {
      await begun(Math.min(ended + 2, writes.length));
      expect(held.length).toBe(Math.min(ended + 2, writes.length));
      held[ended]?.done();
      await Promise.race(writes.slice(ended));
    }
    expect(await Promise.all(writes)).toEqual(Array(writes.length).fill("done"));
  });

  test("one that fails gives its turn back, and its error", async () => {
    const { database, held, begun } = heldDatabase();
    const gated = makeWriteTurns().taking(database);
    const failing = Promise.allSettled([gated.write(OPERATION), gated.write(OPERATION)]);
    await begun(2);
    const third = gated.write(OPERATION);
    held[0]?.failed();
    held[1]?.failed();
    expect((await failing).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await begun(3);
    held[2]?.done();
    expect(await third).toBe("done");
  });

  test("reads wait for nobody", async () => {
    const { database, begun } = heldDatabase();
    const gated = makeWriteTurns().taking(database);
    void gated.write(OPERATION);
    void gated.write(OPERATION);
    await begun(2);
    expect(await gated.read([])).toEqual([]);
  });
});

describe("turns that are not given back", () => {
  test("lapse when their writes would have been given up", async () => {
    let now = 0;
    const { database, held, begun } = heldDatabase();
    const turns = makeWriteTurns(() => now);
    void turns.taking(database).write(OPERATION);
    void turns.taking(database).write(OPERATION);
    await begun(2);
    now = 15_000;
    const write = turns.taking(database).write(OPERATION);
    await begun(3);
    held[2]?.done();
    expect(await write).toBe("done");
  });

  test("refuse those who waited long enough as busy", async () => {
    let now = 0;
    const { database, begun } = heldDatabase();
    const gated = makeWriteTurns(() => now).taking(database);
    void gated.write(OPERATION);
    void gated.write(OPERATION);
    await begun(2);
    const waiting = gated.write(OPERATION).catch((error: unknown) => error);
    now = 10_001;
    const refused = await waiting;
    expect(refused).toBeInstanceOf(OutageError);
    expect((refused as OutageError).outage).toMatchObject({ service: "storage", cause: "busy" });
  });
});
