// Use cases of the three Twilio channels: their own fields and no others, under an approved customer profile, in one list
// with those of e-mail.
import assert from "node:assert/strict";
import { type ApiAnswer, jsonOf, queryOf } from "../support/api-client.ts";
import type { TwilioSetup, TwilioUseCase, UseCase } from "../support/api-shapes.ts";
import { assertProblem, assertRefused, type RefusalRow } from "../support/refusals.ts";
import {
  createTwilioSetup,
  createVoiceUseCase,
  newTwilioAccount,
  voiceUseCaseUnder,
} from "../support/voice.ts";
import type { Journey } from "../support/world.ts";

const CHANNELS = ["outbound_voice", "inbound_voice", "ringless_voicemail"] as const;
const INVALID = { status: 422, code: "validation_failed" };
const NAME_TAKEN = { status: 409, code: "use_case_name_taken" };

type Schema = {
  readonly oneOf?: readonly object[];
  readonly discriminator?: object;
  readonly properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
};
type Schemas = Readonly<Record<string, Schema>>;

/** What each member may be, without the words that explain it. */
const facts = (schema: Schema | undefined): Readonly<Record<string, Readonly<Record<string, unknown>>>> =>
  Object.fromEntries(
    Object.entries(schema?.properties ?? {}).map(([name, member]) => {
      const { description: _, example: _example, ...rest } = member;
      return [name, rest];
    }),
  );

export const journeys: readonly Journey[] = [
  {
    name: "each Twilio channel has its own members and no others, and a profile's status beside them",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api, path } = workspace;
      const setup = await createTwilioSetup(workspace, await newTwilioAccount(world));
      for (const channel of CHANNELS) {
        const family = channel === "inbound_voice" ? path("/channels/use-case") : "/v1/use-case";
        const description = channel === "ringless_voicemail" ? null : "Calls of the front desk";
        const json = { ...voiceUseCaseUnder(world, setup, { channel }), description };
        const created = await api.expect<TwilioUseCase>(201, "POST", family, { json });
        const { id, created_at: createdAt, updated_at: updatedAt, ...rest } = created;
        assert.match(id, /^[0-9a-f-]{36}$/);
        assert.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        assert.equal(updatedAt, createdAt);
        assert.deepEqual(rest, { ...json, customer_profile_status: "twilio-approved" });
        assert.deepEqual(await api.get(`/v1/use-case/${id}`), created);
        assert.deepEqual(await api.get(path(`/channels/use-case/${id}`)), created);
        assert.equal((await api.call("DELETE", `${family}/${id}`)).status, 204);
        assertProblem(await api.call("GET", `/v1/use-case/${id}`), {
          status: 404,
          code: "use_case_not_found",
        });
      }
      // The limits are inclusive, and count characters: these take two UTF-16 units each.
      const longest = { entity_name: "\u{10400}".repeat(31), name: "N".repeat(31) };
      const description = "\u{1f4de}".repeat(2000);
      const json = { ...voiceUseCaseUnder(world, setup, longest), description };
      const most = await api.expect<TwilioUseCase>(201, "POST", "/v1/use-case", { json });
      assert.deepEqual(
        [most.entity_name, most.name, most.description],
        [longest.entity_name, longest.name, description],
      );
      // Without a description it is null.
      assert.equal((await createVoiceUseCase(workspace, setup)).description, null);
    },
  },
  {
    name: "the union of the OpenAPI document tells the channels apart, each with its own members",
    async run(world) {
      const document = jsonOf<{ components: { schemas: Schemas } }>(
        await world.anonymous.call("GET", "/openapi.json"),
      );
      const { schemas } = document.components;
      for (const [union, email, voice] of [
        ["CreateUseCase", "CreateEmailUseCase", "CreateTwilioUseCase"],
        ["UseCase", "EmailUseCase", "TwilioUseCase"],
      ] as const) {
        const at = (name: string): string => `#/components/schemas/${name}`;
        assert.deepEqual(schemas[union]?.oneOf, [{ $ref: at(email) }, { $ref: at(voice) }]);
        assert.deepEqual(schemas[union]?.discriminator, {
          propertyName: "channel",
          mapping: {
            email: at(email),
            ...Object.fromEntries(CHANNELS.map((channel) => [channel, at(voice)])),
          },
        });
      }
      const asked = schemas["CreateTwilioUseCase"];
      assert.deepEqual(facts(asked), {
        channel: { type: "string", enum: CHANNELS },
        entity_name: { type: "string", minLength: 1, maxLength: 31 },
        name: { type: "string", minLength: 1, maxLength: 31 },
        description: { type: ["string", "null"], minLength: 0, maxLength: 2000 },
        twilio_setup_id: { type: "string", format: "uuid" },
      });
      assert.equal(asked?.additionalProperties, false);
      assert.deepEqual(asked?.required, ["channel", "entity_name", "name", "twilio_setup_id"]);
      const answered = schemas["TwilioUseCase"];
      const { customer_profile_status: status, ...members } = facts(answered);
      assert.equal(status?.["type"], "string");
      assert.deepEqual(members, {
        id: { type: "string", format: "uuid" },
        entity_name: { type: "string" },
        name: { type: "string" },
        description: { type: ["string", "null"] },
        channel: { type: "string", enum: CHANNELS },
        twilio_setup_id: { type: "string", format: "uuid" },
        created_at: { type: "string", format: "date-time" },
        updated_at: { type: "string", format: "date-time" },
      });
      assert.deepEqual(answered?.required, Object.keys(answered?.properties ?? {}));
    },
  },
  {
    name: "a customer profile in each status: only an approved one takes use cases, and what it has stays when it is revoked",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api } = workspace;
      const account = await newTwilioAccount(world, "draft");
      const setup = await createTwilioSetup(workspace, account);
      const create = (): Promise<ApiAnswer> =>
        api.call("POST", "/v1/use-case", { json: voiceUseCaseUnder(world, setup) });
      const rows: RefusalRow[] = ["draft", "pending-review", "in-review", "twilio-rejected"].map(
        (status) => ({
          name: status,
          ask: async () => {
            await account.setProfile(status);
            return create();
          },
          status: 409,
          code: "customer_profile_not_approved",
          members: { customer_profile_status: status },
        }),
      );
      await assertRefused(workspace, rows);
      // Approved later: nobody has to read the setup first.
      await account.setProfile("twilio-approved");
      const useCase = jsonOf<TwilioUseCase>(await create());
      assert.equal(useCase.customer_profile_status, "twilio-approved");
      // Revoked afterwards.
      await account.setProfile("twilio-rejected");
      const seen = await api.get<TwilioSetup>(`/v1/twilio-setup/${setup.id}`);
      assert.equal(seen.customer_profile_status, "twilio-rejected");
      const revoked = { ...useCase, customer_profile_status: "twilio-rejected" };
      assert.deepEqual(await api.get(`/v1/use-case/${useCase.id}`), revoked);
      assert.deepEqual((await api.get<{ items: unknown[] }>("/v1/use-case")).items, [revoked]);
      assertProblem(await create(), {
        status: 409,
        code: "customer_profile_not_approved",
        members: { customer_profile_status: "twilio-rejected" },
      });
      await world.sandbox.removeCustomerProfile(account.profileSid);
      assertProblem(await create(), {
        status: 409,
        code: "customer_profile_not_approved",
        members: { customer_profile_status: "not-found" },
      });
    },
  },
  {
    name: "what no use case of a Twilio channel can be made of",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api } = workspace;
      const setup = await createTwilioSetup(workspace, await newTwilioAccount(world));
      const stranger = await world.newWorkspace();
      const theirs = await createTwilioSetup(stranger, await newTwilioAccount(world));
      const email = await workspace.sender();
      const names = { entity_name: "Straße Ärzte", name: "Calls" };
      await createVoiceUseCase(workspace, setup, names);
      const ask = (form: Readonly<Record<string, unknown>>) => (): Promise<ApiAnswer> =>
        api.call("POST", "/v1/use-case", { json: { ...voiceUseCaseUnder(world, setup), ...form } });
      const faulty = (name: string, pointer: string, value: unknown): RefusalRow => ({
        name,
        ask: ask({ [pointer]: value }),
        ...INVALID,
        pointer: `/${pointer}`,
      });
      const notFound = { status: 404, code: "twilio_setup_not_found" };
      const { entity_name, name } = email.useCase;
      await assertRefused(workspace, [
        faulty("an entity name with a digit", "entity_name", "Clinic 7"),
        faulty("a name too long", "name", "x".repeat(32)),
        faulty("a description too long", "description", "x".repeat(2001)),
        faulty("a setup id that is none", "twilio_setup_id", "1"),
        faulty("no setup", "twilio_setup_id", undefined),
        faulty("a channel nobody knows", "channel", "fax"),
        faulty("a member of e-mail: the setup", "ses_setup_id", email.setup.id),
        faulty("a member of e-mail: the sender", "sender_email_address", "a@example.org"),
        faulty("a member of e-mail: the type", "email_type", "marketing"),
        { name: "an unknown setup", ask: ask({ twilio_setup_id: crypto.randomUUID() }), ...notFound },
        { name: "a stranger's setup", ask: ask({ twilio_setup_id: theirs.id }), ...notFound },
        { name: "an e-mail setup", ask: ask({ twilio_setup_id: email.setup.id }), ...notFound },
        { name: "the names of another", ask: ask({ ...names, name: "CALLS" }), ...NAME_TAKEN },
        { name: "the names of an e-mail use case", ask: ask({ entity_name, name }), ...NAME_TAKEN },
      ]);
      // Another workspace may have the names.
      await createVoiceUseCase(stranger, theirs, names);
    },
  },
  {
    name: "one list for all channels, with four filters that narrow each other",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api, path } = workspace;
      const sender = await workspace.sender({ entity_name: "Clinic South" });
      const [one, two] = [
        await createTwilioSetup(workspace, await newTwilioAccount(world)),
        await createTwilioSetup(workspace, await newTwilioAccount(world)),
      ];
      const north = { entity_name: "Clinic North" };
      const south = { entity_name: "Clinic South" };
      const calls = await createVoiceUseCase(workspace, one, { channel: "outbound_voice", ...north });
      const desk = await createVoiceUseCase(workspace, one, { channel: "inbound_voice", ...south });
      const drops = await createVoiceUseCase(workspace, two, { channel: "ringless_voicemail", ...south });
      const email = sender.useCase;
      const rows: readonly (readonly [Record<string, string>, readonly (TwilioUseCase | UseCase)[]])[] = [
        [{}, [email, calls, desk, drops]],
        [{ entity_name: "clinic south" }, [email, desk, drops]],
        [{ channel: "outbound_voice" }, [calls]],
        [{ channel: "inbound_voice" }, [desk]],
        [{ channel: "ringless_voicemail" }, [drops]],
        [{ channel: "email" }, [email]],
        [{ twilio_setup_id: one.id }, [calls, desk]],
        [{ twilio_setup_id: two.id }, [drops]],
        [{ ses_setup_id: sender.setup.id }, [email]],
        [{ twilio_setup_id: one.id, entity_name: "Clinic South" }, [desk]],
        [{ twilio_setup_id: one.id, channel: "outbound_voice", entity_name: "Clinic North" }, [calls]],
        [{ twilio_setup_id: one.id, channel: "email" }, []],
        [{ twilio_setup_id: one.id, ses_setup_id: sender.setup.id }, []],
        [{ ses_setup_id: sender.setup.id, channel: "email", entity_name: "Clinic South" }, [email]],
        [
          {
            ses_setup_id: sender.setup.id,
            twilio_setup_id: one.id,
            channel: "inbound_voice",
            entity_name: "Clinic South",
          },
          [],
        ],
        [{ twilio_setup_id: sender.setup.id }, []],
        [{ twilio_setup_id: crypto.randomUUID() }, []],
      ];
      for (const [query, expected] of rows)
        for (const family of ["/v1/use-case", path("/channels/use-case")]) {
          const { items } = await api.get<{ items: readonly { id: string }[] }>(`${family}${queryOf(query)}`);
          assert.deepEqual(
            items.map(({ id }) => id),
            expected.map(({ id }) => id),
            JSON.stringify(query),
          );
        }
    },
  },
];
