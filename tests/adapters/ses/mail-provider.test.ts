import { describe, expect, test } from "bun:test";
import { makeSignedFetch } from "../../../adapters/aws/signed-fetch.ts";
import { makeSesMailProvider } from "../../../adapters/ses/mail-provider.ts";
import type { MailProvider, ProviderFault } from "../../../core/ports/mail-provider.ts";
import { bodyJson, startStubServer, type StubServer } from "../../support/stub-server.ts";

const TOPIC = "arn:aws:sns:eu-west-1:123456789012:events";
const TAGS = { installation: "inst", owner: "setup-1", attempt: "try-1" };
const SES_TAGS = [
  { Key: "postrider:installation", Value: "inst" },
  { Key: "postrider:owner", Value: "setup-1" },
  { Key: "postrider:attempt", Value: "try-1" },
];
const TENANT_ARN = "arn:aws:ses:eu-west-1:123456789012:tenant/acme/tn-1";
const TENANT = { tenantName: "acme", tenantArn: TENANT_ARN };

function providerAt(server: StubServer, region = "eu-west-1"): MailProvider {
  const endpoint = `${server.url}/base`;
  const endpoints = { sesV2: endpoint, ses: endpoint, sns: endpoint, s3: endpoint, sqs: endpoint };
  const signedFetch = makeSignedFetch({
    region,
    credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
  });
  return makeSesMailProvider(signedFetch, { region, endpoints, eventTopicArn: TOPIC });
}

/** What one call says on the wire, and what it makes of an empty 200. */
async function wire(act: (provider: MailProvider) => Promise<unknown>) {
  const server = startStubServer(() => new Response(""));
  const result = await act(providerAt(server));
  const [request] = server.requests;
  expect(server.requests).toHaveLength(1);
  const body = request && request.body.length > 0 ? bodyJson(request) : null;
  return { line: `${request?.method} ${request?.target}`, body, result };
}

const done = { ok: true, value: undefined };

describe("calls that answer nothing", () => {
  const rows: readonly (readonly [string, (provider: MailProvider) => Promise<unknown>, string, unknown])[] =
    [
      [
        "deleteTenant",
        (provider) => provider.deleteTenant("acme"),
        "POST /base/v2/email/tenants/delete",
        { TenantName: "acme" },
      ],
      [
        "associate an identity",
        (provider) => provider.associate(TENANT, { kind: "identity", domain: "mail.acme.com" }),
        "POST /base/v2/email/tenants/resources",
        { TenantName: "acme", ResourceArn: "arn:aws:ses:eu-west-1:123456789012:identity/mail.acme.com" },
      ],
      [
        "dissociate a configuration set",
        (provider) => provider.dissociate(TENANT, { kind: "configuration_set", name: "acme-1" }),
        "POST /base/v2/email/tenants/resources/delete",
        { TenantName: "acme", ResourceArn: "arn:aws:ses:eu-west-1:123456789012:configuration-set/acme-1" },
      ],
      [
        "setMailFrom",
        (provider) => provider.setMailFrom("acme.com", "bounce.acme.com"),
        "PUT /base/v2/email/identities/acme.com/mail-from",
        { MailFromDomain: "bounce.acme.com", BehaviorOnMxFailure: "USE_DEFAULT_VALUE" },
      ],
      [
        "disableFeedbackForwarding",
        (provider) => provider.disableFeedbackForwarding("acme.com"),
        "PUT /base/v2/email/identities/acme.com/feedback",
        { EmailForwardingEnabled: false },
      ],
      [
        "deleteIdentity",
        (provider) => provider.deleteIdentity("acme.com"),
        "DELETE /base/v2/email/identities/acme.com",
        null,
      ],
      [
        "createConfigurationSet without pool",
        (provider) => provider.createConfigurationSet("acme-1", null, TAGS),
        "POST /base/v2/email/configuration-sets",
        {
          ConfigurationSetName: "acme-1",
          DeliveryOptions: { TlsPolicy: "OPTIONAL", MaxDeliverySeconds: 50_400 },
          ReputationOptions: { ReputationMetricsEnabled: true },
          SendingOptions: { SendingEnabled: true },
          Tags: SES_TAGS,
        },
      ],
      [
        "createConfigurationSet in a pool",
        (provider) => provider.createConfigurationSet("acme-1", "marketing-premium", TAGS),
        "POST /base/v2/email/configuration-sets",
        {
          ConfigurationSetName: "acme-1",
          DeliveryOptions: {
            TlsPolicy: "OPTIONAL",
            MaxDeliverySeconds: 50_400,
            SendingPoolName: "marketing-premium",
          },
          ReputationOptions: { ReputationMetricsEnabled: true },
          SendingOptions: { SendingEnabled: true },
          Tags: SES_TAGS,
        },
      ],
      [
        "setSendingPool",
        (provider) => provider.setSendingPool("acme-1", "marketing-premium"),
        "PUT /base/v2/email/configuration-sets/acme-1/delivery-options",
        {
          TlsPolicy: "OPTIONAL",
          MaxDeliverySeconds: 50_400,
          SendingPoolName: "marketing-premium",
        },
      ],
      [
        "setSendingPool to none: the rest of the delivery options stays",
        (provider) => provider.setSendingPool("acme-1", null),
        "PUT /base/v2/email/configuration-sets/acme-1/delivery-options",
        { TlsPolicy: "OPTIONAL", MaxDeliverySeconds: 50_400 },
      ],
      [
        "createEventDestination",
        (provider) => provider.createEventDestination("acme-1"),
        "POST /base/v2/email/configuration-sets/acme-1/event-destinations",
        {
          EventDestinationName: "events",
          EventDestination: {
            Enabled: true,
            MatchingEventTypes: [
              "SEND",
              "REJECT",
              "BOUNCE",
              "COMPLAINT",
              "DELIVERY",
              "OPEN",
              "CLICK",
              "RENDERING_FAILURE",
              "DELIVERY_DELAY",
            ],
            SnsDestination: { TopicArn: TOPIC },
          },
        },
      ],
      [
        "deleteConfigurationSet",
        (provider) => provider.deleteConfigurationSet("acme-1"),
        "DELETE /base/v2/email/configuration-sets/acme-1",
        null,
      ],
    ];
  test.each(rows)("%s: the wire, and an empty 200 is success", async (_, act, line, body) => {
    expect(await wire(act)).toEqual({ line, body, result: done });
  });

  test("a tenant in another partition has its resources there", async () => {
    const tenantArn = "arn:aws-us-gov:ses:us-gov-west-1:123456789012:tenant/acme/tn-1";
    const { body } = await wire((provider) =>
      provider.associate({ tenantName: "acme", tenantArn }, { kind: "identity", domain: "a.org" }),
    );
    expect(body).toMatchObject({
      ResourceArn: "arn:aws-us-gov:ses:us-gov-west-1:123456789012:identity/a.org",
    });
  });
});

describe("tenants", () => {
  test("createTenant asks for a suppression list of its own and answers SES's ARN", async () => {
    const server = startStubServer(() => Response.json({ TenantName: "acme", TenantArn: TENANT_ARN }));
    expect(await providerAt(server).createTenant("acme", TAGS)).toEqual({
      ok: true,
      value: { tenantArn: TENANT_ARN },
    });
    expect(bodyJson(server.requests[0])).toEqual({
      TenantName: "acme",
      Tags: SES_TAGS,
      SuppressionAttributes: { SuppressionScope: "TENANT", SuppressedReasons: ["BOUNCE", "COMPLAINT"] },
    });
  });

  const getRows = [
    ["ours", SES_TAGS, TAGS],
    ["somebody's", [{ Key: "env", Value: "prod" }], null],
    ["one of our tags missing", SES_TAGS.slice(1), null],
    ["no list", null, null],
  ] as const;
  test.each(getRows)("getTenant reads the tags: %s", async (_, Tags, tags) => {
    const server = startStubServer(() => Response.json({ Tenant: { TenantArn: TENANT_ARN, Tags } }));
    expect(await providerAt(server).getTenant("acme")).toEqual({
      ok: true,
      value: { tenantArn: TENANT_ARN, tags },
    });
  });

  test.each(["", "{}", `{"TenantArn":"arn:aws:s3:::bucket"}`, "<html>", `{"TenantArn":7}`])(
    "createTenant: a 200 that names no tenant (%p) may have been carried out",
    async (body) => {
      const server = startStubServer(() => new Response(body));
      const created = await providerAt(server).createTenant("acme", TAGS);
      expect(created.ok ? "created" : created.error.kind).toBe("unavailable");
    },
  );
});

describe("the account", () => {
  const rows = [
    ["a quota", { Max24HourSend: 50_000.0, MaxSendRate: 14.5, SentLast24Hours: 1 }, 50_000, 14],
    ["no limit", { Max24HourSend: -1, MaxSendRate: 14 }, null, 14],
  ] as const;
  test.each(rows)("getSendQuota: %s", async (_, SendQuota, mailsIn24Hours, mailsPerSecond) => {
    const server = startStubServer(() => Response.json({ SendQuota }));
    expect(await providerAt(server).getSendQuota()).toEqual({
      ok: true,
      value: { mailsIn24Hours, mailsPerSecond },
    });
    expect(`${server.requests[0]?.method} ${server.requests[0]?.target}`).toBe("GET /base/v2/email/account");
  });

  test.each(["", "{}", `{"SendQuota":{"Max24HourSend":"many"}}`])(
    "getSendQuota: a 200 that names no quota (%p) tells nothing",
    async (body) => {
      const server = startStubServer(() => new Response(body));
      const quota = await providerAt(server).getSendQuota();
      expect(quota.ok ? "a quota" : quota.error.kind).toBe("unavailable");
    },
  );
});

describe("identities", () => {
  const tokens = ["tok1", "tok2", "tok3"];

  test("createIdentity wants 2048-bit Easy DKIM and answers the keys as SES names them", async () => {
    const zone = "a31d.dkim.eu-west-1.amazonses.com";
    const server = startStubServer(() =>
      Response.json({ DkimAttributes: { Status: "NOT_STARTED", Tokens: tokens, SigningHostedZone: zone } }),
    );
    expect(await providerAt(server).createIdentity("acme.com", TAGS)).toEqual({
      ok: true,
      value: { tokens, signingHostedZone: zone },
    });
    expect(bodyJson(server.requests[0])).toEqual({
      EmailIdentity: "acme.com",
      DkimSigningAttributes: { NextSigningKeyLength: "RSA_2048_BIT" },
      Tags: SES_TAGS,
    });
  });

  test.each([
    ["eu-west-1", "dkim.amazonses.com"],
    ["ap-northeast-3", "dkim.ap-northeast-3.amazonses.com"],
    ["us-gov-east-1", "dkim.us-gov-east-1.amazonses.com"],
    ["us-gov-west-1", "dkim.amazonses.com"],
  ])("the zone SES did not name, in %s, is %s", async (region, signingHostedZone) => {
    const server = startStubServer(() => Response.json({ DkimAttributes: { Tokens: tokens } }));
    const created = await providerAt(server, region).createIdentity("acme.com", TAGS);
    expect(created).toEqual({ ok: true, value: { tokens, signingHostedZone } });
  });

  test("restartDkim puts the signing attributes again and answers the tokens now in force", async () => {
    const server = startStubServer(() =>
      Response.json({ DkimStatus: "PENDING", DkimTokens: ["a", "b", "c"] }),
    );
    expect(await providerAt(server).restartDkim("acme.com")).toEqual({
      ok: true,
      value: { tokens: ["a", "b", "c"], signingHostedZone: "dkim.amazonses.com" },
    });
    expect(`${server.requests[0]?.method} ${server.requests[0]?.target}`).toBe(
      "PUT /base/v2/email/identities/acme.com/dkim/signing",
    );
  });

  const DKIM = { Tokens: tokens, SigningHostedZone: "dkim.amazonses.com" };
  const keys = { tokens, signingHostedZone: "dkim.amazonses.com" };
  const stateRows = [
    [
      "verified",
      {
        VerifiedForSendingStatus: true,
        DkimAttributes: { ...DKIM, Status: "SUCCESS" },
        MailFromAttributes: { MailFromDomain: "bounce.acme.com", MailFromDomainStatus: "SUCCESS" },
        Tags: SES_TAGS,
      },
      {
        dkim: keys,
        dkimStatus: "success",
        verifiedForSending: true,
        mailFromStatus: "success",
        mailFromDomain: "bounce.acme.com",
        tags: TAGS,
      },
    ],
    [
      "brand-new, by hand",
      { VerifiedForSendingStatus: false, DkimAttributes: { ...DKIM, Status: "NOT_STARTED" } },
      {
        dkim: keys,
        dkimStatus: "not_started",
        verifiedForSending: false,
        mailFromStatus: "not_started",
        mailFromDomain: null,
        tags: null,
      },
    ],
    [
      "given up, and a word SES does not have yet",
      {
        VerifiedForSendingStatus: "true",
        DkimAttributes: { ...DKIM, Status: "TEMPORARY_FAILURE" },
        MailFromAttributes: { MailFromDomain: "", MailFromDomainStatus: "GREAT" },
      },
      {
        dkim: keys,
        dkimStatus: "temporary_failure",
        verifiedForSending: false,
        mailFromStatus: "not_started",
        mailFromDomain: null,
        tags: null,
      },
    ],
  ] as const;
  test.each(stateRows)("getIdentity: %s", async (_, answer, state) => {
    const server = startStubServer(() => Response.json(answer));
    expect(await providerAt(server).getIdentity("acme.com")).toEqual({ ok: true, value: state });
  });

  test.each([
    ["none", {}],
    ["two", { Tokens: ["a", "b"] }],
    ["one that is no label", { Tokens: ["a", "b", "c.evil.example"] }],
  ])("an identity with DKIM tokens missing or strange (%s) is no answer", async (_, DkimAttributes) => {
    const server = startStubServer(() => Response.json({ DkimAttributes }));
    const got = await providerAt(server).getIdentity("acme.com");
    expect(got.ok ? "answered" : got.error.kind).toBe("unavailable");
  });
});

describe("faults", () => {
  const named =
    (status: number, type: string, message = "no") =>
    () =>
      Response.json({ message }, { status, headers: { "x-amzn-ErrorType": type } });
  const rows: readonly (readonly [string, () => Response, ProviderFault["kind"]])[] = [
    ["AlreadyExistsException is a 400", named(400, "AlreadyExistsException"), "already_exists"],
    ["NotFoundException", named(404, "NotFoundException"), "not_found"],
    ["TooManyRequestsException", named(429, "TooManyRequestsException"), "throttled"],
    ["ThrottlingException as 400", named(400, "ThrottlingException"), "throttled"],
    ["a 429 without a name", () => new Response("", { status: 429 }), "throttled"],
    ["BadRequestException", named(400, "BadRequestException"), "refused"],
    ["LimitExceededException", named(400, "LimitExceededException"), "refused"],
    ["AccessDeniedException", named(403, "AccessDeniedException"), "refused"],
    [
      "ConcurrentModificationException is a 500",
      named(500, "ConcurrentModificationException"),
      "unavailable",
    ],
    ["InternalServiceErrorException", named(500, "InternalServiceErrorException"), "unavailable"],
    ["a proxy's 404", () => new Response("<html>", { status: 404 }), "unavailable"],
    ["a redirect", () => Response.redirect("http://127.0.0.1:1/", 307), "unavailable"],
  ];
  test.each(rows)("%s", async (_, answer, kind) => {
    const server = startStubServer(answer);
    const deleted = await providerAt(server).deleteTenant("acme");
    expect(deleted.ok ? "done" : deleted.error.kind).toBe(kind);
    expect(server.requests).toHaveLength(1);
  });

  test("the reason holds SES's own words", async () => {
    const server = startStubServer(
      named(400, "BadRequestException", "Cannot delete x because it has tenant associations."),
    );
    expect(await providerAt(server).deleteIdentity("acme.com")).toEqual({
      ok: false,
      error: {
        kind: "refused",
        reason: "BadRequestException: Cannot delete x because it has tenant associations.",
      },
    });
  });
});
