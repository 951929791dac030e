import { expect, test } from "bun:test";
import { attachmentContentType, type ContentType, OCTET_STREAM } from "../../../core/message/content-type.ts";

const kept = (mediaType: string, ...parameters: [string, string][]): ContentType => ({
  mediaType,
  parameters,
});

const ROWS: readonly [name: string, text: string, sent: ContentType][] = [
  ["a type", "application/pdf", kept("application/pdf")],
  ["lower case", "Application/PDF", kept("application/pdf")],
  [
    "RFC 6838 section 4.2: vendor trees and suffixes",
    "application/vnd.oasis.opendocument.text+xml",
    kept("application/vnd.oasis.opendocument.text+xml"),
  ],
  ["a charset", "text/plain; charset=iso-8859-1", kept("text/plain", ["charset", "iso-8859-1"])],
  [
    "a quoted value, an escaped quote",
    'text/csv; header="a \\"b\\" ;c"',
    kept("text/csv", ["header", 'a "b" ;c']),
  ],
  [
    "several, no spaces, a stray semicolon",
    "text/calendar;method=REQUEST;Charset=UTF-8;",
    kept("text/calendar", ["method", "REQUEST"], ["charset", "UTF-8"]),
  ],
  ["its name is the file's", "image/png; name=\"x.png\"; name*=UTF-8''y", kept("image/png")],
  ["RFC 2046 section 5.2.1: a message is octets", "message/rfc822", OCTET_STREAM],
  ["a multipart is octets", "multipart/mixed; boundary=x", OCTET_STREAM],
  ["a boundary on a leaf is left out", "application/zip; boundary=x", kept("application/zip")],
  ["nothing", "", OCTET_STREAM],
  ["no subtype", "text", OCTET_STREAM],
  ["no type", "/plain", OCTET_STREAM],
  ["a wildcard is a token", "image/*", kept("image/*")],
  ["a header within", "text/plain\r\nX-Evil: 1", OCTET_STREAM],
  ["a header within a value", 'text/plain; x="a\r\nX-Evil: 1"', OCTET_STREAM],
  ["beyond ASCII", "text/plain; x=ä", OCTET_STREAM],
  ["an unclosed quote", 'text/plain; x="a', OCTET_STREAM],
  ["a value that is no token", "text/plain; x=a/b", OCTET_STREAM],
  ["a parameter without value", "text/plain; x", OCTET_STREAM],
  ["one parameter twice", "text/plain; x=a; X=b", OCTET_STREAM],
  ["rubbish after it", "text/plain x", OCTET_STREAM],
  ["longer than any type", `text/plain; x=${"a".repeat(300)}`, OCTET_STREAM],
];

test.each(ROWS)("%s", (_name, text, sent) => {
  expect(attachmentContentType(text)).toEqual(sent);
});
