// What we send, read by a parser that is not ours: postal-mime.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import PostalMime, { type Email } from "postal-mime";
import { renderToOctets } from "../../../adapters/mime/render.ts";
import { fileNameFault } from "../../../core/email/attachment.ts";
import { subjectFault } from "../../../core/message/header-text.ts";
import { type MessageToPlan, planMessage } from "../../../core/message/plan-message.ts";
import { messageToPlan, SEED } from "../../support/message-to-plan.ts";

const read = (message: MessageToPlan): Promise<Email> =>
  PostalMime.parse(renderToOctets(planMessage(message)), {
    forceRfc822Attachments: true,
    attachmentEncoding: "arraybuffer",
  });

/** Readers answer bodies with LF, and the last line end is the delimiter's as much as the text's. */
const body = (text: string | undefined): string => (text ?? "").replace(/\r\n?/g, "\n").replace(/\n+$/, "");

async function expectBack(message: MessageToPlan): Promise<void> {
  const email = await read(message);
  expect(email.subject).toBe(message.subject.replaceAll("\t", " "));
  expect(email.from).toMatchObject({ address: message.from.address, name: message.from.displayName ?? "" });
  expect(email.to).toEqual([{ address: message.to, name: "" }]);
  expect(email.messageId).toBe(`<${message.messageId}>`);
  expect(email.date).toBe(new Date(message.date).toISOString());
  expect(body(email.html)).toBe(body(String(message.bodyHtml)));
  if (message.bodyText.trim() !== "") expect(body(email.text)).toBe(body(message.bodyText));
  expect(email.attachments.map(({ filename }) => filename)).toEqual(
    message.attachments.map(({ filename }) => filename),
  );
  for (const [index, { octets }] of message.attachments.entries())
    expect(Buffer.from(email.attachments[index]?.content as ArrayBuffer).equals(octets)).toBe(true);
}

/** RFC 5322 section 2.1.1, RFC 2045 section 2.7: what holds for every message, whatever is in it. */
function expectWellFormed(message: MessageToPlan): void {
  const plan = planMessage(message);
  const octets = renderToOctets(plan);
  expect(octets.length).toBe(plan.sizeBytes);
  const wire = Buffer.from(octets).toString("latin1");
  expect(wire).toMatch(/^[\t\r\n -~]*$/);
  expect(wire.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  for (const line of wire.split("\r\n")) expect(line.length).toBeLessThanOrEqual(998);
  const head = wire.slice(0, wire.indexOf("\r\n\r\n")).replaceAll("\r\n ", " ").split("\r\n");
  const names = head.map((line) => /^[!-9;-~]+(?=: )/.exec(line)?.[0].toLowerCase());
  expect(names).not.toContain(undefined);
  expect(new Set(names).size).toBe(names.length);
  for (const once of ["from", "to", "subject", "date", "message-id", "mime-version", "content-type"])
    expect(names).toContain(once);
  // The boundaries stand where the structure has them and nowhere else.
  const bodies = message.bodyText.trim() === "" ? 1 : 2;
  const delimiters =
    (bodies > 1 ? 3 : 0) + (message.attachments.length > 0 ? message.attachments.length + 2 : 0);
  expect(wire.split(`\r\n--=_`).length - 1).toBe(delimiters);
}

const TEXTS: readonly [name: string, text: string][] = [
  ["ASCII", "Your appointment on Tuesday"],
  ["umlauts", "Überweisung № 1 – fällig"],
  ["Japanese", "ご予約の確認、ありがとうございます"],
  ["right to left", "\u202bתזכורת לתור שלך\u202c مرحبا"],
  ["decomposed", "Cafe\u0301 A\u030angstro\u0308m"],
  ["emoji", "👨‍👩‍👧 🇩🇪 🏳️‍🌈 1️⃣"],
  ["astral", "𝒜𝓃𝓃 𐍈 𠀋"],
  ["encoded-word look-alikes", "=?utf-8?q?=0D=0ABcc:?= =?"],
  ["spaces kept", "  two  spaces  "],
  ["header look-alikes", "Bcc: x@example.com; To: y@example.com"],
  ["boundary look-alikes", `--=_a${SEED}\n--=_a${SEED}--\n--=_m${SEED}`],
  ["mail's own traps", ".\n..\nFrom me\n.\n=\n=3D\n \n-- \n"],
  ["noncharacters and controls", "\ufffe \ufdd0 \u0085 \u2028 \u200b"],
  ["one long word", "x".repeat(900)],
  ["998 characters beyond the BMP", "😀".repeat(998)],
];

describe("arrives as it was given", () => {
  test.each(TEXTS)("%s", async (_name, text) => {
    const subject = text.replaceAll("\n", " ");
    const displayName = subject
      .trim()
      .slice(0, 64)
      .replace(/[\p{Cc}\ud800-\udbff]$/u, "");
    const message = messageToPlan({
      subject,
      from: { displayName, address: "hi@x.example" },
      bodyHtml: text,
      bodyText: text,
    });
    expectWellFormed(message);
    await expectBack(message);
  });
});

const NAMES = [
  "Überweisung №1.pdf",
  "日本語.pdf",
  "a b (1).pdf",
  'it\'s 100% "sure"; a=b, c*d.pdf',
  "Cafe\u0301.pdf",
  "מסמך.pdf",
  "😀.pdf",
  "=_UTF-8''x.pdf",
  "a =?b?= c.pdf",
  "%41.pdf",
  "_____.pdf",
  `${"a".repeat(251)}.pdf`,
  `${"日".repeat(251)}.pdf`,
  `${"😀".repeat(251)}.pdf`,
  `${"aé%".repeat(80)}.pdf`,
];

describe("a file arrives under its name, octet for octet", () => {
  test.each(NAMES)("%p", async (filename) => {
    expect(fileNameFault(filename)).toBeNull();
    const octets = Uint8Array.from({ length: 300 }, (_, index) => index);
    const message = messageToPlan({ attachments: [{ filename, contentType: "application/pdf", octets }] });
    expectWellFormed(message);
    await expectBack(message);
  });
});

const TYPES: readonly [given: string, arrived: string][] = [
  ["application/pdf", "application/pdf"],
  ["text/csv; charset=iso-8859-1; header=present", "text/csv"],
  ["text/html", "text/html"],
  ["text/plain", "text/plain"],
  ["message/rfc822", "application/octet-stream"],
  ["multipart/mixed; boundary=x", "application/octet-stream"],
  ["not a type", "application/octet-stream"],
];

describe("a file of any type stays a file", () => {
  test.each(TYPES)("%p", async (contentType, arrived) => {
    const octets = new TextEncoder().encode("From: a@b.example\r\n\r\n<b>x</b>\n.\n");
    const message = messageToPlan({ attachments: [{ filename: "x", contentType, octets }] });
    const { attachments, html, text } = await read(message);
    expect(attachments.map(({ mimeType }) => mimeType)).toEqual([arrived]);
    expect(Buffer.from(attachments[0]?.content as ArrayBuffer).equals(octets)).toBe(true);
    expect([body(html), body(text)]).toEqual(["<p>Hello</p>", "Hello"]);
  });
});

test("any Unicode comes back as it was given", async () => {
  const unicode = fc.oneof(
    fc.string({ unit: "binary", maxLength: 120 }),
    fc.string({ unit: "grapheme", maxLength: 120 }),
    fc.string({ unit: fc.constantFrom(...' \t\n\r=._-?<>"\\;,:@Fromé日😀\u0301\u202e'), maxLength: 120 }),
  );
  const file = fc.record({
    filename: unicode.map((name) => name.normalize("NFC")).filter((name) => fileNameFault(name) === null),
    contentType: fc.constantFrom("application/pdf", "image/png", "application/x-thing; a=b", "?"),
    octets: fc.uint8Array({ minLength: 1, maxLength: 200 }),
  });
  await fc.assert(
    fc.asyncProperty(
      unicode.filter((text) => subjectFault(text) === null),
      unicode.filter((text) => subjectFault(text) === null && text.trim() === text && text.length <= 64),
      unicode,
      unicode,
      fc.array(file, { maxLength: 3 }),
      async (subject, displayName, bodyHtml, bodyText, attachments) => {
        const from = { displayName: displayName.replaceAll("\t", " "), address: "hi@x.example" };
        const message = messageToPlan({ subject, from, bodyHtml, bodyText, attachments });
        expectWellFormed(message);
        await expectBack(message);
      },
    ),
    { numRuns: 300 },
  );
});

test("a lone surrogate in a body is U+FFFD: UTF-8 has no form for it", async () => {
  const { html } = await read(messageToPlan({ bodyHtml: "<p>a\ud800b</p>" }));
  expect(body(html)).toBe("<p>a\ufffdb</p>");
});
