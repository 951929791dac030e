// What IdempotencyStore promises, sentence by sentence, on every database (see tests/support/contract.ts).
import assert from "node:assert/strict";
import { IDEMPOTENCY_TTL_MS, OPERATOR_CLAIM_SCOPE } from "../../core/idempotency/idempotency.ts";
import {
  type ChannelStores,
  makeChannelStores,
  SAMPLE_TIME,
  sampleClaim,
  sampleWorkspace,
} from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";

const ANSWER = { status: 201, body: '{"id":"1"}' };

/** Keys 1, 2, 3, ... are reserved a millisecond after each other, each for the workspace of its number. */
async function reserve(stores: ChannelStores, ...numbers: readonly number[]): Promise<void> {
  for (const n of numbers) await stores.workspaces.create(sampleWorkspace(n), sampleClaim(`key-${n}`));
}

const find = (stores: ChannelStores, n: number, now: number) =>
  stores.idempotency.find(OPERATOR_CLAIM_SCOPE, `key-${n}`, now);

const recordAnswer = (stores: ChannelStores, n: number, resourceId: string, answer = ANSWER) =>
  stores.idempotency.recordAnswer(OPERATOR_CLAIM_SCOPE, `key-${n}`, resourceId, answer);

export const contract: Contract<ChannelStores> = {
  name: "idempotency store",
  open: makeChannelStores,
  cases: [
    {
      name: "find answers null for a key never reserved, and in another workspace",
      async run(stores) {
        await reserve(stores, 1);
        assert.equal(await find(stores, 2, SAMPLE_TIME), null);
        assert.equal(await stores.idempotency.find(sampleWorkspace(1).id, "key-1", SAMPLE_TIME), null);
      },
    },
    {
      name: "find knows a key until it is as old as the time to live",
      async run(stores) {
        await reserve(stores, 1);
        const { createdAt } = sampleWorkspace(1);
        assert.notEqual(await find(stores, 1, createdAt + IDEMPOTENCY_TTL_MS - 1), null);
        assert.equal(await find(stores, 1, createdAt + IDEMPOTENCY_TTL_MS), null);
      },
    },
    {
      name: "recordAnswer keeps the first answer",
      async run(stores) {
        await reserve(stores, 1);
        await recordAnswer(stores, 1, sampleWorkspace(1).id);
        await recordAnswer(stores, 1, sampleWorkspace(1).id, { status: 500, body: "late" });
        assert.deepEqual((await find(stores, 1, SAMPLE_TIME))?.answer, ANSWER);
      },
    },
    {
      name: "recordAnswer leaves a key alone that is not reserved for this resource",
      async run(stores) {
        await reserve(stores, 1);
        await recordAnswer(stores, 1, sampleWorkspace(2).id);
        await recordAnswer(stores, 2, sampleWorkspace(2).id);
        assert.equal((await find(stores, 1, SAMPLE_TIME))?.answer, null);
        assert.equal(await find(stores, 2, SAMPLE_TIME), null);
      },
    },
    {
      name: "an expired key counts as free: the next create takes it, and the first resource stays",
      async run(stores) {
        await reserve(stores, 1);
        await recordAnswer(stores, 1, sampleWorkspace(1).id);
        const createdAt = sampleWorkspace(1).createdAt + IDEMPOTENCY_TTL_MS;
        const later = { ...sampleWorkspace(2), createdAt };
        assert.equal((await stores.workspaces.create(later, sampleClaim("key-1"))).ok, true);
        const record = await find(stores, 1, createdAt);
        assert.deepEqual([record?.resourceId, record?.answer], [later.id, null]);
        assert.notEqual(await stores.workspaces.find(sampleWorkspace(1).id), null);
      },
    },
    {
      name: "a key that is about to expire is still taken",
      async run(stores) {
        await reserve(stores, 1);
        const createdAt = sampleWorkspace(1).createdAt + IDEMPOTENCY_TTL_MS - 1;
        const late = await stores.workspaces.create(
          { ...sampleWorkspace(2), createdAt },
          sampleClaim("key-1"),
        );
        assert.deepEqual(late, { ok: false, error: { kind: "claim_lost" } });
      },
    },
    {
      name: "purgeExpired removes keys as old as the time to live, and no others",
      async run(stores) {
        await reserve(stores, 1, 2, 3);
        await stores.idempotency.purgeExpired(sampleWorkspace(2).createdAt + IDEMPOTENCY_TTL_MS, 10);
        const left = await Promise.all([1, 2, 3].map((n) => find(stores, n, SAMPLE_TIME)));
        assert.deepEqual(
          left.map((record) => record?.resourceId),
          [undefined, undefined, sampleWorkspace(3).id],
        );
      },
    },
    {
      name: "purgeExpired removes at most `limit` in one go, oldest first, until none is left",
      async run(stores, place) {
        // Past the subject, whose writes may be sent twice: the second would count what the first has left.
        const { idempotency } = makeChannelStores(place.database);
        await reserve(stores, 3, 1, 2);
        const now = SAMPLE_TIME + 2 * IDEMPOTENCY_TTL_MS;
        assert.equal(await idempotency.purgeExpired(now, 2), 2);
        assert.equal((await find(stores, 3, SAMPLE_TIME))?.resourceId, sampleWorkspace(3).id);
        assert.equal(await idempotency.purgeExpired(now, 2), 1);
        assert.equal(await idempotency.purgeExpired(now, 2), 0);
      },
    },
  ],
};
