import { describe, expect, test } from "bun:test";
import { type MessageToPlan, planMessage } from "../../../core/message/plan-message.ts";
import { messageToPlan, SEED } from "../../support/message-to-plan.ts";

/** The plan written out, each base64 segment as `{{octets}}`. */
const written = (change: Partial<MessageToPlan> = {}): string =>
  planMessage(messageToPlan(change))
    .segments.map((segment) => (segment.kind === "text" ? segment.text : `{{${segment.octets.length}}}\r\n`))
    .join("");
const lines = (...list: string[]): string => list.map((line) => `${line}\r\n`).join("");

const HEADERS = [
  "From: Clinic <hi@mail.example.com>",
  "To: ann@example.org",
  "Subject: Your appointment",
  "Date: Tue, 14 Nov 2023 22:13:20 +0000",
  "Message-ID: <0190@mail.example.com>",
  "MIME-Version: 1.0",
];
const TEXT = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 7bit", "", "Hello"];
const HTML = [
  "Content-Type: text/html; charset=utf-8",
  "Content-Transfer-Encoding: 7bit",
  "",
  "<p>Hello</p>",
];
const ALTERNATIVE = [
  `Content-Type: multipart/alternative; boundary="=_a${SEED}"`,
  "",
  `--=_a${SEED}`,
  ...TEXT,
  `--=_a${SEED}`,
  ...HTML,
  `--=_a${SEED}--`,
];

describe("the structure", () => {
  test("text and HTML are an alternative, the best last", () => {
    expect(written()).toBe(lines(...HEADERS, ...ALTERNATIVE));
  });

  test("a file puts a mixed around it", () => {
    const file = { filename: "a b.pdf", contentType: "application/pdf", octets: new Uint8Array(60) };
    expect(written({ attachments: [file] })).toBe(
      lines(
        ...HEADERS,
        `Content-Type: multipart/mixed; boundary="=_m${SEED}"`,
        "",
        `--=_m${SEED}`,
        ...ALTERNATIVE,
        `--=_m${SEED}`,
        'Content-Type: application/pdf; name="a b.pdf"',
        'Content-Disposition: attachment; filename="a b.pdf"',
        "Content-Transfer-Encoding: base64",
        "",
        "{{60}}",
        `--=_m${SEED}--`,
      ),
    );
  });

  test("without text no level has one child", () => {
    expect(written({ bodyText: " \n" })).toBe(lines(...HEADERS, ...HTML));
  });

  test("further headers stand with the others", () => {
    const header = {
      name: "List-Unsubscribe-Post",
      value: { kind: "text", text: "List-Unsubscribe=One-Click" },
    } as const;
    expect(written({ headers: [header] })).toContain(
      "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
    );
  });

  test("octets and text of one body are one message", () => {
    expect(written({ bodyHtml: new TextEncoder().encode("<p>é</p>") })).toBe(
      written({ bodyHtml: "<p>é</p>" }),
    );
  });
});

const ENCODINGS: readonly [name: string, html: string, encoding: string, content: string][] = [
  ["short ASCII lines as they are", "<p>a</p>\n<p>b</p>", "7bit", "<p>a</p>\r\n<p>b</p>\r\n"],
  ["an attribute", '<p class="x">a</p>', "quoted-printable", '<p class=3D"x">a</p>\r\n'],
  ["a long line", "a".repeat(100), "quoted-printable", `${"a".repeat(75)}=\r\n${"a".repeat(25)}\r\n`],
  ["a sixth escaped", `é${"a".repeat(10)}`, "quoted-printable", "=C3=A9aaaaaaaaaa\r\n"],
  ["more than a sixth escaped", `é${"a".repeat(9)}`, "base64", "{{11}}\r\n"],
  ["another script, CRLF within", "日本\n語", "base64", "{{11}}\r\n"],
];

describe("the transfer encoding of a body", () => {
  test.each(ENCODINGS)("%s", (_name, bodyHtml, encoding, content) => {
    const message = written({ bodyHtml, bodyText: "" });
    expect(message.slice(message.indexOf("Content-Transfer-Encoding"))).toBe(
      `Content-Transfer-Encoding: ${encoding}\r\n\r\n${content}`,
    );
  });
});

describe("the name of a file for readers without RFC 2231", () => {
  const typeOf = (filename: string): string | undefined => {
    const file = { filename, contentType: "application/pdf", octets: new Uint8Array(1) };
    return /\r\n(Content-Type: application\/pdf.*?)\r\nContent-Disp/s.exec(
      written({ attachments: [file] }),
    )?.[1];
  };

  test("is an encoded-word", () => {
    expect(typeOf("日本語.pdf")).toBe(
      'Content-Type: application/pdf; name="=?UTF-8?B?5pel5pys6KqeLnBkZg==?="',
    );
  });

  test("is left out where it would need a fold", () => {
    expect(typeOf("日".repeat(251) + ".pdf")).toBe("Content-Type: application/pdf");
  });
});

const BUGS: readonly [name: string, change: Partial<MessageToPlan>][] = [
  ["a subject with a line end", { subject: "a\r\nBcc: b@example.com" }],
  ["a recipient with a line end", { to: "a@example.org\r\nBcc: b@example.com" }],
  ["a message id with a bracket", { messageId: "a@b>" }],
  ["a seed of 92 bits", { boundarySeed: "0".repeat(23) }],
  ["a seed that is not hex", { boundarySeed: `"\r\n${"0".repeat(24)}` }],
  ["a header of ours a second time", { headers: [{ name: "subject", value: { kind: "text", text: "x" } }] }],
];

describe("what the edge should have refused throws", () => {
  test.each(BUGS)("%s", (_name, change) => {
    expect(() => planMessage(messageToPlan(change))).toThrow();
  });
});

test("neighbouring texts are one segment", () => {
  const file = { filename: "a", contentType: "", octets: new Uint8Array(1) };
  expect(planMessage(messageToPlan()).segments).toHaveLength(1);
  expect(planMessage(messageToPlan({ attachments: [file, file] })).segments.map(({ kind }) => kind)).toEqual([
    "text",
    "base64",
    "text",
    "base64",
    "text",
  ]);
});
