import { expect, test } from "bun:test";
import fc from "fast-check";
import { unflow } from "../../../core/inbound/flowed-text.ts";

const ROWS: readonly [name: string, flowed: string, text: string, delSp?: boolean][] = [
  ["a fixed line stays", "a\nb", "a\nb"],
  ["a soft line is joined", "a \nb \nc\nd", "a b c\nd"],
  ["with DelSp its space goes", "a \nb", "ab", true],
  ["stuffing is undone", " >a\n  b", ">a\n b"],
  ["a paragraph ends at an empty line", "a \n\nb", "a \n\nb"],
  ["quotes are joined at their depth, without the marks between", "> a \n> b", "> a b"],
  ["the depth is kept", ">> a \n>> b\n> c", ">> a b\n> c"],
  ["marks without a space", ">>a \n>>b", ">> a b"],
  ["another depth ends the paragraph", "> a \nb", "> a \nb"],
  ["a quoted empty line", "> a\n>\n> b", "> a\n>\n> b"],
  ["the line of a signature is never joined", "a \n-- \nme", "a \n-- \nme"],
  ["nor in a quote", "> -- \n> me", "> -- \n> me"],
  ["nothing", "", ""],
  ["a soft line at the end", "a ", "a "],
];

test.each(ROWS)("%s", (_, flowed, text, delSp = false) => {
  expect(unflow(flowed, delSp)).toBe(text);
});

test("text without soft lines, quotes and stuffing stays as it is", () => {
  const line = fc.string({ unit: "grapheme" }).filter((text) => !/^[> ]|\s$|\n/.test(text));
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      expect(unflow(lines.join("\n"), false)).toBe(lines.join("\n"));
    }),
  );
});
