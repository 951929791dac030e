// SNS of the sandbox: subscribing, and what is posted: signed so that anybody can check it, repeated until it is taken.
import { describe, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";

import { sandboxAws, startSandbox, type TestSandbox } from "../../support/sandbox.ts";
import { bodyJson, startStubServer } from "../../support/stub-server.ts";
import { subscribeHook } from "./provisioned.ts";

const sandbox = await startSandbox();
const { aws, control } = sandbox;

const text = async (answer: Promise<Response>): Promise<string> => (await answer).text();
const createTopic = async (name: string): Promise<string> =>
  /<TopicArn>([^<]+)</.exec(await text(aws.sns({ Action: "CreateTopic", Name: name })))?.[1] ?? "";
const publish = ({ aws: client }: TestSandbox, topicArn: string, message: string): Promise<Response> =>
  client.sns({ Action: "Publish", TopicArn: topicArn, Message: message, Subject: "About" });

type Envelope = Record<string, string>;

/** Checks a posted message as SNS's documentation tells its receivers to. */
async function isSigned(envelope: Envelope): Promise<boolean> {
  const names =
    envelope["Type"] === "Notification"
      ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
      : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
  const signedText = names
    .filter((name) => envelope[name] !== undefined)
    .map((name) => `${name}\n${envelope[name]}\n`)
    .join("");
  const pem = await (await fetch(String(envelope["SigningCertURL"]))).text();
  const hash = envelope["SignatureVersion"] === "2" ? "SHA-256" : "SHA-1";
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash };
  const key = await crypto.subtle.importKey("spki", publicKeyOf(pem), algorithm, false, ["verify"]);
  const signature = Buffer.from(String(envelope["Signature"]), "base64");
  return crypto.subtle.verify(algorithm.name, key, signature, new TextEncoder().encode(signedText));
}

/** Certificate > tbsCertificate > [0] version, serial, algorithm, issuer, validity, subject, then the key. */
function publicKeyOf(pem: string): Uint8Array<ArrayBuffer> {
  const octets = Uint8Array.from(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64"));
  const element = (at: number): { contents: number; end: number } => {
    let length = octets[at + 1] ?? 0;
    let contents = at + 2;
    if (length >= 128) {
      const count = length & 0x7f;
      length = octets.subarray(contents, contents + count).reduce((sum, octet) => sum * 256 + octet, 0);
      contents += count;
    }
    return { contents, end: contents + length };
  };
  let at = element(element(0).contents).contents;
  if (octets[at] === 0xa0) at = element(at).end;
  for (let skipped = 0; skipped < 5; skipped += 1) at = element(at).end;
  return octets.slice(at, element(at).end);
}

test("the certificate is one that others read too, and signs itself", async () => {
  const hook = await subscribeHook(sandbox, "certified");
  await publish(sandbox, hook.topicArn, "x");
  await sandbox.settled();
  const url = String((bodyJson(hook.requests[0]) as Envelope)["SigningCertURL"]);
  expect(url).toMatch(new RegExp(`^${sandbox.url}/SimpleNotificationService-[0-9a-f]{32}\\.pem$`));
  const certificate = new X509Certificate(await (await fetch(url)).text());
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.subject).toBe("CN=sns.sandbox");
  expect(Date.parse(certificate.validFrom)).toBeLessThanOrEqual(Date.now());
  const unknown = `${sandbox.url}/SimpleNotificationService-${"0".repeat(32)}.pem`;
  expect((await fetch(unknown)).status).toBe(404);
});

describe("a subscription", () => {
  test("is confirmed with the token that was posted, signed; then notifications follow", async () => {
    const server = startStubServer(() => new Response(null, { status: 200 }));
    const endpoint = `${server.url}/hooks/sns`;
    const topicArn = await createTopic("confirmed");
    const subscribe = { Action: "Subscribe", TopicArn: topicArn, Protocol: "http", Endpoint: endpoint };
    expect(await text(aws.sns(subscribe))).toContain(
      "<SubscriptionArn>pending confirmation</SubscriptionArn>",
    );
    await publish(sandbox, topicArn, "nobody gets this");
    await sandbox.settled();
    expect(server.requests).toHaveLength(1);
    const { headers } = server.requests[0] ?? {};
    expect(headers?.get("content-type")).toBe("text/plain; charset=UTF-8");
    expect(headers?.get("x-amz-sns-message-type")).toBe("SubscriptionConfirmation");
    const asked = bodyJson(server.requests[0]) as Envelope;
    expect(asked).toMatchObject({
      Type: "SubscriptionConfirmation",
      TopicArn: topicArn,
      SignatureVersion: "1",
    });
    expect(await isSigned(asked)).toBe(true);

    const list = { Action: "ListSubscriptionsByTopic", TopicArn: topicArn };
    expect(await text(aws.sns(list))).toContain("<SubscriptionArn>PendingConfirmation</SubscriptionArn>");
    const confirm = { Action: "ConfirmSubscription", TopicArn: topicArn, Token: String(asked["Token"]) };
    expect((await aws.sns({ ...confirm, Token: "wrong" })).status).toBe(400);
    const confirmed = await text(aws.sns({ ...confirm, AuthenticateOnUnsubscribe: "true" }));
    const arn = /<SubscriptionArn>([^<]+)</.exec(confirmed)?.[1] ?? "";
    expect(arn).toStartWith(`${topicArn}:`);
    expect(await text(aws.sns(list))).toContain(`<Endpoint>${endpoint}</Endpoint>`);
    expect(await text(aws.sns({ ...subscribe, ReturnSubscriptionArn: "true" }))).toContain(arn);

    await publish(sandbox, topicArn, "line one\nline two ü");
    await sandbox.settled();
    const notification = bodyJson(server.requests[1]) as Envelope;
    expect(notification).toMatchObject({
      Type: "Notification",
      Subject: "About",
      Message: "line one\nline two ü",
    });
    expect(server.requests[1]?.headers.get("x-amz-sns-subscription-arn")).toBe(arn);
    expect(await isSigned(notification)).toBe(true);
    expect(await isSigned({ ...notification, Message: "another" })).toBe(false);

    expect((await fetch(String(notification["UnsubscribeURL"]))).status).toBe(403);
    expect((await aws.sns({ Action: "Unsubscribe", SubscriptionArn: arn })).status).toBe(200);
    await publish(sandbox, topicArn, "nobody gets this either");
    await sandbox.settled();
    expect(server.requests).toHaveLength(2);
  });

  test("can be confirmed, and left, by the links it was sent", async () => {
    const server = startStubServer(() => new Response(null, { status: 200 }));
    const topicArn = await createTopic("linked");
    await aws.sns({ Action: "Subscribe", TopicArn: topicArn, Protocol: "http", Endpoint: `${server.url}/` });
    await sandbox.settled();
    const asked = bodyJson(server.requests[0]) as Envelope;
    expect((await fetch(String(asked["SubscribeURL"]))).status).toBe(200);
    await publish(sandbox, topicArn, "x");
    await sandbox.settled();
    const notification = bodyJson(server.requests[1]) as Envelope;
    expect((await fetch(String(notification["UnsubscribeURL"]))).status).toBe(200);
    await publish(sandbox, topicArn, "y");
    await sandbox.settled();
    expect(server.requests).toHaveLength(2);
  });

  const elsewhere = [
    "https://example.com/hook",
    "http://10.0.0.1/",
    "http://127.0.0.1.example.com/",
    "not a url",
  ];
  test.each(elsewhere)("to %s is refused: nothing leaves this machine", async (endpoint) => {
    const topicArn = await createTopic("elsewhere");
    const protocol = endpoint.startsWith("https") ? "https" : "http";
    const answer = await aws.sns({
      Action: "Subscribe",
      TopicArn: topicArn,
      Protocol: protocol,
      Endpoint: endpoint,
    });
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining("<Code>InvalidParameter<"),
    ]);
  });
});

test("links have the name by which the subscriber knows the sandbox", async () => {
  const server = startStubServer(() => new Response(null, { status: 200 }));
  const url = sandbox.url.replace("127.0.0.1", "localhost");
  const topicArn = await createTopic("named");
  const subscribe = { Action: "Subscribe", TopicArn: topicArn, Protocol: "http", Endpoint: `${server.url}/` };
  await sandboxAws(url).sns(subscribe);
  await sandbox.settled();
  const asked = bodyJson(server.requests[0]) as Envelope;
  for (const link of [asked["SigningCertURL"], asked["SubscribeURL"]]) expect(link).toStartWith(`${url}/`);
  expect(await isSigned(asked)).toBe(true);
});

test("topics keep their attributes, signature version 2 among them", async () => {
  const hook = await subscribeHook(sandbox, "versioned");
  await publish(sandbox, hook.topicArn, "x");
  await sandbox.settled();
  const envelope = bodyJson(hook.requests[0]) as Envelope;
  expect(envelope["SignatureVersion"]).toBe("2");
  expect(await isSigned(envelope)).toBe(true);
  const shown = await text(aws.sns({ Action: "GetTopicAttributes", TopicArn: hook.topicArn }));
  expect(shown).toContain("<key>SignatureVersion</key><value>2</value>");
  const set = { Action: "SetTopicAttributes", TopicArn: hook.topicArn, AttributeName: "SignatureVersion" };
  expect((await aws.sns({ ...set, AttributeValue: "3" })).status).toBe(400);
});

describe("delivery", () => {
  const rows: [name: string, statuses: number[], posts: number][] = [
    ["a 5xx is tried again", [500, 503, 200], 3],
    ["a 429 is tried again", [429, 204], 2],
    ["another 4xx is final", [403, 200], 1],
    ["a redirect is not followed", [302, 200], 1],
  ];
  test.each(rows)("%s", async (name, statuses, posts) => {
    const hook = await subscribeHook(
      sandbox,
      name.replaceAll(" ", "-"),
      (earlier) => statuses[earlier] ?? 200,
    );
    await publish(sandbox, hook.topicArn, "x");
    await sandbox.settled();
    expect(hook.requests).toHaveLength(posts);
    const [first, ...others] = hook.requests.map(({ body }) => new TextDecoder().decode(body));
    for (const other of others) expect(other).toBe(first ?? "");
    const { MessageId: messageId = "" } = JSON.parse(first ?? "{}") as Envelope;
    const posted = await control.notifications(messageId);
    expect(posted.map(({ outcome, attempt }) => [outcome, attempt])).toEqual(
      statuses.slice(0, posts).map((status, index) => [status, index + 1]),
    );
    expect(posted[0]?.body).toBe(first ?? "");
  });
});

describe("faults", () => {
  const messages = (requests: { body: Uint8Array<ArrayBuffer> }[]): string[] =>
    requests.map(({ body }) => String((JSON.parse(new TextDecoder().decode(body)) as Envelope)["Message"]));

  test("duplicate posts the same message again", async () => {
    const hook = await subscribeHook(sandbox, "doubled");
    await control.setFaults({ sns: { duplicate: 2 } });
    await publish(sandbox, hook.topicArn, "x");
    await sandbox.settled();
    const bodies = hook.requests.map(({ body }) => new TextDecoder().decode(body));
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies).size).toBe(1);
  });

  test("reorder turns a run of messages round", async () => {
    const hook = await subscribeHook(sandbox, "reordered");
    await control.setFaults({ sns: { reorder: true } });
    for (const message of ["1", "2", "3"]) await publish(sandbox, hook.topicArn, message);
    await sandbox.settled();
    expect(messages(hook.requests)).toEqual(["3", "2", "1"]);
  });

  test("drop loses as many as it says", async () => {
    const hook = await subscribeHook(sandbox, "dropped");
    await control.setFaults({ sns: { drop: 2 } });
    for (const message of ["1", "2", "3"]) await publish(sandbox, hook.topicArn, message);
    await sandbox.settled();
    expect(messages(hook.requests)).toEqual(["3"]);
    const lost = (await control.notifications()).filter(({ outcome }) => outcome === "dropped");
    expect(lost.map(({ body }) => body)).toEqual(["1", "2"]);
  });

  test("delay_ms holds them back", async () => {
    const hook = await subscribeHook(sandbox, "delayed");
    await control.setFaults({ sns: { delay_ms: 50 } });
    await publish(sandbox, hook.topicArn, "x");
    expect(hook.requests).toHaveLength(0);
    expect((await control.state()).pending_deliveries).toBe(1);
    await sandbox.settled();
    expect(messages(hook.requests)).toEqual(["x"]);
    await control.clearFaults();
  });
});

describe("refusals", () => {
  const rows: [form: Record<string, string>, status: number, code: string][] = [
    [{ Action: "GetTopicAttributes", TopicArn: "arn:aws:sns:us-east-1:0:no" }, 404, "NotFound"],
    [{ Action: "CreateTopic", Name: "a b" }, 400, "InvalidParameter"],
    [{ Action: "CreateTopic" }, 400, "InvalidParameter"],
    [{ Action: "toString" }, 400, "InvalidAction"],
    [{ Action: "DeleteEverything" }, 400, "InvalidAction"],
  ];
  test.each(rows)("%o", async (form, status, code) => {
    const answer = await aws.sns(form);
    expect([answer.status, await answer.text()]).toEqual([
      status,
      expect.stringContaining(`<Code>${code}</Code>`),
    ]);
  });
});
