import { expect, test } from "bun:test";
import { type SubjectFault, subjectFault } from "../../../core/message/header-text.ts";

const ROWS: readonly [name: string, text: string, fault: SubjectFault | null][] = [
  ["one character", "a", null],
  ["a tab", "a\tb", null],
  ["other scripts, emoji, right to left", "日本語 👨‍👩‍👧 \u202bשלום", null],
  ["C1 is text: windows-1252 read as Latin-1 leaves it behind", "a\u0085b", null],
  ["998 characters", "a".repeat(998), null],
  ["998 characters beyond the BMP", "😀".repeat(998), null],
  ["998 characters after NFC", "e\u0301".repeat(998), null],
  ["nothing", "", "empty"],
  ["999 characters", "a".repeat(999), "too_long"],
  ["999 characters beyond the BMP", "😀".repeat(999), "too_long"],
  ["CR LF", "a\r\nBcc: b@example.com", "control_character"],
  ["LF", "a\nb", "control_character"],
  ["CR", "a\rb", "control_character"],
  ["NUL", "a\0", "control_character"],
  ["ESC", "a\u001b[0m", "control_character"],
  ["DEL", "a\u007f", "control_character"],
  ["a lone surrogate", "a\udc00", "malformed_unicode"],
];

test.each(ROWS)("%s", (_name, text, fault) => {
  expect(subjectFault(text)).toBe(fault);
});
