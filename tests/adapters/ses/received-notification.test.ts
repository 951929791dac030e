// Notifications of mail that arrived: what becomes of each member, and of those that are not what SES writes.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseReceived } from "../../../adapters/ses/received-notification.ts";
import { ARRIVAL_RECIPIENTS_MAX, type ReceivedMail } from "../../../core/inbound/arrival.ts";

/** As the SES Developer Guide shows one. */
const RECEIVED = {
  notificationType: "Received",
  receipt: {
    timestamp: "2026-01-02T03:04:06.000Z",
    processingTimeMillis: 574,
    recipients: ["Reply+1@in.acme.com"],
    spamVerdict: { status: "PASS" },
    virusVerdict: { status: "FAIL" },
    spfVerdict: { status: "GRAY" },
    dkimVerdict: { status: "PROCESSING_FAILED" },
    dmarcVerdict: { status: "DISABLED" },
    dmarcPolicy: "reject",
    action: {
      type: "S3",
      topicArn: "arn:aws:sns:us-east-1:111122223333:inbound",
      bucketName: "acme-inbound",
      objectKeyPrefix: "in/acme/",
      objectKey: "in/acme/d6iitobk75ur44p8kdnnp7g2n800",
    },
  },
  mail: {
    timestamp: "2026-01-02T03:04:05.000Z",
    source: "ann@Sender.ORG",
    messageId: "d6iitobk75ur44p8kdnnp7g2n800",
    destination: ["somebody-else@y.org"],
    headersTruncated: false,
    headers: [
      { name: "in-reply-to", value: "<one@acme.com>" },
      { name: "References", value: "<zero@acme.com>\r\n <one@acme.com>" },
      { name: "References", value: "<second-field@acme.com>" },
    ],
    commonHeaders: {
      returnPath: "ann@sender.org",
      from: ['"Ann, of Sender" <ann@sender.org>'],
      to: ["somebody-else@y.org"],
      messageId: "<orig@sender.org>",
      subject: "Your appointment",
    },
  },
};

const EXPECTED: ReceivedMail = {
  providerMessageId: "d6iitobk75ur44p8kdnnp7g2n800",
  place: { bucket: "acme-inbound", key: "in/acme/d6iitobk75ur44p8kdnnp7g2n800" },
  recipients: ["Reply+1@in.acme.com"],
  envelopeFrom: "ann@sender.org",
  receivedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  verdicts: { spam: "PASS", virus: "FAIL", spf: "GRAY", dkim: "PROCESSING_FAILED", dmarc: "DISABLED" },
  fields: {
    fromAddress: "ann@sender.org",
    fromName: "Ann, of Sender",
    subject: "Your appointment",
    messageId: "orig@sender.org",
    inReplyTo: ["one@acme.com"],
    references: ["zero@acme.com", "one@acme.com"],
  },
};

type Changes = {
  readonly receipt?: object;
  readonly action?: object;
  readonly mail?: object;
  readonly common?: object;
};

const changed = ({ receipt, action, mail, common }: Changes) => ({
  ...RECEIVED,
  receipt: { ...RECEIVED.receipt, action: { ...RECEIVED.receipt.action, ...action }, ...receipt },
  mail: { ...RECEIVED.mail, commonHeaders: { ...RECEIVED.mail.commonHeaders, ...common }, ...mail },
});

function received(changes: Changes): ReceivedMail {
  const read = parseReceived(changed(changes));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

test("as SES writes it", () => {
  expect(received({})).toEqual(EXPECTED);
});

describe("whom it is for", () => {
  const many = Array.from({ length: ARRIVAL_RECIPIENTS_MAX + 10 }, (_, index) => `a${index}@in.acme.com`);
  const rows: readonly (readonly [string, unknown, readonly string[]])[] = [
    ["a domain in capitals", ["Ann@IN.Acme.com"], ["Ann@in.acme.com"]],
    ["one address twice", ["ann@in.acme.com", "ann@IN.acme.com"], ["ann@in.acme.com"]],
    [
      "two cases of a local part",
      ["ann@in.acme.com", "Ann@in.acme.com"],
      ["ann@in.acme.com", "Ann@in.acme.com"],
    ],
    ["in brackets", ["<ann@in.acme.com>"], ["ann@in.acme.com"]],
    ["what is no address", ["ann", "@in.acme.com", "ann@", 7, null, "a\n@in.acme.com", "<>", ""], []],
    ["a lone surrogate", ["\ud800@in.acme.com"], []],
    ["no list", "ann@in.acme.com", []],
    ["a long one", [`${"a".repeat(300)}@in.acme.com`], []],
    ["too many", many, many.slice(0, ARRIVAL_RECIPIENTS_MAX)],
  ];
  test.each(rows)("%s", (_, recipients, expected) => {
    expect(received({ receipt: { recipients } }).recipients).toEqual(expected);
  });
});

describe("the envelope's sender", () => {
  test.each([
    ["a bounce", "<>", null],
    ["a bounce as well", "", null],
    ["nothing", undefined, null],
    ["in brackets", "<bounce@x.org>", "bounce@x.org"],
    ["no address", "MAILER-DAEMON", null],
    ["with a line end", "a\r\nb@x.org", null],
  ])("%s", (_, source, expected) => {
    expect(received({ mail: { source } }).envelopeFrom).toBe(expected);
  });
});

describe("a verdict is null", () => {
  test.each([
    ["of an unknown word", { status: "MAYBE" }],
    ["in small letters", { status: "pass" }],
    ["without a status", {}],
    ["as a text", "PASS"],
    ["when there is none", undefined],
  ])("%s", (_, spamVerdict) => {
    expect(received({ receipt: { spamVerdict } }).verdicts).toEqual({ ...EXPECTED.verdicts, spam: null });
  });
});

describe("what is repeated of the header", () => {
  const none = { ...EXPECTED.fields, inReplyTo: [], references: [] };
  const rows: readonly (readonly [string, Changes, Partial<ReceivedMail["fields"]>])[] = [
    [
      "an address alone",
      { common: { from: ["ann@Sender.org"] } },
      { fromAddress: "ann@sender.org", fromName: null },
    ],
    ["no From", { common: { from: [] } }, { fromAddress: null, fromName: null }],
    ["a name without an address", { common: { from: ["Ann"] } }, { fromAddress: null, fromName: null }],
    [
      "an address that never ends",
      { common: { from: ["Ann <ann@x.org"] } },
      { fromAddress: null, fromName: "Ann" },
    ],
    [
      "control characters",
      { common: { subject: "a\r\nBcc: b\u0000c\ud800", from: ["A\u0007nn <a@x.org>"] } },
      { subject: "a Bcc: b c\ufffd", fromName: "A nn", fromAddress: "a@x.org" },
    ],
    ["a long subject", { common: { subject: "x".repeat(5000) } }, { subject: "x".repeat(998) }],
    ["no subject", { common: { subject: undefined } }, { subject: "" }],
    ["an id among words", { common: { messageId: "see <a@b> (or <c@d>)" } }, { messageId: "a@b" }],
    ["no ids", { common: { messageId: "none" }, mail: { headers: [] } }, { ...none, messageId: null }],
    ["headers that are no list", { mail: { headers: { name: "References" } } }, none],
    [
      "nothing at all",
      { mail: { headers: null, commonHeaders: null } },
      { ...none, fromAddress: null, fromName: null, subject: "", messageId: null },
    ],
  ];
  test.each(rows)("%s", (_, changes, expected) => {
    expect(received(changes).fields).toEqual({ ...EXPECTED.fields, ...expected });
  });
});

describe("where it lies: the key as it is given", () => {
  test.each([
    ["no prefix", "d6iitobk"],
    ["two slashes", "in//d6iitobk"],
    ["characters a URL would change", "in/%2e%2e/a b+ü?#"],
    ["1,024 octets", "x".repeat(1024)],
  ])("%s", (_, objectKey) => {
    expect(received({ action: { objectKey } }).place.key).toBe(objectKey);
  });

  test.each([
    ["no key", { objectKey: undefined }],
    ["an empty key", { objectKey: "" }],
    ["a key from the root", { objectKey: "/in/a" }],
    ["a key that leads out of the bucket", { objectKey: "../other/a" }],
    ["a key that leads out in its middle", { objectKey: "in/../../other/a" }],
    ["a key that ends in dots", { objectKey: "in/.." }],
    ["a single dot", { objectKey: "in/./a" }],
    ["a line end in the key", { objectKey: "in/a\nb" }],
    ["1,025 octets in fewer characters", { objectKey: "ü".repeat(513) }],
    ["a lone surrogate", { objectKey: "in/\ud800" }],
    ["no bucket", { bucketName: null }],
    ["a path as a bucket", { bucketName: "acme/inbound" }],
    ["dots as a bucket", { bucketName: ".." }],
    ["two dots in a bucket", { bucketName: "acme..inbound" }],
    ["an address as a bucket", { bucketName: "127.0.0.1" }],
    ["capitals in a bucket", { bucketName: "Acme" }],
    ["a short bucket", { bucketName: "ab" }],
    ["a long bucket", { bucketName: "a".repeat(64) }],
  ])("refused: %s", (_, action) => {
    expect(parseReceived(changed({ action }))).toEqual({
      ok: false,
      error: { kind: "malformed_event", reason: "receipt.action names no object" },
    });
  });
});

describe("refused", () => {
  test.each([
    ["SNS's action", { action: { type: "SNS" } }, { kind: "no_object", action: "SNS" }],
    ["an action without a type", { action: { type: 7 } }, { kind: "no_object", action: "" }],
    ["no action", { receipt: { action: null } }, { kind: "malformed_event" }],
    ["no id", { mail: { messageId: undefined } }, { kind: "malformed_event" }],
    [
      "a time that no id can hold",
      { mail: { timestamp: "1969-12-31T23:59:59Z" } },
      { kind: "malformed_event" },
    ],
    ["an id with a line end", { mail: { messageId: "a\nb" } }, { kind: "malformed_event" }],
    ["a long id", { mail: { messageId: "x".repeat(201) } }, { kind: "malformed_event" }],
    [
      "a time in words",
      { mail: { timestamp: "Fri, 02 Jan 2026 03:04:05 GMT" } },
      { kind: "malformed_event" },
    ],
  ])("%s", (_, changes, error) => {
    expect(parseReceived(changed(changes))).toMatchObject({ ok: false, error });
  });

  test("no JSON of any shape throws", () => {
    const any = fc.jsonValue();
    fc.assert(
      fc.property(any, any, any, any, (receipt, mail, action, common) => {
        parseReceived({ receipt, mail });
        parseReceived(changed({ receipt: { recipients: receipt }, mail: { headers: mail, source: action } }));
        parseReceived(changed({ common: { from: common, subject: mail, messageId: action } }));
      }),
      { numRuns: 200 },
    );
  });
});
