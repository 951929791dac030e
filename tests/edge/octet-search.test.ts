import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { octetSearch } from "../../edge/octet-search.ts";

test("the search finds what Buffer finds, from any place", () => {
  // Two values only, so that near misses and overlaps are common.
  const bits = (maxLength: number, minLength = 0) =>
    fc.array(fc.nat(1), { minLength, maxLength }).map((list) => Uint8Array.from(list));
  fc.assert(
    fc.property(bits(60), bits(6, 1), fc.nat(60), (haystack, needle, from) => {
      const start = Math.min(from, haystack.length);
      expect(octetSearch(needle)(haystack, start)).toBe(
        Buffer.from(haystack).indexOf(Buffer.from(needle), start),
      );
    }),
    { numRuns: 500 },
  );
});
