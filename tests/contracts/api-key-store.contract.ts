// What ApiKeyStore promises, sentence by sentence, on every database (see tests/support/contract.ts).
import assert from "node:assert/strict";
import { PERMISSIONS } from "../../core/access/permission.ts";
import {
  addWorkspace,
  type ChannelStores,
  makeChannelStores,
  SAMPLE_TIME,
  sampleApiKey,
} from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";

const KEYS_MAX = 3;
const AT = SAMPLE_TIME + 60_000;

/** A workspace with keys of these numbers; each one's secret hash is `secret-n`. */
async function withKeys(stores: ChannelStores, ...numbers: readonly number[]): Promise<string> {
  const { id } = await addWorkspace(stores, 1);
  for (const n of numbers) await create(stores, id, n);
  return id;
}

const create = (stores: ChannelStores, workspaceId: string, n: number) =>
  stores.apiKeys.create(sampleApiKey(workspaceId, n), `secret-${n}`, KEYS_MAX);

export const contract: Contract<ChannelStores> = {
  name: "API key store",
  open: makeChannelStores,
  cases: [
    {
      name: "create stores the key with all it has, findBySecret answers it",
      async run(stores) {
        const workspaceId = await withKeys(stores);
        const key = {
          ...sampleApiKey(workspaceId, 1),
          permissions: PERMISSIONS,
          expiresAt: AT,
          lastUsedAt: AT - 1,
        };
        assert.equal(await stores.apiKeys.create(key, "secret-1", KEYS_MAX), true);
        assert.deepEqual(await stores.apiKeys.findBySecret("secret-1"), key);
      },
    },
    {
      name: "findBySecret answers null for an unknown key",
      async run(stores) {
        await withKeys(stores, 1);
        assert.equal(await stores.apiKeys.findBySecret("secret-2"), null);
      },
    },
    {
      name: "findBySecret does not check expiry",
      async run(stores) {
        const key = { ...sampleApiKey(await withKeys(stores), 1), expiresAt: 1 };
        await stores.apiKeys.create(key, "secret-1", KEYS_MAX);
        assert.equal((await stores.apiKeys.findBySecret("secret-1"))?.expiresAt, 1);
      },
    },
    {
      name: "create answers false and stores nothing when the workspace holds keysMax keys",
      async run(stores) {
        const workspaceId = await withKeys(stores, 1, 2, 3);
        assert.equal(await create(stores, workspaceId, 4), false);
        assert.equal(await stores.apiKeys.findBySecret("secret-4"), null);
      },
    },
    {
      name: "a create run again at the limit answers true: its own key is there",
      async run(stores) {
        const workspaceId = await withKeys(stores, 1, 2, 3);
        assert.equal(await create(stores, workspaceId, 3), true);
        assert.equal((await stores.apiKeys.list(workspaceId)).length, 3);
      },
    },
    {
      name: "revoked keys and other workspaces' keys do not count towards the limit",
      async run(stores) {
        const workspaceId = await withKeys(stores, 1, 2, 3);
        const other = await addWorkspace(stores, 2);
        assert.equal(await create(stores, other.id, 4), true);
        await stores.apiKeys.revoke(workspaceId, sampleApiKey(workspaceId, 1).id, AT);
        assert.equal(await create(stores, workspaceId, 5), true);
      },
    },
    {
      name: "of creates at once, on two connections, only as many succeed as the limit leaves room for",
      async run(stores, place) {
        const other = makeChannelStores(await place.openAnother());
        const workspaceId = await withKeys(stores, 1);
        const created = await Promise.all(
          [2, 3, 4, 5, 6, 7].map((n) => create(n % 2 === 0 ? other : stores, workspaceId, n)),
        );
        assert.equal(created.filter((wasCreated) => wasCreated).length, KEYS_MAX - 1);
        assert.equal((await stores.apiKeys.list(workspaceId)).length, KEYS_MAX);
      },
    },
    {
      name: "list answers the workspace's keys that are not revoked, oldest first",
      async run(stores) {
        const workspaceId = await withKeys(stores, 3, 1, 2);
        await create(stores, (await addWorkspace(stores, 2)).id, 4);
        await stores.apiKeys.revoke(workspaceId, sampleApiKey(workspaceId, 1).id, AT);
        assert.deepEqual(await stores.apiKeys.list(workspaceId), [
          sampleApiKey(workspaceId, 3),
          sampleApiKey(workspaceId, 2),
        ]);
      },
    },
    {
      name: "revoke answers true once, and the key is no longer found",
      async run(stores) {
        const workspaceId = await withKeys(stores, 1);
        const { id } = sampleApiKey(workspaceId, 1);
        assert.equal(await stores.apiKeys.revoke(workspaceId, id, AT), true);
        assert.equal(await stores.apiKeys.findBySecret("secret-1"), null);
        assert.equal(await stores.apiKeys.revoke(workspaceId, id, AT + 1), false);
      },
    },
    {
      name: "revoke answers false for another workspace's key and leaves it in force",
      async run(stores) {
        const workspaceId = await withKeys(stores, 1);
        const other = await addWorkspace(stores, 2);
        assert.equal(await stores.apiKeys.revoke(other.id, sampleApiKey(workspaceId, 1).id, AT), false);
        assert.notEqual(await stores.apiKeys.findBySecret("secret-1"), null);
      },
    },
    {
      name: "touch notes the newest use: a time older than the one stored changes nothing",
      async run(stores) {
        const workspaceId = await withKeys(stores, 1, 2);
        const { id } = sampleApiKey(workspaceId, 1);
        for (const at of [AT, AT + 2, AT + 1]) await stores.apiKeys.touch(id, at);
        assert.equal((await stores.apiKeys.findBySecret("secret-1"))?.lastUsedAt, AT + 2);
        assert.equal((await stores.apiKeys.findBySecret("secret-2"))?.lastUsedAt, null);
      },
    },
  ],
};
