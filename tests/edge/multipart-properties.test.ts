// parse(build(form)) = form for arbitrary names and contents, and nothing but whole forms is accepted.
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { parseMultipart } from "../../edge/multipart.ts";

const octets = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const joined = (...pieces: (string | Uint8Array)[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(pieces.flatMap((piece) => [...(typeof piece === "string" ? octets(piece) : piece)]));

type Field = { name: string; filename: string | null; contentType: string | null; content: Uint8Array };
const BOUNDARY = "----b";
const escapeAsBrowser = (name: string): string =>
  name.replace(/["\r\n]/g, (mark) => encodeURIComponent(mark));
const escapeAsOldCurl = (name: string): string => name.replace(/["\\]/g, String.raw`\$&`);
const build = (fields: readonly Field[], escape: (name: string) => string): Uint8Array<ArrayBuffer> =>
  joined(
    ...fields.flatMap(({ name, filename, contentType, content }) => [
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${escape(name)}"`,
      filename === null ? "" : `; filename="${escape(filename)}"`,
      contentType === null ? "\r\n\r\n" : `\r\nContent-Type: ${contentType}\r\n\r\n`,
      content,
      "\r\n",
    ]),
    `--${BOUNDARY}--\r\n`,
  );
// Octets that live near the delimiter: pieces of it, line ends, and anything else.
const delimiter = octets(`\r\n--${BOUNDARY}`);
const piece = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc
    .tuple(fc.nat(delimiter.length - 1), fc.nat(delimiter.length - 1))
    .map(([a, b]) => delimiter.slice(Math.min(a, b), Math.max(a, b))),
  fc.constantFrom(octets("\r\n"), octets("\r\n\r\n"), octets("--"), octets("\r")),
);
const holds = (content: Uint8Array): boolean => Buffer.from(content).includes(Buffer.from(delimiter));
const content = fc
  .array(piece, { maxLength: 8 })
  .map((pieces) => joined(...pieces))
  .filter((bytes) => !holds(joined("\r\n", bytes, "\r\n")));
const contentType = fc.option(fc.constantFrom("application/pdf", 'text/plain; charset="utf-8"', "x/y;a=b"));
const fields = (name: fc.Arbitrary<string>): fc.Arbitrary<Field[]> =>
  fc.array(fc.record({ name, filename: fc.option(name), contentType, content }), { maxLength: 6 });

// What a browser writes for a backslash before a quote, or for a literal "%22", cannot be told from an escape.
const browserName = fc
  .string({ unit: "grapheme", maxLength: 30 })
  .filter((name) => !/%22|%0d|%0a|\\(?=["\\]|$)/i.test(name));
const oldCurlName = fc
  .string({ unit: "grapheme", maxLength: 30 })
  .filter((name) => !/%22|%0d|%0a|[\r\n]/i.test(name));

const parse = (body: Uint8Array<ArrayBuffer>, contentType = `multipart/form-data; boundary=${BOUNDARY}`) =>
  parseMultipart(body, contentType);
function parsed(body: Uint8Array<ArrayBuffer>): Field[] {
  const result = parse(body);
  if (!result.ok) throw new Error(result.error.reason);
  return result.value.map(({ octets: content, ...part }) => ({ ...part, content }));
}

test("parse(build(form)) is the form, built as browsers do", () => {
  fc.assert(
    fc.property(fields(browserName), (sent) => {
      expect(parsed(build(sent, escapeAsBrowser))).toEqual(sent);
    }),
  );
});

test("parse(build(form)) is the form, built as old curl does", () => {
  fc.assert(
    fc.property(fields(oldCurlName), (sent) => {
      expect(parsed(build(sent, escapeAsOldCurl))).toEqual(sent);
    }),
  );
});

test("a form cut off at any octet is refused: no part is ever a wrong one", () => {
  const sent: Field[] = [
    { name: "to_address", filename: null, contentType: null, content: octets("a@b.example") },
    {
      name: "attachments",
      filename: "ü.bin",
      contentType: "a/b",
      content: joined("\r\n--", BOUNDARY.slice(0, 3), "\r\n\r\n"),
    },
  ];
  const whole = build(sent, escapeAsBrowser);
  const closed = whole.length - 2; // The line end after the closing boundary is epilogue.
  for (let length = 0; length < whole.length; length++)
    expect([length, parse(whole.subarray(0, length)).ok]).toEqual([length, length >= closed]);
});

test("no octets make it throw", () => {
  const words = [
    "Content-Disposition:",
    "form-data;",
    'name="a"',
    "filename=",
    "\r\n\r\n",
    `\r\n--${BOUNDARY}--`,
  ].map(octets);
  const anything = fc.array(fc.oneof(piece, fc.constantFrom(...words)), { maxLength: 20 });
  fc.assert(
    fc.property(anything, fc.string(), (pieces, contentType) => {
      const body = joined(`--${BOUNDARY}\r\n`, ...pieces);
      expect(typeof parse(body).ok).toBe("boolean");
      expect(typeof parse(body, contentType).ok).toBe("boolean");
    }),
  );
});
