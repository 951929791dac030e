import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeSignedFetch } from "../../../adapters/aws/signed-fetch.ts";
import { renderToOctets } from "../../../adapters/mime/render.ts";
import { makeSesMailer } from "../../../adapters/ses/mailer.ts";
import { nodeChunkDigest } from "../../../adapters/system/chunk-digest-node.ts";
import { streamedBody } from "../../../adapters/system/known-length-body.ts";
import { makePlan } from "../../../core/message/plan.ts";
import type { ProviderFault, ProviderResource } from "../../../core/ports/mail-provider.ts";
import type { MailRefusal, OutgoingMail, SendOutcome } from "../../../core/ports/mailer.ts";
import { err, ok, type Result } from "../../../core/result.ts";
import { bodyJson, startStubServer, type StubServer } from "../../support/stub-server.ts";

const SMALL = makePlan([{ kind: "text", text: "Subject: hello\r\n\r\nhi\r\n" }]);
const LARGE = makePlan([
  { kind: "text", text: "Subject: files\r\n\r\n" },
  { kind: "base64", octets: new Uint8Array(1_000_000).map((_, at) => at * 7) },
  { kind: "text", text: "--end--\r\n" },
]);
const MAIL: OutgoingMail = {
  emailId: "019b0000-0000-7000-8000-000000000001",
  workspaceId: "019b0000-0000-7000-8000-000000000002",
  useCaseId: "019b0000-0000-7000-8000-000000000003",
  tenantName: "acme",
  tenantArn: "arn:aws:ses:eu-west-1:123456789012:tenant/acme/tn-1",
  configurationSetName: "acme-set",
  domainIdentity: "mail.acme.com",
  fromAddress: "hi@mail.acme.com",
  toAddress: "a+b@example.org",
  message: SMALL,
};

type Made = {
  readonly outcome: SendOutcome;
  readonly waits: readonly number[];
  readonly associated: readonly ProviderResource[];
};

/** Sends with a clock that only moves when the mailer waits: nothing here takes real time. */
async function send(
  server: StubServer,
  mail: OutgoingMail = MAIL,
  associate: () => Result<void, ProviderFault> = () => ok(undefined),
): Promise<Made> {
  const waits: number[] = [];
  const associated: ProviderResource[] = [];
  let now = 1_000_000;
  const endpoints = { sesV2: server.url, ses: "", sns: "", s3: "", sqs: "" };
  const mailer = makeSesMailer(
    {
      signedFetch: makeSignedFetch({
        region: "eu-west-1",
        credentials: { accessKeyId: "A", secretAccessKey: "s" },
      }),
      mailProvider: {
        associate: async (tenant, resource) => {
          expect(tenant).toEqual({ tenantName: "acme", tenantArn: String(mail.tenantArn) });
          associated.push(resource);
          return associate();
        },
      },
      clock: { now: () => now },
      pause: async (ms) => {
        waits.push(ms);
        now += ms;
      },
      jitter: () => 0.5,
      chunkDigest: nodeChunkDigest,
      knownLengthBody: streamedBody,
    },
    { endpoints },
  );
  return { outcome: await mailer.send(mail), waits, associated };
}

const accepted = () => Response.json({ MessageId: "0100-abc-000000" });
const named = (status: number, type: string, message = "") =>
  Response.json({ message }, { status, headers: { "x-amzn-ErrorType": type } });
const stranger = (arns: string) =>
  Response.json(
    { Message: `Tenant not associated with resources [${arns}].` },
    { status: 403, headers: { "x-amzn-ErrorType": "AccessDeniedException" } },
  );
const SET_ARN = "arn:aws:ses:eu-west-1:123456789012:configuration-set/acme-set";
const IDENTITY_ARN = "arn:aws:ses:eu-west-1:123456789012:identity/mail.acme.com";

describe("the request", () => {
  test("names tenant, set, sender, recipient and our ids as parameters; the message is the plan, octet for octet", async () => {
    const server = startStubServer(accepted);
    const { outcome } = await send(server);
    expect(outcome).toEqual({ kind: "accepted", providerMessageId: "0100-abc-000000" });
    expect(server.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      "POST /v2/email/outbound-emails",
    ]);
    expect(bodyJson(server.requests[0])).toEqual({
      TenantName: "acme",
      ConfigurationSetName: "acme-set",
      FromEmailAddress: "hi@mail.acme.com",
      Destination: { ToAddresses: ["a+b@example.org"] },
      EmailTags: [
        { Name: "email_id", Value: MAIL.emailId },
        { Name: "workspace_id", Value: MAIL.workspaceId },
        { Name: "use_case_id", Value: MAIL.useCaseId },
      ],
      Content: { Raw: { Data: Buffer.from(renderToOctets(SMALL)).toString("base64") } },
    });
  });

  test("a large one is sent with its length and its hash, and is the same JSON", async () => {
    const server = startStubServer(accepted);
    const { outcome } = await send(server, { ...MAIL, message: LARGE });
    expect(outcome.kind).toBe("accepted");
    const [request] = server.requests;
    expect(request?.headers.get("content-length")).toBe(String(request?.body.length));
    expect(request?.headers.get("transfer-encoding")).toBeNull();
    expect(request?.headers.get("x-amz-content-sha256")).toBe(
      createHash("sha256")
        .update(request?.body ?? "")
        .digest("hex"),
    );
    const { Content, ...parameters } = bodyJson(request) as { Content: { Raw: { Data: string } } };
    expect(Buffer.from(Content.Raw.Data, "base64").equals(renderToOctets(LARGE))).toBe(true);
    expect(parameters).toMatchObject({ TenantName: "acme", ConfigurationSetName: "acme-set" });
  });

  test("a large one is rendered anew for each attempt", async () => {
    const server = startStubServer((_, earlier) =>
      earlier === 0 ? named(429, "TooManyRequestsException") : accepted(),
    );
    const { outcome } = await send(server, { ...MAIL, message: LARGE });
    expect(outcome.kind).toBe("accepted");
    expect(server.requests.map((request) => request.body.length)).toEqual(
      Array.from({ length: 2 }, () => server.requests[0]?.body.length ?? 0),
    );
  });
});

describe("what proves that the mail was not taken", () => {
  const rejected = (reason: string): MailRefusal => ({ kind: "message_rejected", reason });
  const ours = (reason: string): MailRefusal => ({ kind: "provider_misconfigured", reason });
  const rows: readonly (readonly [string, () => Response, MailRefusal])[] = [
    [
      "MessageRejected",
      () => named(400, "MessageRejected", "Email address is not verified."),
      rejected("Email address is not verified."),
    ],
    [
      "BadRequestException without text",
      () => named(400, "BadRequestException"),
      rejected("BadRequestException"),
    ],
    ["MailFromDomainNotVerified", () => named(400, "MailFromDomainNotVerifiedException", "m"), rejected("m")],
    [
      "SendingPaused",
      () => named(400, "SendingPausedException", "p"),
      { kind: "sending_paused", reason: "p" },
    ],
    [
      "AccountSuspended",
      () => named(400, "AccountSuspendedException", "p"),
      { kind: "sending_paused", reason: "p" },
    ],
    [
      "a paused tenant, whatever its type",
      () => named(403, "AccessDeniedException", "Sending is disabled for tenant acme"),
      { kind: "sending_paused", reason: "Sending is disabled for tenant acme" },
    ],
    [
      "a size in words",
      () => named(400, "BadRequestException", "Message length is more than 41943040 bytes long"),
      { kind: "provider_size_limit" },
    ],
    ["a size in the status", () => new Response("", { status: 413 }), { kind: "provider_size_limit" }],
    [
      "an unknown tenant",
      () => named(404, "NotFoundException", "Tenant acme not found."),
      ours("NotFoundException: Tenant acme not found."),
    ],
    ["bad credentials", () => named(403, "SignatureDoesNotMatch", "s"), ours("SignatureDoesNotMatch: s")],
    [
      "expired credentials as a 400",
      () => named(400, "ExpiredTokenException", "e"),
      ours("ExpiredTokenException: e"),
    ],
    [
      "no permission",
      () => named(403, "AccessDeniedException", "not authorized to perform ses:SendEmail"),
      ours("AccessDeniedException: not authorized to perform ses:SendEmail"),
    ],
    [
      "the day's quota",
      () => named(429, "TooManyRequestsException", "Daily message quota exceeded."),
      { kind: "account_capacity_exceeded", retryAfterSeconds: 3600 },
    ],
  ];
  test.each(rows)("%s", async (_, answer, refusal) => {
    const server = startStubServer(answer);
    expect((await send(server)).outcome).toEqual({ kind: "refused", refusal });
    expect(server.requests).toHaveLength(1);
  });
});

describe("what leaves it unknown, and is never tried again", () => {
  const rows: readonly (readonly [string, () => Response])[] = [
    ["500", () => named(500, "InternalServiceErrorException")],
    ["503 of a load balancer", () => new Response("<html>", { status: 503 })],
    ["a 400 that SES did not name", () => new Response("<html>", { status: 400 })],
    ["200 without id", () => Response.json({})],
    ["200 that is no JSON", () => new Response("ok")],
    ["200 with nothing", () => new Response("")],
    ["an id that is none", () => Response.json({ MessageId: "a\nb" })],
    ["a redirect", () => Response.redirect("http://127.0.0.1:1/", 307)],
  ];
  test.each(rows)("%s", async (_, answer) => {
    const server = startStubServer(answer);
    expect((await send(server)).outcome).toEqual({ kind: "unknown" });
    expect(server.requests).toHaveLength(1);
  });

  test("a connection that is refused", async () => {
    expect((await send({ url: "http://127.0.0.1:1", requests: [] })).outcome).toEqual({ kind: "unknown" });
  });
});

describe("throttles", () => {
  test.each([
    [
      "TooManyRequestsException",
      () => named(429, "TooManyRequestsException", "Maximum sending rate exceeded."),
    ],
    ["ThrottlingException as a 400", () => named(400, "ThrottlingException")],
    ["a bare 429", () => new Response("", { status: 429 })],
  ] as const)("%s is tried again, with waits that grow", async (_, throttle) => {
    const server = startStubServer((_request, earlier) => (earlier < 3 ? throttle() : accepted()));
    const { outcome, waits } = await send(server);
    expect(outcome.kind).toBe("accepted");
    expect(waits).toEqual([150, 300, 600]);
  });

  test("end within the budget as a refusal", async () => {
    const server = startStubServer(() => named(429, "TooManyRequestsException"));
    const { outcome, waits } = await send(server);
    expect(outcome).toEqual({
      kind: "refused",
      refusal: { kind: "provider_throttled", retryAfterSeconds: 5 },
    });
    // The last attempt begins with at least 3 of the 15 s left.
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(12_000);
    expect(server.requests).toHaveLength(waits.length + 1);
  });
});

describe("a tenant that is not associated", () => {
  test("may be fresh: it is tried again and nothing is repaired", async () => {
    const server = startStubServer((_, earlier) => (earlier < 2 ? stranger(SET_ARN) : accepted()));
    const { outcome, waits, associated } = await send(server);
    expect(outcome.kind).toBe("accepted");
    expect(waits).toEqual([200, 800]);
    expect(associated).toEqual([]);
  });

  const set: ProviderResource = { kind: "configuration_set", name: "acme-set" };
  const identity: ProviderResource = { kind: "identity", domain: "mail.acme.com" };
  test.each([
    ["the set", SET_ARN, [set]],
    ["the identity", IDENTITY_ARN, [identity]],
    ["both", `${IDENTITY_ARN}, ${SET_ARN}`, [identity, set]],
    ["something else", "arn:aws:ses:eu-west-1:1:template/x", [identity, set]],
  ] as const)("is associated with what is missing: %s", async (_, arns, expected) => {
    const server = startStubServer((_request, earlier) => (earlier < 3 ? stranger(arns) : accepted()));
    const { outcome, associated } = await send(server);
    expect(outcome.kind).toBe("accepted");
    expect(associated).toEqual([...expected]);
  });

  test("is as good as associated when somebody was faster", async () => {
    const server = startStubServer((_, earlier) => (earlier < 3 ? stranger(SET_ARN) : accepted()));
    const { outcome } = await send(server, MAIL, () => err({ kind: "already_exists", reason: "" }));
    expect(outcome.kind).toBe("accepted");
  });

  const lost: SendOutcome = {
    kind: "refused",
    refusal: { kind: "provider_misconfigured", reason: `Tenant not associated with resources [${SET_ARN}].` },
  };
  test("that stays so after the repair is ours to mend", async () => {
    const server = startStubServer(() => stranger(SET_ARN));
    expect((await send(server)).outcome).toEqual(lost);
    expect(server.requests).toHaveLength(4);
  });

  test("and cannot be repaired is ours to mend", async () => {
    const server = startStubServer(() => stranger(SET_ARN));
    const { outcome } = await send(server, MAIL, () => err({ kind: "not_found", reason: "" }));
    expect(outcome).toEqual(lost);
    expect(server.requests).toHaveLength(3);
  });

  test("and whose ARN nobody told is ours to mend", async () => {
    const server = startStubServer(() => stranger(SET_ARN));
    const { outcome, associated } = await send(server, { ...MAIL, tenantArn: null });
    expect(outcome).toEqual(lost);
    expect(associated).toEqual([]);
  });
});
