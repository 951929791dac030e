import { describe, expect, test } from "bun:test";
import { xmlElement, xmlElements } from "../../../adapters/aws/xml.ts";

describe("one element", () => {
  const rows: readonly (readonly [string, string, string | null])[] = [
    ["the first of its name", "<A><B>1</B><B>2</B></A>", "1"],
    ["none", "<A/>", null],
    ["one that is empty", "<B></B>", ""],
    ["one that does not end", "<A><B>1</A>", null],
    ["another whose name begins so", "<Bucket>1</Bucket>", null],
    ["entities by name, each resolved once", "<B>&lt;a&gt; &amp;lt; &quot;&apos;</B>", `<a> &lt; "'`],
    ["entities by number", "<B>a&#13;b&#x1F600;&#10;</B>", "a\rb\u{1f600}\n"],
    ["a number that is no character", "<B>&#9999999;&#x110000;</B>", "&#9999999;&#x110000;"],
    ["an entity that nobody defined", "<B>&xxe;</B>", "&xxe;"],
  ];
  test.each(rows)("%s", (_, xml, text) => {
    expect(xmlElement(xml, "B")).toBe(text);
  });
});

test("all of a name, as they are written, as many as asked for", () => {
  const xml = "<L><C><K>a&lt;C&gt;</K></C><C/><C><K>b</K></C><C>open";
  expect(xmlElements(xml, "C", 10)).toEqual(["<K>a&lt;C&gt;</K>", "<K>b</K>"]);
  expect(xmlElements(xml, "C", 1)).toEqual(["<K>a&lt;C&gt;</K>"]);
  expect(xmlElements(xml, "D", 10)).toEqual([]);
});
