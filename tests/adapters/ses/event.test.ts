import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseSesMessage, type SesMailEvent } from "../../../adapters/ses/event.ts";

const EMAIL_ID = "019b0000-0000-7000-8000-000000000001";
const SENT_AT = "2026-01-02T03:04:05.000Z";
const HAPPENED_AT = "2026-01-02T03:04:09.123Z";
const STAMP = { messageId: "b5a8b7c0-0000-4000-8000-000000000001", publishedAt: Date.UTC(2026, 0, 2, 3, 5) };

const mail = {
  timestamp: SENT_AT,
  messageId: "0100-abc-000000",
  destination: ["a@x.org"],
  tags: { email_id: [EMAIL_ID], "ses:configuration-set": ["acme"] },
};
const parse = (document: unknown, stamp = STAMP) =>
  parseSesMessage(typeof document === "string" ? document : JSON.stringify(document), stamp);

function eventOf(document: unknown, stamp = STAMP): SesMailEvent {
  const read = parse(document, stamp);
  if (!read.ok || read.value.kind !== "mail_event") throw new Error(`no event: ${JSON.stringify(read)}`);
  return read.value.event;
}

describe("events", () => {
  const plain = {
    bounceType: null,
    bounceSubtype: null,
    complaintFeedbackType: null,
    complaintSubtype: null,
    isLikelyBot: false,
  };
  const inner = Date.parse(HAPPENED_AT);
  const sent = Date.parse(SENT_AT);
  const rows: readonly (readonly [string, object, Partial<SesMailEvent>])[] = [
    ["Send, at the mail's own time", { eventType: "Send", send: {} }, { type: "Send", occurredAt: sent }],
    [
      "Reject, at the notification's time",
      { eventType: "Reject", reject: { reason: "Bad content" } },
      { type: "Reject", occurredAt: STAMP.publishedAt },
    ],
    [
      "Rendering Failure, under its own name",
      { eventType: "Rendering Failure", failure: { errorMessage: "x" } },
      { type: "RenderingFailure", occurredAt: sent },
    ],
    [
      "Delivery",
      { eventType: "Delivery", delivery: { timestamp: HAPPENED_AT, recipients: ["a@x.org"] } },
      { type: "Delivery", occurredAt: inner },
    ],
    [
      "DeliveryDelay",
      { eventType: "DeliveryDelay", deliveryDelay: { timestamp: HAPPENED_AT, delayType: "MailboxFull" } },
      { type: "DeliveryDelay", occurredAt: inner },
    ],
    [
      "Bounce",
      {
        eventType: "Bounce",
        bounce: { timestamp: HAPPENED_AT, bounceType: "Permanent", bounceSubType: "OnTenantSuppressionList" },
      },
      {
        type: "Bounce",
        occurredAt: inner,
        bounceType: "Permanent",
        bounceSubtype: "OnTenantSuppressionList",
      },
    ],
    [
      "Bounce of a type SES does not have yet",
      { eventType: "Bounce", bounce: { timestamp: HAPPENED_AT, bounceType: "Quantum" } },
      { type: "Bounce", occurredAt: inner, bounceType: "Undetermined", bounceSubtype: null },
    ],
    [
      "Complaint",
      {
        eventType: "Complaint",
        complaint: { timestamp: HAPPENED_AT, complaintFeedbackType: "not-spam", complaintSubType: null },
      },
      { type: "Complaint", occurredAt: inner, complaintFeedbackType: "not-spam" },
    ],
    [
      "Open by a person",
      { eventType: "Open", open: { timestamp: HAPPENED_AT, ipAddress: "192.0.2.1", userAgent: "x" } },
      { type: "Open", occurredAt: inner },
    ],
    [
      "Click by a machine",
      { eventType: "Click", click: { timestamp: HAPPENED_AT, link: "https://x.org", isBotEvent: "Likely" } },
      { type: "Click", occurredAt: inner, isLikelyBot: true },
    ],
    [
      "Open, surely not by a machine",
      { eventType: "Open", open: { timestamp: HAPPENED_AT, isBotEvent: "Unlikely" } },
      { type: "Open", occurredAt: inner, isLikelyBot: false },
    ],
  ];
  test.each(rows)("%s", (_, document, expected) => {
    const { naturalKey, ...event } = eventOf({ ...document, mail });
    expect(event).toEqual({
      ...plain,
      type: "Send",
      providerMessageId: "0100-abc-000000",
      emailId: EMAIL_ID,
      mailSentAt: sent,
      occurredAt: 0,
      notificationId: STAMP.messageId,
      ...expected,
    });
    expect(naturalKey).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ["no tags", undefined],
    ["another's tag", { other: ["x"] }],
    ["no UUID", { email_id: ["' OR 1=1 --"] }],
    ["no list", { email_id: EMAIL_ID }],
    ["an empty list", { email_id: [] }],
  ])("our id is null with %s", (_, tags) => {
    expect(eventOf({ eventType: "Send", mail: { ...mail, tags } }).emailId).toBeNull();
  });
});

describe("the natural key", () => {
  const click = { timestamp: HAPPENED_AT, link: "https://x.org", ipAddress: "192.0.2.1", userAgent: "ua" };
  const bounce = {
    timestamp: HAPPENED_AT,
    bounceType: "Permanent",
    feedbackId: "f1",
    bouncedRecipients: [{ emailAddress: "a@x.org" }, { emailAddress: "b@x.org" }],
  };
  const clickKey = (change: object = {}) =>
    eventOf({ eventType: "Click", mail, click: { ...click, ...change } }).naturalKey;
  const bounceKey = (change: object = {}) =>
    eventOf({ eventType: "Bounce", mail, bounce: { ...bounce, ...change } }).naturalKey;

  test("is equal under another notification, however the members and recipients are ordered", () => {
    const again = { messageId: crypto.randomUUID(), publishedAt: STAMP.publishedAt + 60_000 };
    expect(eventOf({ click, mail, eventType: "Click" }, again).naturalKey).toBe(clickKey());
    expect(bounceKey({ bouncedRecipients: bounce.bouncedRecipients.toReversed() })).toBe(bounceKey());
    // A Reject has no time of its own: the notification's, which differs, is not part of it.
    const reject = { eventType: "Reject", mail, reject: {} };
    expect(eventOf(reject, again).naturalKey).toBe(eventOf(reject).naturalKey);
  });

  test("differs when anything that tells two events apart does", () => {
    const keys = [
      clickKey(),
      clickKey({ timestamp: "2026-01-02T03:04:09.124Z" }),
      clickKey({ link: "https://y.org" }),
      clickKey({ ipAddress: "192.0.2.2" }),
      clickKey({ userAgent: "other" }),
      // Nothing can be moved from one member to the next.
      clickKey({ ipAddress: "192.0.2.1u", userAgent: "a" }),
      eventOf({ eventType: "Open", mail, open: click }).naturalKey,
      eventOf({ eventType: "Click", mail: { ...mail, messageId: "0100-other" }, click }).naturalKey,
      bounceKey(),
      bounceKey({ feedbackId: "f2" }),
      bounceKey({ bouncedRecipients: [{ emailAddress: "a@x.org" }] }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("what is no event", () => {
  const inbound = { notificationType: "Received", mail: { ...mail, messageId: "abc" }, receipt: {} };
  const rows = [
    [
      "the topic probe",
      "Successfully validated SNS topic for Amazon SES event publishing.",
      { kind: "topic_probe" },
    ],
    [
      "the bucket probe",
      { notificationType: "Received", mail: { messageId: "AMAZON_SES_SETUP_NOTIFICATION" } },
      { kind: "setup_notification" },
    ],
    [
      "a mail for us that lies nowhere",
      { ...inbound, receipt: { action: { type: "SNS" } } },
      { kind: "unsupported", what: 'a mail received by the action "SNS"' },
    ],
    ["a Subscription", { eventType: "Subscription", mail }, { kind: "unsupported", what: "Subscription" }],
    [
      "identity-level feedback",
      { notificationType: "Bounce", mail },
      { kind: "unsupported", what: "no eventType" },
    ],
    [
      "EventBridge's envelope",
      { "detail-type": "Sending Status Disabled" },
      { kind: "unsupported", what: "no eventType" },
    ],
    [
      "a type every object has",
      { eventType: "constructor", mail },
      { kind: "unsupported", what: "constructor" },
    ],
    ["__proto__", `{"eventType":"__proto__","mail":{}}`, { kind: "unsupported", what: "__proto__" }],
  ] as const;
  test.each(rows)("%s", (_, message, expected) => {
    expect(parse(message)).toEqual({ ok: true, value: expected as never });
  });

  test("a mail for us", () => {
    const action = { type: "S3", bucketName: "acme-inbound", objectKey: "in/abc" };
    const read = parse({ ...inbound, receipt: { recipients: ["a@in.org"], action } });
    expect(read).toMatchObject({
      ok: true,
      value: {
        kind: "inbound",
        mail: {
          providerMessageId: "abc",
          place: { bucket: "acme-inbound", key: "in/abc" },
          recipients: ["a@in.org"],
        },
      },
    });
  });

  const malformed = [
    ["text", "hello"],
    ["a mail for us without its action", inbound],
    ["an empty message", ""],
    ["a list", []],
    ["null", "null"],
    ["no mail", { eventType: "Send" }],
    ["no message id", { eventType: "Send", mail: { ...mail, messageId: undefined } }],
    ["a message id with a line break", { eventType: "Send", mail: { ...mail, messageId: "a\nb" } }],
    ["a long message id", { eventType: "Send", mail: { ...mail, messageId: "x".repeat(201) } }],
    ["no time of the mail", { eventType: "Send", mail: { ...mail, timestamp: 5 } }],
    ["a time in words", { eventType: "Open", mail, open: { timestamp: "Fri, 02 Jan 2026 03:04:05 GMT" } }],
    ["an impossible time", { eventType: "Open", mail, open: { timestamp: "2026-13-02T03:04:05Z" } }],
    ["an Open without its member", { eventType: "Open", mail }],
    ["a Bounce whose member is a list", { eventType: "Bounce", mail, bounce: [] }],
  ] as const;
  test.each(malformed)("malformed: %s", (_, message) => {
    const read = parse(message);
    expect(read.ok ? "read" : read.error.kind).toBe("malformed_event");
  });

  test("no JSON of any shape throws", () => {
    const eventType = fc.constantFrom(
      "Send",
      "Bounce",
      "Complaint",
      "Click",
      "Rendering Failure",
      "DeliveryDelay",
      7,
    );
    const member = fc.jsonValue();
    fc.assert(
      fc.property(eventType, member, member, member, (type, bounce, click, anyMail) => {
        parse({ eventType: type, mail: anyMail, bounce, click, complaint: click });
        parse({ eventType: type, mail: { ...mail, tags: anyMail, destination: bounce }, bounce, click });
      }),
      { numRuns: 300 },
    );
  });
});
