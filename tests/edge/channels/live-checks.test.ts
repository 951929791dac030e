// Setups over HTTP, against a started program and its sandbox: each thing that can be wrong with a customer's DNS, with the
// words that help; what SES and the resolvers can do to it; who may have a domain. Turns are not waited for here.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { SetupDetail } from "../../support/api-shapes.ts";
import { OPERATOR_KEY, startProgram, startSandboxProgram, temporaryFolder } from "../../support/program.ts";
import { assertProblem } from "../../support/refusals.ts";
import { until } from "../../support/until.ts";
import { listedSetup, makeWorld, type Workspace, type World } from "../../support/world.ts";

let world: World;
let workspace: Workspace;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const folder = await temporaryFolder();
  ends.unshift(folder.remove);
  const sandbox = await startSandboxProgram(`${folder.path}/sandbox`);
  ends.unshift(sandbox.stop);
  const program = await startProgram({ sandboxUrl: sandbox.url, dataDir: `${folder.path}/data` });
  ends.unshift(program.stop);
  world = makeWorld({
    url: program.url,
    sandboxUrl: sandbox.url,
    operatorKey: OPERATOR_KEY,
    runtime: "bun",
    countBlobs: () => Promise.resolve(0),
  });
  workspace = await world.newWorkspace();
}, 60_000);

afterAll(async () => {
  for (const end of ends) await end();
});

const setupPath = (id: string): string => workspace.path(`/channels/ses-setup/${id}`);
const read = (id: string): Promise<SetupDetail> => workspace.api.get<SetupDetail>(setupPath(id));
const tick = (now?: number): Promise<{ tasks: { kind: string; subject_id: string; outcome: string }[] }> =>
  world.operator.expect(200, "POST", "/v1/operator/tick", {
    json: now === undefined ? {} : { now: new Date(now).toISOString() },
  });
const DAY_MS = 24 * 3_600_000;

/** Made, and SES looks for its records: a verify waits for that. */
async function searchedSetup(): Promise<SetupDetail> {
  const { id } = await workspace.newSetup();
  return workspace.api.expect<SetupDetail>(200, "POST", `${setupPath(id)}/verify`);
}

type RecordName = "dkim" | "mail_from" | "spf" | "dmarc" | "inbound";
const INDEX: Readonly<Record<RecordName, number>> = { dkim: 0, mail_from: 3, spf: 4, dmarc: 5, inbound: 6 };

type Row = {
  readonly name: string;
  readonly record: RecordName;
  /** Changes what is published: the setup's seven records are. */
  readonly change: (setup: SetupDetail, address: string, value: string) => Promise<unknown>;
  readonly verified: boolean;
  readonly reason: string | null;
  /** What the fix has to say; null: there is nothing to do. */
  readonly fix: RegExp | null;
  /** What has to be shown as found. */
  readonly found?: RegExp;
};

const set = (name: string, type: string, ...values: string[]): Promise<unknown> =>
  world.sandbox.setDns(name, type, values);

const ROWS: readonly Row[] = [
  {
    name: "trailing dots",
    record: "mail_from",
    change: (_, at, value) => set(at, "MX", `${value}.`),
    verified: true,
    reason: null,
    fix: null,
  },
  {
    name: "another case",
    record: "dkim",
    change: (_, at, value) => set(at, "CNAME", value.toUpperCase()),
    verified: true,
    reason: null,
    fix: null,
  },
  {
    name: "a TXT in several strings",
    record: "spf",
    change: (_, at) => set(at, "TXT", '"v=spf1 include:amazon" "ses.com ~all"'),
    verified: true,
    reason: null,
    fix: null,
  },
  {
    name: "nothing there",
    record: "spf",
    change: (_, at) => world.sandbox.removeDns(at, "TXT"),
    verified: false,
    reason: "missing",
    fix: /^Publish a TXT record named bounce\./,
  },
  {
    name: "the zone appended twice",
    record: "dkim",
    change: async ({ domain_identity: domain }, at, value) => {
      await world.sandbox.removeDns(at, "CNAME");
      await set(`${at}.${domain}`, "CNAME", value);
    },
    verified: false,
    reason: "doubled_domain",
    fix: /adds .* to the name itself/,
    found: /dkim\.amazonses\.com/,
  },
  {
    name: "a second MX on the bounce host",
    record: "mail_from",
    change: (_, at, value) => set(at, "MX", value, "20 mx.other.example"),
    verified: false,
    reason: "multiple_records",
    fix: /Keep one MX record/,
    found: /mx\.other\.example/,
  },
  {
    name: "two SPF records",
    record: "spf",
    change: (_, at, value) => set(at, "TXT", value, "v=spf1 include:other.example ~all"),
    verified: false,
    reason: "multiple_records",
    fix: /Merge the SPF records/,
  },
  {
    name: "another SPF record",
    record: "spf",
    change: (_, at) => set(at, "TXT", "v=spf1 include:other.example ~all"),
    verified: false,
    reason: "wrong_value",
    fix: /include:amazonses\.com/,
    found: /other\.example/,
  },
  {
    name: "a stricter DMARC policy",
    record: "dmarc",
    change: (_, at) => set(at, "TXT", "v=DMARC1; p=reject; rua=mailto:a@b.example"),
    verified: true,
    reason: null,
    fix: null,
  },
  {
    name: "an inherited DMARC policy",
    record: "dmarc",
    change: async ({ domain_identity: domain }, at) => {
      await world.sandbox.removeDns(at, "TXT");
      await set(`_dmarc.${domain.slice(domain.indexOf(".") + 1)}`, "TXT", "v=DMARC1; p=quarantine");
    },
    verified: true,
    reason: "inherited",
    fix: /Nothing to do: the policy at _dmarc\./,
    found: /quarantine/,
  },
  {
    name: "a competing MX that comes first",
    record: "inbound",
    change: (_, at, value) => set(at, "MX", value, "1 mx.other.example"),
    verified: false,
    reason: "competing_mx",
    fix: /Delete the other MX records/,
    found: /mx\.other\.example/,
  },
  {
    name: "a competing MX that comes last",
    record: "inbound",
    change: (_, at, value) => set(at, "MX", value, "90 mx.other.example"),
    verified: true,
    reason: "competing_mx",
    fix: /Mail comes here first/,
  },
  {
    name: "a flattened CNAME",
    record: "dkim",
    change: async (_, at) => {
      await world.sandbox.removeDns(at, "CNAME");
      await set(at, "A", "192.0.2.1");
    },
    verified: false,
    reason: "proxied",
    fix: /switch proxying/,
  },
];

describe("what is wrong with a record", () => {
  test.each(ROWS.map((row): [string, Row] => [row.name, row]))("%s", async (_, row) => {
    const setup = await workspace.verifiedSetup();
    const { address, record } = setup.dns_records[INDEX[row.record]] ?? { address: "", record: "" };
    await row.change(setup, address, record);
    const { dns_records: records } = await read(setup.id);
    const seen = records[INDEX[row.record]];
    expect([seen?.verified, seen?.reason]).toEqual([row.verified, row.reason]);
    if (row.fix) expect(seen?.fix).toMatch(row.fix);
    else expect(seen?.fix).toBe(null);
    if (row.found) expect(seen?.found.join()).toMatch(row.found);
    // The others are as they were, but for names that share the zone's trouble.
    expect(records.filter(({ verified }) => verified).length).toBeGreaterThanOrEqual(6);
    expect((await listedSetup(workspace, setup.id))?.dns_verified).toBe(row.verified);
  });
});

describe("what SES thinks", () => {
  test("pending: the records wait for it", async () => {
    const setup = await searchedSetup();
    await workspace.publish(setup);
    const identity = { dkim_status: "PENDING", mail_from_status: "PENDING" };
    await world.sandbox.setAccount({ identities: { [setup.domain_identity]: identity } });
    const { dns_records: records } = await read(setup.id);
    expect(records.map(({ verified }) => verified)).toEqual([false, false, false, false, true, true, true]);
    expect(records[0]).toMatchObject({
      reason: "awaiting_provider",
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
      fix: expect.stringContaining("gave up"),
    });
    const again = await read(setup.id);
    expect(again.dns_records.every(({ verified }) => verified)).toBe(true);
  });

  test("other keys: its records replace the old ones", async () => {
    const setup = await searchedSetup();
    await workspace.publish(setup);
    await world.sandbox.setAccount({ identities: { [setup.domain_identity]: { dkim_generation: 1 } } });
    const told = await read(setup.id);
    expect(told.dns_records.slice(0, 3).map(({ reason }) => reason)).toEqual(Array(3).fill("tokens_changed"));
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
});

describe("an outage", () => {
  const OUTAGES: [name: string, faults: object][] = [
    ["SERVFAIL", { dns: { servfail: true } }],
    ["resolvers that do not answer", { dns: { timeout: true } }],
    ["SES answers 500", { ses: { fail: { operation: "GetEmailIdentity", status: 500, times: 100 } } }],
    ["SES throttles", { ses: { fail: { operation: "GetEmailIdentity", status: 429, times: 100 } } }],
  ];
  test.each(OUTAGES)(
    "fails no read, changes no flag: %s",
    async (_, faults) => {
      const before = await workspace.verifiedSetup();
      await world.sandbox.withFaults(faults, async () => {
        for (const method of ["GET", "POST"] as const) {
          const path = method === "GET" ? setupPath(before.id) : `${setupPath(before.id)}/verify`;
          const during = await workspace.api.expect<SetupDetail>(200, method, path);
          expect(during.dns_records.every(({ verified }) => verified)).toBe(true);
          if ("dns" in faults) {
            expect(during.dns_checked_at).toBe(before.dns_checked_at);
            expect(during.dns_records.map(({ reason }) => reason)).toEqual(Array(7).fill("lookup_failed"));
          }
        }
        expect((await listedSetup(workspace, before.id))?.dns_verified).toBe(true);
      });
    },
    20_000,
  );

  test("fifty reads of one setup at once ask SES twice at most", async () => {
    const setup = await workspace.newSetup();
    await workspace.publish(setup);
    await world.sandbox.clearCalls();
    const all = await Promise.all(Array.from({ length: 50 }, () => read(setup.id)));
    expect(all).toHaveLength(50);
    expect((await world.sandbox.calls("GetEmailIdentity")).length).toBeLessThanOrEqual(2);
  });
});

describe("who may have a domain", () => {
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
});

test("ticks are the operator's", async () => {
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
