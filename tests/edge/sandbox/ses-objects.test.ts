// The sandbox's tenants, identities, configuration sets and the rest, with SES's own statuses and error names.
import { describe, expect, test } from "bun:test";

import { startSandbox } from "../../support/sandbox.ts";
import {
  ACCOUNT_ID,
  done,
  EVENT_TYPES,
  identityArn,
  publishRecords,
  refused,
  setArn,
  subscribeHook,
} from "./provisioned.ts";

const sandbox = await startSandbox();
const { aws, control } = sandbox;
const { ses } = aws;
const tags = [{ Key: "installation", Value: "one" }];

describe("tenants", () => {
  test("are made, read, listed and deleted; the same name again is another tenant", async () => {
    const made = await done(ses("POST", "/tenants", { TenantName: "alpha", Tags: tags }));
    expect(made["TenantArn"]).toBe(
      `arn:aws:ses:us-east-1:${ACCOUNT_ID}:tenant/alpha/${String(made["TenantId"])}`,
    );
    expect(made["TenantId"]).toMatch(/^tn-[0-9a-f]{30}$/);
    const { Tenant: read } = await done(ses("POST", "/tenants/get", { TenantName: "alpha" }));
    expect(read).toEqual(made);
    expect(read).toMatchObject({ Tags: tags, SendingStatus: "ENABLED" });
    const { Tenants: listed } = await done(ses("POST", "/tenants/list", {}));
    expect(listed).toContainEqual(expect.objectContaining({ TenantName: "alpha" }));
    expect(JSON.stringify(listed)).not.toContain("SendingStatus");
    const arn = encodeURIComponent(String(made["TenantArn"]));
    expect(await done(ses("GET", `/tags?ResourceArn=${arn}`))).toEqual({ Tags: tags });
    const answered = await ses("POST", "/tenants/delete", { TenantName: "alpha" });
    expect(answered.status).toBe(200);
    const again = await done(ses("POST", "/tenants", { TenantName: "alpha" }));
    expect(again["TenantArn"]).not.toBe(made["TenantArn"]);
  });

  test("pages by token", async () => {
    for (const name of ["page-1", "page-2", "page-3"])
      await done(ses("POST", "/tenants", { TenantName: name }));
    const filter = { Filter: { TENANT_NAME_CONTAINS: "page-" }, PageSize: 2 };
    const first = await done(ses("POST", "/tenants/list", filter));
    const second = await done(ses("POST", "/tenants/list", { ...filter, NextToken: first["NextToken"] }));
    const names = [first, second].map(({ Tenants: found }) =>
      (found as { TenantName: string }[]).map((one) => one.TenantName),
    );
    expect(names).toEqual([["page-1", "page-2"], ["page-3"]]);
    expect(second["NextToken"]).toBeUndefined();
  });

  test("SES's own pause and the customer's show in their reputation entity", async () => {
    const { TenantArn: arn } = await done(ses("POST", "/tenants", { TenantName: "paused" }));
    await control.setAccount({ tenants: { paused: { sending_status: "DISABLED", cause: "bounce rate" } } });
    const path = `/reputation/entities/RESOURCE/${encodeURIComponent(String(arn))}`;
    const { ReputationEntity: entity } = await done(ses("GET", path));
    expect(entity).toMatchObject({
      ReputationEntityReference: arn,
      SendingStatusAggregate: "DISABLED",
      AwsSesManagedStatus: { Status: "DISABLED", Cause: "bounce rate" },
      CustomerManagedStatus: { Status: "ENABLED" },
    });
    const filter = { Filter: { SENDING_STATUS: "DISABLED" } };
    const { ReputationEntities: disabled } = await done(ses("POST", "/reputation/entities", filter));
    expect(disabled).toEqual([entity]);
  });
});

describe("identities", () => {
  test("status follows the zone", async () => {
    const made = await done(ses("POST", "/identities", { EmailIdentity: "Beta.example", Tags: tags }));
    expect(made).toMatchObject({
      IdentityType: "DOMAIN",
      VerifiedForSendingStatus: false,
      DkimAttributes: { Status: "NOT_STARTED", SigningHostedZone: "dkim.amazonses.com" },
    });
    const { Tokens: tokens } = made["DkimAttributes"] as { Tokens: string[] };
    expect(tokens).toHaveLength(3);
    for (const token of tokens) expect(token).toMatch(/^[a-z2-7]{32}$/);
    await done(ses("PUT", "/identities/beta.example/mail-from", { MailFromDomain: "bounce.beta.example" }));
    const status = async (): Promise<unknown[]> => {
      const read = await done(ses("GET", "/identities/beta.example"));
      return [
        read["VerifiedForSendingStatus"],
        (read["DkimAttributes"] as { Status: string }).Status,
        (read["MailFromAttributes"] as { MailFromDomainStatus: string }).MailFromDomainStatus,
      ];
    };
    expect(await status()).toEqual([false, "PENDING", "PENDING"]);
    await publishRecords(sandbox, "beta.example");
    expect(await status()).toEqual([true, "SUCCESS", "SUCCESS"]);
    await control.publishDns([{ address: "bounce.beta.example", record: "20 mx.other.example", type: "MX" }]);
    expect(await status()).toEqual([true, "SUCCESS", "FAILED"]);
    await control.removeDns(`${tokens[0]}._domainkey.beta.example`, "CNAME");
    expect(await status()).toEqual([true, "TEMPORARY_FAILURE", "FAILED"]);
  });

  test("a status that was set stands until SES is told to look again", async () => {
    await done(ses("POST", "/identities", { EmailIdentity: "gamma.example" }));
    await publishRecords(sandbox, "gamma.example");
    await control.setAccount({ identities: { "gamma.example": { dkim_status: "FAILED" } } });
    const failed = await done(ses("GET", "/identities/gamma.example"));
    expect([failed["VerifiedForSendingStatus"], failed["VerificationStatus"]]).toEqual([false, "FAILED"]);
    const armed = await done(
      ses("PUT", "/identities/gamma.example/dkim/signing", { SigningAttributesOrigin: "AWS_SES" }),
    );
    expect(armed).toMatchObject({ DkimStatus: "SUCCESS", SigningHostedZone: "dkim.amazonses.com" });
    expect(armed["DkimTokens"]).toHaveLength(3);
  });

  test("tokens are the domain's own, and change with a generation", async () => {
    await done(ses("POST", "/identities", { EmailIdentity: "delta.example" }));
    const tokens = async () =>
      (await control.state()).identities.find(({ name }) => name === "delta.example")?.dkim_tokens;
    const before = await tokens();
    await done(ses("DELETE", "/identities/delta.example"));
    await done(ses("POST", "/identities", { EmailIdentity: "delta.example" }));
    expect(await tokens()).toEqual(before ?? []);
    await control.setAccount({ identities: { "delta.example": { dkim_generation: 1 } } });
    expect(await tokens()).not.toEqual(before ?? []);
  });

  test("feedback forwarding is on until it is turned off", async () => {
    await done(ses("POST", "/identities", { EmailIdentity: "epsilon.example" }));
    expect((await done(ses("GET", "/identities/epsilon.example")))["FeedbackForwardingStatus"]).toBe(true);
    await done(ses("PUT", "/identities/epsilon.example/feedback", { EmailForwardingEnabled: false }));
    expect((await done(ses("GET", "/identities/epsilon.example")))["FeedbackForwardingStatus"]).toBe(false);
  });
});

describe("associations", () => {
  test("hold what they name until they are removed", async () => {
    await done(ses("POST", "/tenants", { TenantName: "zeta" }));
    await done(ses("POST", "/identities", { EmailIdentity: "zeta.example" }));
    await done(ses("POST", "/configuration-sets", { ConfigurationSetName: "zeta" }));
    const arn = identityArn("zeta.example");
    const association = { TenantName: "zeta", ResourceArn: arn };
    await done(ses("POST", "/tenants/resources", association));
    await done(ses("POST", "/tenants/resources", { TenantName: "zeta", ResourceArn: setArn("zeta") }));
    expect(await done(ses("POST", "/tenants/resources/list", { TenantName: "zeta" }))).toEqual({
      TenantResources: [
        { ResourceType: "configuration-set", ResourceArn: setArn("zeta") },
        { ResourceType: "identity", ResourceArn: arn },
      ],
    });
    const { ResourceTenants: holders } = await done(
      ses("POST", "/resources/tenants/list", { ResourceArn: arn }),
    );
    expect(holders).toEqual([expect.objectContaining({ TenantName: "zeta", ResourceArn: arn })]);
    expect(await refused(ses("POST", "/tenants/resources", association))).toEqual([
      400,
      "AlreadyExistsException",
      `Resources ${arn} has already been associated with tenant zeta`,
    ]);
    expect(await refused(ses("DELETE", "/identities/zeta.example"))).toEqual([
      400,
      "BadRequestException",
      `Cannot delete ${arn} because it has tenant associations. Remove all tenant associations and try again.`,
    ]);
    expect((await refused(ses("DELETE", "/configuration-sets/zeta")))[1]).toBe("BadRequestException");
    await done(ses("POST", "/tenants/resources/delete", association));
    await done(ses("POST", "/tenants/resources/delete", association));
    await done(ses("DELETE", "/identities/zeta.example"));
    await done(ses("POST", "/tenants/delete", { TenantName: "zeta" }));
    await done(ses("DELETE", "/configuration-sets/zeta"));
  });
});

describe("configuration sets", () => {
  test("delivery options are replaced as a whole, and a pool must exist", async () => {
    await done(ses("POST", "/dedicated-ip-pools", { PoolName: "fast" }));
    expect(await done(ses("GET", "/dedicated-ip-pools"))).toEqual({ DedicatedIpPools: ["fast"] });
    const options = { TlsPolicy: "REQUIRE", SendingPoolName: "fast", MaxDeliverySeconds: 3600 };
    await done(
      ses("POST", "/configuration-sets", {
        ConfigurationSetName: "eta",
        DeliveryOptions: options,
        Tags: tags,
      }),
    );
    const read = async () => (await done(ses("GET", "/configuration-sets/eta")))["DeliveryOptions"];
    expect(await read()).toEqual(options);
    await done(ses("PUT", "/configuration-sets/eta/delivery-options", { TlsPolicy: "OPTIONAL" }));
    expect(await read()).toEqual({ TlsPolicy: "OPTIONAL" });
    expect(
      await refused(ses("PUT", "/configuration-sets/eta/delivery-options", { SendingPoolName: "no" })),
    ).toEqual([400, "BadRequestException", "SendingPool <no> doesn't exist"]);
  });

  test("event destinations need a topic, and try it", async () => {
    const hook = await subscribeHook(sandbox, "probed");
    await done(ses("POST", "/configuration-sets", { ConfigurationSetName: "theta" }));
    const destination = (topicArn: string) => ({
      EventDestinationName: "events",
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: EVENT_TYPES,
        SnsDestination: { TopicArn: topicArn },
      },
    });
    const path = "/configuration-sets/theta/event-destinations";
    expect(await refused(ses("POST", path, destination("arn:aws:sns:us-east-1:0:none")))).toEqual([
      400,
      "BadRequestException",
      "Could not publish message to SNS topic <arn:aws:sns:us-east-1:0:none>.",
    ]);
    await done(ses("POST", path, destination(hook.topicArn)));
    await sandbox.settled();
    expect(hook.messages()).toEqual([
      { text: "Successfully validated SNS topic for Amazon SES event publishing." },
    ]);
    expect(await done(ses("GET", path))).toEqual({
      EventDestinations: [
        {
          Name: "events",
          Enabled: true,
          MatchingEventTypes: EVENT_TYPES,
          SnsDestination: { TopicArn: hook.topicArn },
        },
      ],
    });
    expect((await refused(ses("POST", path, destination(hook.topicArn))))[1]).toBe("AlreadyExistsException");
    await done(ses("DELETE", `${path}/events`));
    expect((await refused(ses("DELETE", `${path}/events`)))[1]).toBe("NotFoundException");
  });
});

test("suppression lists are the account's and each tenant's", async () => {
  await done(ses("POST", "/tenants", { TenantName: "iota" }));
  const entry = { EmailAddress: "Some.One@X.Example", Reason: "COMPLAINT", TenantName: "iota" };
  await done(ses("PUT", "/suppression/addresses", entry));
  const path = "/suppression/addresses/Some.One%40x.example";
  const { SuppressedDestination: found } = await done(ses("GET", `${path}?TenantName=iota`));
  expect(found).toMatchObject({
    EmailAddress: "Some.One@x.example",
    Reason: "COMPLAINT",
    TenantName: "iota",
  });
  expect((await refused(ses("GET", path)))[0]).toBe(404);
  await done(ses("DELETE", `${path}?TenantName=iota`));
  expect((await refused(ses("DELETE", `${path}?TenantName=iota`)))[0]).toBe(404);
});

test("the account shows its quota and what the control path made of it", async () => {
  const before = await done(ses("GET", "/account"));
  expect(before).toMatchObject({
    EnforcementStatus: "HEALTHY",
    ProductionAccessEnabled: true,
    SendingEnabled: true,
  });
  await control.setAccount({ max_24_hour_send: 200, max_send_rate: 1, enforcement_status: "PROBATION" });
  const after = await done(ses("GET", "/account"));
  expect(after).toMatchObject({
    EnforcementStatus: "PROBATION",
    SendQuota: { Max24HourSend: 200, MaxSendRate: 1, SentLast24Hours: 0 },
  });
});

describe("refusals", () => {
  const set = "/configuration-sets";
  const rows: [
    name: string,
    method: string,
    path: string,
    body: object | undefined,
    expected: [number, string, string],
  ][] = [
    [
      "an unknown tenant",
      "POST",
      "/tenants/get",
      { TenantName: "no" },
      [404, "NotFoundException", `Tenant no for AwsAccountId ${ACCOUNT_ID} not found.`],
    ],
    [
      "a tenant name twice",
      "POST",
      "/tenants",
      { TenantName: "twice" },
      [400, "AlreadyExistsException", `Tenant with name twice already exists in account ${ACCOUNT_ID}`],
    ],
    [
      "a bad tenant name",
      "POST",
      "/tenants",
      { TenantName: "a b" },
      [400, "BadRequestException", "1 validation error detected: Value at 'tenantName'"],
    ],
    [
      "a missing member",
      "POST",
      "/tenants",
      {},
      [
        400,
        "BadRequestException",
        "1 validation error detected: Value at 'tenantName' failed to satisfy constraint: Member must not be null",
      ],
    ],
    [
      "a member of the wrong type",
      "POST",
      "/tenants",
      { TenantName: 7 },
      [400, "SerializationException", "TenantName"],
    ],
    [
      "one of two suppression members",
      "POST",
      "/tenants",
      { TenantName: "half", SuppressionAttributes: { SuppressionScope: "TENANT" } },
      [400, "BadRequestException", "1 validation error"],
    ],
    [
      "an identity twice",
      "POST",
      "/identities",
      { EmailIdentity: "twice.example" },
      [400, "AlreadyExistsException", "Email identity twice.example already exist."],
    ],
    [
      "an unknown identity",
      "GET",
      "/identities/no.example",
      undefined,
      [404, "NotFoundException", "Email identity no.example does not exist."],
    ],
    [
      "no domain",
      "POST",
      "/identities",
      { EmailIdentity: "no domain" },
      [400, "BadRequestException", "Invalid email address or domain"],
    ],
    [
      "a MAIL FROM elsewhere",
      "PUT",
      "/identities/twice.example/mail-from",
      { MailFromDomain: "bounce.other.example" },
      [400, "BadRequestException", "Provided MAIL-FROM domain"],
    ],
    [
      "a set twice",
      "POST",
      set,
      { ConfigurationSetName: "twice" },
      [400, "AlreadyExistsException", "Configuration set <twice> already exists."],
    ],
    [
      "an unknown set",
      "GET",
      `${set}/no`,
      undefined,
      [404, "NotFoundException", "Configuration set <no> does not exist."],
    ],
    [
      "a delivery time that is too short",
      "POST",
      set,
      { ConfigurationSetName: "fast", DeliveryOptions: { MaxDeliverySeconds: 10 } },
      [400, "BadRequestException", "1 validation error"],
    ],
    [
      "an association of what is not there",
      "POST",
      "/tenants/resources",
      { TenantName: "twice", ResourceArn: identityArn("no.example") },
      [404, "NotFoundException", "Resource"],
    ],
    [
      "an operation that is not played",
      "POST",
      "/export-jobs",
      {},
      [404, "UnknownOperationException", "The sandbox does not play"],
    ],
  ];
  test.each(rows)("%s", async (_, method, path, body, [status, type, message]) => {
    await ses("POST", "/tenants", { TenantName: "twice" });
    await ses("POST", "/identities", { EmailIdentity: "twice.example" });
    await ses("POST", set, { ConfigurationSetName: "twice" });
    expect(await refused(ses(method, path, body))).toEqual([status, type, expect.stringContaining(message)]);
  });

  test("a body that is no JSON", async () => {
    const broken = aws.raw("POST", "/v2/email/tenants", "{");
    expect((await refused(broken)).slice(0, 2)).toEqual([400, "SerializationException"]);
  });
});
