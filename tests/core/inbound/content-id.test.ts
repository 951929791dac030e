import { describe, expect, test } from "bun:test";
import { readContentId, referencedParts } from "../../../core/inbound/content-id.ts";

const FIELDS: readonly [name: string, field: string, id: string | null][] = [
  ["in its brackets", " <Image001.png@01D9> ", "Image001.png@01D9"],
  ["without brackets", "logo@x", "logo@x"],
  ["one pair only", "<<a@x>>", "<a@x>"],
  ["one bracket is a character", "<a@x", "<a@x"],
  ["blanks within the brackets", "< a@x >", "a@x"],
  ["nothing", " ", null],
  ["empty brackets", "<>", null],
  ["line ends and controls are gone", "<a\r\nX: y\0@x>", "aX: y@x"],
  ["one dot, which ends no URL", "<.>", null],
  ["two dots", "<..>", null],
  ["three dots", "<...>", "..."],
  ["longer than a line", `<${"a".repeat(999)}>`, null],
];

test.each(FIELDS)("a Content-ID %s", (_, field, id) => {
  expect(readContentId(field)).toBe(id);
});

const REFERENCES: readonly [name: string, ids: (string | null)[], references: string[], places: number[]][] =
  [
    ["the same text", ["a@x", "b@x"], ["b@x"], [1]],
    ["percent-encoded", ["a b@x"], ["a%20b%40x"], [0]],
    ["decoded once", ["a%20b"], ["a%2520b"], [0]],
    ["an id that looks encoded, named as it is", ["a%20b"], ["a%20b"], [0]],
    ["the decoded form counts first", ["a%20b", "a b"], ["a%20b"], [1]],
    ["a plus is a plus", ["a+b", "a b"], ["a+b"], [0]],
    ["a bad sequence stays as it is", ["100%", "50%zz"], ["100%", "50%zz"], [0, 1]],
    ["octets that are no UTF-8 stay as they are", ["%ff"], ["%ff"], [0]],
    ["UTF-8", ["obrázek"], ["obr%C3%A1zek"], [0]],
    ["another case, if there is no exact one", ["LOGO@X"], ["logo@x"], [0]],
    ["the exact one, if there is", ["LOGO@X", "logo@x"], ["logo@x"], [1]],
    ["the first of two with one id", ["a@x", "a@x"], ["a@x"], [0]],
    ["one that nobody names", [null, "a@x"], ["b@x"], []],
    ["a name of objects", ["a@x"], ["__proto__", "constructor"], []],
  ];

describe("parts that the HTML shows", () => {
  test.each(REFERENCES)("%s", (_, ids, references, places) => {
    expect([...referencedParts(ids, references)]).toEqual(places);
  });
});
