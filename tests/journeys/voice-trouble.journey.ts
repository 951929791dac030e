// Twilio refusing, failing, failing after it did what was asked, throttling, never answering: each has its own status and
// code, and no number is left half-way.
import assert from "node:assert/strict";
import { type ApiAnswer, jsonOf } from "../support/api-client.ts";
import type { PhoneNumber } from "../support/api-shapes.ts";
import { assertProblem, assertRefused, type ExpectedProblem, type RefusalRow } from "../support/refusals.ts";
import { settle } from "../support/provisioned.ts";
import {
  assignNumber,
  createTwilioSetup,
  createVoiceUseCase,
  hookUrl,
  newTwilioAccount,
  newVoiceLine,
  numbersOf,
  voiceUseCaseUnder,
} from "../support/voice.ts";
import type { Journey } from "../support/world.ts";

const UNAVAILABLE = { status: 502, code: "provider_unavailable" };
const TIMED_OUT = { status: 504, code: "provider_timed_out" };
const THROTTLED = { status: 429, code: "provider_throttled", headers: { "retry-after": /^[1-9]\d*$/ } };
const ELSEWHERE = {
  voice_url: "https://elsewhere.example/voice",
  voice_method: "GET",
  status_callback: "https://elsewhere.example/status",
  voice_application_sid: `AP${"0".repeat(32)}`,
};

/** What can go wrong with a call that changes nothing, and how it is answered. */
const failing = (operation: string): readonly (readonly [string, object, ExpectedProblem])[] => [
  [`${operation} failing`, { operation, status: 500 }, UNAVAILABLE],
  [`${operation} refused`, { operation, status: 400 }, UNAVAILABLE],
  [`${operation} throttled`, { operation, status: 429 }, THROTTLED],
];

export const journeys: readonly Journey[] = [
  {
    name: "Twilio in trouble while a setup or a use case is made: nothing is kept",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api } = workspace;
      const account = await newTwilioAccount(world);
      const create = (): Promise<ApiAnswer> => api.call("POST", "/v1/twilio-setup", { json: account.body });
      const rowsOf = (operation: string, ask: () => Promise<ApiAnswer>): RefusalRow[] =>
        failing(operation).map(([name, fail, problem]) => ({
          name,
          ask: () => world.sandbox.withFaults({ twilio: { fail } }, ask),
          ...problem,
        }));
      await assertRefused(workspace, [
        ...rowsOf("FetchAccount", create),
        ...rowsOf("FetchCustomerProfile", create),
      ]);
      await account.setProfile("draft");
      const setup = await createTwilioSetup(workspace, account);
      const bind = (): Promise<ApiAnswer> =>
        api.call("POST", "/v1/use-case", { json: voiceUseCaseUnder(world, setup) });
      await assertRefused(workspace, rowsOf("FetchCustomerProfile", bind));
      const list = (): Promise<ApiAnswer> => api.call("GET", `/v1/twilio-setup/${setup.id}/phone-number`);
      await assertRefused(workspace, rowsOf("ListIncomingPhoneNumbers", list));
    },
  },
  {
    name: "Twilio in trouble while a number is assigned: it points where it did, and serves nobody",
    async run(world) {
      const workspace = await world.newWorkspace();
      const account = await newTwilioAccount(world);
      const useCase = await createVoiceUseCase(workspace, await createTwilioSetup(workspace, account));
      const sid = await account.newNumber(ELSEWHERE);
      const assign = (): Promise<ApiAnswer> =>
        workspace.api.call("POST", `/v1/use-case/${useCase.id}/phone-number`, {
          json: { phone_number_sid: sid },
        });
      const taken = { operation: "UpdateIncomingPhoneNumber", status: 500, after_accept: true };
      const rows = [
        ...failing("FetchIncomingPhoneNumber"),
        ...failing("UpdateIncomingPhoneNumber"),
        ["failing after it was pointed here", taken, UNAVAILABLE] as const,
      ];
      await assertRefused(
        workspace,
        rows.map(([name, fail, problem]) => ({
          name,
          ask: () => world.sandbox.withFaults({ twilio: { fail } }, assign),
          ...problem,
        })),
      );
      assert.equal((await assign()).status, 201);
    },
  },
  {
    name: "an assignment that could not be undone at once is undone by the tick",
    async run(world) {
      const workspace = await world.newWorkspace();
      const account = await newTwilioAccount(world);
      const useCase = await createVoiceUseCase(workspace, await createTwilioSetup(workspace, account));
      const sid = await account.newNumber(ELSEWHERE);
      const before = await workspace.trace();
      const fail = [
        { operation: "UpdateIncomingPhoneNumber", status: 500, after_accept: true },
        { operation: "UpdateIncomingPhoneNumber", status: 500 },
      ];
      const answer = await world.sandbox.withFaults({ twilio: { fail } }, () =>
        workspace.api.call("POST", `/v1/use-case/${useCase.id}/phone-number`, {
          json: { phone_number_sid: sid },
        }),
      );
      assertProblem(answer, UNAVAILABLE);
      await settle(world);
      assert.deepEqual(await workspace.trace(), before);
      await assignNumber(workspace, useCase, sid);
    },
  },
  {
    name: "Twilio in trouble while a number is released: it stays assigned, or is released by whoever comes next",
    async run(world) {
      const { workspace, useCase, account, number } = await newVoiceLine(await world.newWorkspace());
      const { api } = workspace;
      const release = ({ id }: PhoneNumber): Promise<ApiAnswer> =>
        api.call("DELETE", `/v1/use-case/${useCase.id}/phone-number/${id}`);
      const surely = [
        ...failing("FetchIncomingPhoneNumber"),
        ...failing("UpdateIncomingPhoneNumber").slice(1),
      ];
      for (const [name, fail, problem] of surely) {
        const answer = await world.sandbox.withFaults({ twilio: { fail } }, () => release(number));
        assertProblem(answer, problem);
        const [listed] = await numbersOf(workspace, useCase);
        assert.equal(listed?.status, "assigned", name);
        const { voice_url: url } = await world.sandbox.phoneNumber(number.phone_number_sid);
        assert.equal(url, hookUrl(world, useCase, "voice"), name);
      }
      const numbers = [number, await assignNumber(workspace, useCase, await account.newNumber())];
      for (const [at, after_accept] of [false, true].entries()) {
        const one = numbers[at] ?? number;
        const fail = { operation: "UpdateIncomingPhoneNumber", status: 500, after_accept };
        assertProblem(await world.sandbox.withFaults({ twilio: { fail } }, () => release(one)), UNAVAILABLE);
        const listed = (await numbersOf(workspace, useCase)).find(({ id }) => id === one.id);
        assert.equal(listed?.status, "releasing");
        // The same request again, or the tick, ends it.
        if (after_accept) assert.equal((await release(one)).status, 204);
        else await settle(world);
        assert.equal((await world.sandbox.phoneNumber(one.phone_number_sid)).voice_url, "");
      }
      assert.deepEqual(await numbersOf(workspace, useCase), []);
    },
  },
  {
    name: "Twilio that never answers: 504, the same request goes on, and what nobody repeats is undone",
    async run(world) {
      const line = await newVoiceLine(await world.newWorkspace());
      const { workspace, account, useCase, number } = line;
      const { api } = workspace;
      const [repeated, abandoned] = [await account.newNumber(ELSEWHERE), await account.newNumber(ELSEWHERE)];
      const other = await newTwilioAccount(world);
      const assign = (sid: string): Promise<ApiAnswer> =>
        api.call("POST", `/v1/use-case/${useCase.id}/phone-number`, { json: { phone_number_sid: sid } });
      const fail = [
        { operation: "FetchAccount", status: "timeout" },
        { operation: "UpdateIncomingPhoneNumber", status: "timeout", times: 3, after_accept: true },
        { operation: "FetchCustomerProfile", status: "timeout" },
      ];
      const [created, first, second, released, read] = await world.sandbox.withFaults(
        { twilio: { fail } },
        () =>
          Promise.all([
            api.call("POST", "/v1/twilio-setup", { json: other.body }),
            assign(repeated),
            assign(abandoned),
            api.call("DELETE", `/v1/use-case/${useCase.id}/phone-number/${number.id}`),
            api.call("GET", `/v1/twilio-setup/${line.setup.id}`),
          ]),
      );
      for (const answer of [created, first, second, released]) assertProblem(answer, TIMED_OUT);
      // A read waits no longer than it must, and never fails.
      assert.equal(read.status, 200);
      const again = await assign(repeated);
      assert.equal(again.status, 201, again.text);
      await settle(world);
      assert.deepEqual(
        (await numbersOf(workspace, useCase)).map(({ id }) => id),
        [jsonOf<PhoneNumber>(again).id],
      );
      const { voice_url, voice_method, status_callback, voice_application_sid } =
        await world.sandbox.phoneNumber(abandoned);
      assert.deepEqual({ voice_url, voice_method, status_callback, voice_application_sid }, ELSEWHERE);
      assert.equal((await world.sandbox.phoneNumber(number.phone_number_sid)).voice_url, "");
      await createTwilioSetup(workspace, other);
    },
  },
];
