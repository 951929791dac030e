import { describe, expect, test } from "bun:test";
import { MULTIPART_LIMITS, parseMultipart, textOf, type Part } from "../../edge/multipart.ts";

const octets = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const text = (part: Part | undefined): string => {
  const decoded = part && textOf(part);
  if (!decoded?.ok) throw new Error("no such field");
  return decoded.value;
};
const joined = (...pieces: (string | Uint8Array)[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(pieces.flatMap((piece) => [...(typeof piece === "string" ? octets(piece) : piece)]));

const TYPE = "multipart/form-data; boundary=XX";
const parse = (body: string | Uint8Array<ArrayBuffer>, contentType = TYPE) =>
  parseMultipart(typeof body === "string" ? octets(body) : body, contentType);
/** One part with these header lines and this content, and the closing boundary. */
const form = (headers: string[], content = "v"): string =>
  `--XX\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n${content}\r\n--XX--\r\n`;
const named = (parameters: string): string[] => [`Content-Disposition: form-data; ${parameters}`];

function parts(body: string | Uint8Array<ArrayBuffer>, contentType = TYPE): Part[] {
  const result = parse(body, contentType);
  if (!result.ok) throw new Error(result.error.reason);
  return result.value;
}

describe("what a form holds", () => {
  test("fields and files in their order, each file with its own content type", () => {
    const body = joined(
      '--XX\r\nContent-Disposition: form-data; name="subject"\r\n\r\nGrüße\r\n',
      '--XX\r\nContent-Disposition: form-data; name="attachments"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n',
      new Uint8Array([0, 13, 10, 255]),
      "\r\n--XX\r\ncontent-type: text/csv; charset=utf-8\r\ncontent-disposition: form-data; name=attachments; filename=b.csv\r\n\r\n",
      "\r\n--XX--",
    );
    expect(parts(body)).toEqual([
      { name: "subject", filename: null, contentType: null, octets: octets("Grüße") },
      {
        name: "attachments",
        filename: "a.pdf",
        contentType: "application/pdf",
        octets: new Uint8Array([0, 13, 10, 255]),
      },
      {
        name: "attachments",
        filename: "b.csv",
        contentType: "text/csv; charset=utf-8",
        octets: new Uint8Array(),
      },
    ]);
  });

  test("parts are views into the body, not copies", () => {
    const body = octets(form(named('name="a"')));
    expect(parts(body)[0]?.octets.buffer).toBe(body.buffer);
  });

  test("the body may itself be a view", () => {
    const whole = joined("????", form(named('name="a"'), "inside"), "????");
    const view = whole.subarray(4, whole.length - 4);
    expect(text(parts(view)[0])).toBe("inside");
  });
});

describe("delimiters (RFC 2046 section 5.1.1)", () => {
  const accepted: [name: string, body: string, contents: string[], contentType?: string][] = [
    ["preamble and epilogue are ignored", `ignore me\r\n${form(named('name="a"'))}--XX\r\nand me`, ["v"]],
    ["nothing after the closing boundary", form(named('name="a"')).trimEnd(), ["v"]],
    ["blanks after a delimiter", form(named('name="a"')).replace("--XX\r\n", "--XX \t\r\n"), ["v"]],
    ["an empty value", form(named('name="a"'), ""), [""]],
    ["a value of line ends", form(named('name="a"'), "\r\n\r\n"), ["\r\n\r\n"]],
    [
      "the boundary without its dashes or line end",
      form(named('name="a"'), "XX --XX \n--XX\r\n-XX"),
      ["XX --XX \n--XX\r\n-XX"],
    ],
    ["a value that begins like the delimiter", form(named('name="a"'), "\r\n--X\r\n--"), ["\r\n--X\r\n--"]],
    ["no parts at all", "--XX--\r\n", []],
    [
      "a quoted boundary",
      form(named('name="a"')),
      ["v"],
      'Multipart/Form-Data; charset=utf-8; boundary="XX"',
    ],
    [
      "a boundary with every allowed mark",
      "--a'()+_,-./:=? z\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n--a'()+_,-./:=? z--",
      ["v"],
      `multipart/form-data; boundary="a'()+_,-./:=? z"`,
    ],
  ];
  test.each(accepted)("%s", (_name, ...[body, contents, contentType]) => {
    expect(parts(body, contentType).map((part) => text(part))).toEqual(contents);
  });

  const good = form(named('name="a"'));
  const refused: [name: string, body: string, reason: RegExp, contentType?: string][] = [
    ["no boundary parameter", good, /boundary of 1 to 70/, "multipart/form-data"],
    ["another multipart type", good, /boundary of 1 to 70/, "multipart/mixed; boundary=XX"],
    ["no content type", good, /boundary of 1 to 70/, ""],
    ["two boundaries", good, /boundary of 1 to 70/, "multipart/form-data; boundary=XX; boundary=YY"],
    [
      "a boundary of 71 characters",
      good,
      /boundary of 1 to 70/,
      `multipart/form-data; boundary=${"x".repeat(71)}`,
    ],
    ["a boundary that ends with a blank", good, /boundary of 1 to 70/, 'multipart/form-data; boundary="XX "'],
    ["a line end in the boundary", good, /boundary of 1 to 70/, 'multipart/form-data; boundary="X\nX"'],
    ["an empty body", "", /does not contain the boundary/],
    ["another boundary in the body", good.replaceAll("XX", "YY"), /does not contain the boundary/],
    ["bare line feeds", good.replaceAll("\r\n", "\n"), /goes on after it/],
    ["no closing boundary", good.slice(0, good.lastIndexOf("\r\n--XX")), /before the closing boundary/],
    ["only one dash at the end", good.trimEnd().slice(0, -1), /goes on after it/],
    ["a longer boundary inside a value", form(named('name="a"'), "x\r\n--XXX\r\ny"), /goes on after it/],
    ["a part without headers and blank line", "--XX\r\n--XX--", /part 1 .*blank line/],
    [
      "headers that run into the next boundary",
      '--XX\r\nContent-Disposition: form-data; name="a"\r\n--XX--',
      /blank line/,
    ],
  ];
  test.each(refused)("refused: %s", (_name, ...[body, reason, contentType]) => {
    const result = parse(body, contentType);
    if (result.ok) throw new Error("accepted");
    expect(result.error.kind).toBe("malformed_multipart");
    expect(result.error.reason).toMatch(reason);
  });
});

describe("names of fields and files", () => {
  const rows: [name: string, parameters: string, fieldName: string, filename: string | null][] = [
    ["plain", 'name="a"; filename="report.pdf"', "a", "report.pdf"],
    ["without quotes", "name=a; filename=report.pdf", "a", "report.pdf"],
    ["an empty file name", 'name="a"; filename=""', "a", ""],
    [
      "raw UTF-8, as browsers and curl send it",
      'name="a"; filename="Überweisung №1 日本語 👩‍⚕️.pdf"',
      "a",
      "Überweisung №1 日本語 👩‍⚕️.pdf",
    ],
    [
      "browsers escape the quote and line ends",
      'name="a%22b"; filename="x%22%0d%0Ay.pdf"',
      'a"b',
      'x"\r\ny.pdf',
    ],
    [
      "other percent signs are literal",
      'name="a"; filename="100%25 sure%2Fnot%.pdf"',
      "a",
      "100%25 sure%2Fnot%.pdf",
    ],
    [
      "old curl escapes quote and backslash",
      String.raw`name="a"; filename="x\"y\\z.pdf"`,
      "a",
      String.raw`x"y\z.pdf`,
    ],
    [
      "other backslashes are literal",
      String.raw`name="a"; filename="C:\letters\new.pdf"`,
      "a",
      String.raw`C:\letters\new.pdf`,
    ],
    [
      "a semicolon and an equals sign inside quotes",
      'name="a;filename=b"; filename="c; d=e.pdf"',
      "a;filename=b",
      "c; d=e.pdf",
    ],
    ["RFC 8187, alone", "name=a; filename*=UTF-8''na%C3%AFve%20file.txt", "a", "naïve file.txt"],
    [
      "RFC 8187 before the plain name",
      "name=a; filename=\"naive.txt\"; filename*=utf-8'fr'na%C3%AFve.txt",
      "a",
      "naïve.txt",
    ],
    ["spaces around and an empty parameter", 'name="a" ;  ; filename="b" ;', "a", "b"],
    [
      "controls are left for the file name rule to refuse",
      'name="a"; filename="a\u0000b\u202e.pdf"',
      "a",
      "a\u0000b\u202e.pdf",
    ],
    ["an empty field name", 'name=""', "", null],
  ];
  test.each(rows)("%s", (_name, parameters, fieldName, filename) => {
    const [part] = parts(form(named(parameters)));
    expect(part?.name).toBe(fieldName);
    expect(part?.filename ?? null).toBe(filename);
  });

  test("a folded header is one header", () => {
    const [part] = parts(form(['Content-Disposition: form-data;\r\n\tname="a";\r\n filename="b.txt"']));
    expect([part?.name, part?.filename]).toEqual(["a", "b.txt"]);
  });

  const refused: [name: string, headers: string[], reason: RegExp][] = [
    ["no Content-Disposition", ["Content-Type: text/plain"], /Content-Disposition/],
    ["two Content-Dispositions", [...named('name="a"'), ...named('name="b"')], /twice/],
    ["two Content-Types", [...named('name="a"'), "Content-Type: a/b", "content-type: c/d"], /twice/],
    ["another disposition", ['Content-Disposition: attachment; name="a"'], /Content-Disposition/],
    ["no name", named('filename="a"'), /with a name/],
    ["the name twice", named('name="a"; NAME="b"'), /with a name/],
    ["the file name twice", named('name="a"; filename="b"; filename="c"'), /with a name/],
    ["a quote that never closes", named('name="a'), /with a name/],
    ["a quote in an unquoted name", named('name=a"b'), /with a name/],
    ["filename* in another charset", named("name=a; filename*=iso-8859-1''%e4"), /filename\*/],
    ["filename* whose octets are not UTF-8", named("name=a; filename*=UTF-8''%e4"), /filename\*/],
    ["filename* that is not encoded", named("name=a; filename*=a.pdf"), /filename\*/],
    ["a transfer encoding", [...named('name="a"'), "Content-Transfer-Encoding: base64"], /Transfer-Encoding/],
    ["a line without a colon", [...named('name="a"'), "nonsense"], /malformed header/],
    ["a blank before the colon", [...named('name="a"'), "X : y"], /malformed header/],
    ["a bare line feed in a header", [...named('name="a"'), "X: y\nZ: w"], /malformed header/],
    ["a bare carriage return in a file name", named('name="a"; filename="b\rc"'), /malformed header/],
    ["a folded first line", [' Content-Disposition: form-data; name="a"'], /malformed header/],
  ];
  test.each(refused)("refused: %s", (_name, headers, reason) => {
    const result = parse(form(headers));
    if (result.ok) throw new Error("accepted");
    expect(result.error.reason).toMatch(reason);
  });

  test("refused: a name that is not UTF-8", () => {
    const body = joined(
      '--XX\r\nContent-Disposition: form-data; name="',
      new Uint8Array([0xe4]),
      '"\r\n\r\nv\r\n--XX--',
    );
    expect(parse(body)).toMatchObject({
      ok: false,
      error: { reason: "part 1 has headers that are not UTF-8" },
    });
  });

  test("identity transfer encodings are accepted", () => {
    expect(parts(form([...named('name="a"'), "Content-Transfer-Encoding: Binary"]))).toHaveLength(1);
  });
});

describe("text of a field", () => {
  const part = (content: Uint8Array<ArrayBuffer>): Part => ({
    name: 'body"html',
    filename: null,
    contentType: null,
    octets: content,
  });

  test("a BOM is part of the value", () => {
    expect(textOf(part(octets("\ufeffx")))).toEqual({ ok: true, value: "\ufeffx" });
  });
  test.each([
    ["a lone continuation", [0x80]],
    ["Latin-1", [0x47, 0xfc]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["cut in a character", [0xe2, 0x82]],
  ])("refused, naming the field: %s", (_name, bytes) => {
    expect(textOf(part(Uint8Array.from(bytes)))).toEqual({
      ok: false,
      error: { kind: "malformed_multipart", reason: String.raw`the field "body\"html" is not valid UTF-8` },
    });
  });
});

describe("bounds", () => {
  const many = (count: number): string =>
    `${`--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n`.repeat(count)}--XX--`;
  test("as many parts as allowed, and one more", () => {
    expect(parts(many(MULTIPART_LIMITS.partsMax))).toHaveLength(MULTIPART_LIMITS.partsMax);
    expect(parse(many(MULTIPART_LIMITS.partsMax + 1))).toMatchObject({
      ok: false,
      error: { reason: "the form has more than 32 parts" },
    });
  });

  test("headers of exactly the limit, and one octet more", () => {
    const header = 'Content-Disposition: form-data; name="a"; filename="';
    const filled = (size: number): string => form([`${header}${"x".repeat(size - header.length - 1)}"`]);
    expect(parts(filled(MULTIPART_LIMITS.headerBytesMax))).toHaveLength(1);
    expect(parse(filled(MULTIPART_LIMITS.headerBytesMax + 1))).toMatchObject({
      ok: false,
      error: { reason: "part 1 has more than 8192 octets of headers" },
    });
  });
});

describe("forms that real clients make", () => {
  test("the platform's own FormData", async () => {
    const sent = new FormData();
    sent.append("subject", 'Line one\r\nwith "quotes" — and 日本語');
    sent.append(
      "attachments",
      new File([new Uint8Array([1, 13, 10, 45, 45])], 'a "b" 日本.pdf', { type: "application/pdf" }),
    );
    sent.append("attachments", new File(["x"], "plain", { type: "" }));
    const response = new Response(sent);
    const contentType = response.headers.get("Content-Type") ?? "";
    const got = parts(new Uint8Array(await response.arrayBuffer()), contentType);
    expect(text(got[0])).toBe('Line one\r\nwith "quotes" — and 日本語');
    expect(got.map(({ name, filename }) => [name, filename])).toEqual([
      ["subject", null],
      ["attachments", 'a "b" 日本.pdf'],
      ["attachments", "plain"],
    ]);
    expect(got[1]?.contentType).toBe("application/pdf");
    expect(got[1]?.octets).toEqual(new Uint8Array([1, 13, 10, 45, 45]));
  });

  test("curl -F, octet for octet", () => {
    const boundary = "------------------------d74496d66958873e";
    const body = `--${boundary}\r\nContent-Disposition: form-data; name="to_address"\r\n\r\na@b.example\r\n--${boundary}\r\nContent-Disposition: form-data; name="attachments"; filename="Überweisung №1.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n--${boundary}--\r\n`;
    const got = parts(body, `multipart/form-data; boundary=${boundary}`);
    expect(got.map((part) => [part.name, part.filename, part.contentType, text(part)])).toEqual([
      ["to_address", null, null, "a@b.example"],
      ["attachments", "Überweisung №1.pdf", "application/pdf", "%PDF"],
    ]);
  });

  test("the empty form of a one-click unsubscribe has no parts", async () => {
    const response = new Response(new FormData());
    const contentType = response.headers.get("Content-Type") ?? "";
    const got = parts(new Uint8Array(await response.arrayBuffer()), contentType);
    expect(got).toEqual([]);
  });
});
