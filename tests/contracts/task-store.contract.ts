// What TaskStore promises, sentence by sentence, on every database (see tests/support/contract.ts). Tasks come from the
// setups they are about: three each, of which `check_setup` is due a minute later.
import assert from "node:assert/strict";
import type { Id } from "../../core/ids.ts";
import { OVERDUE_MS, WHOLE_INSTALLATION } from "../../core/tasks/task.ts";
import { addSetup, addWorkspace, type ChannelStores, makeChannelStores } from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";

const LEASE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** So short that it has run out before the next statement. */
const NO_LEASE_MS = -1;

async function withSetups(stores: ChannelStores, count: number): Promise<readonly Id[]> {
  const { id: workspaceId } = await addWorkspace(stores, 1);
  const ids: Id[] = [];
  for (let n = 1; n <= count; n++) ids.push((await addSetup(stores, workspaceId, n)).id);
  return ids;
}

export const contract: Contract<ChannelStores> = {
  name: "task store",
  open: makeChannelStores,
  cases: [
    {
      name: "claimDue claims what is due, the earlier kinds first, at most so many, and none twice",
      async run({ tasks, ...stores }) {
        const [one, two] = await withSetups({ tasks, ...stores }, 2);
        const first = await tasks.claimDue(2, LEASE_MS, null);
        assert.deepEqual(
          first.map(({ kind }) => kind),
          ["provision_setup", "provision_setup"],
        );
        assert.deepEqual(first.map(({ subjectId }) => subjectId).toSorted(), [one, two]);
        const second = await tasks.claimDue(10, LEASE_MS, null);
        assert.deepEqual(
          second.map(({ kind, subjectId, attempts }) => [kind, subjectId, attempts]),
          [
            ["review_tenants", WHOLE_INSTALLATION, 1],
            ["read_account", WHOLE_INSTALLATION, 1],
            ["reconcile_inbound", WHOLE_INSTALLATION, 1],
          ],
        );
        assert.deepEqual(await tasks.claimDue(10, LEASE_MS, null), []);
      },
    },
    {
      name: "what is long overdue comes before what is more urgent",
      async run({ tasks, ...stores }) {
        const [id = ""] = await withSetups({ tasks, ...stores }, 1);
        // All of the setup's and the installation's, each a second late but one.
        const first = await tasks.claimDue(10, LEASE_MS, null);
        const check = await tasks.claim("check_setup", id, LEASE_MS);
        assert.ok(check);
        for (const held of first) await tasks.postpone(held, Date.now() - 1000, 0);
        await tasks.postpone(check, Date.now() - OVERDUE_MS - 1000, 0);
        assert.equal((await tasks.claimDue(1, LEASE_MS, null))[0]?.kind, "check_setup");
      },
    },
    {
      name: "a look ahead claims what will be due, and what nobody will hold any more",
      async run({ tasks, ...stores }) {
        await withSetups({ tasks, ...stores }, 1);
        await tasks.claimDue(10, LEASE_MS, null);
        const kindsAt = async (at: number) =>
          (await tasks.claimDue(10, LEASE_MS, at)).map(({ kind }) => kind);
        assert.deepEqual(await kindsAt(Date.now() - HOUR_MS), []);
        assert.deepEqual(await kindsAt(Date.now() + HOUR_MS), [
          "provision_setup",
          "review_tenants",
          "read_account",
          "reconcile_inbound",
          "check_setup",
        ]);
      },
    },
    {
      name: "two claims at once, on two connections, never get the same task",
      async run({ tasks, ...stores }, place) {
        await withSetups({ tasks, ...stores }, 6);
        const other = makeChannelStores(await place.openAnother()).tasks;
        const claims = await Promise.all(
          Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? tasks : other).claimDue(2, LEASE_MS, null)),
        );
        const claimed = claims.flat().map(({ kind, subjectId }) => `${kind} ${subjectId}`);
        assert.equal(new Set(claimed).size, claimed.length);
        assert.equal(claimed.length, 9);
      },
    },
    {
      name: "a task whose lease ran out is claimed again, with a higher fence",
      async run({ tasks, ...stores }) {
        const [id = ""] = await withSetups({ tasks, ...stores }, 1);
        const first = await tasks.claim("provision_setup", id, NO_LEASE_MS);
        const [second] = await tasks.claimDue(1, LEASE_MS, null);
        assert.ok(first && second);
        assert.deepEqual([second.fence, second.attempts], [first.fence + 1, first.attempts + 1]);
      },
    },
    {
      name: "claim claims one task, due or not; null when there is none or somebody holds it",
      async run({ tasks, ...stores }) {
        const [id = ""] = await withSetups({ tasks, ...stores }, 1);
        assert.equal((await tasks.claim("check_setup", id, LEASE_MS))?.kind, "check_setup");
        assert.equal(await tasks.claim("check_setup", id, LEASE_MS), null);
        assert.equal(await tasks.claim("delete_setup", id, LEASE_MS), null);
        assert.equal(await tasks.claim("check_setup", WHOLE_INSTALLATION, LEASE_MS), null);
      },
    },
    {
      name: "complete removes a task for its holder; an earlier one changes nothing",
      async run({ tasks, ...stores }) {
        const [id = ""] = await withSetups({ tasks, ...stores }, 1);
        const first = await tasks.claim("provision_setup", id, NO_LEASE_MS);
        const second = await tasks.claim("provision_setup", id, NO_LEASE_MS);
        assert.ok(first && second);
        await tasks.complete(first);
        const third = await tasks.claim("provision_setup", id, NO_LEASE_MS);
        assert.ok(third);
        await tasks.complete(third);
        assert.equal(await tasks.claim("provision_setup", id, LEASE_MS), null);
      },
    },
    {
      name: "postpone gives a task back for its holder, with the attempts; an earlier one changes nothing",
      async run({ tasks, ...stores }) {
        const [id = ""] = await withSetups({ tasks, ...stores }, 1);
        const first = await tasks.claim("provision_setup", id, LEASE_MS);
        assert.ok(first);
        await tasks.postpone(first, Date.now() + HOUR_MS, 7);
        const due = await tasks.claimDue(10, LEASE_MS, null);
        assert.deepEqual(
          due.map(({ kind }) => kind),
          ["review_tenants", "read_account", "reconcile_inbound"],
        );
        const second = await tasks.claim("provision_setup", id, LEASE_MS);
        assert.deepEqual([second?.attempts, second?.fence], [8, first.fence + 1]);
        await tasks.postpone(first, 0, 0);
        assert.equal(await tasks.claim("provision_setup", id, LEASE_MS), null);
      },
    },
  ],
};
