// The control paths: zone and resolver, faults and calls, and who may ask at all.
import { afterEach, describe, expect, test } from "bun:test";

import { sandboxEndpoints } from "../../../edge/sandbox/endpoints.ts";
import { startSandbox } from "../../support/sandbox.ts";
import { done, refused } from "./provisioned.ts";

const sandbox = await startSandbox();
const { aws, control, url } = sandbox;
const [firstResolver, secondResolver] = sandboxEndpoints(url).dohUrls;

afterEach(() => control.clearFaults());

type DnsJson = { Status: number; Answer?: { name: string; type: number; data: string }[] };
const lookUp = async (name: string, type: string, resolver: string = firstResolver): Promise<DnsJson> => {
  const answer = await fetch(`${resolver}?name=${encodeURIComponent(name)}&type=${type}`, {
    headers: { accept: "application/dns-json" },
  });
  expect(answer.headers.get("content-type")).toBe("application/dns-json");
  return (await answer.json()) as DnsJson;
};
const data = (answer: DnsJson): string[] => (answer.Answer ?? []).map((record) => record.data);
const control_ = (method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(`${url}/_sandbox${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

describe("the resolver", () => {
  test("answers what was published, each type in its own form", async () => {
    await control.publishDns([
      { address: "mail.Acme.example.", record: "10 mx.acme.example", type: "MX" },
      { address: "mail.acme.example", record: "v=spf1 include:amazonses.com ~all", type: "TXT" },
      { address: "alias.acme.example", record: "Target.dkim.amazonses.com", type: "CNAME" },
    ]);
    expect(await lookUp("MAIL.acme.example.", "MX")).toMatchObject({
      Status: 0,
      Answer: [{ name: "mail.acme.example", type: 15, data: "10 mx.acme.example." }],
    });
    expect(data(await lookUp("mail.acme.example", "TXT", secondResolver))).toEqual([
      '"v=spf1 include:amazonses.com ~all"',
    ]);
    expect(data(await lookUp("alias.acme.example", "5"))).toEqual(["Target.dkim.amazonses.com."]);
  });

  test("tells no such name from no such record", async () => {
    await control.setDns("deep.below.nodata.example", "TXT", ["x"]);
    expect(await lookUp("nodata.example", "TXT")).toMatchObject({ Status: 0 });
    expect((await lookUp("deep.below.nodata.example", "MX")).Answer).toBeUndefined();
    expect((await lookUp("none.example", "TXT")).Status).toBe(3);
    await control.removeDns("deep.below.nodata.example", "TXT");
    expect((await lookUp("nodata.example", "TXT")).Status).toBe(3);
  });

  test("follows CNAMEs, and gives up on a circle", async () => {
    await control.setDns("a.chain.example", "CNAME", ["b.chain.example"]);
    await control.setDns("b.chain.example", "CNAME", ["c.chain.example."]);
    await control.setDns("c.chain.example", "TXT", ["end"]);
    expect(data(await lookUp("a.chain.example", "TXT"))).toEqual([
      "b.chain.example.",
      "c.chain.example.",
      '"end"',
    ]);
    expect(data(await lookUp("a.chain.example", "CNAME"))).toEqual(["b.chain.example."]);
    await control.setDns("c.chain.example", "TXT", []);
    await control.setDns("c.chain.example", "CNAME", ["a.chain.example"]);
    expect((await lookUp("a.chain.example", "MX")).Status).toBe(2);
  });

  test("splits long texts, escapes quotes, and leaves what was split by hand", async () => {
    const long = "x".repeat(300);
    await control.setDns("texts.example", "TXT", [long, 'say "hi" \\', '"one" "two"']);
    expect(data(await lookUp("texts.example", "TXT"))).toEqual([
      `"${"x".repeat(255)}" "${"x".repeat(45)}"`,
      '"say \\"hi\\" \\\\"',
      '"one" "two"',
    ]);
  });

  test("publishing adds, putting replaces, deleting removes", async () => {
    const record = { address: "sum.example", type: "MX" };
    await control.publishDns([{ ...record, record: "10 a.example" }]);
    await control.publishDns([
      { ...record, record: "20 b.example" },
      { ...record, record: "10 a.example" },
    ]);
    expect(data(await lookUp("sum.example", "MX"))).toEqual(["10 a.example.", "20 b.example."]);
    await control.setDns("sum.example", "MX", ["5 c.example"]);
    expect(data(await lookUp("sum.example", "MX"))).toEqual(["5 c.example."]);
    const zone = (await (await control_("GET", "/dns")).json()) as { items: object[] };
    expect(zone.items).toContainEqual({ name: "sum.example", type: "MX", values: ["5 c.example"] });
    await control.removeDns("sum.example", "MX");
    expect((await lookUp("sum.example", "MX")).Status).toBe(3);
  });

  test("fails as it is told: for all, for some names, for one of the two", async () => {
    await control.setDns("a.faulty.example", "TXT", ["x"]);
    const status = async (name: string, resolver: string): Promise<number> =>
      (await lookUp(name, "TXT", resolver)).Status;
    await control.setFaults({ dns: { servfail: true } });
    expect(await status("a.faulty.example", firstResolver)).toBe(2);
    await control.setFaults({ dns: { servfail: ["faulty.example"], resolver: 2 } });
    expect(await status("a.faulty.example", firstResolver)).toBe(0);
    expect(await status("a.faulty.example", secondResolver)).toBe(2);
    expect(await status("other.example", secondResolver)).toBe(3);
    await control.setFaults({ dns: { timeout: ["a.faulty.example"] } });
    const silent = fetch(`${firstResolver}?name=a.faulty.example&type=TXT`, {
      signal: AbortSignal.timeout(100),
    });
    expect(silent).rejects.toThrow("timed out");
    expect(await status("b.faulty.example", firstResolver)).toBe(3);
  });
});

describe("faults of calls", () => {
  const tenantExists = async (name: string): Promise<boolean> =>
    (await control.state()).tenants.some((tenant) => tenant.name === name);
  const create = (name: string, init: RequestInit = {}): Promise<Response> =>
    init.signal === undefined
      ? aws.ses("POST", "/tenants", { TenantName: name })
      : Promise.race([
          aws.ses("POST", "/tenants", { TenantName: name }),
          new Promise<Response>((_, reject) =>
            init.signal?.addEventListener("abort", () => reject(init.signal?.reason)),
          ),
        ]);

  const rows: [status: number, afterAccept: boolean, type: string][] = [
    [400, false, "BadRequestException"],
    [403, false, "AccessDeniedException"],
    [429, false, "TooManyRequestsException"],
    [500, false, "InternalServiceErrorException"],
    [400, true, "BadRequestException"],
    [429, true, "TooManyRequestsException"],
    [500, true, "InternalServiceErrorException"],
  ];
  test.each(rows)("%d, after accept: %p", async (status, afterAccept, type) => {
    const name = `t${status}-${afterAccept}`;
    await control.setFaults({
      ses: { fail: { operation: "CreateTenant", status, after_accept: afterAccept } },
    });
    expect((await refused(create(name))).slice(0, 2)).toEqual([status, type]);
    expect(await tenantExists(name)).toBe(afterAccept);
    // Only once.
    expect((await create(`${name}-2`)).status).toBe(200);
  });

  test.each([false, true])("no answer at all, after accept: %p", async (afterAccept) => {
    const name = `silent-${afterAccept}`;
    const fail = { operation: "CreateTenant", status: "timeout", after_accept: afterAccept };
    await control.setFaults({ ses: { fail } });
    await control.clearCalls();
    expect(create(name, { signal: AbortSignal.timeout(100) })).rejects.toThrow("timed out");
    await Bun.sleep(0);
    while ((await control.calls("CreateTenant")).length === 0) await Bun.sleep(1);
    expect((await control.calls("CreateTenant"))[0]?.status).toBe("timeout");
    expect(await tenantExists(name)).toBe(afterAccept);
  });

  test("an error of one's own, as often as asked, for the first rule that fits", async () => {
    await control.setFaults({
      ses: {
        fail: [
          {
            operation: "GetAccount",
            status: 400,
            times: 2,
            error: "SendingPausedException",
            message: "For a while.",
          },
          { operation: "*", status: 503 },
        ],
      },
    });
    const get = () => refused(aws.ses("GET", "/account"));
    expect(await get()).toEqual([400, "SendingPausedException", "For a while."]);
    expect(await get()).toEqual([400, "SendingPausedException", "For a while."]);
    expect((await get())[0]).toBe(503);
    expect((await aws.ses("GET", "/account")).status).toBe(200);
  });

  test("throttling lets one a second through, and sends are not throttled", async () => {
    await control.setFaults({ ses: { throttle_per_second: 0.01 } });
    expect((await aws.ses("GET", "/account")).status).toBe(200);
    expect(await refused(aws.ses("GET", "/account"))).toEqual([
      429,
      "TooManyRequestsException",
      "Rate exceeded",
    ]);
    expect((await refused(aws.ses("POST", "/outbound-emails", {})))[1]).toBe("BadRequestException");
  });

  test("S3 and SNS fail too, in their own words", async () => {
    await control.setFaults({
      s3: { fail: { operation: "PutObject", status: 503 } },
      sns: { fail: { operation: "CreateTopic", status: 429 } },
    });
    expect(await (await aws.s3("PUT", "/b/k", { body: "x" })).text()).toContain("<Code>SlowDown</Code>");
    expect(await (await aws.sns({ Action: "CreateTopic", Name: "t" })).text()).toContain(
      "<Code>Throttled</Code>",
    );
  });
});

test("calls are recorded with operation and status, and forgotten when told", async () => {
  await control.clearCalls();
  await aws.ses("GET", "/account");
  await aws.ses("GET", "/identities/no.example");
  await aws.s3("GET", "/b/none");
  await aws.sns({ Action: "Publish" });
  await lookUp("no.example", "TXT");
  expect(
    (await control.calls()).map(({ service, operation, status }) => [service, operation, status]),
  ).toEqual([
    ["ses", "GetAccount", 200],
    ["ses", "GetEmailIdentity", 404],
    ["s3", "GetObject", 404],
    ["sns", "Publish", 400],
    ["dns", "TXT no.example", 200],
  ]);
  expect(await control.calls("GetAccount")).toHaveLength(1);
  await control.clearCalls();
  expect(await control.calls()).toEqual([]);
});

describe("refused with a hint", () => {
  const rows: [name: string, method: string, path: string, body: unknown, status: number, text: string][] = [
    ["an unknown fault", "PUT", "/faults", { ses: { latency: 1 } }, 422, "latency"],
    [
      "a service that is not there",
      "PUT",
      "/faults",
      { smtp: {} },
      422,
      "Members: ses, sns, s3, dns, twilio.",
    ],
    [
      "a status that is no failure",
      "PUT",
      "/faults",
      { ses: { fail: { operation: "*", status: 200 } } },
      422,
      "/ses/fail",
    ],
    ["an unknown account member", "PUT", "/account", { quota: 1 }, 422, "max_24_hour_send"],
    ["an unknown tenant", "PUT", "/account", { tenants: { no: { sending_status: "DISABLED" } } }, 404, "no"],
    [
      "an MX without preference",
      "PUT",
      "/dns/a.example/MX",
      { values: ["mx.example"] },
      422,
      "10 mail.example.com",
    ],
    ["a type that is not there", "PUT", "/dns/a.example/SPF", { values: [] }, 422, "CNAME"],
    [
      "a record without an address",
      "POST",
      "/dns/publish",
      { records: [{ type: "TXT", record: "x" }] },
      422,
      "/records/0/address",
    ],
    ["no JSON", "POST", "/dns/publish", undefined, 422, "records"],
    ["an unknown query", "GET", "/mailbox?from=a", undefined, 422, "Parameters: to."],
    ["an unknown mail", "POST", "/mailbox/none/events", { type: "open" }, 404, "/_sandbox/mailbox?to="],
    ["an unknown mail's octets", "GET", "/mailbox/none/raw", undefined, 404, "mailbox"],
    ["an unknown path", "GET", "/twilio", undefined, 404, "/_sandbox/dns/publish"],
  ];
  test.each(rows)("%s", async (_, method, path, body, status, text) => {
    const answer = await control_(method, path, body);
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(text)]);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  });

  test("an event type or a member that SES does not have", async () => {
    await done(aws.ses("POST", "/identities", { EmailIdentity: "hint.example" }));
    await control.setAccount({ identities: { "hint.example": { dkim_status: "SUCCESS" } } });
    const data_ = Buffer.from("From: a@hint.example\r\n\r\nx").toString("base64");
    const sent = await done(
      aws.ses("POST", "/outbound-emails", {
        Destination: { ToAddresses: ["b@x.example"] },
        Content: { Raw: { Data: data_ } },
      }),
    );
    const path = `/mailbox/${String(sent["MessageId"])}/events`;
    for (const body of [
      { type: "read" },
      { type: "open", agent: "x" },
      { type: "bounce", bounceType: "Hard" },
    ]) {
      expect((await control_("POST", path, body)).status).toBe(422);
    }
  });
});

describe("who may ask", () => {
  const { port } = new URL(url);
  const rows: [name: string, headers: Record<string, string>, status: number][] = [
    ["by its address", {}, 200],
    ["by localhost", { host: `localhost:${port}` }, 200],
    ["by [::1]", { host: `[::1]:${port}` }, 200],
    ["by another name, as DNS rebinding does", { host: `evil.example:${port}` }, 421],
    ["by a name that looks like it", { host: `127.0.0.1.evil.example:${port}` }, 421],
    ["by another port", { host: "127.0.0.1:1" }, 421],
    ["a page of its own", { origin: url }, 200],
    ["a foreign page", { origin: "https://evil.example" }, 421],
    ["a sandboxed page", { origin: "null" }, 421],
  ];
  test.each(rows)("%s", async (_, headers, status) => {
    expect((await fetch(`${url}/_sandbox/state`, { headers })).status).toBe(status);
  });
});
