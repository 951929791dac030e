// How many writes an isolate of Workers has at the database at once. Each request has a client of its own there, so that
// forty callers are forty writers, and sqld 0.24 does not bear that: it hands its write lock to one that does not take it,
// and then nobody writes for 10 s and longer (measured: within 3,000 writes of 4 clients at once; of 2 not in 10,000).
// Requests share numbers here, never a promise or a queue: whoever waits looks again by its own timer.
import type { Database } from "./database.ts";
import { storageOutage } from "./storage-error.ts";

export type WriteTurns = {
  /** The same database, whose writes wait for their turn. Rejects with OutageError (`busy`) when none comes in time. */
  taking(database: Database): Database;
};

const WRITES_AT_ONCE_MAX = 2;
/** A little apart, so that those who wait do not all look at once. */
const LOOK_AGAIN_AFTER_MS = 2;
const LOOK_AGAIN_SPREAD_MS = 4;
const WAIT_MS_MAX = 10_000;
/**
 * A Worker's request whose client left may end without its `finally`. Its turn is over when its write would have been
 * given up.
 */
const TURN_LAPSES_AFTER_MS = 15_000;

export function makeWriteTurns(now: () => number = Date.now): WriteTurns {
  type Turn = { readonly lapsesAt: number };
  const turns = new Set<Turn>();

  function take(): Turn | null {
    for (const turn of turns) if (turn.lapsesAt <= now()) turns.delete(turn);
    if (turns.size >= WRITES_AT_ONCE_MAX) return null;
    const turn = { lapsesAt: now() + TURN_LAPSES_AFTER_MS };
    turns.add(turn);
    return turn;
  }

  async function wait(): Promise<Turn> {
    const deadline = now() + WAIT_MS_MAX;
    for (;;) {
      const turn = take();
      if (turn !== null) return turn;
      if (now() > deadline) throw storageOutage("busy", "Too many writes wait for the database.");
      const ms = LOOK_AGAIN_AFTER_MS + LOOK_AGAIN_SPREAD_MS * Math.random();
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
  }

  return {
    taking: (database) => ({
      ...database,
      async write(operation) {
        const turn = await wait();
        try {
          return await database.write(operation);
        } finally {
          turns.delete(turn);
        }
      },
    }),
  };
}
