// What the corpus does not show: each case a small message that a mail program, a gateway or a stranger could write.
import { describe, expect, test } from "bun:test";
import { messageParser } from "../../../adapters/mime/parse-message.ts";
import type { InboundFile, ParsedMessage } from "../../../core/inbound/parsed-message.ts";

const octetsOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));
const textOf = (octets: Uint8Array): string => Buffer.from(octets).toString("latin1");

/** A message of these lines, in latin1: what is above 0x7f is an octet. */
async function parse(...lines: readonly string[]): Promise<ParsedMessage> {
  const read = await messageParser.parse(octetsOf(lines.join("\r\n")));
  if (!read.ok) throw new Error(`not parsed: ${read.error.status}`);
  return read.value;
}

const mixed = (...lines: readonly string[]): Promise<ParsedMessage> =>
  parse("Content-Type: multipart/mixed; boundary=b", "", ...lines);

/** A file in one line: its name, its type, its octets, and its Content-ID when the HTML shows it. */
const inOneLine = ({ filename, contentType, octets, contentId, isInline }: InboundFile): string =>
  [filename, contentType, textOf(octets), ...(isInline ? [`cid:${contentId}`] : [])].join(" | ");
const files = async (message: Promise<ParsedMessage>): Promise<readonly string[]> =>
  (await message).files.map(inOneLine);

describe("the tree", () => {
  test("a message without any MIME is its text", async () => {
    expect(await parse("Subject: x", "", "hello", "")).toMatchObject({
      text: "hello\n",
      html: null,
      files: [],
    });
  });

  test("the line end before a boundary belongs to the boundary, and no other octet does", async () => {
    const read = await files(
      mixed(
        "--b",
        "Content-Type: a/b",
        "",
        "one",
        "",
        "--b \t",
        "Content-Type: a/b",
        "",
        "--b",
        "Content-Type: a/b",
        "",
        "",
        "--b--",
        "epilogue",
      ),
    );
    expect(read).toEqual([
      "attachment-1.bin | a/b | one\r\n",
      "attachment-2.bin | a/b | ",
      "attachment-3.bin | a/b | ",
    ]);
  });

  test.each([
    ["LF", "\n"],
    ["CR, where there is no LF at all", "\r"],
    ["CRLF", "\r\n"],
    ["doubled CR", "\r\r\n"],
  ])("lines may end with %s", async (_, end) => {
    const lines = [
      "Subject: x",
      " y",
      "Content-Type: multipart/mixed; boundary=b",
      "",
      "--b",
      "",
      "text",
      "--b",
      "Content-Type: a/b",
      "",
      "f",
      "--b--",
    ];
    const read = await messageParser.parse(octetsOf(lines.join(end)));
    expect(read).toMatchObject({ ok: true, value: { fields: { subject: "x y" } } });
    expect(read.ok && read.value.text?.trimEnd()).toBe("text");
    expect(read.ok && read.value.files.map(({ octets }) => textOf(octets).trimEnd())).toEqual(["f"]);
  });

  test("mixed line ends", async () => {
    const raw =
      "Content-Type: multipart/mixed; boundary=b\n\r\n--b\nContent-Type: a/b\r\n\none\r\n\n--b\r\n\ntwo\n--b--";
    const read = await messageParser.parse(octetsOf(raw));
    expect(read).toMatchObject({ ok: true, value: { text: "two" } });
    expect(read.ok && read.value.files.map(({ octets }) => textOf(octets))).toEqual(["one\r\n"]);
  });

  test("a CR alone begins no field: what checks a signature does not see one either", async () => {
    const { fields } = await parse("Subject: a\rFrom: evil@example.net", "From: ann@example.com", "", "");
    expect(fields).toMatchObject({ fromAddress: "ann@example.com", subject: "a From: evil@example.net" });
  });

  test("no boundary closes", async () => {
    expect(await files(mixed("--b", "Content-Type: a/b", "", "one"))).toEqual([
      "attachment-1.bin | a/b | one",
    ]);
  });

  test("an inner multipart that is not closed ends at the outer boundary", async () => {
    const message = await mixed(
      "--b",
      "Content-Type: multipart/alternative; boundary=c",
      "",
      "--c",
      "",
      "text",
      "--b",
      "Content-Type: a/b",
      "",
      "f",
      "--b--",
    );
    expect(message.text).toBe("text");
    expect(message.files.map(inOneLine)).toEqual(["attachment-1.bin | a/b | f"]);
  });

  test("the boundary of the outer multipart used again within", async () => {
    const message = await mixed(
      "--b",
      "Content-Type: multipart/mixed; boundary=b",
      "",
      "--b",
      "",
      "in",
      "--b--",
      "--b",
      "",
      "out",
      "--b--",
    );
    expect(message.text).toBe("in\nout");
  });

  test("boundaries that begin alike", async () => {
    const message = await mixed(
      "--b",
      "Content-Type: multipart/mixed; boundary=bb",
      "",
      "--bb",
      "",
      "in",
      "--bb--",
      "--b",
      "",
      "--bx",
      "--b--",
    );
    expect(message.text).toBe("in\n--bx");
  });

  test("a multipart in which nothing begins is shown as it is", async () => {
    expect(await mixed("nothing here")).toMatchObject({ text: "nothing here", files: [] });
    expect(await parse("Content-Type: multipart/mixed", "", "--b", "", "x")).toMatchObject({
      text: "--b\n\nx",
    });
  });

  test("a boundary written twice has no part between", async () => {
    expect((await mixed("--b", "--b", "", "x", "--b--")).text).toBe("x");
  });

  test("a part without header, and one whose text was never set apart", async () => {
    expect((await mixed("--b", "", "x", "--b--")).text).toBe("x");
    expect((await mixed("--b", "Hello there", "Note: this", "", "x", "--b--")).text).toBe(
      "Hello there\nNote: this\n\nx",
    );
  });

  test("stray lines in a header hide no field after them", async () => {
    const { fields } = await parse(
      "From ann Mon Jan  1 00:00:00 2026",
      ">From x",
      "Subject : a",
      "garbage",
      "From: a@example.com",
      "",
      "x",
    );
    expect(fields).toMatchObject({ subject: "a", fromAddress: "a@example.com" });
  });

  test("parts of a digest are messages", async () => {
    const read = await files(
      parse(
        "Content-Type: multipart/digest; boundary=b",
        "",
        "--b",
        "",
        "Subject: In",
        "",
        "x",
        "--b",
        "Content-Type: text/plain; name=a.txt",
        "",
        "y",
        "--b--",
      ),
    );
    expect(read).toEqual(["In.eml | message/rfc822 | Subject: In\r\n\r\nx", "a.txt | text/plain | y"]);
  });

  test("of a repeated field the first counts", async () => {
    const { fields, html } = await parse(
      "From: a@example.com",
      "From: b@example.com",
      "Subject: one",
      "Subject: two",
      "Content-Type: text/html",
      "Content-Type: text/plain",
      "",
      "<p>",
    );
    expect(fields).toMatchObject({ fromAddress: "a@example.com", subject: "one" });
    expect(html).toBe("<p>");
  });

  test("a type that cannot be read is plain text", async () => {
    for (const type of ["", "text", "image", ";", "text/", "/plain", "<script>"])
      expect((await parse(`Content-Type: ${type}`, "", "x")).text).toBe("x");
    expect((await parse("Content-Type: text/html charset=utf-8", "", "x")).html).toBe("x");
  });
});

describe("messages within the message", () => {
  const inner = [
    "Subject: =?utf-8?Q?P=C5=99ehled?= 1/2",
    "Content-Type: multipart/mixed; boundary=c",
    "",
    "--c",
    "Content-Type: text/html",
    "",
    "<b>inner</b>",
    "--c",
    "Content-Type: a/b; name=secret.bin",
    "Content-ID: <logo>",
    "",
    "s",
    "--c--",
  ];

  test("are one file each, and nothing of them comes out", async () => {
    const message = await mixed(
      "--b",
      "Content-Type: text/html",
      "",
      '<img src="cid:logo">',
      "--b",
      "Content-Type: message/rfc822",
      "",
      ...inner,
      "--b--",
    );
    expect(message.html).toBe('<img src="cid:logo">');
    expect(message.text).toBeNull();
    expect(
      message.files.map(({ filename, contentType, isInline }) => [filename, contentType, isInline]),
    ).toEqual([["Přehled 1_2.eml", "message/rfc822", false]]);
    expect(textOf(message.files[0]?.octets ?? new Uint8Array())).toBe(inner.join("\r\n"));
  });

  test.each([
    ["inline", "Content-Disposition: inline"],
    ["attached under a name", 'Content-Disposition: attachment; filename="Fwd.eml"'],
    ["in base64", "Content-Transfer-Encoding: base64"],
  ])("%s", async (_, field) => {
    const content = field.endsWith("base64") ? [Buffer.from(inner.join("\r\n")).toString("base64")] : inner;
    const { files: found, html } = await parse("Content-Type: message/rfc822", field, "", ...content);
    expect(html).toBeNull();
    expect(found.map(({ octets }) => textOf(octets))).toEqual([inner.join("\r\n")]);
    expect(found[0]?.filename).toBe(field.includes("filename") ? "Fwd.eml" : "Přehled 1_2.eml");
  });

  test("a bounce's copy of our mail does not make it ours", async () => {
    const message = await parse(
      "From: MAILER-DAEMON@mx.example",
      "Subject: failed",
      "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
      "",
      "--b",
      "",
      "sorry",
      "--b",
      "Content-Type: message/delivery-status",
      "",
      "Reporting-MTA: dns; x",
      "",
      "Action: failed",
      "",
      "--b",
      "Content-Type: message/rfc822",
      "",
      "Subject: ours",
      "Message-ID: <ours@x>",
      "",
      "x",
      "--b--",
    );
    expect(message).toMatchObject({
      mailClass: "bounce",
      text: "sorry",
      fields: { subject: "failed", messageId: null },
    });
    expect(message.files.map(({ filename }) => filename)).toEqual(["attachment-1.txt", "ours.eml"]);
  });
});

describe("bodies", () => {
  const text = async (...lines: string[]): Promise<string | null> => (await parse(...lines)).text;

  test("in their character set", async () => {
    expect(await text("Content-Type: text/plain; charset=iso-8859-2", "", "\xe8aj")).toBe("čaj");
    expect(
      await text(
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "=C4=8D=",
        "aj",
      ),
    ).toBe("čaj");
    expect(await text("Content-Type: text/plain; charset=x-unheard-of", "", "\xc4\x8daj")).toBe("čaj");
    expect(await text("Content-Type: text/plain", "", "\x84\xe4")).toBe("„ä");
  });

  test("flowed", async () => {
    expect(
      await text("Content-Type: text/plain; format=Flowed; delsp=YES", "", "> a ", "> b", " c", ""),
    ).toBe("> ab\nc\n");
    expect((await parse("Content-Type: text/html; format=flowed", "", "a ", "b")).html).toBe("a \nb");
  });

  test("blank ones count where there are no others", async () => {
    const picture = ["--b", "Content-Type: image/png", "", "x"];
    expect(await mixed("--b", "", " ", ...picture, "--b--")).toMatchObject({ text: " ", html: null });
    expect(await mixed("--b", "Content-Type: text/html", "", "", ...picture, "--b--")).toMatchObject({
      text: null,
      html: "",
    });
    expect(await mixed("--b", "", " ", "--b", "", "a", "--b--")).toMatchObject({ text: "a", html: null });
  });

  test("HTML in the set that only it names", async () => {
    const written = '<meta charset="gb2312">\xb4\xf0';
    expect((await parse("Content-Type: text/html", "", written)).html).toBe('<meta charset="gb2312">答');
    expect((await parse("Content-Type: text/html; charset=windows-1252", "", written)).html).toBe(
      '<meta charset="gb2312">´ð',
    );
    expect(await text("Content-Type: text/plain", "", written)).toBe('<meta charset="gb2312">´ð');
  });

  test("Apple Mail: pieces of HTML around files, in one body", async () => {
    const piece = (letter: string): string[] => [
      "--b",
      "Content-Type: text/html",
      "",
      `<html><head></head><body>${letter}</body></html>`,
    ];
    const message = await mixed(
      ...piece("x"),
      "--b",
      "Content-Type: application/pdf",
      "Content-Disposition: inline; filename=a.pdf",
      "",
      "f",
      ...piece("y"),
      "--b",
      "",
      "list <footer>",
      "--b--",
    );
    expect(message.html).toBe(
      '<div>x</div>\n<div>y</div>\n<div style="white-space:pre-wrap">list &lt;footer&gt;</div>',
    );
    expect(message.text).toBe("list <footer>");
    expect(message.files.map(({ filename }) => filename)).toEqual(["a.pdf"]);
  });
});

describe("files", () => {
  test("named text is a file, whatever its disposition", async () => {
    expect(await files(parse("Content-Type: text/plain; name=log.txt", "", "x\r\n"))).toEqual([
      "log.txt | text/plain | x\r\n",
    ]);
    expect(await files(parse('Content-Disposition: inline; filename=""', "", "x"))).toEqual([]);
  });

  test("to the octet: line ends, character set and invitations stay as they were", async () => {
    const calendar = "BEGIN:VCALENDAR\r\nSUMMARY:\xe8aj\r\nEND:VCALENDAR\r\n\r\n";
    const read = await files(
      parse("Content-Type: text/calendar; charset=iso-8859-2; method=REQUEST", "", calendar),
    );
    expect(read).toEqual([`attachment-1.ics | text/calendar | ${calendar}`]);
  });

  test("names that are repeated, unsafe or missing", async () => {
    const part = (...header: string[]): string[] => ["--b", ...header, "", "x"];
    const message = await mixed(
      ...part("Content-Type: image/png; name=../../a.png"),
      ...part("Content-Type: image/png", 'Content-Disposition: attachment; filename="A.PNG"'),
      ...part(
        "Content-Type: image/png",
        "Content-Disposition: attachment; filename*=UTF-8''%0D%0AX-Evil%3A1%00.png",
      ),
      ...part("Content-Type: image/png; name==?utf-8?Q?con=0D=0A?="),
      ...part("Content-Type: IMAGE/PNG", 'Content-Disposition: attachment; filename="\u202e"'),
      ...part("Content-Type: image/png; name=\xe8.png"),
      ...part("Content-Type: image/png; name=\xc4\x8d.png"),
      "--b--",
    );
    expect(message.files.map(({ filename }) => filename)).toEqual([
      "a.png",
      "A (2).PNG",
      "X-Evil_1.png",
      "_con",
      "attachment-5.png",
      "è.png",
      "č.png",
    ]);
  });

  test("an unreadable type is octets, a monstrous one too", async () => {
    const message = await parse(`Content-Type: a/${"b".repeat(300)}`, "", "x");
    expect(message.files[0]?.contentType).toBe("application/octet-stream");
  });
});

describe("inline images", () => {
  const part = (id: string, ...more: string[]): string[] => [
    "--b",
    "Content-Type: image/png; name=logo.png",
    `Content-ID: ${id}`,
    ...more,
    "",
    id,
  ];
  const html = (body: string): string[] => ["--b", "Content-Type: text/html", "", body];
  const names = async (...lines: string[]): Promise<(string | boolean)[][]> =>
    (await mixed(...lines, "--b--")).files.map(({ filename, isInline }) => [filename, isInline]);

  test("are named by their Content-ID as it is written", async () => {
    expect(await names(...html('<img src="cid:Logo%20%C4%8D@X">'), ...part(" <Logo \xc4\x8d@X> "))).toEqual([
      ["Logo č@X", true],
    ]);
  });

  test("wherever the image stands, before the HTML too, and whatever disposition it has", async () => {
    expect(
      await names(...part("<a@x>", "Content-Disposition: attachment"), ...html("<img src=cid:a@x>")),
    ).toEqual([["a@x", true]]);
  });

  test("the first of two with one id; the other is a file like any other", async () => {
    expect(
      await names(...html("<img src=cid:a@x>"), ...part("<a@x>"), ...part("<a@x>"), ...part("<b@x>")),
    ).toEqual([
      ["a@x", true],
      ["logo.png", false],
      ["logo (2).png", false],
    ]);
  });

  test("other files make way for the name", async () => {
    expect(await names(...html("<img src=cid:logo.png>"), ...part("<b@x>"), ...part("<logo.png>"))).toEqual([
      ["logo (2).png", false],
      ["logo.png", true],
    ]);
  });

  test("other files make way for the id of a file as well, and one that bears it as its name keeps it", async () => {
    expect(await names(...html("x"), ...part("<b@x>"), ...part("<logo.png>"), ...part("<logo.png>"))).toEqual(
      [
        ["logo (2).png", false],
        ["logo.png", false],
        ["logo (3).png", false],
      ],
    );
  });

  test("plain text shows none", async () => {
    expect(await names("--b", "", "[cid:a@x]", ...part("<a@x>"))).toEqual([["logo.png", false]]);
  });

  test("HTML that is a file shows none", async () => {
    const attached = ["--b", "Content-Type: text/html; name=a.html", "", "<img src=cid:a@x>"];
    expect(await names(...attached, ...part("<a@x>"))).toEqual([
      ["a.html", false],
      ["logo.png", false],
    ]);
  });
});

const FROM: readonly [name: string, field: string, address: string | null, called: string | null][] = [
  ["an address", "ann@example.com", "ann@example.com", null],
  ["a name", '"Novotná, Jana" <jana@example.com>', "jana@example.com", "Novotná, Jana"],
  [
    "an encoded name",
    "=?utf-8?B?SmFuYSBOb3ZvdG7DoQ==?= <jana@example.com>",
    "jana@example.com",
    "Jana Novotná",
  ],
  ["a comment", "jana@example.com (Jana)", "jana@example.com", "Jana"],
  ["the first of several", "a@example.com, b@example.com", "a@example.com", null],
  ["a group", "Team: a@example.com, b@example.com;", "a@example.com", null],
  ["an empty group", "undisclosed-recipients:;", null, null],
  ["an empty address", '<"">', null, null],
  ["a quoted local part", '"john doe"@example.com', '"john doe"@example.com', null],
  ["an @ in a quoted local part", '<"a@b"@example.com>', '"a@b"@example.com', null],
  ["a route", "<@a.example,@b.example:ann@example.com>", "ann@example.com", null],
  ["white space around the @", "Ann <ann @ example.com>", "ann@example.com", "Ann"],
  ["an address that only an encoded-word spells", "=?utf-8?B?PGV2aWxAeC5leD4=?=", null, null],
  ["such a one before a real one", "=?utf-8?B?PGV2aWxAeC5leD4=?=, ann@example.com", "ann@example.com", null],
  ["a name only", "Jana Novotná", null, null],
  ["the first that has an address", "Jana, <jana@example.com>", "jana@example.com", null],
  [
    "a name that looks like an address",
    '"boss@example.com" <evil@example.net>',
    "evil@example.net",
    "boss@example.com",
  ],
  [
    "a line end hidden in a name",
    "=?utf-8?Q?a=0D=0ABcc=3A_b=40x?= <a@example.com>",
    "a@example.com",
    "a Bcc: b@x",
  ],
  ["folded", "Jana\r\n <jana@example.com>", "jana@example.com", "Jana"],
  [
    "UTF-8: its domain as it is written to",
    "Jana Novotná <jána@exämple.com>",
    "jána@xn--exmple-cua.com",
    "Jana Novotná",
  ],
  ["the same domain, composed otherwise", "a@EXA\u0308MPLE.com", "a@xn--exmple-cua.com", null],
  ["what is no host as it was written", "a@exämple.com/path", "a@exämple.com/path", null],
  ["a domain whose A-labels are too long", `a@${"ü".repeat(248)}.com`, `a@${"ü".repeat(248)}.com`, null],
  ["too long", `${"a".repeat(250)}@example.com`, null, null],
  ["nothing", "", null, null],
];

test.each(FROM)("From with %s", async (_, field, address, called) => {
  const { fields } = await parse(`From: ${Buffer.from(field).toString("latin1")}`, "", "");
  expect([fields.fromAddress, fields.fromName]).toEqual([address, called]);
});

const SUBJECTS: readonly [name: string, field: string, subject: string][] = [
  ["encoded", "=?utf-8?Q?P=C5=99?=", "Př"],
  ["a character over two words", "=?utf-8?Q?P=C5?= =?utf-8?Q?=99?=", "Př"],
  ["folded", "a\r\n\tb\r\n c", "a b c"],
  ["a hidden line end", "=?utf-8?Q?a=0D=0ABcc:_b@x.example=00?=", "a Bcc: b@x.example"],
  ["raw UTF-8", "\xc4\x8daj", "čaj"],
  ["raw octets of Windows", "\x84\xe4\x93", "„ä“"],
  ["a set nobody knows", "=?x-unheard-of?Q?a?=", "a"],
  ["longer than 998", `=?utf-8?Q?${"=F0=9F=98=80".repeat(1100)}?=`, "😀".repeat(998)],
  ["none", "", ""],
];

test.each(SUBJECTS)("a subject: %s", async (_, field, subject) => {
  expect((await parse(`Subject: ${field}`, "", "")).fields.subject).toBe(subject);
});

test("ids are read, the message's own too", async () => {
  const { fields } = await parse(
    "Message-ID: <a@x> (c)",
    "In-Reply-To: your mail <b@x>",
    "References: <c@x>",
    "\t<b@x>",
    "",
    "",
  );
  expect(fields).toMatchObject({ messageId: "a@x", inReplyTo: ["b@x"], references: ["c@x", "b@x"] });
});

test("what reports say makes their class", async () => {
  const report = (part: string, ...lines: string[]): Promise<ParsedMessage> =>
    parse(
      "Content-Type: multipart/report; boundary=b",
      "",
      "--b",
      `Content-Type: ${part}`,
      "",
      ...lines,
      "--b--",
    );
  expect(
    (await report("message/feedback-report", "Version: 1", "Feedback-Type: auth-failure")).mailClass,
  ).toBe("report");
  expect((await report("message/feedback-report", "FEEDBACK-TYPE: Abuse")).mailClass).toBe("complaint");
  expect(
    (await report("message/delivery-status", "A: b", "", "Action: relayed", "", "Action: delivered"))
      .mailClass,
  ).toBe("report");
  expect(
    (await report("message/delivery-status", "A: b", "", "Action: relayed", "", "action : Failed")).mailClass,
  ).toBe("bounce");
  expect((await report("message/disposition-notification", "A: b")).mailClass).toBe("report");
});
