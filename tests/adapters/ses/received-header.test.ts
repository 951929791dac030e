// What SES writes on top of a stored mail, read where no notification told of it: its own block alone is believed.
import { describe, expect, test } from "bun:test";
import { sesArrivalReader } from "../../../adapters/ses/received-header.ts";
import type { Verdicts } from "../../../core/inbound/arrival.ts";

const ID = "o2dvr3ubiq7ra0r4l0vb8ljnkkd0g8h8m2q3m8o1";
const PLACE = { bucket: "acme-inbound", key: `in/${ID}` };
const AT = Date.UTC(2026, 0, 2);

const FIELDS = {
  "Return-Path": "<ann@sender.org>",
  Received:
    "from mail-1.sender.org (mail-1.sender.org [192.0.2.1])\r\n by inbound-smtp.us-east-1.amazonaws.com with SMTP id " +
    `${ID}\r\n for reply+1@In.acme.com;\r\n Fri, 02 Jan 2026 03:04:05 +0000 (UTC)`,
  "X-SES-Spam-Verdict": "PASS",
  "X-SES-Virus-Verdict": "PASS",
  "Received-SPF":
    "pass (spfCheck: domain of sender.org designates 192.0.2.1 as permitted sender) client-ip=192.0.2.1;" +
    " envelope-from=ann@sender.org; helo=mail-1.sender.org;",
  "Authentication-Results":
    "amazonses.com;\r\n spf=pass (spfCheck: ok) client-ip=192.0.2.1; envelope-from=ann@sender.org; helo=x;\r\n" +
    " dkim=pass header.i=@sender.org;\r\n dmarc=fail header.from=sender.org;",
  "X-SES-RECEIPT": "AEFBQUFBQUFBQUFH",
  "X-SES-DKIM-SIGNATURE": "a=rsa-sha256; b=abc; c=relaxed/simple; d=amazonses.com; v=1;",
};
/** As it was sent; it says the same of itself, and lies. */
const SENT =
  "Received: from a by inbound-smtp.us-east-1.amazonaws.com with SMTP id x for evil@in.acme.com; now\r\n" +
  "X-SES-Virus-Verdict: FAIL\r\nX-SES-RECEIPT: mine\r\nFrom: Ann <ann@sender.org>\r\n" +
  "To: Bea <bea@in.acme.com>,\r\n Carl <carl@in.acme.com>\r\nCC: dora@In.Acme.com\r\n\r\n" +
  "To: not-a-header@in.acme.com\r\n";

const octetsOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));
const stored = (changes: Readonly<Record<string, string | null>> = {}, sent = SENT): Uint8Array => {
  const fields = Object.entries({ ...FIELDS, ...changes }).filter(([, value]) => value !== null);
  return octetsOf(fields.map(([name, value]) => `${name}: ${value}\r\n`).join("") + sent);
};
const read = (raw: Uint8Array, key = PLACE.key) => sesArrivalReader.read(raw, { ...PLACE, key }, AT);

test("envelope, id and verdicts are SES's; the time is the object's", () => {
  expect(read(stored())).toEqual({
    providerMessageId: ID,
    place: PLACE,
    recipients: ["reply+1@in.acme.com"],
    envelopeFrom: "ann@sender.org",
    receivedAt: AT,
    verdicts: { spam: "PASS", virus: "PASS", spf: "PASS", dkim: "PASS", dmarc: "FAIL" },
    fields: {
      fromAddress: null,
      fromName: null,
      subject: "",
      messageId: null,
      inReplyTo: [],
      references: [],
    },
  });
});

describe("whom it is for, where SES names nobody", () => {
  const Received = FIELDS.Received.replace(/\r\n for \S+;/, ";");
  test.each([
    ["To and Cc of the header", SENT, ["bea@in.acme.com", "carl@in.acme.com", "dora@in.acme.com"]],
    [
      "a group and a quoted name",
      'To: "x@y, z": a@in.acme.com, b@in.acme.com;\n\n',
      ["x@y", "a@in.acme.com", "b@in.acme.com"],
    ],
    ["nobody", "Subject: x\r\n\r\nTo: a@in.acme.com", []],
    ["lines that are no field", "nonsense\r\n more\r\nTo: a@in.acme.com\r\n\r\n", ["a@in.acme.com"]],
  ])("%s", (_, sent, recipients) => {
    expect(read(stored({ Received }, sent))?.recipients).toEqual(recipients);
  });

  test("a header of 3 MB is read in time, up to its limit", () => {
    const sent = `${"no field\r\n".repeat(10_000)}X: ${"a@b ".repeat(700_000)}\r\nTo: late@in.acme.com\r\n\r\n`;
    expect(read(stored({ Received }, sent))?.recipients).toEqual([]);
  });
});

describe("verdicts", () => {
  const rows: readonly (readonly [string, Readonly<Record<string, string | null>>, Partial<Verdicts>])[] = [
    ["a virus", { "X-SES-Virus-Verdict": "FAIL" }, { virus: "FAIL" }],
    ["not scanned", { "X-SES-Spam-Verdict": "DISABLED" }, { spam: "DISABLED" }],
    // SES wrote none, and then the sender's own field lies below a Received, which ends the block.
    ["no line of SES's", { "X-SES-Virus-Verdict": null }, { virus: null }],
    ["a word nobody knows", { "X-SES-Virus-Verdict": "CLEAN" }, { virus: null }],
    ["softfail", { "Received-SPF": "softfail (x) client-ip=1" }, { spf: "GRAY" }],
    ["permerror", { "Received-SPF": "PermError" }, { spf: "PROCESSING_FAILED" }],
    ["no SPF", { "Received-SPF": null }, { spf: null }],
    [
      "unsigned",
      { "Authentication-Results": "amazonses.com; dkim=none; dmarc=none" },
      { dkim: "GRAY", dmarc: "GRAY" },
    ],
    [
      "one signature of two passes",
      { "Authentication-Results": "amazonses.com; dkim=fail header.i=@a; dkim=pass header.i=@b" },
      { dkim: "PASS", dmarc: null },
    ],
    [
      "a sender whose address says so",
      {
        "Authentication-Results":
          'amazonses.com; spf=fail envelope-from="; dkim=pass; dmarc=pass \\"; dkim=pass "@evil.org; dkim=fail (; dkim=pass) x;',
      },
      { dkim: "FAIL", dmarc: null },
    ],
  ];
  test.each(rows)("%s", (_, changes, expected) => {
    const usual: Verdicts = { spam: "PASS", virus: "PASS", spf: "PASS", dkim: "PASS", dmarc: "FAIL" };
    expect(read(stored(changes))?.verdicts).toEqual({ ...usual, ...expected });
  });
});

describe("not SES's", () => {
  const rows: readonly (readonly [string, Uint8Array, string?])[] = [
    ["nothing on top", octetsOf(SENT)],
    ["an empty object", new Uint8Array()],
    ["another object's id", stored(), "in/another"],
    ["an id with something before it", stored(), `in/x${ID}`],
    ["Received of another host", stored({ Received: FIELDS.Received.replace("amazonaws.com", "evil.org") })],
    [
      "a host that called itself SES's",
      stored({
        Received: `from x by inbound-smtp.us-east-1.amazonaws.com with SMTP id ${ID} for a@b; (y) by mx.org with SMTP id 1; now`,
      }),
    ],
    ["octets that are no text", Uint8Array.from({ length: 5000 }, (_, index) => index % 256)],
    ["one line of 1 MB", octetsOf("x".repeat(1_000_000))],
  ];
  test.each(rows)("%s", (_, raw, key = PLACE.key) => {
    expect(read(raw, key)).toBeNull();
    expect(sesArrivalReader.withoutProviderHeader(raw, { ...PLACE, key })).toEqual(raw);
  });
});

describe("without it a message is what was sent, octet for octet", () => {
  test.each([
    ["an ordinary one", SENT],
    ["one that begins with the same fields", Buffer.from(stored()).toString("latin1")],
    ["one that begins with a fold", " folded\r\nSubject: x\r\n\r\n"],
    ["one without a header", "\r\nbody"],
    ["one that is empty", ""],
    ["octets above 127", "Subject: \xe9\xff\x81\n\n\x00"],
  ])("%s", (_, sent) => {
    expect(sesArrivalReader.withoutProviderHeader(stored({}, sent), PLACE)).toEqual(octetsOf(sent));
  });
});
