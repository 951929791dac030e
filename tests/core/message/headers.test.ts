import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type HeaderValue, isMessageId, renderHeader } from "../../../core/message/headers.ts";

const text = (value: string): HeaderValue => ({ kind: "text", text: value });
const mailbox = (displayName: string | null): HeaderValue => ({
  kind: "mailbox",
  mailbox: { displayName, address: "hi@mail.example.com" },
});

const ROWS: readonly [name: string, header: string, value: HeaderValue, written: string][] = [
  ["plain text stands as it is", "Subject", text("Your bill (no. 7)"), "Subject: Your bill (no. 7)"],
  ["a tab is a space", "Subject", text("a\tb"), "Subject: a b"],
  ["an edge space would be lost", "Subject", text(" a"), "Subject: =?UTF-8?Q?_a?="],
  ["two spaces would become one", "Subject", text("a  b"), "Subject: =?UTF-8?Q?a__b?="],
  ["what looks encoded is encoded", "Subject", text("=?x?q?y?="), "Subject: =?UTF-8?B?PT94P3E/eT89?="],
  [
    "RFC 5322 section 2.2.3: a fold is CRLF before a space that was there",
    "Subject",
    text(`${"word ".repeat(20)}end`),
    `Subject: ${"word ".repeat(12)}word\r\n ${"word ".repeat(7)}end`,
  ],
  [
    "RFC 2047 section 2: a line with an encoded-word has at most 76 characters",
    "Subject",
    text("ä".repeat(60)),
    `Subject: =?UTF-8?B?${"w6TDpMOk".repeat(6)}w6Q=?=\r\n` +
      ` =?UTF-8?B?${"w6TDpMOk".repeat(7)}w6Q=?=\r\n =?UTF-8?B?${"w6TDpMOk".repeat(6)}w6Q=?=`,
  ],
  ["no display name, no brackets", "From", mailbox(null), "From: hi@mail.example.com"],
  ["atoms stand as they are", "From", mailbox("Ann Lee"), "From: Ann Lee <hi@mail.example.com>"],
  ["other ASCII is quoted", "From", mailbox('Dr. "X" \\'), 'From: "Dr. \\"X\\" \\\\" <hi@mail.example.com>'],
  ["an address as name is quoted", "From", mailbox("a@b.c"), 'From: "a@b.c" <hi@mail.example.com>'],
  [
    "RFC 2047 is never within quotes",
    "From",
    mailbox("Ärzte, AG"),
    "From: =?UTF-8?B?w4RyenRlLCBBRw==?= <hi@mail.example.com>",
  ],
  [
    "ids are folded between, never within",
    "References",
    { kind: "message_ids", ids: [`${"a".repeat(50)}@x.example`, `${"b".repeat(50)}@x.example`] },
    `References: <${"a".repeat(50)}@x.example>\r\n <${"b".repeat(50)}@x.example>`,
  ],
  [
    "RFC 2369 section 2: URIs in brackets, preferred first, a comma between",
    "List-Unsubscribe",
    {
      kind: "uris",
      uris: ["https://u.example/u/token", "mailto:u+token@mail.example.com?subject=unsubscribe"],
    },
    "List-Unsubscribe: <https://u.example/u/token>,\r\n <mailto:u+token@mail.example.com?subject=unsubscribe>",
  ],
  [
    "RFC 8058 section 3.1: exactly this value",
    "List-Unsubscribe-Post",
    text("List-Unsubscribe=One-Click"),
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
  ],
  [
    "parameters: tokens bare, the rest quoted",
    "Content-Type",
    {
      kind: "parameters",
      value: "text/plain",
      parameters: [
        ["charset", "utf-8"],
        ["x", 'a "b"'],
      ],
    },
    'Content-Type: text/plain; charset=utf-8; x="a \\"b\\""',
  ],
  [
    "RFC 2231 section 4: fallback, then the extended form",
    "Content-Disposition",
    { kind: "parameters", value: "attachment", parameters: [["filename", "Überweisung №1.pdf"]] },
    'Content-Disposition: attachment; filename="_berweisung _1.pdf";\r\n' +
      " filename*=UTF-8''%C3%9Cberweisung%20%E2%84%961.pdf",
  ],
  [
    "RFC 2231 section 3: numbered from 0 without gaps, charset in the first only",
    "Content-Disposition",
    { kind: "parameters", value: "attachment", parameters: [["filename", `${"日本語".repeat(5)}.pdf`]] },
    'Content-Disposition: attachment; filename="_______________.pdf";\r\n' +
      ` filename*0*=UTF-8''${"%E6%97%A5%E6%9C%AC%E8%AA%9E".repeat(2)};\r\n` +
      ` filename*1*=${"%E6%97%A5%E6%9C%AC%E8%AA%9E".repeat(2)};\r\n` +
      " filename*2*=%E6%97%A5%E6%9C%AC%E8%AA%9E.pdf",
  ],
];

describe("a header", () => {
  test.each(ROWS)("%s", (_name, header, value, written) => {
    expect(renderHeader({ name: header, value })).toBe(`${written}\r\n`);
  });
});

const REFUSED: readonly [name: string, header: string, value: HeaderValue][] = [
  ["CR LF in a text", "Subject", text("a\r\nBcc: b@example.com")],
  ["LF alone", "Subject", text("a\nb")],
  ["CR alone", "Subject", text("a\rb")],
  ["NUL", "Subject", text("a\0b")],
  ["DEL", "Subject", text("a\u007fb")],
  ["a lone surrogate", "Subject", text("a\ud800")],
  ["CR LF in a quoted display name", "From", mailbox('x"\r\nBcc: b@example.com')],
  ["CR LF in an id", "References", { kind: "message_ids", ids: ["a@b\r\nBcc:"] }],
  ["a bracket in an id", "References", { kind: "message_ids", ids: ["a@b> <c@d"] }],
  ["a space in a URI", "List-Unsubscribe", { kind: "uris", uris: ["https://a.example/ b"] }],
  ["CR LF in a parameter", "Content-Type", { kind: "parameters", value: "a/b\r\nX: y", parameters: [] }],
  ["a colon in the name", "X-A:", text("a")],
  ["CR LF in the name", "X\r\nBcc", text("a")],
  ["a name SES would refuse", "X".repeat(127), text("a")],
];

describe("what could end a line is a bug, never written", () => {
  test.each(REFUSED)("%s", (_name, header, value) => {
    expect(() => renderHeader({ name: header, value })).toThrow();
  });
});

test("any text and name: ASCII, CRLF only before a space, no line over 78", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", minLength: 1, maxLength: 998 }),
      fc.boolean(),
      (value, asName) => {
        fc.pre(!/[^\P{Cc}\t\u0080-\u009f]/u.test(value));
        const quoted = asName && /^[ -~]+$/.test(value);
        const header = renderHeader({ name: "Subject", value: asName ? mailbox(value) : text(value) });
        expect(header).toMatch(/^Subject: [ -~]+(?:\r\n [!-~][ -~]*)*\r\n$/);
        for (const line of header.split("\r\n")) expect(line.length).toBeLessThanOrEqual(quoted ? 998 : 78);
      },
    ),
    { numRuns: 300 },
  );
});

test("an id is what fits between angle brackets", () => {
  expect(isMessageId("0102018f-1@eu-west-1.amazonses.com")).toBe(true);
  expect(isMessageId("no-at-sign")).toBe(true); // RFC 5322 section 4.5.4 lets old mail have them
  for (const bad of ["", "a b@c", "a>@c", "ä@c", `${"a".repeat(600)}@c`, "a@c\r\n"])
    expect(isMessageId(bad)).toBe(false);
});
