// What WorkspaceStore promises, sentence by sentence, on every database (see tests/support/contract.ts).
import assert from "node:assert/strict";
import { OPERATOR_CLAIM_SCOPE } from "../../core/idempotency/idempotency.ts";
import {
  addWorkspace,
  type ChannelStores,
  makeChannelStores,
  sampleClaim,
  sampleWorkspace,
} from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";

export const contract: Contract<ChannelStores> = {
  name: "workspace store",
  open: makeChannelStores,
  cases: [
    {
      name: "create stores the workspace, find answers it",
      async run({ workspaces }) {
        const workspace = sampleWorkspace(1);
        assert.deepEqual(await workspaces.create(workspace, null), { ok: true, value: workspace });
        assert.deepEqual(await workspaces.find(workspace.id), workspace);
      },
    },
    {
      name: "find answers null for an unknown id",
      async run({ workspaces }) {
        assert.equal(await workspaces.find(sampleWorkspace(1).id), null);
      },
    },
    {
      name: "names need not be unique",
      async run(stores) {
        await addWorkspace(stores, 1);
        const second = { ...sampleWorkspace(2), name: sampleWorkspace(1).name };
        assert.deepEqual(await stores.workspaces.create(second, null), { ok: true, value: second });
      },
    },
    {
      name: "create reserves the claim in the operator's scope",
      async run({ workspaces, idempotency }) {
        const workspace = sampleWorkspace(1);
        await workspaces.create(workspace, sampleClaim());
        assert.deepEqual(await idempotency.find(OPERATOR_CLAIM_SCOPE, "key-1", workspace.createdAt), {
          fingerprint: "fingerprint of key-1",
          resourceId: workspace.id,
          answer: null,
          createdAt: workspace.createdAt,
        });
      },
    },
    {
      name: "create stores nothing when the claim is lost",
      async run({ workspaces }) {
        await workspaces.create(sampleWorkspace(1), sampleClaim());
        const late = sampleWorkspace(2);
        assert.deepEqual(await workspaces.create(late, sampleClaim()), {
          ok: false,
          error: { kind: "claim_lost" },
        });
        assert.equal(await workspaces.find(late.id), null);
      },
    },
    {
      name: "of creates with one key at once, on two connections, exactly one wins and all others lost the claim",
      async run({ workspaces }, place) {
        const other = makeChannelStores(await place.openAnother()).workspaces;
        const outcomes = await Promise.all(
          [1, 2, 3, 4, 5, 6].map((n) =>
            (n % 2 === 0 ? other : workspaces).create(sampleWorkspace(n), sampleClaim()),
          ),
        );
        const refusals = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error.kind]));
        assert.deepEqual(refusals, Array(5).fill("claim_lost"));
        assert.equal((await workspaces.list({ offset: 0, limit: 10 })).total, 1);
      },
    },
    {
      name: "list answers in creation order, whatever the ids, with the exact total",
      async run(stores) {
        for (const n of [3, 1, 2]) await addWorkspace(stores, n);
        const ids = async (offset: number, limit: number) => {
          const { items, total } = await stores.workspaces.list({ offset, limit });
          assert.equal(total, 3);
          return items.map((item) => item.id);
        };
        const inOrder = [3, 1, 2].map((n) => sampleWorkspace(n).id);
        assert.deepEqual(await ids(0, 2), inOrder.slice(0, 2));
        assert.deepEqual(await ids(2, 2), inOrder.slice(2));
        assert.deepEqual(await ids(3, 2), []);
      },
    },
    {
      name: "list answers an empty page when there is none",
      async run({ workspaces }) {
        assert.deepEqual(await workspaces.list({ offset: 0, limit: 10 }), { items: [], total: 0 });
      },
    },
  ],
};
