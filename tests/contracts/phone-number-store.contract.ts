// What PhoneNumberStore promises, sentence by sentence, on every database (see tests/support/contract.ts).
import assert from "node:assert/strict";
import type { PhoneNumber } from "../../core/voice/phone-number.ts";
import {
  addSetup,
  addUseCase,
  buryUseCase,
  type ChannelStores,
  makeChannelStores,
  SAMPLE_TIME,
  sampleClaim,
  valueOf,
} from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";
import { numberSid } from "../support/twilio-samples.ts";
import {
  addNumber,
  addTwilioSetup,
  addTwilioUseCase,
  SAMPLE_TARGET,
  sampleNumber,
  sampleTwilioUseCase,
} from "../support/voice-samples.ts";

const AT = SAMPLE_TIME + 60_000;
const refusal = (kind: string) => ({ ok: false, error: { kind } });

/** A use case of a Twilio setup, both of this number. */
const withUseCase = async (stores: ChannelStores, n = 1) =>
  addTwilioUseCase(stores, await addTwilioSetup(stores, n), n);

export const contract: Contract<ChannelStores> = {
  name: "phone number store",
  open: makeChannelStores,
  cases: [
    {
      name: "reserve stores a number as assigning, with what it pointed at, its claim and its task",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const reservation = sampleNumber(useCase, 1);
        const number: PhoneNumber = {
          ...reservation,
          twilioSetupId: useCase.twilioSetupId,
          status: "assigning",
          formerTarget: SAMPLE_TARGET,
          lastWebhookAt: null,
          updatedAt: reservation.createdAt,
        };
        const outcome = valueOf(await stores.phoneNumbers.reserve(reservation, sampleClaim()));
        assert.deepEqual(outcome.number, number);
        const { kind, subjectId, attempts } = outcome.task;
        assert.deepEqual([kind, subjectId, attempts], ["assign_phone_number", number.id, 1]);
        assert.deepEqual(await stores.phoneNumbers.find(number.id), number);
        const record = await stores.idempotency.find(useCase.workspaceId, "key-1", SAMPLE_TIME);
        assert.equal(record?.resourceId, number.id);
        assert.equal(await stores.tasks.claim("assign_phone_number", number.id, 1000), null);
      },
    },
    {
      name: "reserve says what stood in its way: the claim, the use case, the number; and stores nothing",
      async run(stores) {
        const setup = await addTwilioSetup(stores);
        const useCase = await addTwilioUseCase(stores, setup, 1);
        const other = await addTwilioUseCase(stores, setup, 2);
        await addNumber(stores, useCase, 1);
        const second = { ...sampleNumber(other, 2), phoneNumberSid: numberSid(1) };
        const { reserve } = stores.phoneNumbers;
        assert.deepEqual(await reserve(second, sampleClaim()), refusal("phone_number_assigned"));
        assert.equal(await stores.idempotency.find(other.workspaceId, "key-1", SAMPLE_TIME), null);
        assert.equal(await stores.phoneNumbers.find(second.id), null);
        valueOf(await stores.useCases.beginDelete(other.id, AT));
        assert.deepEqual(await reserve(second, null), refusal("use_case_not_found"));
        valueOf(await reserve(sampleNumber(useCase, 3), sampleClaim()));
        const late = { ...sampleNumber(useCase, 4), phoneNumberSid: numberSid(1) };
        assert.deepEqual(await reserve(late, sampleClaim()), refusal("claim_lost"));
      },
    },
    {
      name: "reserve takes no e-mail use case",
      async run(stores) {
        const setup = await addTwilioSetup(stores, 1);
        const email = await addUseCase(stores, await addSetup(stores, setup.workspaceId, 1), 7);
        const useCase = await addTwilioUseCase(stores, setup);
        const reservation = { ...sampleNumber(useCase, 1), useCaseId: email.id };
        assert.deepEqual(await stores.phoneNumbers.reserve(reservation, null), refusal("use_case_not_found"));
      },
    },
    {
      name: "recordAssigned makes it assigned, forgets what it pointed at, and ends the task",
      async run(stores) {
        const { number, task } = valueOf(
          await stores.phoneNumbers.reserve(sampleNumber(await withUseCase(stores), 1), null),
        );
        assert.equal(await stores.phoneNumbers.recordAssigned({ ...task, fence: task.fence - 1 }, AT), false);
        assert.equal(await stores.phoneNumbers.recordAssigned(task, AT), true);
        const assigned = { ...number, status: "assigned", formerTarget: null, updatedAt: AT };
        assert.deepEqual(await stores.phoneNumbers.find(number.id), assigned);
        assert.equal(await stores.tasks.claim("assign_phone_number", number.id, 1000), null);
        assert.equal(await stores.phoneNumbers.release(task), false);
      },
    },
    {
      name: "an unfinished assignment can be taken over once it is let go, by nobody else's use case",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const other = await withUseCase(stores, 2);
        const { findUnfinished, takeOver, letGo, reserve } = stores.phoneNumbers;
        const { number, task } = valueOf(await reserve(sampleNumber(useCase, 1), sampleClaim()));
        assert.deepEqual(await findUnfinished(useCase.id, numberSid(1)), number);
        assert.equal(await findUnfinished(other.id, numberSid(1)), null);
        assert.equal(await takeOver(number, sampleClaim("key-2"), AT), null);
        await letGo(task, AT);
        assert.equal(await stores.idempotency.find(useCase.workspaceId, "key-1", SAMPLE_TIME), null);
        const taken = await takeOver(number, sampleClaim("key-2"), AT);
        assert.equal(taken?.task.fence, task.fence + 1);
        const record = await stores.idempotency.find(useCase.workspaceId, "key-2", SAMPLE_TIME);
        assert.equal(record?.resourceId, number.id);
        assert.equal(await stores.phoneNumbers.recordAssigned(task, AT), false);
        assert.equal(await stores.phoneNumbers.recordAssigned(taken.task, AT), true);
        assert.equal(await findUnfinished(useCase.id, numberSid(1)), null);
      },
    },
    {
      name: "release removes the row with claim and task as if it had never been",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { number, task } = valueOf(
          await stores.phoneNumbers.reserve(sampleNumber(useCase, 1), sampleClaim()),
        );
        assert.equal(await stores.phoneNumbers.release(task), true);
        assert.equal(await stores.phoneNumbers.find(number.id), null);
        assert.equal(await stores.idempotency.find(useCase.workspaceId, "key-1", SAMPLE_TIME), null);
        assert.equal(await stores.tasks.claim("assign_phone_number", number.id, 1000), null);
        valueOf(
          await stores.phoneNumbers.reserve(
            { ...sampleNumber(useCase, 2), phoneNumberSid: numberSid(1) },
            null,
          ),
        );
      },
    },
    {
      name: "list answers a use case's numbers in order, not those being assigned, at most `limit`",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const other = await withUseCase(stores, 9);
        await addNumber(stores, other, 9);
        const [second, first] = [await addNumber(stores, useCase, 2), await addNumber(stores, useCase, 1)];
        await stores.phoneNumbers.reserve(sampleNumber(useCase, 3), null);
        await stores.phoneNumbers.beginRelease(first.id, AT);
        const { list } = stores.phoneNumbers;
        const listed = await list(useCase.id, useCase.workspaceId, 10);
        assert.deepEqual(
          listed?.map(({ id, status }) => [id, status]),
          [
            [second.id, "assigned"],
            [first.id, "releasing"],
          ],
        );
        assert.equal((await list(useCase.id, null, 1))?.length, 1);
        assert.equal(await list(useCase.id, other.workspaceId, 10), null);
      },
    },
    {
      name: "list answers null for what is no Twilio use case, or deleted",
      async run(stores) {
        const setup = await addTwilioSetup(stores, 1);
        const useCase = await addTwilioUseCase(stores, setup);
        const email = await addUseCase(stores, await addSetup(stores, setup.workspaceId, 1), 7);
        const { list } = stores.phoneNumbers;
        assert.equal(await list(email.id, null, 10), null);
        assert.equal(await list(setup.id, null, 10), null);
        assert.deepEqual(await list(useCase.id, null, 10), []);
        await buryUseCase(stores, useCase.id, AT);
        assert.equal(await list(useCase.id, null, 10), null);
      },
    },
    {
      name: "listServing answers which use case of the setup each number serves",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { twilioSetupId } = useCase;
        const other = await withUseCase(stores, 4);
        await addNumber(stores, other, 4);
        await addNumber(stores, useCase, 1);
        await stores.phoneNumbers.reserve(sampleNumber(useCase, 2), null);
        const { listServing } = stores.phoneNumbers;
        const sids = [4, 3, 2, 1].map(numberSid);
        const serves = (n: number, { id }: typeof useCase) => [
          { phoneNumberSid: numberSid(n), useCaseId: id },
        ];
        assert.deepEqual(await listServing(twilioSetupId, sids), serves(1, useCase));
        assert.deepEqual(await listServing(other.twilioSetupId, sids), serves(4, other));
        assert.deepEqual(await listServing(twilioSetupId, []), []);
      },
    },
    {
      name: "beginRelease, abortRelease, postponeRelease and bury move the status; updatedAt never goes back",
      async run(stores) {
        const { id } = await addNumber(stores, await withUseCase(stores), 1);
        const { beginRelease, abortRelease, postponeRelease, bury } = stores.phoneNumbers;
        const seen = async () => {
          const number = await stores.phoneNumbers.find(id);
          return [number?.status, number?.updatedAt];
        };
        const first = valueOf(await beginRelease(id, AT));
        assert.deepEqual(await seen(), ["releasing", AT]);
        assert.deepEqual(await beginRelease(id, AT), refusal("release_in_progress"));
        await abortRelease(first, AT - 1);
        assert.deepEqual(await seen(), ["assigned", AT]);
        const second = valueOf(await beginRelease(id, AT + 2));
        await postponeRelease(second, AT);
        assert.deepEqual(await seen(), ["releasing", AT + 2]);
        assert.equal(await bury(second, AT + 3), false);
        const third = valueOf(await beginRelease(id, AT + 3));
        assert.equal(await bury(third, AT + 3), true);
        assert.equal(await stores.phoneNumbers.find(id), null);
        assert.deepEqual(await beginRelease(id, AT), refusal("phone_number_not_found"));
        assert.equal(await stores.tasks.claim("release_phone_number", id, 1000), null);
      },
    },
    {
      name: "a released number is free for any use case",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const other = await withUseCase(stores, 2);
        const { id } = await addNumber(stores, useCase, 1);
        await stores.phoneNumbers.bury(valueOf(await stores.phoneNumbers.beginRelease(id, AT)), AT);
        const again = { ...sampleNumber(other, 2), phoneNumberSid: numberSid(1) };
        assert.equal(valueOf(await stores.phoneNumbers.reserve(again, null)).number.useCaseId, other.id);
      },
    },
    {
      name: "a number seen in another account is released in the one it was moved out of, and only where it is assigned",
      async run(stores) {
        const [before, after] = [await withUseCase(stores), await withUseCase(stores, 2)];
        const { reserve, find, bury, beginRelease } = stores.phoneNumbers;
        const { id } = await addNumber(stores, before, 1);
        const moved = { ...sampleNumber(after, 2), phoneNumberSid: numberSid(1), createdAt: AT };
        // A refusal stores nothing: neither for a claim that is lost nor for a use case that is not there.
        const claim = sampleClaim();
        valueOf(await reserve(sampleNumber(after, 3), claim));
        assert.deepEqual(await reserve(moved, claim), refusal("claim_lost"));
        const { id: nobodys } = sampleTwilioUseCase(await addTwilioSetup(stores, 9), 9);
        assert.deepEqual(
          await reserve({ ...moved, useCaseId: nobodys }, null),
          refusal("use_case_not_found"),
        );
        assert.equal((await find(id))?.status, "assigned");

        assert.equal(valueOf(await reserve(moved, null)).number.useCaseId, after.id);
        assert.equal(await find(id), null);
        assert.deepEqual(await beginRelease(id, AT), refusal("phone_number_not_found"));
        // Somebody is at work on these: being assigned, being released.
        const back = { ...sampleNumber(before, 4), phoneNumberSid: numberSid(1) };
        assert.deepEqual(await reserve(back, null), refusal("phone_number_assigned"));
        const leaving = await addNumber(stores, before, 5);
        const release = valueOf(await beginRelease(leaving.id, AT));
        const wanted = { ...sampleNumber(after, 6), phoneNumberSid: numberSid(5) };
        assert.deepEqual(await reserve(wanted, null), refusal("phone_number_assigned"));
        assert.equal(await bury(release, AT), true);
      },
    },
    {
      name: "a number that is still being assigned cannot be released",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { number } = valueOf(await stores.phoneNumbers.reserve(sampleNumber(useCase, 1), null));
        assert.deepEqual(
          await stores.phoneNumbers.beginRelease(number.id, AT),
          refusal("phone_number_not_found"),
        );
      },
    },
  ],
};
