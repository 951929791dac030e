import { expect, test } from "bun:test";
import { charsetOfHtml, decodeField, decodeText } from "../../../adapters/mime/charset.ts";

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
  ["of a mail program: cn-gb", "CN-GB", octets("\xd4\xa4"), "预"],
  ["of a mail program: win-1251", "win-1251", octets("\xc7"), "З"],
  ["of a mail program: windows1251", "windows1251", octets("\xc7"), "З"],
  ["of a mail program: mac-cyrillic", "mac-cyrillic", octets("\x87"), "З"],
  ["of a mail program: iso-2022-jp-ms", "iso-2022-jp-ms", octets('\x1b$B$"\x1b(B'), "あ"],
  ["HZ", "hz-gb-2312", octets("~{T$T<~} ~~ ~{!~~}"), "预约 ~ 〓"],
  ["HZ over a line", "hz", octets("~{T$\na~\nb~\r\nc"), "预\nabc"],
  ["HZ that is cut", "hz", octets("~{T$T"), "预T"],
  ["code page 437", "cp437", octets("Gr\x81\xe1e \x9e"), "Grüße ₧"],
  ["code page 850", "IBM850", octets("Gr\x81\xe1e \x9e"), "Grüße ×"],
  ["code page 852", "ibm852", octets("\xbda\xbe\xa2\x88"), "Żażół"],
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

const DOCUMENTS: readonly [name: string, html: string, charset: string | null][] = [
  ["http-equiv", '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">', "gb2312"],
  ["its own attribute", "<META\nCHARSET = 'Shift_JIS' />", "Shift_JIS"],
  ["none", "<p>charset=gb2312</p>", null],
  ["a set it cannot be in", '<meta charset="utf-16le">', null],
  ["too far behind", `${" ".repeat(1024)}<meta charset="gb2312">`, null],
];

test.each(DOCUMENTS)("the set an HTML document names itself: %s", (_, html, charset) => {
  expect(charsetOfHtml(octets(html))).toBe(charset);
});
