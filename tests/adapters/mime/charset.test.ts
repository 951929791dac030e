import { expect, test } from "bun:test";
import { decodeField, decodeText } from "../../../adapters/mime/charset.ts";

const octets = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const ROWS: readonly [name: string, charset: string | null, written: Uint8Array, read: string][] = [
  ["UTF-8", "UTF-8", utf8("čaj 😀"), "čaj 😀"],
  ["no UTF-8 under its name", "utf-8", octets("a\xe4"), "a\ufffd"],
  ["a set with blanks and quotes around", ' "ISO-8859-2" '.replaceAll('"', ""), octets("\xe8aj"), "čaj"],
  ["none named: UTF-8", null, utf8("čaj"), "čaj"],
  ["none named: what Windows writes", null, octets("\x80 \xe4"), "€ ä"],
  ["US-ASCII that is not", "us-ascii", utf8("čaj"), "čaj"],
  ["an unknown one", "x-unheard-of", utf8("čaj"), "čaj"],
  ["damaged by quoted-printable", "3dutf-8", utf8("čaj"), "čaj"],
  ["of a mail program: cp932", "CP932", octets("\x82\xa0"), "あ"],
  ["of a mail program: x-windows-949", "x-windows-949", octets("\xb0\xa1"), "가"],
  ["of a mail program: x-euc-jp", "x-eucjp", octets("\xa4\xa2"), "あ"],
  ["GB18030", "gb18030", octets("\x95\x32\x82\x36"), "\u{20000}"],
  ["ISO-2022-JP", "iso-2022-jp", octets('\x1b$B$"\x1b(Ba'), "あa"],
  [
    "ISO-2022-JP with escapes behind escapes",
    "iso-2022-jp",
    octets('\x1b(B\x1b$B$"\x1b(B\x1b$B$$\x1b(B'),
    "あい",
  ],
  ["a mark of order", "utf-8", utf8("\ufeffa"), "a"],
  ["a mark of order, none named", null, utf8("\ufeffa"), "a"],
  ["a label without end", "x".repeat(100_000), octets("a"), "a"],
];

test.each(ROWS)("%s", (_, charset, written, read) => {
  expect(decodeText(written, charset)).toBe(read);
});

test("a field with raw octets in an encoded-word keeps them for the word's own set", () => {
  expect(decodeField(octets("\x93a\x94 =?iso-8859-2?Q?\xe8aj?= =?x?B?\xe8?="))).toBe(
    "“a” =?iso-8859-2?Q?=E8aj?= =?x?B?è?=",
  );
  expect(decodeField(utf8("=?utf-8?Q?č?="))).toBe("=?utf-8?Q?č?=");
});
