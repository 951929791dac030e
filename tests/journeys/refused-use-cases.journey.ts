// Use cases that are refused.
import assert from "node:assert/strict";
import type { ApiAnswer } from "../support/api-client.ts";
import type { UseCase } from "../support/api-shapes.ts";
import { assertRefused, type RefusalRow } from "../support/refusals.ts";
import { sandboxAws } from "../support/sandbox.ts";
import { type Journey, useCaseOn, type World } from "../support/world.ts";

const INVALID = { status: 422, code: "validation_failed" };
const RESERVED = { status: 422, code: "sender_address_reserved" };
const NAME_TAKEN = { status: 409, code: "use_case_name_taken" };
const SENDER_TAKEN = { status: 409, code: "sender_address_taken" };

const BAD_NAMES: readonly unknown[] = [
  "",
  "a".repeat(32),
  "Clinic 7",
  "Clinic_North",
  "Clinic & Co",
  " Clinic",
  "Clinic ",
  "-Clinic",
  "Clinic-",
  "Clinic\tNorth",
  "Clinic\u00a0North",
  "Clinic 💌",
  "…",
  7,
  null,
];
const BAD_SENDERS: readonly unknown[] = [
  "",
  "reminders",
  "@example.org",
  "a b@example.org",
  "Pat <pat@example.org>",
  7,
];
const ROLES = ["u", "U", "u+abc", "bounce", "Postmaster", "abuse", "MAILER-DAEMON"];

async function scene(world: World) {
  const workspace = await world.newWorkspace();
  const setup = await workspace.verifiedSetup();
  const post = (form: object) => (): Promise<ApiAnswer> =>
    workspace.api.call("POST", "/v1/use-case", { json: { ...useCaseOn(world, setup), ...form } });
  const row = (name: string, form: object, pointer: string): RefusalRow => ({
    name,
    ask: post(form),
    ...INVALID,
    pointer,
  });
  return { workspace, setup, post, row };
}

export const journeys: readonly Journey[] = [
  {
    name: "use cases with values that are none",
    async run(world) {
      const { workspace, row } = await scene(world);
      const rows = [
        ...BAD_NAMES.flatMap((name) => [
          row(`entity_name ${JSON.stringify(name)}`, { entity_name: name }, "/entity_name"),
          row(`name ${JSON.stringify(name)}`, { name }, "/name"),
        ]),
        ...BAD_SENDERS.map((sender) =>
          row(`sender ${JSON.stringify(sender)}`, { sender_email_address: sender }, "/sender_email_address"),
        ),
        row("a description of 2,001 characters", { description: "x".repeat(2_001) }, "/description"),
        row("an unknown channel", { channel: "fax" }, "/channel"),
        row("no channel", { channel: undefined }, "/channel"),
        row("an unknown e-mail type", { email_type: "bulk" }, "/email_type"),
        row("no e-mail type", { email_type: undefined }, "/email_type"),
        row("a setup id that is none", { ses_setup_id: "mine" }, "/ses_setup_id"),
        row("no setup id", { ses_setup_id: undefined }, "/ses_setup_id"),
        row("an unknown unsubscribe scope", { unsubscribe_scope: "world" }, "/unsubscribe_scope"),
        row("a display name like an address", { sender_display_name: "a@b" }, "/sender_display_name"),
        row("a display name with a line end", { sender_display_name: "a\r\nBcc: b" }, "/sender_display_name"),
        row(
          "a display name of 65 characters",
          { sender_display_name: "x".repeat(65) },
          "/sender_display_name",
        ),
        row("a member of the other channels", { twilio_setup_id: crypto.randomUUID() }, "/twilio_setup_id"),
        row("a tier of one's own choice", { tier: "premium" }, "/tier"),
      ];
      await assertRefused(workspace, rows);
    },
  },
  {
    name: "names in any script, and every value at its limit",
    async run(world) {
      const { workspace, setup } = await scene(world);
      const pairs: readonly (readonly [entity: string, name: string])[] = [
        ["東京クリニック", "予約リマインダー"],
        ["Клиника Север", "Напоминания"],
        ["a", "b"],
        ["x".repeat(31), `${"Ä".repeat(30)}a`],
        ["A\u0308".repeat(31), "हिन्दी"],
        ["Rhein-Main  Klinik", "A--B"],
      ];
      const sets = new Set<string>();
      for (const [entity, name] of pairs) {
        const useCase = await workspace.useCase(setup, { entity_name: entity, name });
        assert.deepEqual(
          [useCase.entity_name, useCase.name],
          [entity.normalize("NFC"), name.normalize("NFC")],
        );
        // SES: letters, digits, underscores and dashes, at most 64.
        assert.match(useCase.configuration_set_name, /^[A-Za-z0-9_-]{1,64}$/);
        sets.add(useCase.configuration_set_name);
      }
      assert.equal(sets.size, pairs.length);
      const limits = {
        description: "é".repeat(2_000),
        sender_display_name: "ö".repeat(64),
        unsubscribe_scope: "setup",
      };
      const useCase = await workspace.api.expect<UseCase>(201, "POST", "/v1/use-case", {
        json: { ...useCaseOn(world, setup), ...limits, email_type: "marketing" },
      });
      assert.deepEqual({ ...useCase, ...limits, email_type: "marketing" }, useCase);
    },
  },
  {
    name: "senders at another domain than the setup's, and names the mail system uses",
    async run(world) {
      const { workspace, setup, post } = await scene(world);
      const domain = setup.domain_identity;
      const elsewhere = [`sub.${domain}`, domain.slice("mail.".length), `${domain}.org`, "example.org"];
      await assertRefused(workspace, [
        ...elsewhere.map((other) => ({
          name: `a sender at ${other}`,
          ask: post({ sender_email_address: `hello@${other}` }),
          status: 422,
          code: "sender_domain_mismatch",
          members: { expected_domain: domain },
        })),
        ...ROLES.map((role) => ({
          name: `the sender ${role}`,
          ask: post({ sender_email_address: `${role}@${domain}` }),
          ...RESERVED,
        })),
      ]);
    },
  },
  {
    name: "setups that no use case can be bound to",
    async run(world) {
      const { workspace, post } = await scene(world);
      const unverified = await workspace.newSetup();
      const partly = await workspace.newSetup();
      await world.sandbox.publishDns(partly.dns_records.slice(1));
      const stranger = await world.newWorkspace();
      const theirs = await stranger.verifiedSetup();
      const on = (id: string, domain: string) =>
        post({ ses_setup_id: id, sender_email_address: `${world.unique("hello")}@${domain}` });
      const notFound = { status: 404, code: "setup_not_found" };
      const notVerified = { status: 409, code: "dns_not_verified" };
      const twilio = {
        channel: "outbound_voice",
        entity_name: "Clinic North",
        name: "Calls",
        twilio_setup_id: crypto.randomUUID(),
      };
      await assertRefused(workspace, [
        { name: "nothing published", ask: on(unverified.id, unverified.domain_identity), ...notVerified },
        { name: "six of seven published", ask: on(partly.id, partly.domain_identity), ...notVerified },
        { name: "an unknown setup", ask: on(crypto.randomUUID(), "example.org"), ...notFound },
        { name: "a stranger's setup", ask: on(theirs.id, theirs.domain_identity), ...notFound },
        ...["outbound_voice", "inbound_voice", "ringless_voicemail"].map((channel) => ({
          name: `${channel} on an unknown Twilio setup`,
          ask: () => workspace.api.call("POST", "/v1/use-case", { json: { ...twilio, channel } }),
          status: 404,
          code: "twilio_setup_not_found",
        })),
      ]);
    },
  },
  {
    name: "names and senders that another use case has",
    async run(world) {
      const { workspace, setup, post } = await scene(world);
      const names = { entity_name: "Straße Ärzte", name: "Reminders-Daily" };
      const first = await workspace.useCase(setup, {
        ...names,
        sender_email_address: `Hello@${setup.domain_identity}`,
      });
      const other = await workspace.verifiedSetup();
      await assertRefused(workspace, [
        { name: "the same pair", ask: post(names), ...NAME_TAKEN },
        {
          name: "in capitals",
          ask: post({ entity_name: "STRASSE ÄRZTE", name: "REMINDERS-DAILY" }),
          ...NAME_TAKEN,
        },
        { name: "decomposed", ask: post({ ...names, entity_name: "Straße A\u0308rzte" }), ...NAME_TAKEN },
        {
          name: "the same pair on another setup",
          ask: post({ ...names, ses_setup_id: other.id, sender_email_address: `a@${other.domain_identity}` }),
          ...NAME_TAKEN,
        },
        {
          name: "the same sender",
          ask: post({ sender_email_address: first.sender_email_address }),
          ...SENDER_TAKEN,
        },
        {
          name: "the same sender in other capitals",
          ask: post({ sender_email_address: first.sender_email_address.toUpperCase() }),
          ...SENDER_TAKEN,
        },
      ]);
      // One of the two names may be the same; another workspace may have the same pair.
      await workspace.useCase(setup, { ...names, name: "Reminders-Weekly" });
      await (await world.newWorkspace()).sender(names);
    },
  },
  {
    name: "a configuration set that the provider has already is nobody's to take over",
    async run(world) {
      const { workspace, setup, post } = await scene(world);
      const names = { name: "Taken over" };
      const first = await workspace.useCase(setup, names);
      assert.equal((await workspace.api.call("DELETE", `/v1/use-case/${first.id}`)).status, 204);
      const foreign = { ConfigurationSetName: first.configuration_set_name };
      const aws = sandboxAws(world.sandbox.url);
      assert.equal((await aws.ses("POST", "/configuration-sets", foreign)).status, 200);
      await assertRefused(workspace, [
        { name: "the same name", ask: post(names), status: 409, code: "configuration_set_name_taken" },
      ]);
      const removed = await aws.ses("DELETE", `/configuration-sets/${first.configuration_set_name}`);
      assert.equal(removed.status, 200);
      const again = await workspace.useCase(setup, names);
      assert.equal(again.configuration_set_name, first.configuration_set_name);
    },
  },
  {
    name: "filters of the list, right and wrong",
    async run(world) {
      const { workspace, setup } = await scene(world);
      const { api } = workspace;
      const north = await workspace.useCase(setup, { entity_name: "Clinic Nörd", name: "One" });
      const south = await workspace.useCase(setup, { entity_name: "Clinic South", name: "One" });
      const other = await workspace.verifiedSetup();
      const third = await workspace.useCase(other, { entity_name: "Clinic South", name: "Two" });
      const list = async (query: string): Promise<string[]> =>
        (await api.get<{ items: UseCase[] }>(`/v1/use-case${query}`)).items.map(({ id }) => id);
      assert.deepEqual(await list(""), [north.id, south.id, third.id]);
      assert.deepEqual(await list("?channel=email"), [north.id, south.id, third.id]);
      assert.deepEqual(await list("?channel=inbound_voice"), []);
      assert.deepEqual(await list("?entity_name=Clinic+South"), [south.id, third.id]);
      assert.deepEqual(await list("?entity_name=clinic+no%CC%88rd"), [north.id]);
      assert.deepEqual(await list(`?ses_setup_id=${other.id}`), [third.id]);
      assert.deepEqual(await list(`?entity_name=Clinic+South&ses_setup_id=${setup.id}`), [south.id]);
      assert.deepEqual(await list(`?ses_setup_id=${crypto.randomUUID()}`), []);
      assert.deepEqual(await list(`?twilio_setup_id=${crypto.randomUUID()}`), []);
      const ask = (query: string) => (): Promise<ApiAnswer> => api.call("GET", `/v1/use-case${query}`);
      await assertRefused(workspace, [
        { name: "an unknown channel", ask: ask("?channel=fax"), ...INVALID, pointer: "channel" },
        { name: "an empty name", ask: ask("?entity_name="), ...INVALID, pointer: "entity_name" },
        { name: "a filter twice", ask: ask("?channel=email&channel=email"), ...INVALID, pointer: "channel" },
        { name: "paging, which this list has not", ask: ask("?limit=10"), ...INVALID, pointer: "limit" },
      ]);
    },
  },
];
