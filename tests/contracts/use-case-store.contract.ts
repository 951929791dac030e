// What UseCaseStore promises, sentence by sentence, on every database (see tests/support/contract.ts).
import assert from "node:assert/strict";
import type { UseCaseFilter } from "../../core/ports/use-case-store.ts";
import type { SesSetup } from "../../core/setup/ses-setup.ts";
import type { EmailUseCase } from "../../core/use-case/use-case.ts";
import {
  sampleBeginning,
  addSetup,
  addUseCase,
  addWorkspace,
  buryUseCase,
  type ChannelStores,
  makeChannelStores,
  SAMPLE_TIME,
  sampleClaim,
  sampleReservation,
  sampleUseCase,
  valueOf,
} from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";
import {
  addNumber,
  addTwilioSetup,
  addTwilioUseCase,
  sampleNumber,
  sampleTwilioUseCase,
} from "../support/voice-samples.ts";

const AT = SAMPLE_TIME + 60_000;
const refusal = (kind: string) => ({ ok: false, error: { kind } });

/** A workspace with one setup that is ready, both of this number. */
async function withSetup(stores: ChannelStores, n = 1): Promise<SesSetup> {
  return addSetup(stores, (await addWorkspace(stores, n)).id, n);
}

const bury = (stores: ChannelStores, id: string): Promise<void> => buryUseCase(stores, id, AT);

const kindOf = (outcome: Awaited<ReturnType<ChannelStores["useCases"]["reserveEmail"]>>): string =>
  outcome.ok ? "stored" : outcome.error.kind;

export const contract: Contract<ChannelStores> = {
  name: "use case store",
  open: makeChannelStores,
  cases: [
    {
      name: "reserveEmail stores an e-mail use case as provisioning, with all it has and its claim",
      async run(stores) {
        const setup = await withSetup(stores);
        const useCase: EmailUseCase = {
          ...sampleUseCase(setup, 1),
          description: "Says when to come.",
          senderEmailAddress: "Reminders+Clinic@mail1.example",
          senderDisplayName: "Clinic",
          emailType: "marketing",
          unsubscribeScope: "setup",
        };
        const outcome = await stores.useCases.reserveEmail(useCase, sampleClaim(), sampleBeginning());
        const { fence } = valueOf(outcome).task;
        const task = { kind: "provision_use_case", subjectId: useCase.id, fence, attempts: 1 };
        assert.deepEqual(outcome, { ok: true, value: { useCase, task } });
        assert.deepEqual(await stores.useCases.find(useCase.id, setup.workspaceId), useCase);
        const record = await stores.idempotency.find(setup.workspaceId, "key-1", SAMPLE_TIME);
        assert.equal(record?.resourceId, useCase.id);
      },
    },
    {
      name: "the setup may be of another workspace",
      async run(stores) {
        const setup = await withSetup(stores);
        const guest = await addWorkspace(stores, 2);
        const useCase = { ...sampleUseCase(setup, 1), workspaceId: guest.id };
        assert.equal(kindOf(await stores.useCases.reserveEmail(useCase, null, sampleBeginning())), "stored");
      },
    },
    {
      name: "reserveEmail needs a setup that is ready",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const { id } = sampleReservation(workspaceId, 1);
        const useCase = sampleUseCase({ id, workspaceId }, 1);
        const reserve = async () =>
          kindOf(await stores.useCases.reserveEmail(useCase, null, sampleBeginning()));
        assert.equal(await reserve(), "setup_not_found");
        const { task } = valueOf(await stores.setups.reserve(sampleReservation(workspaceId, 1), null));
        assert.equal(await reserve(), "setup_not_found");
        await stores.setups.release(task);
        await addSetup(stores, workspaceId, 1);
        const deletion = valueOf(await stores.setups.beginDelete(id, AT));
        assert.equal(await reserve(), "setup_not_found");
        await stores.setups.bury(deletion, AT);
        assert.equal(await reserve(), "setup_not_found");
        assert.equal(await stores.useCases.find(useCase.id, null), null);
      },
    },
    {
      name: "reserveEmail says what is taken: the names, the configuration set, the sender, in this order",
      async run(stores) {
        const setup = await withSetup(stores);
        const first = await addUseCase(stores, setup, 1);
        const { entityName, name, configurationSetName, senderEmailAddress } = first;
        const rows: readonly (readonly [Partial<EmailUseCase>, string])[] = [
          [{ entityName, name, configurationSetName, senderEmailAddress }, "use_case_name_taken"],
          [{ configurationSetName, senderEmailAddress }, "configuration_set_name_taken"],
          [{ senderEmailAddress }, "sender_address_taken"],
          [{ senderEmailAddress: senderEmailAddress.toUpperCase() }, "sender_address_taken"],
          [{ entityName: entityName.toUpperCase(), name: name.toLowerCase() }, "use_case_name_taken"],
        ];
        for (const [taken, kind] of rows) {
          const wanted = { ...sampleUseCase(setup, 2), ...taken };
          assert.deepEqual(
            await stores.useCases.reserveEmail(wanted, null, sampleBeginning()),
            refusal(kind),
          );
          assert.equal(await stores.useCases.find(wanted.id, null), null);
        }
      },
    },
    {
      name: "names are compared after NFC and case-folding, and as a pair",
      async run(stores) {
        const setup = await withSetup(stores);
        const composed = { ...sampleUseCase(setup, 1), entityName: "Café Straße", name: "News" };
        const folded = { ...sampleUseCase(setup, 2), entityName: "CAFE\u0301 STRASSE", name: "news" };
        const otherPair = { ...folded, name: "Newsletter" };
        assert.equal(kindOf(await stores.useCases.reserveEmail(composed, null, sampleBeginning())), "stored");
        assert.equal(
          kindOf(await stores.useCases.reserveEmail(folded, null, sampleBeginning())),
          "use_case_name_taken",
        );
        assert.equal(
          kindOf(await stores.useCases.reserveEmail(otherPair, null, sampleBeginning())),
          "stored",
        );
      },
    },
    {
      name: "the name pair is unique in its workspace only, configuration set and sender over all",
      async run(stores) {
        const first = await addUseCase(stores, await withSetup(stores, 1), 1);
        const setup = await withSetup(stores, 2);
        const { entityName, name, configurationSetName, senderEmailAddress } = first;
        const rows: readonly (readonly [Partial<EmailUseCase>, string])[] = [
          [{ configurationSetName }, "configuration_set_name_taken"],
          [{ senderEmailAddress }, "sender_address_taken"],
          [{ entityName, name }, "stored"],
        ];
        for (const [same, kind] of rows) {
          const wanted = { ...sampleUseCase(setup, 2), ...same };
          assert.equal(kindOf(await stores.useCases.reserveEmail(wanted, null, sampleBeginning())), kind);
        }
      },
    },
    {
      name: "a refused reserve stores no claim, and a lost claim wins over every other refusal",
      async run(stores) {
        const setup = await withSetup(stores);
        const first = await addUseCase(stores, setup, 1);
        const again = { ...sampleUseCase(setup, 2), name: first.name };
        const nowhere = { ...sampleUseCase(setup, 4), setupId: sampleReservation(setup.workspaceId, 9).id };
        const reserve = async (wanted: EmailUseCase) =>
          kindOf(await stores.useCases.reserveEmail(wanted, sampleClaim(), sampleBeginning()));
        assert.equal(await reserve(again), "use_case_name_taken");
        assert.equal(await reserve(nowhere), "setup_not_found");
        assert.equal(await reserve(sampleUseCase(setup, 3)), "stored");
        assert.equal(await reserve(again), "claim_lost");
        assert.equal(await reserve(nowhere), "claim_lost");
      },
    },
    {
      name: "of reserves of one name pair at once, on two connections, exactly one wins",
      async run(stores, place) {
        const setup = await withSetup(stores);
        const other = makeChannelStores(await place.openAnother());
        const outcomes = await Promise.all(
          [1, 2, 3, 4].map((n) =>
            (n % 2 === 0 ? other : stores).useCases.reserveEmail(
              { ...sampleUseCase(setup, n), name: "News" },
              sampleClaim(`key-${n}`),
              sampleBeginning(),
            ),
          ),
        );
        assert.deepEqual(outcomes.map(kindOf).toSorted(), [
          "stored",
          ...Array(3).fill("use_case_name_taken"),
        ]);
      },
    },
    {
      name: "recordProvisioned makes it ready and ends its task, for its holder alone",
      async run(stores) {
        const setup = await withSetup(stores);
        const useCase = sampleUseCase(setup, 1);
        const { task } = valueOf(await stores.useCases.reserveEmail(useCase, null, sampleBeginning()));
        const stranger = { ...task, fence: task.fence - 1 };
        assert.equal(await stores.useCases.recordProvisioned(stranger, AT), false);
        assert.equal(await stores.useCases.recordProvisioned(task, AT), true);
        const expected = { ...useCase, status: "ready", updatedAt: AT } as const;
        assert.deepEqual(await stores.useCases.find(useCase.id, null), expected);
        assert.equal(await stores.tasks.claim("provision_use_case", useCase.id, 1000), null);
      },
    },
    {
      name: "release removes a provisioning use case, its claim and its task, for its holder alone",
      async run(stores) {
        const setup = await withSetup(stores);
        const useCase = sampleUseCase(setup, 1);
        const { task } = valueOf(
          await stores.useCases.reserveEmail(useCase, sampleClaim(), sampleBeginning()),
        );
        assert.equal(await stores.useCases.release({ ...task, fence: 0 }), false);
        assert.equal(await stores.useCases.release(task), true);
        assert.equal(await stores.useCases.find(useCase.id, null), null);
        assert.equal(await stores.tasks.claim("provision_use_case", useCase.id, 1000), null);
        const again = { ...useCase, id: sampleUseCase(setup, 2).id };
        assert.equal(
          kindOf(await stores.useCases.reserveEmail(again, sampleClaim(), sampleBeginning())),
          "stored",
        );
      },
    },
    {
      name: "what was let go of can be found by its names and taken over once, with another claim",
      async run(stores) {
        const setup = await withSetup(stores);
        const useCase = sampleUseCase(setup, 1);
        const { workspaceId } = setup;
        const { task } = valueOf(
          await stores.useCases.reserveEmail(useCase, sampleClaim(), sampleBeginning()),
        );
        const find = () => stores.useCases.findUnfinished(workspaceId, "CLINIC", useCase.name);
        assert.deepEqual(await find(), useCase);
        assert.equal(await stores.useCases.findUnfinished(workspaceId, "Clinic", "Other"), null);
        assert.equal(await stores.useCases.takeOver(useCase, sampleClaim("key-2"), AT), null);
        await stores.useCases.letGo(task, AT);
        assert.equal(await stores.idempotency.find(workspaceId, "key-1", SAMPLE_TIME), null);
        const taken = await stores.useCases.takeOver(useCase, sampleClaim("key-2"), AT);
        assert.equal(taken?.task.fence, task.fence + 1);
        const record = await stores.idempotency.find(workspaceId, "key-2", SAMPLE_TIME);
        assert.equal(record?.resourceId, useCase.id);
        assert.equal(await stores.useCases.takeOver(useCase, null, AT), null);
        assert.equal(await stores.useCases.recordProvisioned(task, AT), false);
        assert.equal(await stores.useCases.recordProvisioned(taken.task, AT), true);
        assert.equal(await find(), null);
      },
    },
    {
      name: "release leaves a use case that is ready",
      async run(stores) {
        const setup = await withSetup(stores);
        const { useCase, task } = valueOf(
          await stores.useCases.reserveEmail(sampleUseCase(setup, 1), null, sampleBeginning()),
        );
        await stores.useCases.recordProvisioned(task, AT);
        assert.equal(await stores.useCases.release(task), false);
        assert.equal((await stores.useCases.find(useCase.id, null))?.status, "ready");
      },
    },
    {
      name: "find answers a use case of exactly this workspace, null workspace: of any",
      async run(stores) {
        const useCase = await addUseCase(stores, await withSetup(stores), 1);
        const other = await addWorkspace(stores, 2);
        assert.deepEqual(await stores.useCases.find(useCase.id, useCase.workspaceId), useCase);
        assert.deepEqual(await stores.useCases.find(useCase.id, null), useCase);
        assert.equal(await stores.useCases.find(useCase.id, other.id), null);
        assert.equal(await stores.useCases.find(other.id, null), null);
      },
    },
    {
      name: "list answers by every filter and joins filters by `and`, in creation order",
      async run(stores) {
        const [here, there] = [await withSetup(stores, 1), await withSetup(stores, 2)];
        const acme = { ...sampleUseCase(here, 3), entityName: "Acme" };
        await addUseCase(stores, here, 2);
        await addUseCase(stores, there, 4);
        const { task } = valueOf(await stores.useCases.reserveEmail(acme, null, sampleBeginning()));
        await stores.useCases.recordProvisioned(task, AT);
        await addUseCase(stores, here, 1);
        const [one, two] = [here.workspaceId, there.workspaceId];
        const rows: readonly (readonly [UseCaseFilter, readonly number[]])[] = [
          [{ workspaceId: null }, [2, 4, 3, 1]],
          [{ workspaceId: one }, [2, 3, 1]],
          [{ workspaceId: two }, [4]],
          [{ workspaceId: one, channel: "email" }, [2, 3, 1]],
          [{ workspaceId: one, channel: "outbound_voice" }, []],
          [{ workspaceId: one, entityName: "ACME" }, [3]],
          [{ workspaceId: null, entityName: "clinic" }, [2, 4, 1]],
          [{ workspaceId: one, setupId: here.id }, [2, 3, 1]],
          [{ workspaceId: one, setupId: here.id, entityName: "Acme", channel: "email" }, [3]],
          [{ workspaceId: two, setupId: here.id }, []],
          [{ workspaceId: null, setupId: there.id }, [4]],
          [{ workspaceId: one, setupId: two }, []],
          [{ workspaceId: one, twilioSetupId: here.id }, []],
        ];
        for (const [filter, numbers] of rows) {
          const ids = (await stores.useCases.list(filter, 10)).map((useCase) => useCase.id);
          assert.deepEqual(
            ids,
            numbers.map((n) => sampleUseCase(here, n).id),
            JSON.stringify(filter),
          );
        }
      },
    },
    {
      name: "createTwilio stores a use case of a Twilio channel as ready, with all it has and its claim",
      async run(stores) {
        const setup = await addTwilioSetup(stores);
        const useCase = { ...sampleTwilioUseCase(setup, 1), description: "For the front desk." };
        const stored = await stores.useCases.createTwilio(useCase, sampleClaim());
        assert.deepEqual(stored, { ok: true, value: useCase });
        assert.deepEqual(await stores.useCases.find(useCase.id, setup.workspaceId), useCase);
        const record = await stores.idempotency.find(setup.workspaceId, "key-1", SAMPLE_TIME);
        assert.equal(record?.resourceId, useCase.id);
      },
    },
    {
      name: "createTwilio says what stood in its way: the claim, the Twilio setup, the names",
      async run(stores) {
        const setup = await addTwilioSetup(stores, 1);
        const stranger = await addTwilioSetup(stores, 2);
        const { workspaceId } = setup;
        const email = await addUseCase(stores, await addSetup(stores, workspaceId, 1), 1);
        const { createTwilio } = stores.useCases;
        const named = { ...sampleTwilioUseCase(setup, 2), name: email.name.toUpperCase() };
        assert.deepEqual(await createTwilio(named, null), refusal("use_case_name_taken"));
        const foreign = { ...sampleTwilioUseCase(stranger, 3), workspaceId };
        assert.deepEqual(await createTwilio(foreign, sampleClaim()), refusal("twilio_setup_not_found"));
        assert.equal(await stores.idempotency.find(workspaceId, "key-1", SAMPLE_TIME), null);
        assert.equal(await stores.useCases.find(foreign.id, null), null);
        valueOf(await createTwilio(sampleTwilioUseCase(setup, 4), sampleClaim()));
        assert.deepEqual(await createTwilio(named, sampleClaim()), refusal("claim_lost"));
        await stores.twilioSetups.bury(stranger.id, AT);
        assert.deepEqual(
          await createTwilio(sampleTwilioUseCase(stranger, 5), null),
          refusal("twilio_setup_not_found"),
        );
      },
    },
    {
      name: "a Twilio use case shows its setup's profile, and is found by its Twilio setup",
      async run(stores) {
        const setup = await addTwilioSetup(stores);
        const useCase = await addTwilioUseCase(stores, setup, 1);
        const { workspaceId, id: twilioSetupId } = setup;
        await stores.twilioSetups.recordProfile(setup.id, "twilio-rejected", AT);
        const revoked = { ...useCase, customerProfileStatus: "twilio-rejected" };
        assert.deepEqual(await stores.useCases.find(useCase.id, workspaceId), revoked);
        const { list } = stores.useCases;
        assert.deepEqual(await list({ workspaceId, twilioSetupId }, 10), [revoked]);
        assert.deepEqual(await list({ workspaceId: null, twilioSetupId }, 10), [revoked]);
        assert.deepEqual(await list({ workspaceId, channel: "inbound_voice" }, 10), [revoked]);
        assert.deepEqual(await list({ workspaceId, channel: "email" }, 10), []);
        const { id: elsewhere } = await addWorkspace(stores, 2);
        assert.deepEqual(await list({ workspaceId: elsewhere, twilioSetupId }, 10), []);
      },
    },
    {
      name: "beginDelete refuses a use case that a phone number serves, whatever the number's status",
      async run(stores) {
        const useCase = await addTwilioUseCase(stores, await addTwilioSetup(stores));
        const { beginDelete } = stores.useCases;
        const { task } = valueOf(await stores.phoneNumbers.reserve(sampleNumber(useCase, 1), null));
        assert.deepEqual(await beginDelete(useCase.id, AT), refusal("phone_numbers_assigned"));
        await stores.phoneNumbers.release(task);
        const { id } = await addNumber(stores, useCase, 2);
        assert.deepEqual(await beginDelete(useCase.id, AT), refusal("phone_numbers_assigned"));
        const release = valueOf(await stores.phoneNumbers.beginRelease(id, AT));
        assert.deepEqual(await beginDelete(useCase.id, AT), refusal("phone_numbers_assigned"));
        assert.deepEqual(await stores.useCases.find(useCase.id, null), useCase);
        await stores.phoneNumbers.bury(release, AT);
        valueOf(await beginDelete(useCase.id, AT));
      },
    },
    {
      name: "list leaves out deleted ones and those still provisioning, shows those being deleted, at most `limit`",
      async run(stores) {
        const setup = await withSetup(stores);
        await stores.useCases.reserveEmail(sampleUseCase(setup, 1), null, sampleBeginning());
        await bury(stores, (await addUseCase(stores, setup, 2)).id);
        await stores.useCases.beginDelete((await addUseCase(stores, setup, 3)).id, AT);
        const last = await addUseCase(stores, setup, 4);
        const list = async (limit: number) =>
          (await stores.useCases.list({ workspaceId: setup.workspaceId }, limit)).map(({ status }) => status);
        assert.deepEqual(await list(10), ["deleting", "ready"]);
        assert.deepEqual(await list(1), ["deleting"]);
        assert.deepEqual(await stores.useCases.find(last.id, null), last);
      },
    },
    {
      name: "beginDelete, abortDelete and bury move the status; updatedAt never goes back",
      async run(stores) {
        const { id } = await addUseCase(stores, await withSetup(stores), 1);
        const seen = async () => {
          const useCase = await stores.useCases.find(id, null);
          return [useCase?.status, useCase?.updatedAt];
        };
        const first = valueOf(await stores.useCases.beginDelete(id, AT));
        assert.deepEqual(await seen(), ["deleting", AT]);
        assert.deepEqual(await stores.useCases.beginDelete(id, AT), refusal("deletion_in_progress"));
        await stores.useCases.abortDelete(first, AT - 1);
        assert.deepEqual(await seen(), ["ready", AT]);
        const second = valueOf(await stores.useCases.beginDelete(id, AT + 2));
        await stores.tasks.postpone(second, Date.now() + 60_000, second.attempts);
        assert.deepEqual(await seen(), ["deleting", AT + 2]);
        assert.equal(await stores.useCases.bury(second, AT + 3), false);
        const third = valueOf(await stores.useCases.beginDelete(id, AT + 3));
        assert.deepEqual([second.attempts, third.attempts], [1, 2]);
        assert.equal(await stores.useCases.bury(third, AT + 3), true);
        assert.equal(await stores.useCases.find(id, null), null);
        assert.deepEqual(await stores.useCases.beginDelete(id, AT), refusal("use_case_not_found"));
      },
    },
    {
      name: "beginDelete and bury leave a use case alone that is still provisioning",
      async run(stores) {
        const useCase = sampleUseCase(await withSetup(stores), 1);
        await stores.useCases.reserveEmail(useCase, null, sampleBeginning());
        await bury(stores, useCase.id);
        assert.deepEqual(await stores.useCases.find(useCase.id, null), useCase);
      },
    },
    {
      name: "a buried use case frees its names",
      async run(stores) {
        const setup = await withSetup(stores);
        const useCase = await addUseCase(stores, setup, 1);
        await bury(stores, useCase.id);
        const again = { ...sampleUseCase(setup, 1), id: sampleUseCase(setup, 2).id };
        assert.equal(kindOf(await stores.useCases.reserveEmail(again, null, sampleBeginning())), "stored");
        assert.equal(await stores.tasks.claim("delete_use_case", useCase.id, 1000), null);
      },
    },
  ],
};
