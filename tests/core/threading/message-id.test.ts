import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  MESSAGE_IDS_MAX,
  messageKey,
  readMessageIds,
  wireMessageId,
} from "../../../core/threading/message-id.ts";

const BARE = "010f0195a1b2c3d4-5e6f7081-92a3-4b4c-8d5e-6f708192a3b4-000000";

describe("readMessageIds", () => {
  // RFC 5322 section 3.6.4, and section 4.5.4 for what older programs write.
  const rows: [name: string, field: string, ids: readonly string[]][] = [
    ["nothing", "", []],
    ["only blanks", " \t ", []],
    ["one", " <a@x>", ["a@x"]],
    ["several, in their order", "<b@x> <a@x> <c@x>", ["b@x", "a@x", "c@x"]],
    ["one that is there twice", "<a@x> <b@x> <a@x>", ["a@x", "b@x"]],
    ["glued", "<a@x><b@x><c@x>", ["a@x", "b@x", "c@x"]],
    ["with commas and tabs between", "<a@x>,<b@x>,\t<c@x>;<d@x>", ["a@x", "b@x", "c@x", "d@x"]],
    ["folded", "<a@x>\r\n <b@x>\r\n\t<c@x>", ["a@x", "b@x", "c@x"]],
    ["folded within an id", "<a.long\r\n -id@x> <b@ x >", ["a.long-id@x", "b@x"]],
    ["controls within an id", "<a\0b\u007f@x>", ["ab@x"]],
    ["upper-cased", "<A@X.EXAMPLE>", ["A@X.EXAMPLE"]],
    ["without an @", "<20260101.1234>", ["20260101.1234"]],
    ["in UTF-8", "<grüße@x>", ["grüße@x"]],
    ["a quoted left part", '<"a.b"@x>', ['"a.b"@x']],
    ["a mark within an id", "<a(b@x> <c)d@x>", ["a(b@x", "c)d@x"]],
    ["a phrase", "Your message of Monday <a@x> was read", ["a@x"]],
    ["a quoted phrase with an id in it", 'Your message "about <not@x>" <a@x>', ["a@x"]],
    ["an escaped quote in a phrase", '"a \\" <not@x>" <a@x>', ["a@x"]],
    ["a comment", "<a@x> (was <not@x>) <b@x>", ["a@x", "b@x"]],
    ["comments in a comment", "(one (two <not@x>) <not@y>) <a@x>", ["a@x"]],
    ["an escaped bracket in a comment", "(a \\) <not@x>) <a@x>", ["a@x"]],
    ["a quote that nothing ends", '<a@x> " <b@x> <c@x>', ["a@x", "b@x", "c@x"]],
    ["a comment that nothing ends", "( <a@x> (b) <c@x>", ["a@x", "c@x"]],
    ["a backslash at the end", '"\\', []],
    ["a last id that is cut", "<a@x> <b@x> <c", ["a@x", "b@x"]],
    ["a first id that is cut", "a2b3@x> <b@x>", ["b@x"]],
    ["an id cut in the middle", "<a@x> <b <c@x>", ["a@x", "c@x"]],
    ["empty brackets", "<> < > <a@x>", ["a@x"]],
    ["brackets in brackets", "<<a@x>> <b@x>", ["a@x", "b@x"]],
    ["no brackets anywhere", " a@x, b@x\r\n c.d-e@x ", ["a@x", "b@x", "c.d-e@x"]],
    ["no brackets, and more than ids", "Your message to ann@x", []],
    ["no brackets, and an id cut in two", "a@x@y b@", []],
    ["no brackets, and longer than any line", `${"a".repeat(999)}@x`, []],
    ["an id as long as a line", `<${"a".repeat(998)}>`, ["a".repeat(998)]],
    ["an id longer than any line", `<${"a".repeat(999)}> <b@x>`, ["b@x"]],
  ];
  test.each(rows)("%s", (_, field, ids) => {
    expect(readMessageIds(field)).toEqual([...ids]);
  });

  test("of too many the first and the newest", () => {
    const ids = Array.from({ length: MESSAGE_IDS_MAX + 100 }, (_, n) => `id-${n}@x`);
    const read = readMessageIds(ids.map((id) => `<${id}>`).join(" "));
    expect(read).toHaveLength(MESSAGE_IDS_MAX);
    expect(read).toEqual([ids[0] ?? "", ...ids.slice(1 - MESSAGE_IDS_MAX)]);
  });

  test("of a field too long to read both ends", () => {
    const ids = Array.from({ length: 20_000 }, (_, n) => `${n}-${"i".repeat(40)}@x`);
    const read = readMessageIds(ids.map((id) => `<${id}>`).join(""));
    expect(read).toEqual([ids[0] ?? "", ...ids.slice(1 - MESSAGE_IDS_MAX)]);
  });

  test("what lies across the edges of those ends is none", () => {
    const written = new Set(["first@x", "left@x", "right@x", "last@x"]);
    // 32 Ki characters are read at each end: the ids in the middle pass over both edges.
    for (let shift = 0; shift <= 10; shift += 1) {
      const left = `<first@x>${" ".repeat(32 * 1024 - 10 - shift)}<left@x>`;
      const right = `<right@x>${" ".repeat(32 * 1024 - 10 - shift)}<last@x>`;
      const ids = readMessageIds(`${left}${" ".repeat(10_000)}${right}`);
      expect(ids.filter((id) => !written.has(id))).toEqual([]);
      expect([ids[0], ids.at(-1)]).toEqual(["first@x", "last@x"]);
    }
  });

  const HOSTILE: [name: string, field: string][] = [
    ["opening brackets", "<".repeat(200_000)],
    ["closing brackets", ">".repeat(200_000)],
    ["pairs of nothing", "<>".repeat(200_000)],
    ["comments", "(".repeat(200_000)],
    ["comments in comments", `${"(".repeat(30_000)}${")".repeat(30_000)}`],
    ["escapes", `"${"\\".repeat(200_000)}`],
    ["quotes", '"'.repeat(200_001)],
    ["marks in turn", '("<'.repeat(80_000)],
    ["ids of one character", Array.from({ length: 60_000 }, (_, n) => `<${n % 7}>`).join("")],
  ];
  test.each(HOSTILE)("%s in masses are read once", (_, field) => {
    expect(readMessageIds(field).length).toBeLessThanOrEqual(MESSAGE_IDS_MAX);
  });

  const anyField = fc.string({
    unit: fc.constantFrom(...'<>()"\\ \r\n\t@,ab.', "\0", "ü", "<id@x>", "(c)", '"q"'),
    maxLength: 200,
  });
  test("whatever a field holds, ids are bare, each once, and a line long at most", () => {
    fc.assert(
      fc.property(anyField, (field) => {
        const ids = readMessageIds(field);
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of ids) {
          expect(id).toMatch(/^[^<>\s\p{Cc}]+$/u);
          expect(id.length).toBeLessThanOrEqual(998);
        }
      }),
    );
  });

  const anyId = fc
    .tuple(fc.stringMatching(/^[A-Za-z0-9.$_+-]{1,40}$/), fc.stringMatching(/^[a-z0-9.-]{1,30}$/))
    .map(([left, right]) => `${left}@${right}`);
  const between = fc.constantFrom("", " ", ",", "\r\n ", "\t", " (a comment <no@x>) ", ' "q <no@x>" ');
  test("ids come back as they were written, whatever stands between them", () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyId, { maxLength: 30 }), fc.array(between), (ids, separators) => {
        const field = ids.map((id, n) => `${separators[n] ?? " "}<${id}>`).join("");
        expect(readMessageIds(field)).toEqual(ids);
      }),
    );
  });
});

describe("messageKey", () => {
  const rows: [name: string, id: string, key: string][] = [
    ["SES's of us-east-1", `${BARE}@email.amazonses.com`, BARE],
    ["SES's of another region", `${BARE}@eu-west-1.amazonses.com`, BARE],
    ["SES's without a region", `${BARE}@amazonses.com`, BARE],
    ["SES's, upper-cased", `${BARE}@us-west-2.amazonses.com`.toUpperCase(), BARE],
    ["SES's left part at another's domain", `${BARE}@evil.example`, `${BARE}@evil.example`],
    ["a domain that ends alike", `${BARE}@notamazonses.com`, `${BARE}@notamazonses.com`],
    ["a domain that begins alike", `${BARE}@amazonses.com.x`, `${BARE}@amazonses.com.x`],
    ["two labels before it", `${BARE}@a.b.amazonses.com`, `${BARE}@a.b.amazonses.com`],
    ["SES's domain behind another left part", "ann@email.amazonses.com", "ann@email.amazonses.com"],
    ["a bare id is not on the wire", BARE, BARE],
    ["more before it", `x${BARE}@email.amazonses.com`, `x${BARE}@email.amazonses.com`],
    ["the left part keeps its case", "Ab.Cd@Post.EXAMPLE", "Ab.Cd@post.example"],
    ["the last @ divides", '"A@B"@X', '"A@B"@x'],
    ["without an @", "ABC", "ABC"],
  ];
  test.each(rows)("%s", (_, id, key) => {
    expect(messageKey(id)).toBe(key);
  });

  test("is the key of itself", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom(...rows.map(([, id]) => id))), (id) => {
        expect(messageKey(messageKey(id))).toBe(messageKey(id));
      }),
    );
  });
});

describe("wireMessageId", () => {
  const regions = ["us-east-1", "eu-central-1", "ap-southeast-2", "us-gov-west-1"];
  test.each(regions)("in %s it is what messageKey undoes", (region) => {
    const wire = wireMessageId(BARE, region);
    expect(wire.endsWith(region === "us-east-1" ? "@email.amazonses.com" : `@${region}.amazonses.com`)).toBe(
      true,
    );
    expect(messageKey(wire)).toBe(BARE);
  });
});
