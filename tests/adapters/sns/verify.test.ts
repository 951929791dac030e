import { describe, expect, test } from "bun:test";
import { createPublicKey } from "node:crypto";
import { makeSigningKeys, isCertificateUrl } from "../../../adapters/sns/signing-key.ts";
import { subjectPublicKeyInfo } from "../../../adapters/sns/spki.ts";
import { type SnsVerdict, verifySnsMessage } from "../../../adapters/sns/verify.ts";
import {
  signSns,
  SNS_CERTIFICATE,
  SNS_CERTIFICATE_V1,
  SNS_PUBLIC_KEY,
  snsBody,
  type SnsFields,
} from "../../support/sns-signer.ts";
import { startStubServer } from "../../support/stub-server.ts";

const TOPIC = "arn:aws:sns:eu-west-1:123456789012:postrider-events";
const NOW = Date.parse("2026-01-02T03:04:05.678Z");
const PEM = "/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem";
const rules = { topicArns: [TOPIC], allowSha1: false };

/** Stands in for SNS: what its certificate URL answers is the test's to say. */
function snsAt(answer: () => Response = () => new Response(SNS_CERTIFICATE)) {
  const server = startStubServer(answer);
  const fields: SnsFields = {
    Type: "Notification",
    MessageId: "b5a8b7c0-1111-4222-8333-000000000001",
    TopicArn: TOPIC,
    Subject: "Amazon SES Email Event Notification",
    Message: `{"eventType":"Send"}\nwith a line break`,
    Timestamp: "2026-01-02T03:04:05.678Z",
    SigningCertURL: `${server.url}${PEM}`,
  };
  const keys = makeSigningKeys(server.url);
  const verify = (body: unknown, now = NOW, sha1 = false): Promise<SnsVerdict> =>
    verifySnsMessage(
      body instanceof Uint8Array ? body : snsBody(body),
      { ...rules, allowSha1: sha1 },
      keys,
      now,
    );
  return { server, fields, verify };
}

describe("a genuine message", () => {
  test("is a notification", async () => {
    const { fields, verify } = snsAt();
    expect(await verify(signSns(fields))).toEqual({
      kind: "notification",
      messageId: "b5a8b7c0-1111-4222-8333-000000000001",
      topicArn: TOPIC,
      publishedAt: NOW,
      message: `{"eventType":"Send"}\nwith a line break`,
    });
  });

  test("may have no Subject, and members that are not signed", async () => {
    const { fields, verify } = snsAt();
    const { Subject: _, ...rest } = fields;
    const verdict = await verify({
      ...signSns(rest),
      UnsubscribeURL: "https://x",
      MessageAttributes: {},
      Extra: [1],
    });
    expect(verdict.kind).toBe("notification");
  });

  test("may ask to be confirmed, or tell of an end", async () => {
    const { fields, verify } = snsAt();
    const confirmation = {
      ...fields,
      Subject: undefined,
      SubscribeURL: "https://evil.example/",
      Token: "t0ken",
    };
    expect(await verify(signSns({ ...confirmation, Type: "SubscriptionConfirmation" }))).toEqual({
      kind: "subscription_confirmation",
      topicArn: TOPIC,
      token: "t0ken",
    });
    expect((await verify(signSns({ ...confirmation, Type: "UnsubscribeConfirmation" }))).kind).toBe(
      "unsubscribe_confirmation",
    );
  });

  test("is verified again without fetching its certificate again, for a day", async () => {
    const { server, fields, verify } = snsAt();
    for (let repeat = 0; repeat < 3; repeat++) await verify(signSns(fields));
    expect(server.requests.map(({ target }) => target)).toEqual([PEM]);
    const later = NOW + 25 * 3_600_000;
    await verify(signSns({ ...fields, Timestamp: new Date(later).toISOString() }), later);
    expect(server.requests).toHaveLength(2);
  });

  test("with SHA-1 counts only when that is allowed", async () => {
    const { fields, verify } = snsAt();
    expect((await verify(signSns(fields, "1"), NOW, true)).kind).toBe("notification");
    expect(await verify(signSns(fields, "1"))).toEqual({ kind: "refused", reason: "bad_signature_version" });
    // Both keys are remembered apart.
    expect((await verify(signSns(fields), NOW, true)).kind).toBe("notification");
  });

  test.each([
    ["two hours ago", -2 * 3_600_000],
    ["two hours ahead", 2 * 3_600_000],
  ])("counts from %s", async (_, shift) => {
    const { fields, verify } = snsAt();
    expect((await verify(signSns(fields), NOW - shift)).kind).toBe("notification");
  });
});

describe("refused before anything is fetched", () => {
  const { server, fields, verify } = snsAt();
  const splice = (name: string, value: string) => signSns({ ...fields, [name]: value });
  const confirmation = { ...fields, Type: "SubscriptionConfirmation", SubscribeURL: "https://x", Token: "t" };
  const certificate = (url: string) => ({ ...signSns(fields), SigningCertURL: url });
  const origin = server.url;

  const rows: readonly (readonly [string, unknown, string])[] = [
    ["huge", new Uint8Array(512 * 1024 + 1).fill(32), "too_large"],
    ["no JSON", new TextEncoder().encode("Type=Notification"), "malformed"],
    ["a list", [signSns(fields)], "malformed"],
    ["no type", { ...signSns(fields), Type: undefined }, "unknown_type"],
    ["a type in other letters", splice("Type", "notification"), "unknown_type"],
    ["a type with a line break", splice("Type", "Notification\n"), "unknown_type"],
    ["a type every object has", splice("Type", "toString"), "unknown_type"],
    ["a message that is no text", { ...signSns(fields), Message: { eventType: "Send" } }, "malformed"],
    ["a subject that is no text", { ...signSns(fields), Subject: 5 }, "malformed"],
    ["a confirmation without token", { ...signSns(confirmation), Token: undefined }, "malformed"],
    [
      "somebody else's topic",
      splice("TopicArn", "arn:aws:sns:eu-west-1:999999999999:postrider-events"),
      "foreign_topic",
    ],
    ["our topic and more", splice("TopicArn", `${TOPIC}2`), "foreign_topic"],
    ["our topic in capitals", splice("TopicArn", TOPIC.toUpperCase()), "foreign_topic"],
    ["a spliced topic", splice("TopicArn", `${TOPIC}\nType\nNotification`), "line_break_in_field"],
    ["a spliced subject", splice("Subject", `x\nTimestamp\n2026-01-02T03:04:05.678Z`), "line_break_in_field"],
    ["a carriage return", splice("Subject", "x\ry"), "line_break_in_field"],
    ["a spliced token", signSns({ ...confirmation, Token: `t\nTopicArn\n${TOPIC}` }), "line_break_in_field"],
    [
      "a spliced SubscribeURL",
      signSns({ ...confirmation, SubscribeURL: "https://x\ny" }),
      "line_break_in_field",
    ],
    ["a message id that is no UUID", splice("MessageId", "1"), "bad_message_id"],
    ["a time in words", splice("Timestamp", "yesterday"), "bad_timestamp"],
    ["an old one", splice("Timestamp", "2026-01-02T01:04:05.677Z"), "out_of_time"],
    ["one of tomorrow", splice("Timestamp", "2026-01-03T03:04:05.678Z"), "out_of_time"],
    ["SHA-1", signSns(fields, "1"), "bad_signature_version"],
    ["a version as a number", { ...signSns(fields), SignatureVersion: 2 }, "bad_signature_version"],
    ["no version", { ...signSns(fields), SignatureVersion: undefined }, "bad_signature_version"],
    ["no signature", { ...signSns(fields), Signature: undefined }, "bad_signature"],
    ["an empty signature", { ...signSns(fields), Signature: "" }, "bad_signature"],
    ["a huge signature", { ...signSns(fields), Signature: "A".repeat(700) }, "bad_signature"],
    ["no certificate URL", { ...signSns(fields), SigningCertURL: undefined }, "bad_certificate_url"],
    ["a certificate of another host", certificate(`http://localhost:1${PEM}`), "bad_certificate_url"],
    ["a certificate by another path", certificate(`${origin}/evil/x.pem`), "bad_certificate_url"],
    ["a certificate behind a query", certificate(`${origin}${PEM}?x=1`), "bad_certificate_url"],
    [
      "a certificate behind a user",
      certificate(`${origin.replace("//", "//user@")}${PEM}`),
      "bad_certificate_url",
    ],
    ["a certificate by a walk", certificate(`${origin}/x/..${PEM}`), "bad_certificate_url"],
  ];
  test.each(rows)("%s", async (_, body, reason) => {
    expect(await verify(body)).toEqual({ kind: "refused", reason: reason as never });
    expect(server.requests).toEqual([]);
  });
});

describe("refused after the certificate", () => {
  const changed: readonly (readonly [string, SnsFields])[] = [
    ["the message", { Message: `{"eventType":"Bounce"}` }],
    ["the time", { Timestamp: "2026-01-02T03:04:05.679Z" }],
    ["the message id", { MessageId: "b5a8b7c0-1111-4222-8333-000000000002" }],
    ["the subject", { Subject: "x" }],
    ["the subject, taken away", { Subject: undefined }],
    ["the version", { SignatureVersion: "1" }],
    ["the signature", { Signature: btoa("x".repeat(256)) }],
  ];
  test.each(changed)("forged: %s", async (_, change) => {
    const { fields, verify } = snsAt();
    expect(await verify({ ...signSns(fields), ...change }, NOW, true)).toEqual({
      kind: "refused",
      reason: "bad_signature",
    });
  });

  test("a genuine signature of another type of message", async () => {
    const { fields, verify } = snsAt();
    const confirmation = {
      ...fields,
      SubscribeURL: "https://x",
      Token: "t",
      Type: "SubscriptionConfirmation",
    };
    const spliced = { ...signSns(confirmation), Type: "Notification" };
    expect(await verify(spliced)).toEqual({ kind: "refused", reason: "bad_signature" });
  });

  const answers: readonly (readonly [string, () => Response, SnsVerdict["kind"]])[] = [
    ["redirects", () => Response.redirect("http://127.0.0.1:1/", 302), "refused"],
    ["is not there", () => new Response("no", { status: 404 }), "refused"],
    ["is forbidden", () => new Response("no", { status: 403 }), "refused"],
    ["is huge", () => new Response("x".repeat(20_000)), "refused"],
    ["is no certificate", () => new Response("<html>"), "refused"],
    ["is cut", () => new Response(SNS_CERTIFICATE.replace(/\n.{64}\n/, "\n")), "refused"],
    ["is slow to come: 429", () => new Response("", { status: 429 }), "trouble"],
    ["fails", () => new Response("", { status: 503 }), "trouble"],
  ];
  test.each(answers)("the certificate %s", async (_, answer, kind) => {
    const { fields, verify } = snsAt(answer);
    expect((await verify(signSns(fields))).kind).toBe(kind);
    // Nothing bad is remembered: the next message asks again.
    await verify(signSns(fields));
  });

  test("a failure is not remembered", async () => {
    let answer = () => new Response("", { status: 500 });
    const { fields, verify } = snsAt(() => answer());
    expect((await verify(signSns(fields))).kind).toBe("trouble");
    answer = () => new Response(SNS_CERTIFICATE);
    expect((await verify(signSns(fields))).kind).toBe("notification");
  });

  test("nobody listens", async () => {
    const keys = makeSigningKeys("http://127.0.0.1:1");
    const { fields } = snsAt();
    const message = { ...fields, SigningCertURL: `http://127.0.0.1:1${PEM}` };
    expect((await verifySnsMessage(snsBody(signSns(message)), rules, keys, NOW)).kind).toBe("trouble");
  });
});

describe("certificate URLs", () => {
  const AWS = "https://sns.eu-west-1.amazonaws.com";
  const rows: readonly (readonly [string, string, boolean])[] = [
    ["SNS's own", `${AWS}${PEM}`, true],
    ["another region's", `https://sns.us-east-1.amazonaws.com${PEM}`, false],
    ["a bucket called sns", `https://sns.s3-us-west-2.amazonaws.com${PEM}`, false],
    ["China's, for a topic elsewhere", `${AWS}.cn${PEM}`, false],
    ["plain http", `${AWS.replace("https", "http")}${PEM}`, false],
    ["the default port written out", `${AWS}:443${PEM}`, false],
    ["another port", `${AWS}:8443${PEM}`, false],
    ["a host that only begins so", `${AWS}.evil.example${PEM}`, false],
    ["a host as user", `${AWS}@evil.example${PEM}`, false],
    ["a backslash", `https:\\\\sns.eu-west-1.amazonaws.com${PEM}`, false],
    ["capitals in the host", `${AWS.toUpperCase()}${PEM}`, false],
    ["capitals in the name", `${AWS}${PEM.toUpperCase()}`, false],
    ["a folder", `${AWS}/x${PEM}`, false],
    ["an encoded slash", `${AWS}/%2e%2e${PEM}`, false],
    ["a fragment", `${AWS}${PEM}#x`, false],
    ["an empty query", `${AWS}${PEM}?`, false],
    ["a blank before", ` ${AWS}${PEM}`, false],
    ["a line break inside", `${AWS}${PEM.replace(".", "\n.")}`, false],
    ["no URL", "x", false],
  ];
  test.each(rows)("%s", (_, url, allowed) => {
    expect(isCertificateUrl(url, TOPIC, null)).toBe(allowed);
  });

  test("a topic in China has its certificates there", () => {
    const topic = "arn:aws-cn:sns:cn-north-1:123456789012:t";
    expect(isCertificateUrl(`https://sns.cn-north-1.amazonaws.com.cn${PEM}`, topic, null)).toBe(true);
    expect(isCertificateUrl(`https://sns.cn-north-1.amazonaws.com${PEM}`, topic, null)).toBe(false);
  });

  test("an endpoint of its own is the only one that counts, at its root or under its base path", () => {
    const endpoint = "http://127.0.0.1:8081/sns";
    expect(isCertificateUrl(`http://127.0.0.1:8081${PEM}`, TOPIC, endpoint)).toBe(true);
    expect(isCertificateUrl(`http://127.0.0.1:8081/sns${PEM}`, TOPIC, endpoint)).toBe(true);
    expect(isCertificateUrl(`http://127.0.0.1:8081/s3${PEM}`, TOPIC, endpoint)).toBe(false);
    expect(isCertificateUrl(`${AWS}${PEM}`, TOPIC, endpoint)).toBe(false);
  });
});

describe("the key in a certificate", () => {
  const expected = createPublicKey(SNS_PUBLIC_KEY).export({ type: "spki", format: "der" });
  test.each([
    ["X.509 v3", SNS_CERTIFICATE],
    ["X.509 v1, which has no version field", SNS_CERTIFICATE_V1],
    ["with text around it", `subject=x\n${SNS_CERTIFICATE}\n${SNS_CERTIFICATE_V1}`],
    ["with CRLF", SNS_CERTIFICATE.replaceAll("\n", "\r\n")],
  ])("%s", (_, pem) => {
    expect(Buffer.from(subjectPublicKeyInfo(pem) ?? []).equals(expected)).toBe(true);
  });

  test("cut or changed anywhere it is null or other octets, never an error", () => {
    const der = Buffer.from(SNS_CERTIFICATE.replace(/-----[^-]+-----|\s/g, ""), "base64");
    const pem = (octets: Buffer) =>
      `-----BEGIN CERTIFICATE-----\n${octets.toString("base64")}\n-----END CERTIFICATE-----`;
    for (let at = 0; at < der.length; at += 3) {
      const hurt = Buffer.from(der);
      hurt[at] = (hurt[at] ?? 0) ^ 0xff;
      subjectPublicKeyInfo(pem(hurt));
      subjectPublicKeyInfo(pem(der.subarray(0, at)));
    }
    expect(subjectPublicKeyInfo(pem(der.subarray(0, 100)))).toBeNull();
  });
});
