import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { base32, parseBase32 } from "../../core/base32.ts";

describe("base32", () => {
  // RFC 4648 section 10, in lower case and without padding.
  const rows: [text: string, encoded: string][] = [
    ["", ""],
    ["f", "my"],
    ["fo", "mzxq"],
    ["foo", "mzxw6"],
    ["foob", "mzxw6yq"],
    ["fooba", "mzxw6ytb"],
    ["foobar", "mzxw6ytboi"],
  ];
  test.each(rows)("%p: %p", (text, encoded) => {
    expect(base32(new TextEncoder().encode(text))).toBe(encoded);
  });

  test("is read back, in any case, and no other spelling is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => {
        const text = base32(octets);
        expect([...(parseBase32(text.toUpperCase()) ?? [])]).toEqual([...octets]);
        expect(parseBase32(`${text}a`)?.length).not.toBe(octets.length);
      }),
    );
  });

  test.each(["m", "mzx", "mzxw6a", "mz=q", "mz q", "m1", "m0", "mé", "m9zq", "mz", "mzxq=", "-m"])(
    "%p is none",
    (text) => expect(parseBase32(text)).toBeNull(),
  );

  test("tells all octets apart, eight bits in five a character", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => {
        const bits = Array.from(base32(octets), (character) =>
          "abcdefghijklmnopqrstuvwxyz234567".indexOf(character).toString(2).padStart(5, "0"),
        ).join("");
        const wanted = Array.from(octets, (octet) => octet.toString(2).padStart(8, "0")).join("");
        expect(bits.slice(0, wanted.length)).toBe(wanted);
        expect(bits.slice(wanted.length)).toMatch(/^0{0,4}$/);
      }),
    );
  });
});
