import { describe, expect, test } from "bun:test";
import {
  readNameParameter,
  readParameter,
  readStructuredField,
} from "../../../adapters/mime/structured-field.ts";

const VALUES: readonly [name: string, field: string, value: string][] = [
  ["in lower case", " Text/PLAIN ; a=b", "text/plain"],
  ["without comments", "text/plain (a; b) ; c=d", "text/plain"],
  ["in quotes", '"base64"', "base64"],
  ["up to a forgotten semicolon", "application/pdf name=x.pdf", "application/pdf"],
  ["an opened comment is none", "text/plain (a; b=c", "text/plain (a"],
  ["left out", " filename=a.pdf", ""],
  ["nothing", "", ""],
];

test.each(VALUES)("the word %s", (_, field, value) => {
  expect(readStructuredField(field).value).toBe(value);
});

const PARAMETERS: readonly [name: string, field: string, parameter: string, value: string | null][] = [
  ["a token", "x; a=b; c=d", "c", "d"],
  ["blanks anywhere", "x ; \t a = b ;c", "a", "b"],
  ["behind a word left out", ' filename="a.pdf"; size=1', "filename", "a.pdf"],
  ["names in any case", "x; A=B", "a", "B"],
  ["quoted, with escapes", 'x; a="b;\\"c\\\\"; d=e', "a", 'b;"c\\'],
  ["a blank at the end of a quoted one", 'x; a="b "', "a", "b "],
  ["what follows a closed quote is nothing", 'x; a="b" (c) d; e=f', "a", "b"],
  ["a quote that is never closed", 'x; a="b; c=d', "a", "b; c=d"],
  ["of two the first", "x; a=b; a=c", "a", "b"],
  ["without value, the next one stays", "x; flag; a=b", "a", "b"],
  ["a comment behind a token", "x; charset=us-ascii (Plain text); a=b", "charset", "us-ascii"],
  ["parentheses in a name", "x; filename=report (1).pdf", "filename", "report (1).pdf"],
  ["blanks in a name without quotes", "x; filename=Nabidka 2026.pdf; a=b", "filename", "Nabidka 2026.pdf"],
  ["backslashes without quotes", "x; filename=C:\\a\\b.txt", "filename", "C:\\a\\b.txt"],
  ["a missing one", "x; a=b", "c", null],
  ["a name of objects", "x; a=b", "constructor", null],

  ["RFC 2231: encoded", "x; a*=UTF-8''%C4%8Daj", "a", "čaj"],
  ["with a language", "x; a*=utf-8'cs'%c4%8daj", "a", "čaj"],
  ["in another set", "x; a*=iso-8859-2''%e8aj", "a", "čaj"],
  ["in a set nobody knows", "x; a*=x-unheard-of''%C4%8Daj", "a", "čaj"],
  ["without a set", "x; a*=%C4%8Daj", "a", "čaj"],
  ["in pieces, out of order", "x; a*1=cd; a*0=ab", "a", "abcd"],
  ["pieces around a gap", "x; a*0=ab; a*2=ef", "a", "abef"],
  ["pieces from one on", "x; a*1=ab; a*2=cd", "a", "abcd"],
  ["numbers with zeros in front", "x; a*00=ab; a*01=cd", "a", "abcd"],
  [
    "more than ten pieces",
    `x; ${Array.from({ length: 12 }, (_, place) => `a*${place}=${place}.`).join(";")}`,
    "a",
    "0.1.2.3.4.5.6.7.8.9.10.11.",
  ],
  ["a piece written twice, encoded", "x; a*0=1; a*0*=UTF-8''%41; a*1=b", "a", "Ab"],
  ["a mark that is no number", "x; a*x=1; a*0=2", "a", "2"],
  ["a forgotten semicolon", 'multipart/mixed \tboundary="b c"; a=d', "boundary", "b c"],
  ["forgotten behind a token", "x; a=b charset=utf-8", "charset", "utf-8"],
  ["the token before it", "x; a=b charset=utf-8", "a", "b"],
  ["forgotten behind a quote", "x; a=\"b\" filename*=UTF-8''%C4%8Daj", "filename", "čaj"],
  ["not even a blank behind a quote", 'x; a="b"name=c', "name", "c"],
  ["none is forgotten within a name", "x; filename=my name=a.txt", "filename", "my name=a.txt"],
  ["none is forgotten within quotes", 'x; a="b name=c"', "a", "b name=c"],
  ["none is forgotten within a word", "x; a=b-name=c", "a", "b-name=c"],
  ["behind a long row of blanks", `x; a=b${" ".repeat(60_000)}charset=c`, "charset", "c"],
  ["a character over two pieces", "x; a*0*=UTF-8''%C4; a*1*=%8D; a*2=aj%20", "a", "čaj%20"],
  ["encoded before pieces before plain", "x; a=1; a*0=2; a*=UTF-8''3", "a", "3"],
  ["pieces before plain", "x; a=1; a*0=2", "a", "2"],
  ["a plain piece is not decoded", 'x; a*0="%2e%2e%2f"', "a", "%2e%2e%2f"],
  ["a bad sequence stays", "x; a*=UTF-8''100%25%zz%", "a", "100%%zz%"],
  ["no whole character", "x; a*=UTF-8''%C4", "a", "\ufffd"],
  ["astral characters beside codes", "x; a*=UTF-8''%41😀", "a", "A😀"],
];

test.each(PARAMETERS)("a parameter: %s", (_, field, parameter, value) => {
  expect(readParameter(readStructuredField(field), parameter)).toBe(value);
});

const NAMES: readonly [name: string, field: string, value: string | null][] = [
  ["an encoded-word", 'x; name="=?UTF-8?B?xI1hai50eHQ=?="', "čaj.txt"],
  ["without quotes", "x; name==?UTF-8?Q?=C4=8Daj.txt?=", "čaj.txt"],
  ["two of them, a character split", 'x; name="=?UTF-8?Q?=C4?= =?UTF-8?Q?=8Daj?="', "čaj"],
  ["two in base64, each padded", 'x; name="=?UTF-8?B?xA==?= =?utf-8?B?jWFq?="', "čaj"],
  ["in pieces", 'x; name*0="=?UTF-8?Q?=C4=8D"; name*1="aj?="', "čaj"],
  ["blank", 'x; name=" "', null],
  ["missing", "x", null],
];

describe("a name", () => {
  test.each(NAMES)("%s", (_, field, value) => {
    expect(readNameParameter(readStructuredField(field), "name")).toBe(value);
  });
});
