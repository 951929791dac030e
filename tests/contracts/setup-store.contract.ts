// What SetupStore promises, sentence by sentence, on every database (see tests/support/contract.ts).
import assert from "node:assert/strict";
import type { SetupCheck } from "../../core/ports/setup-store.ts";
import type { RecordVerdict } from "../../core/setup/dns-verdict.ts";
import type { SesSetup } from "../../core/setup/ses-setup.ts";
import {
  addSetup,
  addUseCase,
  addWorkspace,
  type ChannelStores,
  makeChannelStores,
  SAMPLE_DKIM,
  SAMPLE_TIME,
  sampleClaim,
  sampleReservation,
  sampleUseCase,
} from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";

const AT = SAMPLE_TIME + 60_000;
const PAGE = { offset: 0, limit: 10 };
const refusal = (kind: string) => ({ ok: false, error: { kind } });
const DONE = { ok: true, value: undefined };

/** What `reserve` answers for the sample. */
const reserved = (workspaceId: string, n: number): SesSetup => ({
  ...sampleReservation(workspaceId, n),
  status: "provisioning",
  tenantArn: null,
  dkim: null,
  verdicts: [],
  dnsVerified: false,
  dnsCheckedAt: null,
  dnsLostAt: null,
  updatedAt: sampleReservation(workspaceId, n).createdAt,
});

/** What `addSetup` stores for the sample. */
const ready = (workspaceId: string, n: number): SesSetup => ({
  ...reserved(workspaceId, n),
  status: "ready",
  dkim: SAMPLE_DKIM,
});

async function bury(stores: ChannelStores, id: string): Promise<void> {
  await stores.setups.beginDelete(id, AT);
  await stores.setups.bury(id, AT);
}

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
        assert.deepEqual(outcome, { ok: true, value: setup });
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
      name: "recordTenant and recordProvisioned note the provider's answers; the latter makes the setup ready",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { id } = sampleReservation(workspaceId, 1);
        await stores.setups.reserve(sampleReservation(workspaceId, 1), null);
        await stores.setups.recordTenant(id, "arn:tenant");
        const expected = { ...ready(workspaceId, 1), tenantArn: "arn:tenant", updatedAt: AT };
        assert.deepEqual(await stores.setups.recordProvisioned(id, SAMPLE_DKIM, AT), expected);
        assert.deepEqual(await stores.setups.find(id), expected);
      },
    },
    {
      name: "recordProvisioned answers null for a setup that was released or deleted",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { id } = sampleReservation(workspaceId, 1);
        assert.equal(await stores.setups.recordProvisioned(id, SAMPLE_DKIM, AT), null);
        await addSetup(stores, workspaceId, 1);
        await bury(stores, id);
        assert.equal(await stores.setups.recordProvisioned(id, SAMPLE_DKIM, AT), null);
      },
    },
    {
      name: "release removes a provisioning setup and its claim as if it had never been",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const reservation = sampleReservation(workspaceId, 1);
        await stores.setups.reserve(reservation, sampleClaim());
        await stores.setups.release(reservation.id);
        assert.equal(await stores.setups.find(reservation.id), null);
        const again = { ...reservation, id: sampleReservation(workspaceId, 2).id };
        assert.equal((await stores.setups.reserve(again, sampleClaim())).ok, true);
      },
    },
    {
      name: "release leaves a setup in any other status, and its claim",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { id } = sampleReservation(workspaceId, 1);
        await stores.setups.reserve(sampleReservation(workspaceId, 1), sampleClaim());
        await stores.setups.recordProvisioned(id, SAMPLE_DKIM, AT);
        await stores.setups.release(id);
        await stores.setups.beginDelete(id, AT);
        await stores.setups.release(id);
        assert.equal((await stores.setups.find(id))?.status, "deleting");
        const record = await stores.idempotency.find(workspaceId, "key-1", SAMPLE_TIME);
        assert.equal(record?.resourceId, id);
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
        await stores.setups.reserve(sampleReservation(workspaceId, 1), null);
        await stores.setups.recordProvisioned(id, SAMPLE_DKIM, AT);
        await stores.setups.recordCheck(id, check(AT - 1));
        await stores.setups.beginDelete(id, AT - 1);
        await stores.setups.abortDelete(id, AT - 1);
        assert.equal((await stores.setups.find(id))?.updatedAt, AT);
      },
    },
    {
      name: "beginDelete marks a setup deleting and may begin again; abortDelete makes it ready again",
      async run(stores) {
        const { id } = await addSetup(stores, (await addWorkspace(stores, 1)).id, 1);
        for (const at of [AT, AT + 1]) {
          assert.deepEqual(await stores.setups.beginDelete(id, at), DONE);
          assert.equal((await stores.setups.find(id))?.status, "deleting");
        }
        await stores.setups.abortDelete(id, AT + 2);
        const setup = await stores.setups.find(id);
        assert.deepEqual([setup?.status, setup?.updatedAt], ["ready", AT + 2]);
      },
    },
    {
      name: "beginDelete refuses while a use case that is not deleted refers to the setup, whatever its status",
      async run(stores) {
        const setup = await addSetup(stores, (await addWorkspace(stores, 1)).id, 1);
        const useCase = sampleUseCase(setup, 1);
        const steps = [
          () => stores.useCases.reserveEmail(useCase, null),
          () => stores.useCases.recordProvisioned(useCase.id, AT),
          () => stores.useCases.beginDelete(useCase.id, AT),
        ];
        for (const step of steps) {
          await step();
          assert.deepEqual(await stores.setups.beginDelete(setup.id, AT), refusal("setup_in_use"));
          assert.equal((await stores.setups.find(setup.id))?.status, "ready");
        }
        await stores.useCases.bury(useCase.id, AT);
        assert.deepEqual(await stores.setups.beginDelete(setup.id, AT), DONE);
      },
    },
    {
      name: "beginDelete leaves a setup alone that is still provisioning, and accepts an unknown one",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { id } = sampleReservation(workspaceId, 1);
        assert.deepEqual(await stores.setups.beginDelete(id, AT), DONE);
        await stores.setups.reserve(sampleReservation(workspaceId, 1), null);
        await bury(stores, id);
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
            other.useCases.reserveEmail(sampleUseCase(setup, n), null),
          ]);
          const wins = [deletion.ok, useCase.ok];
          assert.equal(wins.filter((won) => won).length, 1);
          assert.equal((await stores.setups.find(setup.id))?.status, deletion.ok ? "deleting" : "ready");
          if (!useCase.ok) assert.deepEqual(useCase, refusal("setup_not_found"));
        }
      },
    },
    {
      name: "bury frees both names",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { id } = await addSetup(stores, workspaceId, 1);
        await bury(stores, id);
        const again = { ...sampleReservation(workspaceId, 1), id: sampleReservation(workspaceId, 2).id };
        assert.equal((await stores.setups.reserve(again, null)).ok, true);
      },
    },
    {
      name: "bury also follows an abortDelete, but not once a new use case refers to the setup",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const setups = [
          await addSetup(stores, workspaceId, 1),
          await addSetup(stores, workspaceId, 2),
        ] as const;
        for (const { id } of setups) {
          await stores.setups.beginDelete(id, AT);
          await stores.setups.abortDelete(id, AT);
        }
        await addUseCase(stores, setups[1], 1);
        for (const { id } of setups) await stores.setups.bury(id, AT);
        assert.equal(await stores.setups.find(setups[0].id), null);
        assert.equal((await stores.setups.find(setups[1].id))?.status, "ready");
      },
    },
  ],
};
