import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  duplicateOf,
  FILE_NAME_FAULTS,
  type FileNameFault,
  fileNameFault,
  safeContentType,
} from "../../../core/email/attachment.ts";

const TAKEN = [
  "report.pdf",
  "Überweisung №1.pdf",
  "日本語.pdf",
  "no extension",
  "a.tar.gz",
  "exe",
  "console.txt",
  "com10.txt",
  "a (1) & b, c; d='e'.txt",
  'a "b" <c>: d|e?*.txt',
  "100%.txt",
  "😀.png",
  "e\u0301.pdf",
  "👨‍👩‍👧.pdf",
  "می\u200cخواهم.pdf",
  "a／b.pdf",
  "Ω⁄x.pdf",
  "a".repeat(255),
  "😀".repeat(255),
  "e\u0301".repeat(255),
];

test.each(TAKEN)("taken: %p", (name) => {
  expect(fileNameFault(name)).toBeNull();
});

const REFUSED: Readonly<Record<FileNameFault, readonly string[]>> = {
  empty: [""],
  too_long: ["a".repeat(256), "😀".repeat(256), "e\u0301".repeat(256)],
  malformed_unicode: ["a\ud800.pdf", "\udc00", "a\ufffe.pdf", "a\u{1ffff}"],
  control_character: ["a\0.pdf", "a\r\nb", "a\tb", "a\u007fb", "a\u0085b", "a\u2028b", "a\u2029b"],
  bidi_mark: ["a\u202efdp.exe.pdf", "a\u2066", "a\u061c", "a\u200e", "\u2069a"],
  path_separator: ["a/b", "..\\a", "/etc/passwd"],
  edge_dot_or_blank: [".", "..", ".htaccess", "a.", " a", "a ", "\u00a0a", "a\u3000"],
  reserved_name: ["con", "NUL.txt", "Aux.tar.gz", "COM1", "lpt9.pdf", "com².txt", "CONIN$", "prn .txt"],
  blocked_extension: ["a.exe", "a.EXE", "a.pdf.js", "a.ps1xml", "日本語.bat", "a.xnk", "a.b.c.vbs"],
};

describe.each(FILE_NAME_FAULTS)("refused as %s", (fault) => {
  test.each(REFUSED[fault].map((name) => [name]))("%p", (name) => {
    expect(fileNameFault(name)).toBe(fault);
  });
});

test("a name that passes is safe as one component of a path, on any system", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 20 }), (name) => {
      fc.pre(fileNameFault(name) === null);
      expect(name).not.toMatch(/[/\\\p{Cc}]|^\.|\.$|^\s|\s$|^$/u);
      expect(new URL(`https://x.example/a/${encodeURIComponent(name)}`).pathname.split("/")).toHaveLength(3);
    }),
  );
});

const DUPLICATES: readonly [name: string, filenames: readonly string[], duplicate: string | null][] = [
  ["none", [], null],
  ["all differ", ["a.pdf", "b.pdf"], null],
  ["the same", ["a.pdf", "b.pdf", "a.pdf"], "a.pdf"],
  ["in another case", ["Report.pdf", "REPORT.PDF"], "REPORT.PDF"],
  ["in another normal form", ["\u00e9.pdf", "e\u0301.pdf"], "e\u0301.pdf"],
  ["ß and SS fold to one", ["Straße", "STRASSE"], "STRASSE"],
  ["an accent is a difference", ["e.pdf", "é.pdf"], null],
];

test.each(DUPLICATES)("duplicates: %s", (_name, filenames, duplicate) => {
  expect(duplicateOf(filenames)).toBe(duplicate);
});

const SERVED: readonly [type: string, served: string][] = [
  ["application/pdf", "application/pdf"],
  ["IMAGE/PNG; name=x", "image/png"],
  ["image/jpeg", "image/jpeg"],
  ["image/gif", "image/gif"],
  ["image/webp", "image/webp"],
  ["text/plain", "text/plain"],
  ["text/plain; charset=iso-8859-1", "text/plain; charset=iso-8859-1"],
  ['text/plain; charset="a b"', "text/plain"],
  ["text/html", "application/octet-stream"],
  ["image/svg+xml", "application/octet-stream"],
  ["application/xhtml+xml", "application/octet-stream"],
  ["text/plain\r\nX-Evil: 1", "application/octet-stream"],
  ["text/plain, text/html", "application/octet-stream"],
  ["", "application/octet-stream"],
];

test.each(SERVED)("%p is served as %p", (type, served) => {
  expect(safeContentType(type)).toBe(served);
});
