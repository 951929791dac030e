// Phone numbers: assigned by pointing their webhooks here, moved only after their release, and pointing nowhere of ours
// afterwards, whatever else was set by hand meanwhile.
import assert from "node:assert/strict";
import { type ApiAnswer, jsonOf } from "../support/api-client.ts";
import { assertMembers, type PhoneNumber, type TwilioUseCase } from "../support/api-shapes.ts";
import { assertProblem, assertRefused } from "../support/refusals.ts";
import {
  assignNumber,
  createTwilioSetup,
  createVoiceUseCase,
  hookUrl,
  newNumberSid,
  newTwilioAccount,
  newVoiceLine,
  numbersOf,
} from "../support/voice.ts";
import type { Journey, Workspace } from "../support/world.ts";

const INVALID = { status: 422, code: "validation_failed" };
const ASSIGNED = { status: 409, code: "phone_number_assigned" };
const NOT_FOUND = { status: 404, code: "phone_number_not_found" };
const NOWHERE = { voice_url: "", status_callback: "", voice_application_sid: null, trunk_sid: null };

const post =
  ({ api }: Workspace, { id }: Pick<TwilioUseCase, "id">, phone_number_sid: string) =>
  (): Promise<ApiAnswer> =>
    api.call("POST", `/v1/use-case/${id}/phone-number`, { json: { phone_number_sid } });
const release = ({ api }: Workspace, { use_case_id: useCaseId, id }: PhoneNumber): Promise<ApiAnswer> =>
  api.call("DELETE", `/v1/use-case/${useCaseId}/phone-number/${id}`);

const TARGET_MEMBERS = [
  "voice_url",
  "voice_method",
  "status_callback",
  "status_callback_method",
  "voice_application_sid",
  "trunk_sid",
] as const;

/** Where a number points, by Twilio. */
async function targetOf({ world }: Workspace, sid: string) {
  const number = await world.sandbox.phoneNumber(sid);
  return Object.fromEntries(TARGET_MEMBERS.map((member) => [member, number[member]]));
}

export const journeys: readonly Journey[] = [
  {
    name: "a number is assigned, listed and released on both paths; its webhooks point here as long",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api, path } = workspace;
      const account = await newTwilioAccount(world);
      const useCase = await createVoiceUseCase(workspace, await createTwilioSetup(workspace, account));
      for (const family of ["/v1/use-case", path("/channels/use-case")]) {
        const sid = await account.newNumber({
          voice_url: "https://elsewhere.example/voice",
          voice_method: "GET",
          trunk_sid: `TK${"0".repeat(32)}`,
        });
        const numbers = `${family}/${useCase.id}/phone-number`;
        const assigned = await api.expect<PhoneNumber>(201, "POST", numbers, {
          json: { phone_number_sid: sid },
        });
        assertMembers(assigned, "id use_case_id phone_number_sid phone_number status created_at updated_at");
        const { phone_number: phoneNumber } = await world.sandbox.phoneNumber(sid);
        assert.deepEqual(
          [assigned.phone_number_sid, assigned.phone_number, assigned.status, assigned.use_case_id],
          [sid, phoneNumber, "assigned", useCase.id],
        );
        assert.deepEqual(await targetOf(workspace, sid), {
          voice_url: hookUrl(world, useCase, "voice"),
          voice_method: "POST",
          status_callback: hookUrl(world, useCase, "status"),
          status_callback_method: "POST",
          voice_application_sid: null,
          trunk_sid: null,
        });
        assert.deepEqual(await api.get(numbers), { items: [assigned] });
        assert.equal((await api.call("DELETE", `${numbers}/${assigned.id}`)).status, 204);
        assert.deepEqual(await targetOf(workspace, sid), {
          ...NOWHERE,
          voice_method: "POST",
          status_callback_method: "POST",
        });
        assert.deepEqual(await api.get(numbers), { items: [] });
        assertProblem(await api.call("DELETE", `${numbers}/${assigned.id}`), NOT_FOUND);
      }
    },
  },
  {
    name: "a number is moved between use cases only after it was released",
    async run(world) {
      const line = await newVoiceLine(await world.newWorkspace());
      const { workspace, number } = line;
      const other = await createVoiceUseCase(workspace, line.setup);
      const sid = number.phone_number_sid;
      await assertRefused(workspace, [
        { name: "to another use case", ask: post(workspace, other, sid), ...ASSIGNED },
        { name: "to its own once more", ask: post(workspace, line.useCase, sid), ...ASSIGNED },
      ]);
      assert.equal((await release(workspace, number)).status, 204);
      const moved = await assignNumber(workspace, other, sid);
      assert.notEqual(moved.id, number.id);
      assert.equal((await targetOf(workspace, sid))["voice_url"], hookUrl(world, other, "voice"));
      assert.deepEqual(await numbersOf(workspace, line.useCase), []);
      // The former id is history, at its own use case and at the other one.
      assertProblem(await release(workspace, number), NOT_FOUND);
      assertProblem(await release(workspace, { ...number, use_case_id: other.id }), NOT_FOUND);
      assert.deepEqual(await numbersOf(workspace, other), [moved]);
    },
  },
  {
    name: "a number moved to another Twilio account is that one's: its use case before loses it, and neither sees the other",
    async run(world) {
      const before = await newVoiceLine(await world.newWorkspace());
      const after = await newVoiceLine(await world.newWorkspace());
      const sid = before.number.phone_number_sid;
      await world.sandbox.setPhoneNumber(sid, { account_sid: after.account.accountSid });
      // Still there by our book, but that is nobody's business in the other workspace.
      const listed = await after.workspace.api.get<{
        items: readonly { phone_number_sid: string; use_case_id: string | null }[];
      }>(`/v1/twilio-setup/${after.setup.id}/phone-number`);
      const seen = listed.items.find(({ phone_number_sid: one }) => one === sid);
      assert.deepEqual([seen?.phone_number_sid, seen?.use_case_id], [sid, null]);

      const moved = await assignNumber(after.workspace, after.useCase, sid);
      assert.equal(
        (await targetOf(after.workspace, sid))["voice_url"],
        hookUrl(world, after.useCase, "voice"),
      );
      assert.deepEqual(await numbersOf(before.workspace, before.useCase), []);
      assertProblem(await release(before.workspace, before.number), NOT_FOUND);
      assertProblem(await post(before.workspace, before.useCase, sid)(), NOT_FOUND);
      const gone = await before.workspace.api.call("DELETE", `/v1/use-case/${before.useCase.id}`);
      assert.equal(gone.status, 204);
      assert.ok((await numbersOf(after.workspace, after.useCase)).some(({ id }) => id === moved.id));
    },
  },
  {
    name: "many ask for one number at the same time: one has it",
    async run(world) {
      const workspace = await world.newWorkspace();
      const account = await newTwilioAccount(world);
      const setup = await createTwilioSetup(workspace, account);
      const useCases = await Promise.all([1, 2, 3, 4].map(() => createVoiceUseCase(workspace, setup)));
      const sid = await account.newNumber();
      const answers = await Promise.all(useCases.map((useCase) => post(workspace, useCase, sid)()));
      assert.deepEqual(
        answers.map(({ status }) => status).toSorted((one, other) => one - other),
        [201, 409, 409, 409],
      );
      const winner = useCases[answers.findIndex(({ status }) => status === 201)];
      assert.ok(winner);
      assert.equal((await targetOf(workspace, sid))["voice_url"], hookUrl(world, winner, "voice"));
    },
  },
  {
    name: "a release leaves what was set by hand meanwhile, and a number that is gone is released",
    async run(world) {
      const { workspace, number, useCase, account } = await newVoiceLine(await world.newWorkspace());
      const { sandbox } = world;
      const byHand = "https://by-hand.example/voice";
      await sandbox.setPhoneNumber(number.phone_number_sid, { voice_url: byHand });
      assert.equal((await release(workspace, number)).status, 204);
      const { voice_url: voiceUrl, status_callback: callback } = await sandbox.phoneNumber(
        number.phone_number_sid,
      );
      assert.deepEqual([voiceUrl, callback], [byHand, ""]);

      const sid = await account.newNumber();
      const gone = await assignNumber(workspace, useCase, sid);
      const menu = await assignNumber(workspace, useCase, await account.newNumber());
      await sandbox.setPhoneNumber(menu.phone_number_sid, {
        voice_url: `${hookUrl(world, useCase, "voice")}?menu=1`,
      });
      assert.equal((await release(workspace, menu)).status, 204);
      assert.deepEqual((await sandbox.phoneNumber(menu.phone_number_sid)).voice_url, "");
      await sandbox.removePhoneNumber(sid);
      assert.equal((await release(workspace, gone)).status, 204);
      assert.deepEqual(await numbersOf(workspace, useCase), []);
    },
  },
  {
    name: "a number of an account that was closed is forgotten when its workspace says so, and only then",
    async run(world) {
      const { workspace, number, useCase, account } = await newVoiceLine(await world.newWorkspace());
      const at = `/v1/use-case/${useCase.id}/phone-number/${number.id}`;
      const remove = (query: string) => (): Promise<ApiAnswer> =>
        workspace.api.call("DELETE", `${at}${query}`);
      await world.sandbox.setTwilioAccount(account.accountSid, { status: "closed" });
      const refused = { status: 409, code: "twilio_token_refused" };
      await assertRefused(workspace, [
        { name: "as usual", ask: remove(""), ...refused },
        { name: "not to be forgotten", ask: remove("?forget=false"), ...refused },
        { name: "neither nor", ask: remove("?forget=maybe"), ...INVALID, pointer: "forget" },
      ]);
      assert.equal((await remove("?forget=true")()).status, 204);
      assert.equal((await workspace.api.call("DELETE", `/v1/use-case/${useCase.id}`)).status, 204);

      // While Twilio can be told, it is told.
      const open = await newVoiceLine(workspace);
      const fail = { operation: "UpdateIncomingPhoneNumber", status: 429 };
      const forget = (): Promise<ApiAnswer> =>
        workspace.api.call(
          "DELETE",
          `/v1/use-case/${open.useCase.id}/phone-number/${open.number.id}?forget=true`,
        );
      const throttled = await world.sandbox.withFaults({ twilio: { fail } }, forget);
      assertProblem(throttled, { status: 429, code: "provider_throttled" });
      assert.equal((await forget()).status, 204);
      assert.equal((await targetOf(workspace, open.number.phone_number_sid))["voice_url"], "");
    },
  },
  {
    name: "a use case with numbers cannot be deleted, and its Twilio setup not before it",
    async run(world) {
      const { workspace, number, useCase, setup } = await newVoiceLine(await world.newWorkspace());
      const { api, path } = workspace;
      const remove = (at: string) => (): Promise<ApiAnswer> => api.call("DELETE", at);
      const served = { status: 409, code: "phone_numbers_assigned" };
      await assertRefused(workspace, [
        { name: "with a number", ask: remove(`/v1/use-case/${useCase.id}`), ...served },
        { name: "the other path", ask: remove(path(`/channels/use-case/${useCase.id}`)), ...served },
        {
          name: "its setup",
          ask: remove(`/v1/twilio-setup/${setup.id}`),
          status: 409,
          code: "setup_in_use",
        },
      ]);
      assert.equal((await release(workspace, number)).status, 204);
      assert.equal((await remove(`/v1/use-case/${useCase.id}`)()).status, 204);
      assert.equal((await remove(`/v1/twilio-setup/${setup.id}`)()).status, 204);
    },
  },
  {
    name: "what cannot be assigned",
    async run(world) {
      const { workspace, useCase } = await newVoiceLine(await world.newWorkspace());
      const { api } = workspace;
      const theirs = await newVoiceLine(await world.newWorkspace());
      const free = await theirs.account.newNumber();
      const { useCase: email } = await workspace.sender();
      const notFound = { status: 404, code: "use_case_not_found" };
      const faulty = (name: string, sid: string) => ({
        name,
        ask: post(workspace, useCase, sid),
        ...INVALID,
        pointer: "/phone_number_sid",
      });
      await assertRefused(workspace, [
        faulty("no SID", "+15550000000"),
        faulty("a SID of another kind", `AC${"0".repeat(32)}`),
        faulty("a SID in capitals", `PN${"A".repeat(32)}`),
        faulty("a SID with a path in it", `${newNumberSid()}/../x`),
        // Whatever a stranger's number is doing, it answers as one that nobody has.
        {
          name: "a stranger's number that serves",
          ask: post(workspace, useCase, theirs.number.phone_number_sid),
          ...NOT_FOUND,
        },
        { name: "a stranger's free number", ask: post(workspace, useCase, free), ...NOT_FOUND },
        {
          name: "a stranger's use case",
          ask: post(workspace, theirs.useCase, theirs.number.phone_number_sid),
          ...notFound,
        },
        { name: "an e-mail use case", ask: post(workspace, email, free), ...notFound },
        {
          name: "numbers of an e-mail use case",
          ask: () => api.call("GET", `/v1/use-case/${email.id}/phone-number`),
          ...notFound,
        },
        {
          name: "releasing a stranger's number",
          ask: () => release(workspace, { ...theirs.number, use_case_id: useCase.id }),
          ...NOT_FOUND,
        },
      ]);
    },
  },
  {
    name: "the numbers of an account are listed over all its pages, with the use case each serves",
    async run(world) {
      const { workspace, account, setup, useCase, number } = await newVoiceLine(await world.newWorkspace());
      const sids = [number.phone_number_sid];
      for (let count = 0; count < 6; count += 1) sids.push(await account.newNumber());
      await world.sandbox.setTwilioAccount(account.accountSid, { page_size_max: 2 });
      const listed = await workspace.api.get<{
        items: readonly { phone_number_sid: string; use_case_id: string | null }[];
        has_more: boolean;
      }>(`/v1/twilio-setup/${setup.id}/phone-number`);
      assert.equal(listed.has_more, false);
      assert.deepEqual(new Set(listed.items.map(({ phone_number_sid: sid }) => sid)), new Set(sids));
      assert.deepEqual(
        listed.items.filter(({ use_case_id: serves }) => serves !== null),
        listed.items
          .filter(({ phone_number_sid: sid }) => sid === number.phone_number_sid)
          .map((item) => ({ ...item, use_case_id: useCase.id })),
      );
    },
  },
  {
    name: "what is created for voice answers a repeated request with its first answer",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api } = workspace;
      const account = await newTwilioAccount(world);
      const sid = await account.newNumber();
      const once = async <T>(at: string, json: object): Promise<T> => {
        const request = { json, headers: { "idempotency-key": world.unique("key") } };
        const first = await api.call("POST", at, request);
        assert.equal(first.status, 201, first.text);
        const again = await api.call("POST", at, request);
        assert.deepEqual([again.status, again.text], [201, first.text]);
        assert.equal(again.headers.get("idempotency-replayed"), "true");
        const other = { ...request, json: { ...json, colour: "red" } };
        assert.equal((await api.call("POST", at, other)).status, 422);
        return jsonOf<T>(first);
      };
      const setup = await once<{ id: string }>("/v1/twilio-setup", account.body);
      const useCase = await once<{ id: string }>("/v1/use-case", {
        channel: "outbound_voice",
        entity_name: "Clinic",
        name: "Calls",
        twilio_setup_id: setup.id,
      });
      await once(`/v1/use-case/${useCase.id}/phone-number`, { phone_number_sid: sid });
      assert.equal((await numbersOf(workspace, useCase)).length, 1);
    },
  },
];
