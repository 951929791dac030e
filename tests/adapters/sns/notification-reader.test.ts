import { describe, expect, test } from "bun:test";
import assert from "node:assert/strict";
import { makeNotificationReader, type NotificationRules } from "../../../adapters/sns/notification-reader.ts";
import { makeSigningKeys } from "../../../adapters/sns/signing-key.ts";
import { OutageError } from "../../../core/outage.ts";
import { signSns, SNS_CERTIFICATE, snsBody } from "../../support/sns-signer.ts";
import { startStubServer } from "../../support/stub-server.ts";

const TOPIC = "arn:aws:sns:eu-west-1:123456789012:postrider-events";
const NOW = Date.parse("2026-01-02T03:04:05.678Z");
const ID = "019b0000-0000-7000-8000-00000000000e";
const SEND = JSON.stringify({
  eventType: "Send",
  mail: { timestamp: "2026-01-02T03:04:05.000Z", messageId: "0100-a", destination: ["a@x.org"] },
});

function readerAt(status = 200, inboundStore: NotificationRules["inboundStore"] = null) {
  const server = startStubServer(() => new Response(SNS_CERTIFICATE, { status }));
  const reader = makeNotificationReader(
    { keys: makeSigningKeys(server.url), clock: { now: () => NOW }, ids: { newId: () => ID } },
    { topicArns: [TOPIC], allowSha1: false, inboundStore },
  );
  const read = (fields: object) =>
    reader.read(
      snsBody(
        signSns({
          Type: "Notification",
          MessageId: "b5a8b7c0-1111-4222-8333-000000000001",
          TopicArn: TOPIC,
          Message: SEND,
          Timestamp: "2026-01-02T03:04:05.678Z",
          SigningCertURL: `${server.url}/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem`,
          ...fields,
        }),
      ),
    );
  return read;
}

describe("notification reader", () => {
  test("an event gets its id and the time of its arrival; its JSON is kept as it came", async () => {
    const result = await readerAt()({});
    expect(result).toMatchObject({
      kind: "mail_event",
      rawJson: SEND,
      event: {
        id: ID,
        receivedAt: NOW,
        type: "Send",
        notificationId: "b5a8b7c0-1111-4222-8333-000000000001",
      },
    });
  });

  const rows: readonly (readonly [string, object, object])[] = [
    [
      "a probe",
      { Message: "Successfully validated SNS topic for Amazon SES event publishing." },
      { kind: "ignored", reason: "topic_probe" },
    ],
    [
      "an event we did not ask for",
      { Message: `{"eventType":"Subscription"}` },
      { kind: "ignored", reason: "unsupported: Subscription" },
    ],
    [
      "contents nobody can read",
      { Message: "hello" },
      { kind: "ignored", reason: "malformed_event: it is no JSON object" },
    ],
    ["another's topic", { TopicArn: `${TOPIC}2` }, { kind: "refused", reason: "foreign_topic" }],
    [
      "a confirmation",
      { Type: "SubscriptionConfirmation", SubscribeURL: "https://x", Token: "t" },
      { kind: "confirmation", topicArn: TOPIC, token: "t" },
    ],
    [
      "the end of a subscription",
      { Type: "UnsubscribeConfirmation", SubscribeURL: "https://x", Token: "t" },
      { kind: "ignored", reason: "unsubscribe_confirmation" },
    ],
  ];
  test.each(rows)("%s", async (_, fields, expected) => {
    expect(await readerAt()(fields)).toEqual(expected as never);
  });

  describe("a mail that arrived", () => {
    const Message = JSON.stringify({
      notificationType: "Received",
      mail: { messageId: "abc", timestamp: "2026-01-02T03:04:05.000Z" },
      receipt: {
        recipients: ["u+abc@in.org"],
        action: { type: "S3", bucketName: "acme-inbound", objectKey: "in/abc" },
      },
    });
    const taken = {
      kind: "inbound_mail",
      mail: { recipients: ["u+abc@in.org"], place: { bucket: "acme-inbound" } },
    };
    const outside = { kind: "ignored", reason: "outside of INBOUND_STORE: acme-inbound" };
    const rows: readonly (readonly [string, NotificationRules["inboundStore"], object])[] = [
      ["wherever it lies", null, taken],
      ["in the bucket we were told of", { bucket: "acme-inbound", prefix: "" }, taken],
      ["and under the prefix", { bucket: "acme-inbound", prefix: "in" }, taken],
      ["in another bucket", { bucket: "other", prefix: "in" }, outside],
      ["under another prefix", { bucket: "acme-inbound", prefix: "contents" }, outside],
      ["under one that begins alike", { bucket: "acme-inbound", prefix: "i" }, outside],
    ];
    test.each(rows)("%s", async (_, inboundStore, expected) => {
      expect(await readerAt(200, inboundStore)({ Message })).toMatchObject(expected);
    });
  });

  test("a certificate that cannot be had now is our trouble", async () => {
    await assert.rejects(readerAt(500)({}), OutageError);
  });
});
