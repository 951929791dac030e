// Setups over HTTP, against a started program and its sandbox, on each database: each thing that can be wrong with a
// customer's DNS, with the words that help; what SES and the resolvers can do to it; who may have a domain. Turns are not
// waited for here.
import { describe, expect, test } from "bun:test";
import type { SetupDetail } from "../../support/api-shapes.ts";
import { onEachDatabase } from "../../support/each-database.ts";
import { type OwnProgramOptions, startOwnProgram } from "../../support/own-program.ts";
import { assertProblem } from "../../support/refusals.ts";
import { until } from "../../support/until.ts";
import { listedSetup, type Workspace } from "../../support/world.ts";
import { DNS_TROUBLES, type DnsTrouble, RECORD_INDEX } from "./dns-troubles.ts";

const DAY_MS = 24 * 3_600_000;

type Place = Awaited<ReturnType<typeof startPlace>>;

async function startPlace(options: OwnProgramOptions) {
  const { world } = await startOwnProgram(options);
  const workspace = await world.newWorkspace();
  const setupPath = (id: string): string => workspace.path(`/channels/ses-setup/${id}`);
  const verify = (id: string) => workspace.api.expect<SetupDetail>(200, "POST", `${setupPath(id)}/verify`);
  return {
    world,
    workspace,
    setupPath,
    verify,
    read: (id: string) => workspace.api.get<SetupDetail>(setupPath(id)),
    /** Made, and SES looks for its records: a verify waits for that. */
    searchedSetup: async () => verify((await workspace.newSetup()).id),
    tick: (now: number) =>
      world.operator.expect(200, "POST", "/v1/operator/tick", { json: { now: new Date(now).toISOString() } }),
  };
}

function testRecords({ world, workspace, read }: Place): void {
  test.each(DNS_TROUBLES.map((row): [string, DnsTrouble] => [row.name, row]))("%s", async (_, row) => {
    const setup = await workspace.verifiedSetup();
    const index = RECORD_INDEX[row.record];
    const { address: at = "", record: value = "" } = setup.dns_records[index] ?? {};
    await row.change(world.sandbox, { at, value, domain: setup.domain_identity });
    const { dns_records: records } = await read(setup.id);
    const seen = records[index];
    expect([seen?.verified, seen?.reason]).toEqual([row.verified, row.reason]);
    if (row.fix) expect(seen?.fix).toMatch(row.fix);
    else expect(seen?.fix).toBe(null);
    if (row.found) expect(seen?.found.join()).toMatch(row.found);
    else expect(seen?.found).toEqual([]);
    // The others are as they were, but for names that share the zone's trouble.
    expect(records.filter(({ verified }) => verified).length).toBeGreaterThanOrEqual(6);
    expect((await listedSetup(workspace, setup.id))?.dns_verified).toBe(row.verified);
  });
}

function testProvider({ world, workspace, read, verify, tick, searchedSetup }: Place): void {
  test("pending: the records wait for it", async () => {
    const setup = await searchedSetup();
    await workspace.publish(setup);
    const identity = { dkim_status: "PENDING", mail_from_status: "PENDING" };
    await world.sandbox.setAccount({ identities: { [setup.domain_identity]: identity } });
    const { dns_records: records } = await read(setup.id);
    expect(records.map(({ verified }) => verified)).toEqual([false, false, false, false, true, true, true]);
    expect(records[0]).toMatchObject({
      reason: "awaiting_provider",
      found: [setup.dns_records[0]?.record],
      fix: expect.stringContaining("confirms it by itself"),
    });
  });

  test("given up after 72 hours: it is told to look again, and finds what is there", async () => {
    const setup = await searchedSetup();
    await workspace.publish(setup);
    const identity = { dkim_status: "FAILED", mail_from_status: "FAILED" };
    await world.sandbox.setAccount({ identities: { [setup.domain_identity]: identity } });
    const failed = await read(setup.id);
    expect(failed.dns_records[3]).toMatchObject({
      reason: "awaiting_provider",
      found: [setup.dns_records[3]?.record],
      fix: expect.stringContaining("gave up"),
    });
    const again = await read(setup.id);
    expect(again.dns_records.every(({ verified }) => verified)).toBe(true);
  });

  test("not told yet where the bounces go: the setup is still being made, and its task goes on", async () => {
    const fail = { operation: "PutEmailIdentityMailFromAttributes", status: 500 };
    const setup = await world.sandbox.withFaults({ ses: { fail } }, async () => {
      const name = world.unique("clinic");
      const json = { tenant_name: name, domain_identity: `mail.${name}.example` };
      const made = await workspace.api.expect<SetupDetail>(201, "POST", "/v1/ses-setup", { json });
      await until(
        "it was not told",
        () => world.sandbox.calls(fail.operation),
        (calls) => calls.some(({ status }) => status === fail.status),
      );
      return made;
    });
    await workspace.publish(setup);
    const { dns_records: records } = await read(setup.id);
    expect(records[3]).toMatchObject({
      verified: false,
      reason: "provisioning",
      found: [setup.dns_records[3]?.record],
      fix: expect.stringContaining("still being made"),
    });
    // Whoever was refused may hold its task still.
    await until(
      "its task went on",
      async () => {
        await tick(Date.now() + 60_000);
        return verify(setup.id);
      },
      ({ dns_records }) => dns_records.every(({ verified }) => verified),
    );
  });

  test("other keys: its records replace the old ones", async () => {
    const setup = await searchedSetup();
    await workspace.publish(setup);
    await world.sandbox.setAccount({ identities: { [setup.domain_identity]: { dkim_generation: 1 } } });
    const told = await read(setup.id);
    expect(told.dns_records.slice(0, 3).map(({ reason }) => reason)).toEqual(Array(3).fill("tokens_changed"));
    expect(told.dns_records[0]?.fix).toStartWith("Amazon SES has issued new DKIM keys: publish");
    expect(told.dns_records[0]?.address).not.toBe(setup.dns_records[0]?.address);
    await workspace.publish(told);
    const verified = await read(setup.id);
    expect(verified.dns_records.every(({ verified }) => verified)).toBe(true);
  });

  test("a paused tenant is shown with the cause, and its sends are refused before SES is called", async () => {
    const sender = await workspace.sender();
    const { id, tenant_name: name } = sender.setup;
    const pause = (status: string): Promise<unknown> =>
      world.sandbox.setAccount({
        tenants: { [name]: { sending_status: status, cause: "Too many bounces." } },
      });
    await pause("DISABLED");
    await tick(Date.now() + 61_000);
    expect(await read(id)).toMatchObject({
      sending_status: "paused",
      sending_status_cause: "Too many bounces.",
    });
    expect(await listedSetup(workspace, id)).toMatchObject({ sending_status: "paused" });
    await world.sandbox.clearCalls();
    assertProblem(await sender.post(), { status: 409, code: "sending_paused" });
    expect(await world.sandbox.calls("SendEmail")).toEqual([]);
    await pause("ENABLED");
    await tick(Date.now() + 200_000);
    expect(await read(id)).toMatchObject({ sending_status: "enabled", sending_status_cause: null });
  });
}

function testOutages({ world, workspace, read, verify, searchedSetup }: Place): void {
  const OUTAGES: [name: string, faults: object][] = [
    ["SERVFAIL", { dns: { servfail: true } }],
    ["resolvers that do not answer", { dns: { timeout: true } }],
    ["SES answers 500", { ses: { fail: { operation: "GetEmailIdentity", status: 500, times: 100 } } }],
    [
      "SES does not answer",
      { ses: { fail: { operation: "GetEmailIdentity", status: "timeout", times: 100 } } },
    ],
    ["SES throttles", { ses: { fail: { operation: "GetEmailIdentity", status: 429, times: 100 } } }],
  ];
  test.each(OUTAGES)(
    "fails no read, changes no flag, stops no send: %s",
    async (_, faults) => {
      const sender = await workspace.sender();
      const before = sender.setup;
      await world.sandbox.withFaults(faults, async () => {
        const [sent, ...checks] = await Promise.all([sender.post(), read(before.id), verify(before.id)]);
        expect(sent.status).toBe(201);
        for (const during of checks) {
          expect(during.dns_records.every(({ verified }) => verified)).toBe(true);
          if ("dns" in faults) {
            expect(during.dns_checked_at).toBe(before.dns_checked_at);
            for (const { reason, fix } of during.dns_records)
              expect([reason, fix]).toEqual(["lookup_failed", expect.stringMatching(/DNS did not answer/)]);
          }
        }
        expect((await listedSetup(workspace, before.id))?.dns_verified).toBe(true);
      });
    },
    20_000,
  );

  test.each(OUTAGES.slice(2))("of a setup that SES has to confirm is a wait: %s", async (_, faults) => {
    const setup = await searchedSetup();
    await workspace.publish(setup);
    await world.sandbox.clearCalls();
    const during = await world.sandbox.withFaults(faults, () => read(setup.id));
    expect(await world.sandbox.calls("GetEmailIdentity")).not.toEqual([]);
    expect(during.dns_records.map(({ verified }) => verified)).toEqual([
      ...Array(4).fill(false),
      ...Array(3).fill(true),
    ]);
    expect((await listedSetup(workspace, setup.id))?.dns_verified).toBe(false);
  });

  test("of one resolver makes no no of what the other one misses", async () => {
    const setup = await workspace.verifiedSetup();
    const { address = "" } = setup.dns_records[4] ?? {};
    await world.sandbox.removeDns(address, "TXT");
    for (const resolver of [1, 2]) {
      const faults = { dns: { servfail: true, resolver } };
      const { dns_records: records } = await world.sandbox.withFaults(faults, () => read(setup.id));
      expect(records[4]).toMatchObject({ verified: true, reason: "lookup_failed" });
    }
    const { dns_records: records } = await read(setup.id);
    expect(records[4]).toMatchObject({ verified: false, reason: "missing" });
  });

  test("fifty reads of one setup at once ask SES twice at most", async () => {
    const setup = await workspace.newSetup();
    await workspace.publish(setup);
    await world.sandbox.clearCalls();
    const all = await Promise.all(Array.from({ length: 50 }, () => read(setup.id)));
    expect(all).toHaveLength(50);
    expect((await world.sandbox.calls("GetEmailIdentity")).length).toBeLessThanOrEqual(2);
  });
}

function testClaims({ world, workspace, setupPath, tick }: Place): void {
  const create = (by: Workspace, domain: string) =>
    by.api.call("POST", "/v1/ses-setup", {
      json: { tenant_name: world.unique("tenant"), domain_identity: domain },
    });

  test("not above nor below another workspace's", async () => {
    const stranger = await world.newWorkspace();
    const { domain_identity: domain } = await workspace.newSetup();
    const parent = domain.slice(domain.indexOf(".") + 1);
    for (const wanted of [parent, `eu.${domain}`])
      assertProblem(await create(stranger, wanted), { status: 409, code: "domain_conflict" });
    expect((await create(workspace, `eu.${domain}`)).status).toBe(201);
  });

  test("another's former one only once its DKIM records are gone; one's own at once", async () => {
    const stranger = await world.newWorkspace();
    const setup = await workspace.verifiedSetup();
    await workspace.api.call("DELETE", setupPath(setup.id));
    assertProblem(await create(stranger, setup.domain_identity), {
      status: 409,
      code: "domain_recently_released",
    });
    const back = await create(workspace, setup.domain_identity);
    expect(back.status).toBe(201);
    await workspace.api.call("DELETE", setupPath((JSON.parse(back.text) as SetupDetail).id));
    for (const { address } of setup.dns_records.slice(0, 3)) await world.sandbox.removeDns(address, "CNAME");
    expect((await create(stranger, setup.domain_identity)).status).toBe(201);
  });

  test("not for ever without verifying it: after 14 days the names are free", async () => {
    const setup = await workspace.newSetup();
    const used = await workspace.verifiedSetup();
    await tick(Date.now() + 13 * DAY_MS);
    expect(await listedSetup(workspace, setup.id)).toBeDefined();
    await until(
      "it is removed",
      async () => {
        await tick(Date.now() + 15 * DAY_MS);
        return listedSetup(workspace, setup.id);
      },
      (listed) => listed === undefined,
    );
    expect(await listedSetup(workspace, used.id)).toBeDefined();
    const state = await world.sandbox.state();
    expect(state.tenants.some(({ name }) => name === setup.tenant_name)).toBe(false);
  });
}

function testTicks({ world, workspace }: Place): void {
  test("are the operator's", async () => {
    assertProblem(await workspace.api.call("POST", "/v1/operator/tick", { json: {} }), {
      status: 403,
      code: "operator_only",
    });
    expect((await world.operator.call("POST", "/v1/operator/tick")).status).toBe(200);
    assertProblem(await world.operator.call("POST", "/v1/operator/tick", { json: { now: "tomorrow" } }), {
      status: 422,
      code: "validation_failed",
      pointer: "/now",
    });
  });
}

await onEachDatabase(async (where, options) => {
  const place = await startPlace(options);
  describe(where, () => {
    describe("what is wrong with a record", () => testRecords(place));
    describe("what SES thinks", () => testProvider(place));
    describe("an outage", () => testOutages(place));
    describe("who may have a domain", () => testClaims(place));
    describe("ticks", () => testTicks(place));
  });
});
