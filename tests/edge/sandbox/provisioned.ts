// A sandbox with a tenant that may send: verified domain, configuration set, event topic, and a hook that takes what the
// topic posts.
import { expect } from "bun:test";

import { startStubServer, type StubServer } from "../../support/stub-server.ts";
import type { TestSandbox } from "../../support/sandbox.ts";

export const ACCOUNT_ID = "000000000000";
export const identityArn = (domain: string): string =>
  `arn:aws:ses:us-east-1:${ACCOUNT_ID}:identity/${domain}`;
export const setArn = (name: string): string =>
  `arn:aws:ses:us-east-1:${ACCOUNT_ID}:configuration-set/${name}`;

export const EVENT_TYPES = [
  "SEND",
  "REJECT",
  "BOUNCE",
  "COMPLAINT",
  "DELIVERY",
  "OPEN",
  "CLICK",
  "RENDERING_FAILURE",
  "DELIVERY_DELAY",
];

/** The call, which must succeed; its JSON. */
export async function done(call: Promise<Response>): Promise<Record<string, unknown>> {
  const response = await call;
  const text = await response.text();
  expect([response.status, text]).toEqual([200, expect.any(String)]);
  return JSON.parse(text) as Record<string, unknown>;
}

/** Status, error type and message of a call that is refused. */
export async function refused(call: Promise<Response>): Promise<readonly [number, string | null, string]> {
  const response = await call;
  const body = (await response.json()) as { message?: string; Message?: string };
  // 403s spell it with a capital.
  const message = response.status === 403 ? body.Message : body.message;
  return [response.status, response.headers.get("x-amzn-errortype"), message ?? ""];
}

/** The identity's DKIM and MAIL FROM records, published. */
export async function publishRecords({ aws, control }: TestSandbox, domain: string): Promise<void> {
  const identity = await done(aws.ses("GET", `/identities/${domain}`));
  const { Tokens: tokens } = identity["DkimAttributes"] as { Tokens: string[] };
  await control.publishDns([
    ...tokens.map((token) => ({
      address: `${token}._domainkey.${domain}`,
      record: `${token}.dkim.amazonses.com`,
      type: "CNAME",
    })),
    { address: `bounce.${domain}`, record: "10 feedback-smtp.us-east-1.amazonses.com", type: "MX" },
  ]);
}

/** A tenant, its domain (verified) and its configuration set, all of one name. */
export async function provision(sandbox: TestSandbox, name: string): Promise<{ domain: string }> {
  const { aws } = sandbox;
  const domain = `${name}.example`;
  await done(
    aws.ses("POST", "/tenants", {
      TenantName: name,
      SuppressionAttributes: { SuppressedReasons: ["BOUNCE", "COMPLAINT"], SuppressionScope: "TENANT" },
    }),
  );
  await done(aws.ses("POST", "/identities", { EmailIdentity: domain }));
  await done(aws.ses("PUT", `/identities/${domain}/mail-from`, { MailFromDomain: `bounce.${domain}` }));
  await done(aws.ses("POST", "/configuration-sets", { ConfigurationSetName: name }));
  for (const arn of [identityArn(domain), setArn(name)]) {
    await done(aws.ses("POST", "/tenants/resources", { TenantName: name, ResourceArn: arn }));
  }
  await publishRecords(sandbox, domain);
  return { domain };
}

export type Hook = StubServer & {
  readonly topicArn: string;
  /** The notifications' messages, parsed where they are JSON. */
  messages(): Record<string, unknown>[];
};

/** A topic, and a hook on this machine that confirms and takes everything; `answer` may refuse notifications. */
export async function subscribeHook(
  { aws, settled }: TestSandbox,
  topicName: string,
  answer: (earlier: number) => number = () => 200,
): Promise<Hook> {
  let notifications = 0;
  const server = startStubServer(({ headers }) => {
    const isNotification = headers.get("x-amz-sns-message-type") === "Notification";
    return new Response(null, { status: isNotification ? answer(notifications++) : 200 });
  });
  const created = await (await aws.sns({ Action: "CreateTopic", Name: topicName })).text();
  const topicArn = /<TopicArn>([^<]+)</.exec(created)?.[1] ?? "";
  await aws.sns({
    Action: "SetTopicAttributes",
    TopicArn: topicArn,
    AttributeName: "SignatureVersion",
    AttributeValue: "2",
  });
  await aws.sns({
    Action: "Subscribe",
    TopicArn: topicArn,
    Protocol: "http",
    Endpoint: `${server.url}/hook`,
  });
  await settled();
  const confirmation = JSON.parse(new TextDecoder().decode(server.requests[0]?.body)) as { Token: string };
  await aws.sns({
    Action: "ConfirmSubscription",
    TopicArn: topicArn,
    Token: confirmation.Token,
    AuthenticateOnUnsubscribe: "true",
  });
  server.requests.length = 0;
  return {
    ...server,
    topicArn,
    messages: () =>
      server.requests.map(({ body }) => {
        const { Message: message } = JSON.parse(new TextDecoder().decode(body)) as { Message: string };
        return message.startsWith("{") ? (JSON.parse(message) as Record<string, unknown>) : { text: message };
      }),
  };
}

/** A small message with these fields over the usual ones. */
export function mail(fields: Record<string, string> = {}, body = "Hello\r\n"): string {
  const all = { From: "Acme <hi@acme.example>", To: "a@x.example", Subject: "Hi", ...fields };
  return `${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n${body}`;
}

/** SendEmail as tenant `acme`, with other parameters laid over it. */
export const send = (
  sandbox: TestSandbox,
  message: string | Uint8Array,
  more: object = {},
): Promise<Response> =>
  sandbox.aws.ses("POST", "/outbound-emails", {
    FromEmailAddress: "hi@acme.example",
    Destination: { ToAddresses: ["a@x.example"] },
    Content: { Raw: { Data: Buffer.from(message).toString("base64") } },
    ConfigurationSetName: "acme",
    TenantName: "acme",
    ...more,
  });
