// What TwilioSetupStore promises, sentence by sentence, on every database (see tests/support/contract.ts).
import assert from "node:assert/strict";
import { CLOCK_JUMP_MS } from "../../core/ports/clock.ts";
import {
  addWorkspace,
  buryUseCase,
  type ChannelStores,
  makeChannelStores,
  SAMPLE_TIME,
  sampleClaim,
  valueOf,
} from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";
import { addTwilioSetup, addTwilioUseCase, sampleTwilioSetup } from "../support/voice-samples.ts";

const AT = SAMPLE_TIME + 60_000;
const DAY_MS = 86_400_000;
const refusal = (kind: string) => ({ ok: false, error: { kind } });

export const contract: Contract<ChannelStores> = {
  name: "Twilio setup store",
  open: makeChannelStores,
  cases: [
    {
      name: "create stores a setup with all it has, its claim, and its task, which is due a day later",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const setup = sampleTwilioSetup(workspaceId, 1);
        assert.deepEqual(await stores.twilioSetups.create(setup, sampleClaim()), { ok: true, value: setup });
        assert.deepEqual(await stores.twilioSetups.find(setup.id, workspaceId), setup);
        const record = await stores.idempotency.find(workspaceId, "key-1", SAMPLE_TIME);
        assert.equal(record?.resourceId, setup.id);
        assert.deepEqual(await stores.tasks.claimDue(5, 1000, Date.now() + DAY_MS - 60_000), []);
        const due = await stores.tasks.claimDue(5, 1000, Date.now() + DAY_MS + 60_000);
        assert.deepEqual(
          due.map(({ kind, subjectId }) => [kind, subjectId]),
          [["check_twilio_setup", setup.id]],
        );
      },
    },
    {
      name: "an account is one setup's, over all workspaces; a refusal stores nothing",
      async run(stores) {
        const first = await addTwilioSetup(stores, 1);
        const { id: workspaceId } = await addWorkspace(stores, 2);
        const second = { ...sampleTwilioSetup(workspaceId, 2), accountSid: first.accountSid };
        const taken = await stores.twilioSetups.create(second, sampleClaim());
        assert.deepEqual(taken, refusal("twilio_account_taken"));
        assert.equal(await stores.twilioSetups.find(second.id, null), null);
        assert.equal(await stores.idempotency.find(workspaceId, "key-1", SAMPLE_TIME), null);
        const again = { ...second, workspaceId: first.workspaceId };
        assert.deepEqual(await stores.twilioSetups.create(again, null), refusal("twilio_account_taken"));
      },
    },
    {
      name: "a claim that is lost wins over the account",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        valueOf(await stores.twilioSetups.create(sampleTwilioSetup(workspaceId, 1), sampleClaim()));
        const other = { ...sampleTwilioSetup(workspaceId, 1), id: sampleTwilioSetup(workspaceId, 2).id };
        assert.deepEqual(await stores.twilioSetups.create(other, sampleClaim()), refusal("claim_lost"));
      },
    },
    {
      name: "find answers a setup of exactly this workspace, null workspace: of any",
      async run(stores) {
        const setup = await addTwilioSetup(stores, 1);
        const other = await addWorkspace(stores, 2);
        assert.deepEqual(await stores.twilioSetups.find(setup.id, setup.workspaceId), setup);
        assert.deepEqual(await stores.twilioSetups.find(setup.id, null), setup);
        assert.equal(await stores.twilioSetups.find(setup.id, other.id), null);
      },
    },
    {
      name: "list answers pages in creation order with the exact total, of one workspace or of all",
      async run(stores) {
        const first = await addTwilioSetup(stores, 1);
        const foreign = await addTwilioSetup(stores, 2);
        const third = valueOf(
          await stores.twilioSetups.create(sampleTwilioSetup(first.workspaceId, 3), null),
        );
        const list = stores.twilioSetups.list;
        const own = { items: [first, third], total: 2 };
        assert.deepEqual(await list(first.workspaceId, { offset: 0, limit: 10 }), own);
        assert.deepEqual(await list(first.workspaceId, { offset: 1, limit: 1 }), {
          items: [third],
          total: 2,
        });
        const all = { items: [first, foreign, third], total: 3 };
        assert.deepEqual(await list(null, { offset: 0, limit: 10 }), all);
        await stores.twilioSetups.bury(first.id, AT);
        assert.deepEqual(await list(null, { offset: 0, limit: 10 }), { items: [foreign, third], total: 2 });
      },
    },
    {
      name: "recordProfile keeps the newest answer; updatedAt moves only with the status",
      async run(stores) {
        const setup = await addTwilioSetup(stores, 1);
        const record = stores.twilioSetups.recordProfile;
        const same = { ...setup, customerProfileCheckedAt: AT };
        assert.deepEqual(await record(setup.id, "twilio-approved", AT), same);
        const revoked = {
          ...setup,
          customerProfileStatus: "twilio-rejected",
          customerProfileCheckedAt: AT + 1,
          updatedAt: AT + 1,
        };
        assert.deepEqual(await record(setup.id, "twilio-rejected", AT + 1), revoked);
        assert.deepEqual(await record(setup.id, "draft", AT), revoked);
        assert.equal(await record(sampleTwilioSetup("", 9).id, "draft", AT), null);
      },
    },
    {
      name: "recordProfile: a time that is too far ahead gives way",
      async run(stores) {
        const setup = await addTwilioSetup(stores, 1);
        await stores.twilioSetups.recordProfile(setup.id, "draft", AT + CLOCK_JUMP_MS + 1);
        const after = await stores.twilioSetups.recordProfile(setup.id, "in-review", AT);
        assert.deepEqual([after?.customerProfileStatus, after?.customerProfileCheckedAt], ["in-review", AT]);
      },
    },
    {
      name: "recordToken puts a token in the place of the expected one, or of any",
      async run(stores) {
        const { id, sealedToken } = await addTwilioSetup(stores, 1);
        const record = stores.twilioSetups.recordToken;
        assert.equal((await record(id, "k2.second", "another", AT))?.sealedToken, sealedToken);
        const second = await record(id, "k2.second", sealedToken, AT);
        assert.deepEqual([second?.sealedToken, second?.updatedAt], ["k2.second", AT]);
        const third = await record(id, "k2.third", null, AT - 1);
        assert.deepEqual([third?.sealedToken, third?.updatedAt], ["k2.third", AT]);
        assert.equal(await record(sampleTwilioSetup("", 9).id, "k2.x", null, AT), null);
      },
    },
    {
      name: "bury refuses while a use case refers to it, and frees the account and its task",
      async run(stores, { database }) {
        const setup = await addTwilioSetup(stores, 1);
        const useCase = await addTwilioUseCase(stores, setup);
        assert.equal(await stores.twilioSetups.bury(setup.id, AT), false);
        assert.deepEqual(await stores.twilioSetups.find(setup.id, null), setup);
        await buryUseCase(stores, useCase.id, AT);
        assert.equal(await stores.twilioSetups.bury(setup.id, AT), true);
        assert.equal(await stores.twilioSetups.find(setup.id, null), null);
        assert.equal(await stores.tasks.claim("check_twilio_setup", setup.id, 1000), null);
        assert.equal(await stores.twilioSetups.recordToken(setup.id, "k2.x", null, AT), null);
        const [rows] = await database.read([{ sql: "SELECT sealed_token FROM twilio_setup", args: [] }]);
        assert.deepEqual(rows?.[0]?.["sealed_token"], "");
        const { id: workspaceId } = await addWorkspace(stores, 2);
        const heir = { ...sampleTwilioSetup(workspaceId, 2), accountSid: setup.accountSid };
        assert.deepEqual(valueOf(await stores.twilioSetups.create(heir, null)), heir);
      },
    },
  ],
};
