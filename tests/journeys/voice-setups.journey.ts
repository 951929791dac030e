// Twilio setups: an account checked with its own token, which nobody ever sees again, and its customer profile as Twilio
// says it stands. An account is one workspace's, whatever credentials another one shows.
import assert from "node:assert/strict";
import { type ApiAnswer, jsonOf } from "../support/api-client.ts";
import { assertMembers, type TwilioSetup } from "../support/api-shapes.ts";
import { assertProblem, assertRefused } from "../support/refusals.ts";
import {
  createTwilioSetup,
  createVoiceUseCase,
  newTwilioAccount,
  type TwilioAccount,
} from "../support/voice.ts";
import type { Journey, Workspace } from "../support/world.ts";

const INVALID = { status: 422, code: "validation_failed" };
const CREDENTIALS_REFUSED = { status: 422, code: "twilio_credentials_refused" };
const ACCOUNT_TAKEN = { status: 409, code: "twilio_account_taken" };
const NOT_FOUND = { status: 404, code: "twilio_setup_not_found" };
const MEMBERS =
  "id friendly_name account_sid customer_profile_sid customer_profile_status created_at updated_at";
const STATUSES = ["draft", "pending-review", "in-review", "twilio-rejected", "twilio-approved"];

type Page = {
  readonly items: readonly TwilioSetup[];
  readonly has_more: boolean;
  readonly continuation_token: number | null;
  readonly total: number;
};

/** Asks for a setup of this account, some of it otherwise. */
const post =
  ({ api }: Workspace, { body }: TwilioAccount, change: Readonly<Record<string, unknown>> = {}) =>
  (): Promise<ApiAnswer> =>
    api.call("POST", "/v1/twilio-setup", { json: { ...body, ...change } });

export const journeys: readonly Journey[] = [
  {
    name: "a Twilio setup is made, read, listed and deleted on both paths, and its token is in no answer",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api, path } = workspace;
      const answers: string[] = [];
      const setups: TwilioSetup[] = [];
      const accounts = [await newTwilioAccount(world), await newTwilioAccount(world, "in-review")] as const;
      const families = ["/v1/twilio-setup", path("/channels/twilio-setup")] as const;
      for (const [at, family] of families.entries()) {
        const account = accounts[at] ?? accounts[0];
        const created = await api.call("POST", family, { json: account.body });
        assert.equal(created.status, 201, created.text);
        const setup = jsonOf<TwilioSetup>(created);
        assertMembers(setup, MEMBERS);
        assert.deepEqual(
          [setup.account_sid, setup.customer_profile_sid, setup.friendly_name],
          [account.accountSid, account.profileSid, "Clinic North"],
        );
        assert.equal(setup.customer_profile_status, at === 0 ? "twilio-approved" : "in-review");
        setups.push(setup);
        answers.push(created.text);
      }
      const [first, second] = setups as [TwilioSetup, TwilioSetup];
      for (const family of families) {
        const read = await api.call("GET", `${family}/${first.id}`);
        const { customer_profile_checked_at: _, ...shown } = jsonOf<TwilioSetup>(read);
        const { customer_profile_checked_at: _at, ...made } = first;
        assert.deepEqual(shown, made);
        const list = await api.call("GET", family);
        assert.deepEqual(
          jsonOf<Page>(list).items.map(({ id }) => id),
          [first.id, second.id],
        );
        answers.push(read.text, list.text);
      }
      const page = await api.get<Page>(path("/channels/twilio-setup?limit=1"));
      assert.deepEqual(
        [page.items.length, page.has_more, page.continuation_token, page.total],
        [1, true, 1, 2],
      );
      for (const [at, family] of families.entries()) {
        const { id } = setups[at] ?? first;
        assert.equal((await api.call("DELETE", `${family}/${id}`)).status, 204);
        assertProblem(await api.call("GET", `${family}/${id}`), NOT_FOUND);
        assertProblem(await api.call("DELETE", `${family}/${id}`), NOT_FOUND);
      }
      for (const { authToken } of accounts) assert.ok(!answers.some((text) => text.includes(authToken)));
      // Nothing holds the account.
      await createTwilioSetup(workspace, accounts[0]);
    },
  },
  {
    name: "a Twilio setup shows its customer profile in each status, live when it is read",
    async run(world) {
      const workspace = await world.newWorkspace();
      const account = await newTwilioAccount(world, "draft");
      const setup = await createTwilioSetup(workspace, account);
      const read = (): Promise<TwilioSetup> => workspace.api.get(`/v1/twilio-setup/${setup.id}`);
      const listed = async (): Promise<TwilioSetup | undefined> =>
        (await workspace.api.get<Page>("/v1/twilio-setup")).items[0];
      for (const status of STATUSES) {
        await account.setProfile(status);
        const seen = await read();
        assert.equal(seen.customer_profile_status, status);
        assert.deepEqual(await listed(), seen);
      }
      // The list shows what was last seen and asks nobody.
      await account.setProfile("twilio-rejected");
      assert.equal((await listed())?.customer_profile_status, "twilio-approved");
      assert.equal((await read()).customer_profile_status, "twilio-rejected");
      await world.sandbox.removeCustomerProfile(account.profileSid);
      assert.equal((await read()).customer_profile_status, "not-found");
      // Trouble at Twilio is no answer: what was last seen stands.
      await account.setProfile("twilio-approved");
      const last = await read();
      for (const status of [500, 429, 401]) {
        const fail = { operation: "FetchCustomerProfile", status };
        assert.deepEqual(await world.sandbox.withFaults({ twilio: { fail } }, read), last, String(status));
      }
    },
  },
  {
    name: "what no Twilio setup can be made of",
    async run(world) {
      const workspace = await world.newWorkspace();
      const account = await newTwilioAccount(world);
      const stranger = await newTwilioAccount(world);
      const suspended = await newTwilioAccount(world);
      const closed = await newTwilioAccount(world);
      await world.sandbox.setTwilioAccount(suspended.accountSid, { status: "suspended" });
      await world.sandbox.setTwilioAccount(closed.accountSid, { status: "closed" });
      const hexadecimal = account.accountSid.slice(2);
      const faulty = (name: string, pointer: string, value: unknown) => ({
        name,
        ask: post(workspace, account, { [pointer]: value }),
        ...INVALID,
        pointer: `/${pointer}`,
      });
      await assertRefused(workspace, [
        faulty("no name", "friendly_name", ""),
        faulty("a name too long", "friendly_name", "x".repeat(65)),
        faulty("a SID of another kind", "account_sid", `SK${hexadecimal}`),
        faulty("a SID in capitals", "account_sid", `AC${"ABCDEF0123456789".repeat(2)}`),
        faulty("a SID too short", "account_sid", `AC${hexadecimal.slice(1)}`),
        faulty("a SID with a path in it", "account_sid", `AC${hexadecimal}/../x`),
        faulty("a profile of another kind", "customer_profile_sid", `AC${hexadecimal}`),
        faulty("a token with a line end", "auth_token", `${account.authToken}\r\nX-Injected: 1`),
        faulty("an empty token", "auth_token", ""),
        faulty("no token", "auth_token", undefined),
        {
          name: "the wrong token",
          ask: post(workspace, account, { auth_token: stranger.authToken }),
          ...CREDENTIALS_REFUSED,
        },
        { name: "a closed account", ask: post(workspace, closed), ...CREDENTIALS_REFUSED },
        {
          name: "a suspended account",
          ask: post(workspace, suspended),
          status: 409,
          code: "twilio_account_inactive",
        },
        {
          name: "another account's profile",
          ask: post(workspace, account, { customer_profile_sid: stranger.profileSid }),
          status: 404,
          code: "customer_profile_not_found",
        },
        {
          name: "an unknown profile",
          ask: post(workspace, account, { customer_profile_sid: `BU${hexadecimal}` }),
          status: 404,
          code: "customer_profile_not_found",
        },
      ]);
      await createTwilioSetup(workspace, account);
    },
  },
  {
    name: "an account is one workspace's, whatever credentials another one shows",
    async run(world) {
      const [workspace, stranger] = [await world.newWorkspace(), await world.newWorkspace()];
      const account = await newTwilioAccount(world);
      const setup = await createTwilioSetup(workspace, account);
      await assertRefused(stranger, [
        { name: "with its token", ask: post(stranger, account), ...ACCOUNT_TAKEN },
        // Whoever cannot sign in does not learn that somebody has the account.
        {
          name: "with another token",
          ask: post(stranger, account, { auth_token: "0".repeat(32) }),
          ...CREDENTIALS_REFUSED,
        },
        {
          name: "reading it",
          ask: () => stranger.api.call("GET", `/v1/twilio-setup/${setup.id}`),
          ...NOT_FOUND,
        },
      ]);
      await assertRefused(workspace, [
        { name: "a second setup of it here", ask: post(workspace, account), ...ACCOUNT_TAKEN },
      ]);
      assert.equal((await workspace.api.call("DELETE", `/v1/twilio-setup/${setup.id}`)).status, 204);
      await createTwilioSetup(stranger, account);
      assertProblem(await post(workspace, account)(), ACCOUNT_TAKEN);
    },
  },
  {
    name: "a token that was changed at Twilio is refused until the new one is given",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api } = workspace;
      const account = await newTwilioAccount(world);
      const setup = await createTwilioSetup(workspace, account);
      const useCase = await createVoiceUseCase(workspace, setup);
      const auth_token = "fedcba9876543210fedcba9876543210";
      await world.sandbox.setTwilioAccount(account.accountSid, { auth_token });
      const phone_number_sid = await account.newNumber();
      const assign = (): Promise<ApiAnswer> =>
        api.call("POST", `/v1/use-case/${useCase.id}/phone-number`, { json: { phone_number_sid } });
      const replace = (token: string) => (): Promise<ApiAnswer> =>
        api.call("POST", `/v1/twilio-setup/${setup.id}/auth-token`, { json: { auth_token: token } });
      await assertRefused(workspace, [
        { name: "the old token", ask: assign, status: 409, code: "twilio_token_refused" },
        { name: "a wrong new one", ask: replace("0".repeat(32)), ...CREDENTIALS_REFUSED },
        { name: "no token", ask: replace(""), ...INVALID, pointer: "/auth_token" },
      ]);
      const replaced = await replace(auth_token)();
      assert.equal(replaced.status, 200, replaced.text);
      assert.equal(jsonOf<TwilioSetup>(replaced).id, setup.id);
      assert.ok(!replaced.text.includes(auth_token));
      assert.equal((await assign()).status, 201);
    },
  },
  {
    name: "a Twilio setup cannot be deleted while a use case refers to it",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api } = workspace;
      const setup = await createTwilioSetup(workspace, await newTwilioAccount(world));
      const useCase = await createVoiceUseCase(workspace, setup);
      const remove = (): Promise<ApiAnswer> => api.call("DELETE", `/v1/twilio-setup/${setup.id}`);
      await assertRefused(workspace, [{ name: "in use", ask: remove, status: 409, code: "setup_in_use" }]);
      assert.equal((await api.call("DELETE", `/v1/use-case/${useCase.id}`)).status, 204);
      assert.equal((await remove()).status, 204);
    },
  },
];
