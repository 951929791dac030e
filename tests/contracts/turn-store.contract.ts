// What TurnStore promises, on every database (see tests/support/contract.ts).
import assert from "node:assert/strict";
import { makeTurnStore, type TurnStore } from "../../adapters/libsql/turn-store.ts";
import type { Contract } from "../support/contract.ts";

const MINUTE_MS = 60_000;
const waits = (all: readonly (number | null)[]): readonly number[] =>
  all.filter((one) => one !== null).toSorted((one, other) => one - other);

/** How long the turns have to be waited for. */
const take = async (turns: TurnStore, ...asked: Parameters<TurnStore["take"]>): Promise<number | null> =>
  (await turns.take(...asked))?.waitMs ?? null;

export const contract: Contract<TurnStore> = {
  name: "turn store",
  open: makeTurnStore,
  cases: [
    {
      name: "the first turn comes at once, the next ones a gap after the one before",
      async run(turns) {
        const first = await take(turns, 1, 0, MINUTE_MS);
        const second = await take(turns, 1, 2 * MINUTE_MS, MINUTE_MS);
        const third = await take(turns, 1, 3 * MINUTE_MS, MINUTE_MS);
        assert.equal(first, 0);
        assert.ok(second !== null && second > MINUTE_MS / 2 && second <= MINUTE_MS);
        assert.ok(third !== null && third > MINUTE_MS && third <= 2 * MINUTE_MS);
      },
    },
    {
      name: "it says when that was by the database's clock, which all instances go by",
      async run(turns, place) {
        const other = makeTurnStore(await place.openAnother());
        const first = await turns.take(1, 0, MINUTE_MS);
        const second = await other.take(1, MINUTE_MS, MINUTE_MS);
        assert.ok(first !== null && second !== null);
        assert.equal(second.takenAt + second.waitMs, first.takenAt + first.waitMs + MINUTE_MS);
        assert.ok(Number.isInteger(first.takenAt) && second.takenAt >= first.takenAt);
      },
    },
    {
      name: "a turn that is too far off is not taken: who can wait gets it",
      async run(turns) {
        await take(turns, 1, 0, MINUTE_MS);
        assert.equal(await take(turns, 1, 0, MINUTE_MS), null);
        assert.equal(await take(turns, 1, -1, MINUTE_MS), null);
        const patient = await take(turns, 1, MINUTE_MS, MINUTE_MS);
        assert.ok(patient !== null && patient <= MINUTE_MS);
      },
    },
    {
      name: "several turns in a row are taken together or not at all, by when the last one comes",
      async run(turns) {
        assert.equal(await take(turns, 3, MINUTE_MS, MINUTE_MS), null);
        assert.equal(await take(turns, 3, 2 * MINUTE_MS, MINUTE_MS), 0);
        const next = await take(turns, 1, 3 * MINUTE_MS, MINUTE_MS);
        assert.ok(next !== null && next > 2 * MINUTE_MS && next <= 3 * MINUTE_MS);
      },
    },
    {
      name: "turns taken at once, on two connections, are all a gap apart",
      async run(turns, place) {
        const other = makeTurnStore(await place.openAnother());
        const took = await Promise.all(
          Array.from({ length: 10 }, (_, n) =>
            take(n % 2 === 0 ? turns : other, 1, 60 * MINUTE_MS, MINUTE_MS),
          ),
        );
        const all = waits(took);
        assert.equal(all.length, 10);
        for (const [index, wait] of all.entries())
          assert.ok(wait <= index * MINUTE_MS && wait > (index - 0.5) * MINUTE_MS, String(all));
      },
    },
  ],
};
