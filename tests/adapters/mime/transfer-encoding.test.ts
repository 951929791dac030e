import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decodeTransfer } from "../../../adapters/mime/transfer-encoding.ts";

const octets = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));
const decoded = (text: string, encoding: string): string =>
  Buffer.from(decodeTransfer(octets(text), encoding)).toString("latin1");

const ROWS: readonly [name: string, encoding: string, written: string, read: string][] = [
  ["an unknown encoding", "x-unheard-of", "a=3D\r\n", "a=3D\r\n"],
  ["none: line ends stay", "7bit", "a\r\nb\n", "a\r\nb\n"],

  ["base64", "base64", "YWJj", "abc"],
  ["padded", "base64", "YWI=", "ab"],
  ["in lines", "base64", "YW\r\nJj\r\n", "abc"],
  ["other characters are passed over", "base64", "Y!W-Jj\0\xff", "abc"],
  ["padding missing", "base64", "YWJjZA", "abcd"],
  ["two encoded pieces, each padded", "base64", "YQ==\r\nYg==", "ab"],
  ["a piece of one character is nothing", "base64", "YWJjZ", "abc"],
  ["nothing", "base64", "", ""],

  ["quoted-printable", "quoted-printable", "=C3=a4=3D", "\xc3\xa4="],
  ["a soft line break", "quoted-printable", "a=\r\nb=\nc", "abc"],
  ["hard line ends stay", "quoted-printable", "=41\r\nb\n", "A\r\nb\n"],
  ["what is no code stays", "quoted-printable", "a=b =Z1 =4", "a=b =Z1 =4"],
  ["a break at the very end", "quoted-printable", "=41=", "A"],
  ["white space at line ends stays", "quoted-printable", "=41 \r\n", "A \r\n"],
  ["raw octets stay", "quoted-printable", "=41\xe4", "A\xe4"],

  ["uuencode", "x-uuencode", "begin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n", "abc"],
  ["by its other names", "uuencode", "begin 644 a.txt\n#86)C\n \nend\n", "abc"],
  ["behind other lines", "x-uue", "hello\n\nbegin 644 a.txt\n#86)C\nend\n", "abc"],
  ["blanks at a line's end trimmed", "uue", "begin 644 a\n#\n`\nend", "\0\0\0"],
  ["nothing was begun", "x-uuencode", "#86)C\n", "#86)C\n"],
  ["cut off", "x-uuencode", "begin 644 a\n#86)C", "abc"],
  [
    "lines that say they have more than all octets",
    "uue",
    "begin 644 a\n____",
    `\xff\xff\xc0${"\0".repeat(13)}`,
  ],
];

test.each(ROWS)("%s (%s)", (_, encoding, written, read) => {
  expect(decoded(written, encoding)).toBe(read);
});

describe("what Node encodes comes back", () => {
  const any = fc.uint8Array({ maxLength: 300 });
  test("from base64 in lines of any length", () => {
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 80 }), (value, width) => {
        const text = Buffer.from(value)
          .toString("base64")
          .replaceAll(new RegExp(`.{1,${width}}`, "g"), "$&\r\n");
        expect(decodeTransfer(octets(text), "base64")).toEqual(value);
      }),
    );
  });
  test("from quoted-printable that escapes everything", () => {
    fc.assert(
      fc.property(any, (value) => {
        const text = Array.from(value, (octet) => `=${octet.toString(16).padStart(2, "0")}`).join("=\r\n");
        expect(decodeTransfer(octets(text), "quoted-printable")).toEqual(value);
      }),
    );
  });
});

test("whatever the octets are, no encoding makes more of them than it could", () => {
  const encodings = fc.constantFrom("base64", "quoted-printable", "x-uuencode", "8bit", "");
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), encodings, (value, encoding) => {
      expect(decodeTransfer(value, encoding).length).toBeLessThanOrEqual(value.length);
    }),
  );
});

test("what is not encoded is a view, not a copy", () => {
  const value = octets("abc");
  expect(decodeTransfer(value, "8bit").buffer).toBe(value.buffer);
  expect(decodeTransfer(value, "quoted-printable").buffer).toBe(value.buffer);
});
