// The mail service and the resolvers in trouble: refusing, failing, failing after they did what was asked, pausing. Each
// has its own status and code, and what had begun is taken back.
import assert from "node:assert/strict";
import type { ApiAnswer } from "../support/api-client.ts";
import type { SetupDetail } from "../support/api-shapes.ts";
import { assertProblem, assertRefused, type ExpectedProblem, type RefusalRow } from "../support/refusals.ts";
import { sandboxAws } from "../support/sandbox.ts";
import { type Journey, listedSetup, useCaseOn, type Workspace } from "../support/world.ts";

const UNAVAILABLE = { status: 502, code: "provider_unavailable" };

/** As often as a throttled call is tried. */
const TRIES = 3;

/** Each call answered with each error, before it took effect and after. A throttled one is tried again, and is done then. */
const failures = (operations: readonly string[]): readonly (readonly [name: string, fail: object])[] =>
  operations.flatMap((operation): readonly [string, object][] => [
    ...[400, 403, 500].flatMap((status): [string, object][] => [
      [`${operation} ${status}`, { operation, status }],
      [`${operation} ${status} after it took effect`, { operation, status, after_accept: true }],
    ]),
    [`${operation} 429`, { operation, status: 429, times: TRIES }],
  ]);

const throttledAfterAccept = (operations: readonly string[]): object => ({
  ses: { fail: operations.map((operation) => ({ operation, status: 429, after_accept: true })) },
});

type Deletion = {
  readonly what: string;
  readonly path: string;
  /** In their order. */
  readonly calls: readonly string[];
  /** Makes one, a use case of this setup, and answers its id. */
  readonly make: (workspace: Workspace, setup: SetupDetail) => Promise<string>;
};

const DELETIONS: readonly Deletion[] = [
  {
    what: "setup",
    path: "/v1/ses-setup",
    calls: ["DeleteTenantResourceAssociation", "DeleteEmailIdentity", "DeleteTenant"],
    make: async (workspace) => (await workspace.newSetup()).id,
  },
  {
    what: "use case",
    path: "/v1/use-case",
    calls: ["DeleteTenantResourceAssociation", "DeleteConfigurationSet"],
    make: async (workspace, setup) => (await workspace.useCase(setup)).id,
  },
];

export const journeys: readonly Journey[] = [
  {
    name: "a setup whose creation fails at the provider leaves nothing there, and its names free",
    async run(world) {
      const workspace = await world.newWorkspace();
      const name = world.unique("clinic");
      const json = { tenant_name: name, domain_identity: `mail.${name}.example` };
      const create = (): Promise<ApiAnswer> => workspace.api.call("POST", "/v1/ses-setup", { json });
      const calls = ["CreateTenant", "CreateEmailIdentity"];
      const rows = failures(calls).map(([trouble, fail]): RefusalRow => ({
        name: trouble,
        ask: () => world.sandbox.withFaults({ ses: { fail } }, create),
        ...UNAVAILABLE,
      }));
      await assertRefused(workspace, rows);
      assert.equal((await world.sandbox.withFaults(throttledAfterAccept(calls), create)).status, 201);
    },
  },
  {
    name: "a use case whose creation fails at the provider leaves nothing there, and its names free",
    async run(world) {
      const workspace = await world.newWorkspace();
      const setup = await workspace.verifiedSetup();
      const json = useCaseOn(world, setup);
      const create = (): Promise<ApiAnswer> => workspace.api.call("POST", "/v1/use-case", { json });
      const calls = [
        "CreateConfigurationSet",
        "CreateConfigurationSetEventDestination",
        "CreateTenantResourceAssociation",
      ];
      const rows = failures(calls).map(([trouble, fail]): RefusalRow => ({
        name: trouble,
        ask: () => world.sandbox.withFaults({ ses: { fail } }, create),
        ...UNAVAILABLE,
      }));
      await assertRefused(workspace, rows);
      assert.equal((await world.sandbox.withFaults(throttledAfterAccept(calls), create)).status, 201);
    },
  },
  ...DELETIONS.map(({ what, path, calls, make }): Journey => ({
    name: `a deletion that fails at the provider leaves the ${what} listed and deletable again`,
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api } = workspace;
      const setup = await workspace.verifiedSetup();
      const before = await workspace.trace();
      for (const [trouble, fail] of failures(calls)) {
        const id = await make(workspace, setup);
        const remove = (): Promise<ApiAnswer> => api.call("DELETE", `${path}/${id}`);
        const answer = await world.sandbox.withFaults({ ses: { fail } }, remove);
        assertProblem(answer, UNAVAILABLE);
        const { items } = await api.get<{ items: readonly { id: string }[] }>(path);
        assert.ok(
          items.some((item) => item.id === id),
          `${trouble}: no longer listed`,
        );
        // Whatever the failed call did or did not do, the second one ends it.
        assert.equal((await remove()).status, 204, trouble);
        assert.deepEqual(await workspace.trace(), before, trouble);
      }
      const id = await make(workspace, setup);
      const remove = (): Promise<ApiAnswer> => api.call("DELETE", `${path}/${id}`);
      assert.equal((await world.sandbox.withFaults(throttledAfterAccept(calls), remove)).status, 204);
      assert.deepEqual(await workspace.trace(), before);
    },
  })),
  {
    name: "reading a setup never fails because an upstream did: the last known state stands",
    async run(world) {
      const workspace = await world.newWorkspace();
      const setup = await workspace.verifiedSetup();
      const read = (): Promise<SetupDetail> => workspace.api.get(`/v1/ses-setup/${setup.id}`);
      const verified = await read();
      assert.ok(verified.dns_records.every((record) => record.verified && record.reason === null));

      const blind = await world.sandbox.withFaults({ dns: { servfail: true } }, read);
      assert.ok(blind.dns_records.every((record) => record.verified && record.reason === "lookup_failed"));
      assert.equal(blind.dns_checked_at, verified.dns_checked_at);

      // One resolver is enough for a "yes".
      const halfBlind = await world.sandbox.withFaults({ dns: { servfail: true, resolver: 1 } }, read);
      assert.ok(halfBlind.dns_records.every((record) => record.verified && record.reason === null));
      assert.ok((halfBlind.dns_checked_at ?? "") > (verified.dns_checked_at ?? ""));

      const fail = { operation: "GetEmailIdentity", status: 500, times: 10 };
      const mute = await world.sandbox.withFaults({ ses: { fail } }, read);
      assert.ok(mute.dns_records.every((record) => record.verified));
    },
  },
  {
    name: "a setup that lost a record says so, and goes on sending within its grace",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace, setup } = sender;
      const spf = setup.dns_records[4];
      assert.equal(spf?.record, "v=spf1 include:amazonses.com ~all");
      await world.sandbox.removeDns(spf.address, "TXT");
      const read = await workspace.api.get<SetupDetail>(`/v1/ses-setup/${setup.id}`);
      assert.deepEqual(
        read.dns_records.map(({ verified }) => verified),
        [true, true, true, true, false, true, true],
      );
      assert.equal(read.dns_records[4]?.reason, "missing");
      assert.equal((await listedSetup(workspace, setup.id))?.dns_verified, false);
      await sender.send();
      // A new use case needs all seven at once.
      assertProblem(await workspace.api.call("POST", "/v1/use-case", { json: useCaseOn(world, setup) }), {
        status: 409,
        code: "dns_not_verified",
      });
    },
  },
  {
    name: "records that are in DNS but that the provider has not seen yet",
    async run(world) {
      const workspace = await world.newWorkspace();
      const setup = await workspace.newSetup();
      await workspace.publish(setup);
      const waits = { [setup.domain_identity]: { dkim_status: "PENDING", mail_from_status: "PENDING" } };
      await world.sandbox.setAccount({ identities: waits });
      const read = await workspace.api.get<SetupDetail>(`/v1/ses-setup/${setup.id}`);
      assert.deepEqual(
        read.dns_records.map(({ verified, reason }) => reason ?? verified),
        [
          "awaiting_provider",
          "awaiting_provider",
          "awaiting_provider",
          "awaiting_provider",
          true,
          true,
          true,
        ],
      );
      assertProblem(await workspace.api.call("POST", "/v1/use-case", { json: useCaseOn(world, setup) }), {
        status: 409,
        code: "dns_not_verified",
      });
    },
  },
  {
    name: "a message that the provider refuses leaves nothing behind",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace, setup } = sender;
      const octets = new TextEncoder().encode("a");
      const fields = { attachments: [{ name: "a.txt", type: "text/plain", octets }] };
      const answers = (name: string, fail: object, expected: ExpectedProblem): RefusalRow => ({
        name,
        ask: () =>
          world.sandbox.withFaults({ ses: { fail: { operation: "SendEmail", ...fail } } }, () =>
            sender.post(fields, name),
          ),
        ...expected,
      });
      const rejected = { status: 422, code: "message_rejected" };
      const paused = { status: 409, code: "sending_paused" };
      const retryAfter = { headers: { "retry-after": /^[1-9]\d*$/ } };
      await assertRefused(workspace, [
        answers("rejected", { status: 400, error: "MessageRejected", message: "Too odd." }, rejected),
        answers("a bad request", { status: 400 }, rejected),
        answers(
          "too large",
          { status: 413, error: "RequestEntityTooLarge" },
          { status: 413, code: "provider_size_limit" },
        ),
        answers("account paused", { status: 400, error: "SendingPausedException" }, paused),
        answers("account suspended", { status: 400, error: "AccountSuspendedException" }, paused),
        answers(
          "no permission",
          { status: 403, error: "AccessDeniedException" },
          { status: 502, code: "provider_misconfigured" },
        ),
        answers(
          "out of quota",
          { status: 429, error: "LimitExceededException", message: "Daily message quota exceeded." },
          { status: 429, code: "account_capacity_exceeded", ...retryAfter },
        ),
      ]);

      // The provider's own state, rather than an answer put into its mouth.
      const { domain_identity: domain, tenant_name: tenant } = setup;
      await world.sandbox.setAccount({ identities: { [domain]: { dkim_status: "FAILED" } } });
      await assertRefused(workspace, [
        { name: "the identity failed", ask: () => sender.post(fields), ...rejected },
      ]);
      await world.sandbox.setAccount({ identities: { [domain]: { dkim_status: null } } });
      await world.sandbox.setAccount({
        tenants: { [tenant]: { sending_status: "DISABLED", cause: "bounces" } },
      });
      await assertRefused(workspace, [
        { name: "the tenant is paused", ask: () => sender.post(fields), ...paused },
      ]);
      await world.sandbox.setAccount({ tenants: { [tenant]: { sending_status: "REINSTATED" } } });
      const answer = await sender.post(fields, "rejected");
      assert.equal(answer.status, 201, "the key of a refused send serves the next one");
    },
  },
  {
    name: "a throttled send is tried again, and sent once",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const to = sender.newRecipient();
      await world.sandbox.clearCalls();
      const fail = { operation: "SendEmail", status: 429, times: 2 };
      await world.sandbox.withFaults({ ses: { fail } }, () => sender.send({ to_address: to }));
      assert.deepEqual(
        (await world.sandbox.calls("SendEmail")).map(({ status }) => status),
        [429, 429, 200],
      );
      await world.sandbox.onlyMail(to);
    },
  },
  {
    name: "an association that was lost is made again, and the mail goes out",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { setup, useCase } = sender;
      const aws = sandboxAws(world.sandbox.url);
      const tenant = (await world.sandbox.state()).tenants.find(({ name }) => name === setup.tenant_name);
      const set = tenant?.resources.find((arn) => arn.endsWith(`/${useCase.configuration_set_name}`));
      const lost = { TenantName: setup.tenant_name, ResourceArn: set };
      assert.equal((await aws.ses("POST", "/tenants/resources/delete", lost)).status, 200);
      const to = sender.newRecipient();
      await sender.send({ to_address: to });
      await world.sandbox.onlyMail(to);
      const mended = (await world.sandbox.state()).tenants.find(({ name }) => name === setup.tenant_name);
      assert.ok(mended?.resources.includes(set ?? ""));
    },
  },
];
