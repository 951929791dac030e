// What VoiceWebhookStore promises, sentence by sentence, on every database (see tests/support/contract.ts).
import assert from "node:assert/strict";
import { type RecordedWebhook, WEBHOOKS_KEPT } from "../../core/ports/voice-webhooks.ts";
import type { PhoneNumber } from "../../core/voice/phone-number.ts";
import {
  addSetup,
  addUseCase,
  buryUseCase,
  type ChannelStores,
  makeChannelStores,
  SAMPLE_TIME,
  valueOf,
} from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";
import {
  addNumber,
  addTwilioSetup,
  addTwilioUseCase,
  sampleTwilioUseCase,
} from "../support/voice-samples.ts";

const AT = SAMPLE_TIME + 60_000;

let webhooks = 0;
const webhookOf = (number: PhoneNumber, change: Partial<RecordedWebhook> = {}): RecordedWebhook => ({
  id: `00000000-0000-7000-8019-${String((webhooks += 1)).padStart(12, "0")}`,
  useCaseId: number.useCaseId,
  kind: "voice",
  phoneNumber: number.phoneNumber,
  callSid: `CA${"0".repeat(32)}`,
  callStatus: "ringing",
  sequence: "0",
  parameters: [
    ["To", number.phoneNumber],
    ["Digits", "1"],
    ["Digits", "2"],
  ],
  receivedAt: AT,
  ...change,
});

const withNumber = async (stores: ChannelStores, n = 1): Promise<PhoneNumber> =>
  addNumber(stores, await addTwilioUseCase(stores, await addTwilioSetup(stores, n), n), n);

export const contract: Contract<ChannelStores> = {
  name: "voice webhook store",
  open: makeChannelStores,
  cases: [
    {
      name: "findAccount answers the setup of a Twilio use case, and null for any other",
      async run(stores) {
        const setup = await addTwilioSetup(stores, 1);
        const useCase = await addTwilioUseCase(stores, setup);
        const email = await addUseCase(stores, await addSetup(stores, setup.workspaceId, 1), 2);
        const { findAccount } = stores.voiceWebhooks;
        assert.deepEqual(await findAccount(useCase.id), setup);
        assert.equal(await findAccount(email.id), null);
        assert.equal(await findAccount(sampleTwilioUseCase(setup, 9).id), null);
        await buryUseCase(stores, useCase.id, AT);
        assert.equal(await findAccount(useCase.id), null);
      },
    },
    {
      name: "record stores a webhook with everything that was posted",
      async run(stores, { database }) {
        const number = await withNumber(stores);
        const webhook = webhookOf(number);
        assert.equal(await stores.voiceWebhooks.record(webhook), true);
        const [rows] = await database.read([
          { sql: "SELECT id, kind, call_sid, parameters FROM voice_webhook", args: [] },
        ]);
        const [row] = rows ?? [];
        assert.deepEqual(
          [row?.["id"], row?.["kind"], row?.["call_sid"]],
          [webhook.id, "voice", webhook.callSid],
        );
        assert.deepEqual(JSON.parse(String(row?.["parameters"])), webhook.parameters);
        assert.equal((await stores.phoneNumbers.find(number.id))?.lastWebhookAt, AT);
      },
    },
    {
      name: "the same kind, call, status and sequence of a number again changes nothing; another of each is kept",
      async run(stores, { database }) {
        const number = await withNumber(stores);
        const { record } = stores.voiceWebhooks;
        const different: readonly Partial<RecordedWebhook>[] = [
          {},
          { kind: "status" },
          { callSid: `CA${"1".repeat(32)}` },
          { callStatus: "completed" },
          { sequence: "1" },
        ];
        for (const change of different) {
          assert.equal(await record(webhookOf(number, change)), true);
          assert.equal(await record(webhookOf(number, { ...change, receivedAt: AT + 5 })), true);
        }
        const [rows] = await database.read([{ sql: "SELECT 1 FROM voice_webhook", args: [] }]);
        assert.equal(rows?.length, different.length);
        assert.equal((await stores.phoneNumbers.find(number.id))?.lastWebhookAt, AT);
      },
    },
    {
      name: "of each number the newest stay, one number's do not push out another's",
      async run(stores, { database }) {
        const number = await withNumber(stores, 1);
        const other = await withNumber(stores, 2);
        const { record } = stores.voiceWebhooks;
        const oldest = webhookOf(other, { receivedAt: AT });
        await record(oldest);
        await record(webhookOf(number));
        const many = `INSERT INTO voice_webhook
          (id, phone_number_seq, kind, call_sid, call_status, sequence, parameters, received_at)
          WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${WEBHOOKS_KEPT - 1})
          SELECT 'id-' || n, phone_number_seq, kind, 'call-' || n, call_status, sequence, parameters, received_at + n
          FROM n, voice_webhook WHERE call_sid = '${oldest.callSid}' AND phone_number_seq = (
            SELECT seq FROM phone_number WHERE id = '${number.id}')`;
        await database.write({ statements: [{ sql: many, args: [] }], outcome: () => undefined });
        const left = async (): Promise<unknown> => {
          const counts =
            "SELECT count(*) AS n, min(received_at) AS at FROM voice_webhook GROUP BY phone_number_seq";
          const [rows = []] = await database.read([{ sql: counts, args: [] }]);
          return rows.map(({ n, at }) => [n, Number(at) - AT]);
        };
        assert.deepEqual(await left(), [
          [WEBHOOKS_KEPT, 0],
          [1, 0],
        ]);
        const newest = webhookOf(number, { callStatus: "completed", receivedAt: AT + WEBHOOKS_KEPT });
        assert.equal(await record(newest), true);
        assert.equal(await record({ ...newest, id: webhookOf(number).id }), true);
        assert.deepEqual(await left(), [
          [WEBHOOKS_KEPT, 1],
          [1, 0],
        ]);
      },
    },
    {
      name: "record stores nothing for a number that does not serve the use case",
      async run(stores, { database }) {
        const number = await withNumber(stores, 1);
        const other = await withNumber(stores, 2);
        const { record } = stores.voiceWebhooks;
        assert.equal(await record(webhookOf(number, { phoneNumber: other.phoneNumber })), false);
        assert.equal(await record(webhookOf(number, { useCaseId: other.useCaseId })), false);
        const release = valueOf(await stores.phoneNumbers.beginRelease(number.id, AT));
        assert.equal(await record(webhookOf(number)), true, "it may still point here");
        await stores.phoneNumbers.bury(release, AT);
        assert.equal(await record(webhookOf(number, { callSid: `CA${"2".repeat(32)}` })), false);
        const [rows] = await database.read([{ sql: "SELECT 1 FROM voice_webhook", args: [] }]);
        assert.equal(rows?.length, 1);
      },
    },
  ],
};
