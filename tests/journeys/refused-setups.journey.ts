// Setups that are refused: names that are none, names that are taken, and a setup
// that is still needed. The provider's own troubles are in provider-trouble.journey.ts.
import assert from "node:assert/strict";
import type { ApiAnswer } from "../support/api-client.ts";
import type { SetupDetail } from "../support/api-shapes.ts";
import { assertRefused, type RefusalRow } from "../support/refusals.ts";
import { sandboxAws } from "../support/sandbox.ts";
import type { Journey } from "../support/world.ts";

const INVALID = { status: 422, code: "validation_failed" };
const TENANT_TAKEN = { status: 409, code: "tenant_name_taken" };
const DOMAIN_TAKEN = { status: 409, code: "domain_identity_taken" };

const BAD_TENANT_NAMES: readonly unknown[] = [
  "",
  "a".repeat(65),
  "a b",
  "a.b",
  "a/b",
  "ä",
  "a\n",
  "💌",
  7,
  null,
  ["a"],
];

const BAD_DOMAINS: readonly unknown[] = [
  "",
  "localhost",
  "example",
  "192.0.2.1",
  "0x7f.0.0.1",
  "2130706433",
  "[2001:db8::1]",
  "2001:db8::1",
  "mail.example.org:25",
  "https://mail.example.org",
  "mail.example.org/inbox",
  "mail.example.org?x=1",
  "mail.example.org#x",
  "pat@mail.example.org",
  "*.example.org",
  "mail example.org",
  "mail\n.example.org",
  "-mail.example.org",
  "mail-.example.org",
  "ma_il.example.org",
  "mail..example.org",
  ".example.org",
  "mail.example.123",
  `${"a".repeat(64)}.example.org`,
  // 210 octets: one more than leaves room for the DKIM names below it.
  `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(19)}.example`,
  `${"ü".repeat(60)}.${"ü".repeat(60)}.${"ü".repeat(60)}.example`,
  `${"a.".repeat(150)}example`,
  7,
  null,
];

export const journeys: readonly Journey[] = [
  {
    name: "tenant names and domains that are none",
    async run(world) {
      const workspace = await world.newWorkspace();
      const post = (json: object) => (): Promise<ApiAnswer> =>
        workspace.api.call("POST", "/v1/ses-setup", { json });
      const domain = (): string => `${world.unique("d")}.example`;
      const rows: RefusalRow[] = [
        ...BAD_TENANT_NAMES.map((tenant) => ({
          name: `tenant_name ${JSON.stringify(tenant)}`,
          ask: post({ tenant_name: tenant, domain_identity: domain() }),
          ...INVALID,
          pointer: "/tenant_name",
        })),
        ...BAD_DOMAINS.map((bad) => ({
          name: `domain_identity ${JSON.stringify(bad)}`,
          ask: post({ tenant_name: world.unique("t"), domain_identity: bad }),
          ...INVALID,
          pointer: "/domain_identity",
        })),
        {
          name: "no tenant_name",
          ask: post({ domain_identity: domain() }),
          ...INVALID,
          pointer: "/tenant_name",
        },
        {
          name: "no domain_identity",
          ask: post({ tenant_name: "t" }),
          ...INVALID,
          pointer: "/domain_identity",
        },
      ];
      await assertRefused(workspace, rows);
    },
  },
  {
    name: "domains are taken in capitals, with a trailing dot and in any script",
    async run(world) {
      const { api } = await world.newWorkspace();
      const name = world.unique("d");
      const long = `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.${name.padEnd(18, "d")}.example`;
      assert.equal(long.length, 209);
      const rows: readonly (readonly [given: string, kept: string])[] = [
        [`Mail.${name}.EXAMPLE`, `mail.${name}.example`],
        [`dot.${name}.example.`, `dot.${name}.example`],
        [`bücher.${name}.example`, `xn--bcher-kva.${name}.example`],
        [`例え。${name}.example`, `xn--r8jz45g.${name}.example`],
        [long, long],
      ];
      for (const [given, kept] of rows) {
        const tenant = world.unique("T_-").padEnd(64, "x");
        const json = { tenant_name: tenant, domain_identity: given };
        const setup = await api.expect<SetupDetail>(201, "POST", "/v1/ses-setup", { json });
        assert.equal(setup.domain_identity, kept);
        assert.equal(setup.tenant_name, tenant);
      }
    },
  },
  {
    name: "names that somebody has, here, elsewhere or at the provider alone",
    async run(world) {
      const workspace = await world.newWorkspace();
      const stranger = await world.newWorkspace();
      const setup = await workspace.newSetup();
      const theirs = await stranger.newSetup();
      const aws = sandboxAws(world.sandbox.url);
      const foreign = world.unique("foreign");
      assert.equal((await aws.ses("POST", "/tenants", { TenantName: foreign })).status, 200);
      const identity = { EmailIdentity: `${foreign}.example` };
      assert.equal((await aws.ses("POST", "/identities", identity)).status, 200);

      const unlike = (): string => world.unique("x");
      const post = (tenant: string, domain: string) => (): Promise<ApiAnswer> =>
        workspace.api.call("POST", "/v1/ses-setup", {
          json: { tenant_name: tenant, domain_identity: domain },
        });
      await assertRefused(workspace, [
        {
          name: "one's own tenant name",
          ask: post(setup.tenant_name, `${unlike()}.example`),
          ...TENANT_TAKEN,
        },
        { name: "one's own domain", ask: post(unlike(), setup.domain_identity), ...DOMAIN_TAKEN },
        { name: "in capitals", ask: post(unlike(), setup.domain_identity.toUpperCase()), ...DOMAIN_TAKEN },
        {
          name: "another's tenant name",
          ask: post(theirs.tenant_name, `${unlike()}.example`),
          ...TENANT_TAKEN,
        },
        { name: "another's domain", ask: post(unlike(), theirs.domain_identity), ...DOMAIN_TAKEN },
        { name: "a tenant the provider knows", ask: post(foreign, `${unlike()}.example`), ...TENANT_TAKEN },
        {
          name: "an identity the provider knows",
          ask: post(unlike(), `${foreign}.example`),
          ...DOMAIN_TAKEN,
        },
      ]);
    },
  },
  {
    name: "a setup that use cases refer to stays, and one that is gone is gone",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace, setup, useCase } = sender;
      const { api, path } = workspace;
      const remove = (at: string) => (): Promise<ApiAnswer> => api.call("DELETE", at);
      const inUse = { status: 409, code: "setup_in_use" };
      await assertRefused(workspace, [
        { name: "on the short path", ask: remove(`/v1/ses-setup/${setup.id}`), ...inUse },
        { name: "on the workspace's path", ask: remove(path(`/channels/ses-setup/${setup.id}`)), ...inUse },
      ]);
      // Refused, it still serves.
      await sender.send();
      assert.equal((await api.call("DELETE", `/v1/use-case/${useCase.id}`)).status, 204);
      assert.equal((await api.call("DELETE", `/v1/ses-setup/${setup.id}`)).status, 204);
      const gone = { status: 404, code: "setup_not_found" };
      await assertRefused(workspace, [
        { name: "deleting it again", ask: remove(`/v1/ses-setup/${setup.id}`), ...gone },
        { name: "verifying it", ask: () => api.call("POST", `/v1/ses-setup/${setup.id}/verify`), ...gone },
      ]);
    },
  },
];
