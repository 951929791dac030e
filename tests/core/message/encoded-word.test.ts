import { expect, test } from "bun:test";
import fc from "fast-check";
import { encodeWords } from "../../../core/message/encoded-word.ts";

const ROWS: readonly [name: string, text: string, words: readonly string[]][] = [
  ["mostly ASCII takes Q", "Your appointment – Tuesday", ["=?UTF-8?Q?Your_appointment_=E2=80=93_Tuesday?="]],
  ["other scripts take B", "日本語", ["=?UTF-8?B?5pel5pys6Kqe?="]],
  [
    "RFC 2047 section 5 (3): Q leaves little",
    "On a_b, and on what else there is (today)",
    ["=?UTF-8?Q?On_a=5Fb=2C_and_on_what_else_there_is_=28today=29?="],
  ],
  ["a form of one octet left over", "日本é", ["=?UTF-8?B?5pel5pysw6k=?="]],
  ["a form of two octets left over", "日本é?", ["=?UTF-8?B?5pel5pysw6k/?="]],
  ["a lone surrogate is U+FFFD", "é\ud800", ["=?UTF-8?B?w6nvv70=?="]],
];

test.each(ROWS)("%s", (_name, text, words) => {
  expect(encodeWords(text, 75)).toEqual([...words]);
});

/** RFC 2047 written down once more, the reading way. */
function decodeWord(word: string): string {
  const [, letter, text = ""] = /^=\?UTF-8\?([QB])\?([!-~]*)\?=$/.exec(word) ?? [];
  if (letter === "B") return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(text, "base64"));
  const octets = text
    .replaceAll("_", " ")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(octets, "latin1"));
}

test("any text: at most 75 characters a word, the first within its room, whole characters, nothing lost", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", minLength: 1, maxLength: 300 }),
      fc.integer({ min: 40, max: 75 }),
      (text, firstRoom) => {
        const words = encodeWords(text, firstRoom);
        expect(words.every((word) => word.length <= 75)).toBe(true);
        expect(words[0]?.length).toBeLessThanOrEqual(firstRoom);
        expect(words.map(decodeWord).join("")).toBe(text);
      },
    ),
    { numRuns: 300 },
  );
});
