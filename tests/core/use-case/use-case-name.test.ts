import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { displayNameFault } from "../../../core/use-case/display-name.ts";
import { foldName, useCaseNameFault } from "../../../core/use-case/use-case-name.ts";

describe("useCaseNameFault", () => {
  const rows: [name: string, text: string, fault: ReturnType<typeof useCaseNameFault>][] = [
    ["one letter", "A", null],
    ["words and hyphens", "North-West Clinic", null],
    ["31 letters", "a".repeat(31), null],
    ["31 letters outside the first plane", "𐐀".repeat(31), null],
    ["31 letters that were 62 before NFC", "e\u0301".repeat(31), null],
    ["German", "Überweisung Straße", null],
    ["Japanese", "日本語クリニック", null],
    ["Hebrew", "מרפאה", null],
    ["Hindi, ending in a vowel sign", "हिन्दी", null],
    ["a letter with a mark that NFC leaves apart", "q\u0303", null],
    ["several blanks inside", "North  Clinic", null],
    ["nothing", "", "empty"],
    ["32 letters", "a".repeat(32), "too_long"],
    ["a leading blank", " Clinic", "characters"],
    ["a trailing blank", "Clinic ", "characters"],
    ["a leading hyphen", "-Clinic", "characters"],
    ["a trailing hyphen", "Clinic-", "characters"],
    ["a mark without a letter", "\u0303Clinic", "characters"],
    ["a mark on a blank", "North \u0303Clinic", "characters"],
    ["a digit", "Clinic 2", "characters"],
    ["an apostrophe", "O'Hara", "characters"],
    ["a dash that is no hyphen", "North–West", "characters"],
    ["a blank that does not break", "North\u00a0Clinic", "characters"],
    ["a line end", "North\nClinic", "characters"],
    ["an invisible joiner", "North\u200dClinic", "characters"],
    ["a bidi mark", "\u202eClinic", "characters"],
    ["half a surrogate pair", "\ud800", "characters"],
    ["an emoji", "Clinic 🙂", "characters"],
  ];
  test.each(rows)("%s", (_, text, fault) => {
    expect(useCaseNameFault(text)).toBe(fault);
  });
});

describe("foldName", () => {
  const rows: [name: string, one: string, other: string, same: boolean][] = [
    ["case", "North CLINIC", "nORTH clinic", true],
    ["composed and not", "Müller", "Mu\u0308ller", true],
    ["sharp s, small and capital", "Straße", "STRAẞE", true],
    ["sharp s and two", "Straße", "STRASSE", true],
    ["the sigmas", "ΟΔΟΣ", "οδος", true],
    ["a final and a middle sigma", "ος", "οσ", true],
    ["accents tell names apart", "Muller", "Müller", false],
    ["blanks tell names apart", "North Clinic", "North  Clinic", false],
    ["look-alikes of other scripts are others", "Clinic", "Сlinic", false],
  ];
  test.each(rows)("%s", (_, one, other, same) => {
    expect(foldName(one) === foldName(other)).toBe(same);
  });

  const text = fc.string({ unit: "binary", maxLength: 40 });
  test("changes a folded name no more, and knows no normal form or case", () => {
    fc.assert(
      fc.property(text, (name) => {
        const folded = foldName(name);
        expect(foldName(folded)).toBe(folded);
        expect(foldName(name.normalize("NFD"))).toBe(folded);
        expect(foldName(name.toLowerCase())).toBe(folded);
      }),
    );
  });
});

describe("displayNameFault", () => {
  const rows: [name: string, text: string, fault: ReturnType<typeof displayNameFault>][] = [
    ["words", "Dr. Müller, North Clinic (reminders)", null],
    ["quotes and an emoji", '"Clinic" 🙂', null],
    ["64 characters outside the first plane", "𐐀".repeat(64), null],
    ["nothing", "", "empty"],
    ["blanks only", "  ", "empty"],
    ["65 characters", "a".repeat(65), "too_long"],
    ["an at sign", "ann@clinic.example", "characters"],
    ["angle brackets", "Clinic <b>", "characters"],
    ["a line end", "Clinic\r\nBcc: x", "characters"],
    ["NUL", "Clinic\u0000", "characters"],
    ["a C1 control", "Clinic\u0085", "characters"],
    ["a line separator", "Clinic\u2028x", "characters"],
    ["a right-to-left override", "Clinic\u202e", "characters"],
    ["an isolate", "\u2066Clinic", "characters"],
    ["an Arabic letter mark", "\u061cClinic", "characters"],
    ["half a surrogate pair", "Clinic\udc00", "characters"],
  ];
  test.each(rows)("%s", (_, text, fault) => {
    expect(displayNameFault(text)).toBe(fault);
  });
});
