import { expect, test } from "bun:test";
import fc from "fast-check";
import { quotedPrintable } from "../../../core/message/quoted-printable.ts";

const octetsOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const encode = (text: string): string =>
  quotedPrintable(octetsOf(text), Number.MAX_SAFE_INTEGER)?.text ?? "too many";

const ROWS: readonly [name: string, text: string, encoded: string][] = [
  ["plain text is itself", "Hello, world!", "Hello, world!"],
  ["nothing", "", ""],
  ["every line end becomes CRLF", "a\nb\rc\r\nd\n\ne", "a\r\nb\r\nc\r\nd\r\n\r\ne"],
  ["the equals sign", "a=b", "a=3Db"],
  ["UTF-8", "é", "=C3=A9"],
  ["controls", "a\0\u007f", "a=00=7F"],
  ["RFC 2045 section 6.7 (3): a space at the end of a line", "a \nb \t\nc ", "a=20\r\nb =09\r\nc=20"],
  ["a space within a line", "a b\tc", "a b\tc"],
  [
    "mbox's From at the start of a line",
    "From a\nFrom b From\nFromage",
    "=46rom a\r\n=46rom b From\r\n=46romage",
  ],
  ["SMTP's dot at the start of a line", ".\na.b\n..", "=2E\r\na.b\r\n=2E."],
  ["76 characters with the soft break", "a".repeat(80), `${"a".repeat(75)}=\r\naaaaa`],
  ["75 need none", "a".repeat(75), "a".repeat(75)],
  ["a character is not torn", `${"a".repeat(70)}é`, `${"a".repeat(70)}=\r\n=C3=A9`],
  ["a dot after a soft break is at the start too", `${"a".repeat(75)}.b`, `${"a".repeat(75)}=\r\n=2Eb`],
  ["From after a soft break is at the start too", `${"a".repeat(75)}From`, `${"a".repeat(75)}=\r\n=46rom`],
  ["a space before a soft break", `${"a".repeat(74)} bc`, `${"a".repeat(74)} =\r\nbc`],
];

test.each(ROWS)("%s", (_name, text, encoded) => {
  expect(encode(text)).toBe(encoded);
});

test("it gives up as soon as too much is escaped", () => {
  expect(quotedPrintable(octetsOf("aé"), 2)?.text).toBe("a=C3=A9");
  expect(quotedPrintable(octetsOf("aé"), 1)).toBeNull();
});

test("text that needs nothing is unchanged", () => {
  expect(quotedPrintable(octetsOf("a b\nc\n"), 0)).toEqual({ text: "a b\r\nc\r\n", unchanged: true });
  expect(quotedPrintable(octetsOf("a".repeat(76)), 0)?.unchanged).toBe(false);
  expect(quotedPrintable(octetsOf("a="), 1)?.unchanged).toBe(false);
});

/** RFC 2045 section 6.7 written down once more, the reading way. */
const decode = (encoded: string): Uint8Array =>
  Uint8Array.from(
    encoded
      .replaceAll("=\r\n", "")
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    (character) => character.charCodeAt(0),
  );

test("any octets: lines of 76, printable, no white space at their ends, and the same octets back", () => {
  const octet = fc.oneof(
    fc.nat(255),
    fc.constantFrom(...octetsOf("\r\n \t.=FromFrom ")),
    fc.integer({ min: 33, max: 126 }),
  );
  fc.assert(
    fc.property(fc.array(octet, { maxLength: 400 }), (list) => {
      const octets = Uint8Array.from(list);
      const encoded = quotedPrintable(octets, octets.length)?.text ?? "";
      expect(encoded).toMatch(/^(?:(?:[\t -~]*[!-~])?\r\n)*(?:[\t -~]*[!-~])?$/);
      for (const line of encoded.split("\r\n")) {
        expect(line.length).toBeLessThanOrEqual(76);
        expect(line).not.toMatch(/^(?:From |\.)/);
      }
      const wanted = Buffer.from(octets)
        .toString("latin1")
        .replace(/\r\n?|\n/g, "\r\n");
      expect(Buffer.from(decode(encoded)).toString("latin1")).toBe(wanted);
    }),
    { numRuns: 500 },
  );
});

test("the room set aside is enough for the worst megabyte", () => {
  for (const unit of ["\n", "\0", "é", "=", " \n", "a", "aé", "\r", "From \n", "😀a"]) {
    const octets = octetsOf(unit.repeat(20_000));
    const encoded = quotedPrintable(octets, octets.length)?.text ?? "";
    expect(Buffer.from(decode(encoded))).toEqual(
      Buffer.from(unit.repeat(20_000).replace(/\r\n?|\n/g, "\r\n")),
    );
  }
});
