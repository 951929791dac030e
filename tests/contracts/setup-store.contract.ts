// What SetupStore promises, sentence by sentence, on every database (see tests/support/contract.ts).
import assert from "node:assert/strict";
import { CLOCK_JUMP_MS } from "../../core/ports/clock.ts";
import type { SetupCheck } from "../../core/ports/setup-store.ts";
import type { RecordVerdict } from "../../core/setup/dns-verdict.ts";
import type { SesSetup } from "../../core/setup/ses-setup.ts";
import {
  sampleBeginning,
  addSetup,
  addWorkspace,
  burySetup,
  type ChannelStores,
  makeChannelStores,
  SAMPLE_DKIM,
  SAMPLE_STANDING,
  SAMPLE_TIME,
  sampleClaim,
  sampleReservation,
  sampleUseCase,
  valueOf,
} from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";

const AT = SAMPLE_TIME + 60_000;
const PAGE = { offset: 0, limit: 10 };
const refusal = (kind: string) => ({ ok: false, error: { kind } });

function setupNames(workspaceId: string, n: number) {
  const { releasedSetupId: _, ...names } = sampleReservation(workspaceId, n);
  return names;
}

/** What `reserve` answers for the sample. */
const reserved = (workspaceId: string, n: number): SesSetup => ({
  ...setupNames(workspaceId, n),
  status: "provisioning",
  stepsDone: 0,
  tenantArn: null,
  dkim: null,
  verdicts: [],
  dnsVerified: false,
  dnsCheckedAt: null,
  dnsLostAt: null,
  sendingPausedCause: null,
  updatedAt: sampleReservation(workspaceId, n).createdAt,
});

/** What `addSetup` stores for the sample. */
const ready = (workspaceId: string, n: number): SesSetup => ({
  ...reserved(workspaceId, n),
  status: "ready",
  ...SAMPLE_STANDING,
});

const bury = (stores: ChannelStores, id: string): Promise<void> => burySetup(stores, id, AT);

const VERDICT: RecordVerdict = {
  address: "bounce.mail1.example",
  record: "10 feedback-smtp.eu-central-1.amazonses.com",
  type: "MX",
  verified: false,
  reason: "missing",
  found: [],
  fix: "Publish the record.",
};

const check = (at: number, changes: Partial<SetupCheck> = {}): SetupCheck => ({
  verdicts: [VERDICT],
  dnsVerified: false,
  dnsLostAt: null,
  dkim: SAMPLE_DKIM,
  checkedAt: at,
  ...changes,
});

export const contract: Contract<ChannelStores> = {
  name: "setup store",
  open: makeChannelStores,
  cases: [
    {
      name: "reserve stores a setup as provisioning, with its claim",
      async run(stores) {
        const workspace = await addWorkspace(stores, 1);
        const setup = reserved(workspace.id, 1);
        const reservation = sampleReservation(workspace.id, 1);
        const outcome = await stores.setups.reserve(reservation, sampleClaim());
        const { fence } = valueOf(outcome).task;
        const task = { kind: "provision_setup", subjectId: setup.id, fence, attempts: 1 };
        assert.deepEqual(outcome, { ok: true, value: { setup, task } });
        assert.deepEqual(await stores.setups.find(setup.id), setup);
        const record = await stores.idempotency.find(workspace.id, "key-1", setup.createdAt);
        assert.equal(record?.resourceId, setup.id);
      },
    },
    {
      name: "reserve says which name is taken, by any workspace's setup, the tenant name first",
      async run(stores) {
        const owner = await addWorkspace(stores, 1);
        const other = await addWorkspace(stores, 2);
        await addSetup(stores, owner.id, 1);
        const { tenantName, domainIdentity } = sampleReservation(owner.id, 1);
        const rows = [
          [{ tenantName }, "tenant_name_taken"],
          [{ domainIdentity }, "domain_identity_taken"],
          [{ tenantName, domainIdentity }, "tenant_name_taken"],
        ] as const;
        for (const [names, kind] of rows) {
          const wanted = { ...sampleReservation(other.id, 2), ...names };
          assert.deepEqual(await stores.setups.reserve(wanted, null), refusal(kind));
          assert.equal(await stores.setups.find(wanted.id), null);
        }
      },
    },
    {
      name: "a refused reserve stores no claim: the key may be used again",
      async run(stores) {
        const { id } = await addWorkspace(stores, 1);
        await addSetup(stores, id, 1);
        const taken = { ...sampleReservation(id, 2), tenantName: sampleReservation(id, 1).tenantName };
        assert.deepEqual(await stores.setups.reserve(taken, sampleClaim()), refusal("tenant_name_taken"));
        assert.equal(await stores.idempotency.find(id, "key-1", SAMPLE_TIME), null);
        const free = { ...sampleReservation(id, 2), tenantName: "free" };
        assert.equal((await stores.setups.reserve(free, sampleClaim())).ok, true);
      },
    },
    {
      name: "a lost claim wins over a taken name, and the key stays with the first",
      async run(stores) {
        const { id } = await addWorkspace(stores, 1);
        const first = sampleReservation(id, 1);
        await stores.setups.reserve(first, sampleClaim());
        const again = { ...first, id: sampleReservation(id, 2).id };
        assert.deepEqual(await stores.setups.reserve(again, sampleClaim()), refusal("claim_lost"));
        const record = await stores.idempotency.find(id, "key-1", SAMPLE_TIME);
        assert.equal(record?.resourceId, first.id);
      },
    },
    {
      name: "keys are reserved per workspace: another's same key is free",
      async run(stores) {
        for (const n of [1, 2]) {
          const { id } = await addWorkspace(stores, n);
          assert.equal((await stores.setups.reserve(sampleReservation(id, n), sampleClaim())).ok, true);
        }
      },
    },
    {
      name: "of reserves of one name at once, on two connections, exactly one wins",
      async run(stores, place) {
        const { id } = await addWorkspace(stores, 1);
        const other = makeChannelStores(await place.openAnother());
        const outcomes = await Promise.all(
          [1, 2, 3, 4].map((n) =>
            (n % 2 === 0 ? other : stores).setups.reserve(
              { ...sampleReservation(id, n), domainIdentity: "one.example" },
              sampleClaim(`key-${n}`),
            ),
          ),
        );
        const refusals = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error.kind]));
        assert.deepEqual(refusals, Array(3).fill("domain_identity_taken"));
      },
    },
    {
      name: "of reserves with one key at once, on two connections, exactly one wins and the others lost the claim",
      async run(stores, place) {
        const { id } = await addWorkspace(stores, 1);
        const other = makeChannelStores(await place.openAnother());
        const outcomes = await Promise.all(
          [1, 2, 3, 4].map((n) =>
            (n % 2 === 0 ? other : stores).setups.reserve(sampleReservation(id, n), sampleClaim()),
          ),
        );
        const refusals = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error.kind]));
        assert.deepEqual(refusals, Array(3).fill("claim_lost"));
      },
    },
    {
      name: "recordStanding makes a setup ready, gives its task back, and has it checked, its tenant reviewed, the account read and the bucket compared",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { task } = valueOf(await stores.setups.reserve(sampleReservation(workspaceId, 1), null));
        const { subjectId: id } = task;
        const expected = { ...ready(workspaceId, 1), updatedAt: AT };
        assert.deepEqual(await stores.setups.recordStanding(task, SAMPLE_STANDING, AT), expected);
        assert.deepEqual(await stores.setups.find(id), expected);
        const due = await stores.tasks.claimDue(10, 600_000, null);
        assert.deepEqual(
          due.map(({ kind }) => kind),
          ["provision_setup", "review_tenants", "read_account", "reconcile_inbound"],
        );
        const { fence } = task;
        assert.deepEqual(due[0], { kind: "provision_setup", subjectId: id, fence: fence + 1, attempts: 1 });
        const [later] = await stores.tasks.claimDue(10, 1000, Date.now() + 61_000);
        assert.deepEqual([later?.kind, later?.subjectId], ["check_setup", id]);
      },
    },
    {
      name: "recordStep notes how many steps are done; an earlier holder notes nothing",
      async run(stores) {
        const { id } = await addSetup(stores, (await addWorkspace(stores, 1)).id, 1);
        const task = await stores.tasks.claim("provision_setup", id, 60_000);
        assert.ok(task);
        assert.equal(await stores.setups.recordStep(task, 3), true);
        assert.equal(await stores.setups.recordStep({ ...task, fence: task.fence - 1 }, 5), false);
        assert.equal((await stores.setups.find(id))?.stepsDone, 3);
      },
    },
    {
      name: "recordStanding answers null for a setup that was released, and for an earlier holder",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { setup, task } = valueOf(await stores.setups.reserve(sampleReservation(workspaceId, 1), null));
        await stores.setups.letGo(task, AT);
        const taken = await stores.setups.takeOver(setup, null, AT);
        assert.equal(await stores.setups.recordStanding(task, SAMPLE_STANDING, AT), null);
        assert.ok(taken);
        assert.equal(await stores.setups.release(task), false);
        assert.equal(await stores.setups.release(taken.task), true);
        assert.equal(await stores.setups.recordStanding(taken.task, SAMPLE_STANDING, AT), null);
        assert.deepEqual(await stores.tasks.claimDue(10, 1000, AT * 2), []);
      },
    },
    {
      name: "what was let go of can be found by its names and taken over once, with another claim",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { tenantName, domainIdentity } = sampleReservation(workspaceId, 1);
        const { setup, task } = valueOf(
          await stores.setups.reserve(sampleReservation(workspaceId, 1), sampleClaim()),
        );
        const find = (tenant: string) => stores.setups.findUnfinished(workspaceId, tenant, domainIdentity);
        assert.deepEqual(await find(tenantName), setup);
        assert.equal(await find("other"), null);
        assert.equal(await stores.setups.findUnfinished(setup.id, tenantName, domainIdentity), null);
        assert.equal(await stores.setups.takeOver(setup, sampleClaim("key-2"), AT), null);
        await stores.setups.letGo(task, AT);
        assert.equal(await stores.idempotency.find(workspaceId, "key-1", SAMPLE_TIME), null);
        const taken = await stores.setups.takeOver(setup, sampleClaim("key-2"), AT);
        assert.equal(taken?.task.fence, task.fence + 1);
        const record = await stores.idempotency.find(workspaceId, "key-2", SAMPLE_TIME);
        assert.equal(record?.resourceId, setup.id);
        assert.equal(await stores.setups.takeOver(setup, null, AT), null);
        await stores.setups.recordStanding(taken.task, SAMPLE_STANDING, AT);
        assert.equal(await find(tenantName), null);
        assert.equal(await stores.setups.takeOver(setup, null, AT), null);
      },
    },
    {
      name: "reserve refuses a domain above or below another workspace's, and lets the own one pass",
      async run(stores) {
        const owner = await addWorkspace(stores, 1);
        const other = await addWorkspace(stores, 2);
        const first = { ...sampleReservation(owner.id, 1), domainIdentity: "mail.clinic.example" };
        const held = valueOf(await stores.setups.reserve(first, null));
        const rows: readonly (readonly [string, string, string])[] = [
          [other.id, "clinic.example", "domain_conflict"],
          [other.id, "a.b.mail.clinic.example", "domain_conflict"],
          [other.id, "xmail.clinic.example", "stored"],
          [other.id, "ail.clinic.example", "stored"],
          [owner.id, "clinic.example", "stored"],
          [owner.id, "a.mail.clinic.example", "stored"],
        ];
        for (const [index, [workspaceId, domainIdentity, expected]] of rows.entries()) {
          const wanted = { ...sampleReservation(workspaceId, index + 2), domainIdentity };
          const outcome = await stores.setups.reserve(wanted, null);
          assert.equal(outcome.ok ? "stored" : outcome.error.kind, expected, domainIdentity);
          if (outcome.ok) await stores.setups.release(outcome.value.task);
        }
        await stores.setups.release(held.task);
        const after = { ...sampleReservation(other.id, 9), domainIdentity: "clinic.example" };
        assert.equal((await stores.setups.reserve(after, null)).ok, true);
      },
    },
    {
      name: "findReleased answers who had the domain last; reserve refuses a release that was not looked at",
      async run(stores) {
        const [one, two] = [await addWorkspace(stores, 1), await addWorkspace(stores, 2)];
        const { domainIdentity } = sampleReservation(one.id, 1);
        const again = (workspaceId: string, n: number, releasedSetupId: string | null) =>
          stores.setups.reserve(
            { ...sampleReservation(workspaceId, n), domainIdentity, releasedSetupId },
            null,
          );
        assert.equal(await stores.setups.findReleased(domainIdentity), null);
        const { id } = await addSetup(stores, one.id, 1);
        assert.equal(await stores.setups.findReleased(domainIdentity), null);
        await bury(stores, id);
        const released = await stores.setups.findReleased(domainIdentity);
        assert.deepEqual([released?.id, released?.workspaceId], [id, one.id]);
        assert.deepEqual(await again(two.id, 2, null), refusal("domain_recently_released"));
        const second = valueOf(await again(two.id, 2, id));
        assert.equal(await stores.setups.findReleased(domainIdentity), null);
        await stores.setups.recordStanding(second.task, SAMPLE_STANDING, AT);
        await burySetup(stores, second.setup.id, AT + 1);
        assert.equal((await stores.setups.findReleased(domainIdentity))?.id, second.setup.id);
        // The first one's is not the last any more.
        assert.deepEqual(await again(one.id, 3, id), refusal("domain_recently_released"));
        assert.equal((await again(two.id, 4, null)).ok, true);
      },
    },
    {
      name: "release removes a provisioning setup, its claim and its task as if it had never been",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const reservation = sampleReservation(workspaceId, 1);
        const { task } = valueOf(await stores.setups.reserve(reservation, sampleClaim()));
        assert.equal(await stores.setups.release(task), true);
        assert.equal(await stores.setups.find(reservation.id), null);
        assert.equal(await stores.tasks.claim("provision_setup", reservation.id, 1000), null);
        const again = { ...reservation, id: sampleReservation(workspaceId, 2).id };
        assert.equal((await stores.setups.reserve(again, sampleClaim())).ok, true);
      },
    },
    {
      name: "release leaves a setup in any other status, and its claim",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { setup, task } = valueOf(
          await stores.setups.reserve(sampleReservation(workspaceId, 1), sampleClaim()),
        );
        await stores.setups.recordStanding(task, SAMPLE_STANDING, AT);
        const held = await stores.tasks.claim("provision_setup", setup.id, 1000);
        assert.ok(held);
        assert.equal(await stores.setups.release(held), false);
        await stores.tasks.postpone(held, 0, 0);
        assert.equal((await stores.setups.beginDelete(setup.id, AT)).ok, true);
        const again = await stores.tasks.claim("provision_setup", setup.id, 1000);
        assert.ok(again);
        assert.equal(await stores.setups.release(again), false);
        assert.equal((await stores.setups.find(setup.id))?.status, "deleting");
        const record = await stores.idempotency.find(workspaceId, "key-1", SAMPLE_TIME);
        assert.equal(record?.resourceId, setup.id);
      },
    },
    {
      name: "find answers null for an unknown and for a deleted setup",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { id } = await addSetup(stores, workspaceId, 1);
        assert.equal(await stores.setups.find(sampleReservation(workspaceId, 2).id), null);
        await bury(stores, id);
        assert.equal(await stores.setups.find(id), null);
      },
    },
    {
      name: "list answers a workspace's setups in creation order with the exact total",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        await addSetup(stores, (await addWorkspace(stores, 2)).id, 9);
        for (const n of [3, 1, 2]) await addSetup(stores, workspaceId, n);
        const [first, second] = [
          await stores.setups.list(workspaceId, { offset: 0, limit: 2 }),
          await stores.setups.list(workspaceId, { offset: 2, limit: 2 }),
        ];
        assert.deepEqual(first, { items: [ready(workspaceId, 3), ready(workspaceId, 1)], total: 3 });
        assert.deepEqual(second, { items: [ready(workspaceId, 2)], total: 3 });
      },
    },
    {
      name: "list of null answers all workspaces' setups in creation order",
      async run(stores) {
        const [one, two] = [await addWorkspace(stores, 1), await addWorkspace(stores, 2)];
        const setups = [
          await addSetup(stores, two.id, 3),
          await addSetup(stores, one.id, 1),
          await addSetup(stores, two.id, 2),
        ];
        assert.deepEqual(await stores.setups.list(null, PAGE), { items: setups, total: 3 });
      },
    },
    {
      name: "list leaves out deleted setups and those still provisioning, and shows those being deleted",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        await stores.setups.reserve(sampleReservation(workspaceId, 1), null);
        await bury(stores, (await addSetup(stores, workspaceId, 2)).id);
        await stores.setups.beginDelete((await addSetup(stores, workspaceId, 3)).id, AT);
        await addSetup(stores, workspaceId, 4);
        for (const whose of [workspaceId, null]) {
          const { items, total } = await stores.setups.list(whose, PAGE);
          assert.deepEqual(
            items.map((setup) => setup.status),
            ["deleting", "ready"],
          );
          assert.equal(total, 2);
        }
      },
    },
    {
      name: "recordCheck stores a verdict and answers what is now stored",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { id } = await addSetup(stores, workspaceId, 1);
        const dkim = { tokens: ["four"], signingHostedZone: "other.example" };
        const stored = await stores.setups.recordCheck(id, check(AT, { dnsLostAt: AT - 1, dkim }));
        const expected = {
          ...ready(workspaceId, 1),
          verdicts: [VERDICT],
          dnsCheckedAt: AT,
          dnsLostAt: AT - 1,
          dkim,
          updatedAt: AT,
        };
        assert.deepEqual(stored, expected);
        assert.deepEqual(await stores.setups.find(id), expected);
      },
    },
    {
      name: "recordCheck keeps the newer of two checks, in whichever order they arrive",
      async run(stores) {
        const { id } = await addSetup(stores, (await addWorkspace(stores, 1)).id, 1);
        const newer = check(AT + 1, { dnsVerified: true });
        const stored = await stores.setups.recordCheck(id, newer);
        assert.deepEqual([stored?.dnsVerified, stored?.dnsCheckedAt], [true, AT + 1]);
        assert.deepEqual(await stores.setups.recordCheck(id, check(AT)), stored);
      },
    },
    {
      name: "recordCheck replaces a check of a clock that had jumped ahead",
      async run(stores) {
        const { id } = await addSetup(stores, (await addWorkspace(stores, 1)).id, 1);
        await stores.setups.recordCheck(id, check(AT + CLOCK_JUMP_MS));
        assert.equal((await stores.setups.recordCheck(id, check(AT)))?.dnsCheckedAt, AT + CLOCK_JUMP_MS);
        await stores.setups.recordCheck(id, check(AT + CLOCK_JUMP_MS + 1));
        assert.equal((await stores.setups.recordCheck(id, check(AT)))?.dnsCheckedAt, AT);
      },
    },
    {
      name: "claimRearm is granted once in the time that is asked for, each record by itself",
      async run(stores) {
        const { id } = await addSetup(stores, (await addWorkspace(stores, 1)).id, 1);
        const claim = (record: "dkim" | "mail_from", at: number) =>
          stores.setups.claimRearm(id, record, at, at - 1000);
        assert.equal(await claim("dkim", AT), true);
        assert.equal(await claim("dkim", AT + 999), false);
        assert.equal(await claim("mail_from", AT + 999), true);
        assert.equal(await claim("dkim", AT + 1000), true);
        await stores.setups.returnRearm(id, "dkim");
        assert.equal(await claim("dkim", AT + 1001), true);
        assert.equal(await claim("dkim", AT - 5000), true);
      },
    },
    {
      name: "recordPauses notes the paused tenants, and that all others may send",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const setups = await Promise.all([1, 2].map((n) => addSetup(stores, workspaceId, n)));
        const causes = async () =>
          Promise.all(setups.map(async ({ id }) => (await stores.setups.find(id))?.sendingPausedCause));
        const { tenantArn } = SAMPLE_STANDING;
        await stores.setups.recordPauses([{ tenantArn, cause: 'It\'s "bounces".' }]);
        assert.deepEqual(await causes(), ['It\'s "bounces".', 'It\'s "bounces".']);
        await stores.setups.recordPauses([{ tenantArn: "arn:another", cause: "spam" }]);
        assert.deepEqual(await causes(), [null, null]);
      },
    },
    {
      name: "recordCheck moves updatedAt only when something other than the time of the check changed",
      async run(stores) {
        const { id } = await addSetup(stores, (await addWorkspace(stores, 1)).id, 1);
        // The same members in another order are the same verdict.
        const { fix, found, ...rest } = VERDICT;
        const checks: readonly (readonly [SetupCheck, boolean])[] = [
          [check(AT), true],
          [check(AT + 1), false],
          [check(AT + 2, { verdicts: [{ found, fix, ...rest }] }), false],
          [check(AT + 3, { dnsVerified: true }), true],
          [check(AT + 4, { dnsVerified: true, dnsLostAt: 5 }), true],
          [check(AT + 5, { dnsVerified: true, dnsLostAt: 5 }), false],
          [check(AT + 6, { dkim: { ...SAMPLE_DKIM, tokens: [] } }), true],
        ];
        let updatedAt = 0;
        for (const [made, moves] of checks) {
          if (moves) updatedAt = made.checkedAt;
          const stored = await stores.setups.recordCheck(id, made);
          assert.deepEqual([stored?.dnsCheckedAt, stored?.updatedAt], [made.checkedAt, updatedAt]);
        }
      },
    },
    {
      name: "recordCheck answers null for an unknown or deleted setup",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { id } = await addSetup(stores, workspaceId, 1);
        await bury(stores, id);
        assert.equal(await stores.setups.recordCheck(id, check(AT)), null);
        const unknown = sampleReservation(workspaceId, 2).id;
        assert.equal(await stores.setups.recordCheck(unknown, check(AT)), null);
      },
    },
    {
      name: "updatedAt never goes back",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { id } = sampleReservation(workspaceId, 1);
        const { task } = valueOf(await stores.setups.reserve(sampleReservation(workspaceId, 1), null));
        await stores.setups.recordStanding(task, SAMPLE_STANDING, AT);
        await stores.setups.recordCheck(id, check(AT - 1));
        const deletion = valueOf(await stores.setups.beginDelete(id, AT - 1));
        await stores.setups.abortDelete(deletion, AT - 1);
        assert.equal((await stores.setups.find(id))?.updatedAt, AT);
      },
    },
    {
      name: "beginDelete marks a setup deleting for one holder; abortDelete makes it ready again, as it was",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { id } = await addSetup(stores, workspaceId, 1);
        const rest = await stores.tasks.claim("provision_setup", id, 60_000);
        assert.ok(rest);
        assert.deepEqual(await stores.setups.beginDelete(id, AT), refusal("setup_busy"));
        await stores.tasks.complete(rest);
        const first = valueOf(await stores.setups.beginDelete(id, AT));
        assert.deepEqual(await stores.setups.beginDelete(id, AT), refusal("setup_busy"));
        assert.equal((await stores.setups.find(id))?.status, "deleting");
        await stores.setups.abortDelete(first, AT + 2);
        const aborted = { ...ready(workspaceId, 1), updatedAt: AT + 2 };
        assert.deepEqual(await stores.setups.find(id), aborted);
        assert.equal(await stores.tasks.claim("delete_setup", id, 1000), null);
        await stores.setups.abortDelete(first, AT + 3);
        assert.deepEqual(await stores.setups.find(id), aborted);
      },
    },
    {
      name: "a deletion whose task is postponed may begin again at once, and counts its attempts",
      async run(stores) {
        const { id } = await addSetup(stores, (await addWorkspace(stores, 1)).id, 1);
        const first = valueOf(await stores.setups.beginDelete(id, AT));
        await stores.tasks.postpone(first, Date.now() + 60_000, first.attempts);
        assert.equal((await stores.setups.find(id))?.status, "deleting");
        const second = valueOf(await stores.setups.beginDelete(id, AT + 1));
        assert.deepEqual([first.attempts, second.attempts], [1, 2]);
        await stores.setups.abortDelete(first, AT + 2);
        assert.equal((await stores.setups.find(id))?.status, "deleting");
        assert.equal(await stores.setups.bury(second, AT + 3), true);
      },
    },
    {
      name: "beginDelete refuses while a use case that is not deleted refers to the setup, whatever its status",
      async run(stores) {
        const setup = await addSetup(stores, (await addWorkspace(stores, 1)).id, 1);
        const refused = async (): Promise<void> => {
          assert.deepEqual(await stores.setups.beginDelete(setup.id, AT), refusal("setup_in_use"));
          assert.equal((await stores.setups.find(setup.id))?.status, "ready");
        };
        const { useCase, task } = valueOf(
          await stores.useCases.reserveEmail(sampleUseCase(setup, 1), null, sampleBeginning()),
        );
        await refused();
        await stores.useCases.recordProvisioned(task, AT);
        await refused();
        const deletion = valueOf(await stores.useCases.beginDelete(useCase.id, AT));
        await refused();
        await stores.useCases.bury(deletion, AT);
        assert.equal((await stores.setups.beginDelete(setup.id, AT)).ok, true);
      },
    },
    {
      name: "beginDelete does not find a setup that is unknown or still provisioning",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { id } = sampleReservation(workspaceId, 1);
        assert.deepEqual(await stores.setups.beginDelete(id, AT), refusal("setup_not_found"));
        await stores.setups.reserve(sampleReservation(workspaceId, 1), null);
        assert.deepEqual(await stores.setups.beginDelete(id, AT), refusal("setup_not_found"));
        assert.deepEqual(await stores.setups.find(id), reserved(workspaceId, 1));
      },
    },
    {
      name: "of a beginDelete and a reserved use case at once, on two connections, exactly one wins",
      async run(stores, place) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const other = makeChannelStores(await place.openAnother());
        for (const n of [1, 2, 3, 4]) {
          const setup = await addSetup(stores, workspaceId, n);
          const [deletion, useCase] = await Promise.all([
            stores.setups.beginDelete(setup.id, AT),
            other.useCases.reserveEmail(sampleUseCase(setup, n), null, sampleBeginning()),
          ]);
          const wins = [deletion.ok, useCase.ok];
          assert.equal(wins.filter((won) => won).length, 1);
          assert.equal((await stores.setups.find(setup.id))?.status, deletion.ok ? "deleting" : "ready");
          if (!useCase.ok) assert.deepEqual(useCase, refusal("setup_not_found"));
          if (!deletion.ok) assert.deepEqual(deletion, refusal("setup_in_use"));
        }
      },
    },
    {
      name: "bury frees both names and removes the tasks, for its holder alone",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { id } = await addSetup(stores, workspaceId, 1);
        const deletion = valueOf(await stores.setups.beginDelete(id, AT));
        assert.equal(await stores.setups.bury({ ...deletion, fence: 0 }, AT), false);
        assert.equal(await stores.setups.bury(deletion, AT), true);
        assert.equal(await stores.setups.bury(deletion, AT), true);
        const left = await stores.tasks.claimDue(10, 1000, Date.now() + 3_600_000);
        assert.deepEqual(
          left.map(({ kind }) => kind),
          ["review_tenants", "read_account", "reconcile_inbound"],
        );
        const again = { ...sampleReservation(workspaceId, 1), id: sampleReservation(workspaceId, 2).id };
        assert.equal((await stores.setups.reserve(again, null)).ok, true);
      },
    },
  ],
};
