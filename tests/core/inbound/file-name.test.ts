import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fallbackName, messageFileName, safeFileName, uniqueNames } from "../../../core/inbound/file-name.ts";
import { foldName } from "../../../core/use-case/use-case-name.ts";

const octetsOf = (text: string): number => new TextEncoder().encode(text).length;

const SAFE: readonly [name: string, written: string, safe: string | null][] = [
  ["an ordinary one stays", "Nabídka 1.pdf", "Nabídka 1.pdf"],
  ["composed to NFC", "re\u0301sume\u0301.doc", "résumé.doc"],
  ["a path of Unix", "../../etc/passwd", "passwd"],
  ["a path of Windows", "C:\\Users\\me\\a.txt", "a.txt"],
  ["both kinds", "a\\b/c.txt", "c.txt"],
  ["look-alikes of separators", "a\u2215b\uff0fc\uff3cd.txt", "d.txt"],
  ["a drive alone", "C:a.txt", "a.txt"],
  ["a path that ends with its separator", "a/b/", null],
  ["line ends", 'a.txt"\r\nX-Evil: 1', "a.txt_X-Evil_ 1"],
  ["NUL hides an extension", "a.exe\0.pdf", "a.exe.pdf"],
  ["C1 and DEL", "a\u0085\u007f\u009b.txt", "a.txt"],
  ["line separators", "a\u2028b\u2029.txt", "ab.txt"],
  ["a bidi mark that turns the extension", "invoice\u202efdp.exe", "invoicefdp.exe"],
  ["isolates and marks", "a\u2066\u2069\u061c\u200e\u200f.txt", "a.txt"],
  ["characters of no width", "a\u200b\u200c\u200d\u2060\ufeff.txt", "a.txt"],
  ["half a character", "a\ud83d.txt", "a\ufffd.txt"],
  ["a noncharacter", "a\ufffe\u{1ffff}.txt", "a.txt"],
  ["what Windows forbids", 'a<b>c:d"e|f?g*.txt', "a_b_c_d_e_f_g_.txt"],
  ["edges", " \u00a0a b.txt.. . ", "a b.txt"],
  ["a hidden file", ".htaccess", "_htaccess"],
  ["hidden behind what is removed", "\u200b.htaccess", "_htaccess"],
  ["a device", "CON", "_CON"],
  ["a device in any case, with extensions", "aux.tar.gz", "_aux.tar.gz"],
  ["a device with blanks behind", "nul .txt", "_nul .txt"],
  ["numbered devices", "COM0.log", "_COM0.log"],
  ["superscript digits", "lpt²", "_lpt²"],
  ["console handles", "conin$.txt", "_conin$.txt"],
  ["no device", "console.txt", "console.txt"],
  ["nothing", "", null],
  ["dots only", "..", null],
  ["blanks only", " \t ", null],
  ["nothing visible", "\u200b\u202e\0", null],
  ["the stem is cut, the extension kept", `${"a".repeat(300)}.pdf`, `${"a".repeat(251)}.pdf`],
  ["at a character", `${"ä".repeat(200)}.pdf`, `${"ä".repeat(125)}.pdf`],
  ["at a character of four octets", `x${"😀".repeat(100)}.pdf`, `x${"😀".repeat(62)}.pdf`],
  ["a long tail is no extension", `a.${"b".repeat(300)}`, `a.${"b".repeat(253)}`],
  ["no blank where it was cut", `${"a".repeat(200)}${" ".repeat(100)}b.pdf`, `${"a".repeat(200)}.pdf`],
  ["a device that cutting makes", `con${" ".repeat(300)}x.pdf`, "_con.pdf"],
  ["255 octets stay", `${"a".repeat(251)}.pdf`, `${"a".repeat(251)}.pdf`],
];

describe("a safe name", () => {
  test.each(SAFE)("%s", (_, written, safe) => {
    expect(safeFileName(written)).toBe(safe);
  });

  test("of any text: nothing in it that could leave its place, end a line or hide", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 400 }), nastyName), (written) => {
        const name = safeFileName(written);
        if (name === null) return;
        expect(name).not.toMatch(/[\p{Cc}/\\<>:"|?*\u2028\u2029\u202a-\u202e\u200b-\u200f]/u);
        expect(name).not.toMatch(/^[.\s]|[.\s]$/);
        expect(octetsOf(name)).toBeLessThanOrEqual(255);
        expect(name.isWellFormed()).toBe(true);
        expect(safeFileName(name)).toBe(name);
      }),
      { numRuns: 2000 },
    );
  });
});

const nastyName = fc
  .array(
    fc.constantFrom(
      "/",
      "\\",
      "..",
      ".",
      " ",
      "\r\n",
      "\0",
      "\u202e",
      "\u200d",
      "CON",
      "nul",
      "C:",
      "%2f",
      "a",
      "é",
      "e\u0301",
      "😀",
      "\ud800",
      ":",
    ),
    { maxLength: 300 },
  )
  .map((pieces) => pieces.join(""));

const MESSAGES: readonly [name: string, subject: string, safe: string | null][] = [
  ["its subject", "Invoice", "Invoice.eml"],
  ["separators are no path", "Re: Invoice 1/2 \\ copy", "Re_ Invoice 1_2 _ copy.eml"],
  ["no subject", "", null],
  ["a long one", "a".repeat(998), `${"a".repeat(251)}.eml`],
];

test.each(MESSAGES)("a message within a message is named by %s", (_, subject, safe) => {
  expect(messageFileName(subject)).toBe(safe);
});

test("without a name, by place and type", () => {
  expect(fallbackName(1, "image/jpeg")).toBe("attachment-1.jpg");
  expect(fallbackName(12, "application/x-unheard-of")).toBe("attachment-12.bin");
});

const UNIQUE: readonly [name: string, names: string[], taken: string[], unique: string[]][] = [
  ["different ones stay", ["a.txt", "b.txt"], [], ["a.txt", "b.txt"]],
  ["repeated ones are counted", ["a.txt", "a.txt", "a.txt"], [], ["a.txt", "a (2).txt", "a (3).txt"]],
  ["in any case", ["A.TXT", "a.txt"], [], ["A.TXT", "a (2).txt"]],
  ["in any normal form", ["é", "e\u0301"], [], ["é", "e\u0301 (2)"]],
  ["a counted name may be there", ["a (2).txt", "a.txt", "a.txt"], [], ["a (2).txt", "a.txt", "a (3).txt"]],
  ["later too", ["a.txt", "a.txt", "a (2).txt"], [], ["a.txt", "a (2).txt", "a (2) (2).txt"]],
  ["names taken before", ["logo@x"], ["LOGO@x"], ["logo@x (2)"]],
  ["before the last extension", ["a.tar.gz", "a.tar.gz"], [], ["a.tar.gz", "a.tar (2).gz"]],
  ["with room made", ["a".repeat(255), "a".repeat(255)], [], ["a".repeat(255), `${"a".repeat(251)} (2)`]],
];

test.each(UNIQUE)("names of one message: %s", (_, names, taken, unique) => {
  expect(uniqueNames(names, taken)).toEqual(unique);
});

test("names of one message are none of the ids that files are found by, as these are written", () => {
  const ids = new Set(["a.txt", "b (2).txt", null]);
  expect(uniqueNames(["a.txt", "A.txt", "b.txt", "b.txt"], [], ids)).toEqual([
    "a (2).txt",
    "A.txt",
    "b.txt",
    "b (3).txt",
  ]);
});

test("any names come out different, and safe ones stay safe", () => {
  const name = fc.constantFrom("a.txt", "A.txt", "a (2).txt", "a", "ß", "SS", "b.tar.gz", "é", "e\u0301");
  fc.assert(
    fc.property(fc.array(name, { maxLength: 40 }), fc.array(name, { maxLength: 3 }), (names, taken) => {
      const unique = uniqueNames(names, taken);
      expect(unique.length).toBe(names.length);
      expect(new Set([...unique, ...new Set(taken.map(foldName))].map(foldName)).size).toBe(
        unique.length + new Set(taken.map(foldName)).size,
      );
    }),
  );
});
