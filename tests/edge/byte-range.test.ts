import { expect, test } from "bun:test";
import { parseByteRange } from "../../edge/byte-range.ts";

const rows: [header: string | undefined, sizeBytes: number, expected: ReturnType<typeof parseByteRange>][] = [
  [undefined, 10, "whole"],
  ["bytes=0-", 10, { start: 0, end: 9 }],
  ["bytes=0-0", 10, { start: 0, end: 0 }],
  ["bytes=2-5", 10, { start: 2, end: 5 }],
  [" Bytes=9-9 ", 10, { start: 9, end: 9 }],
  ["bytes=5-100", 10, { start: 5, end: 9 }],
  ["bytes=-3", 10, { start: 7, end: 9 }],
  ["bytes=-30", 10, { start: 0, end: 9 }],
  ["bytes=10-", 10, "unsatisfiable"],
  ["bytes=10-12", 10, "unsatisfiable"],
  ["bytes=-0", 10, "unsatisfiable"],
  ["bytes=0-", 0, "unsatisfiable"],
  ["bytes=-5", 0, "unsatisfiable"],
  // RFC 9110 section 14.2: what is malformed, in another unit or a list is ignored.
  ["bytes=5-2", 10, "whole"],
  ["bytes=-", 10, "whole"],
  ["bytes=a-b", 10, "whole"],
  ["bytes=0-1,4-5", 10, "whole"],
  ["lines=0-1", 10, "whole"],
  ["bytes=9999999999999999-", 10, "whole"],
];
test.each(rows)("%p of %p octets", (...[header, sizeBytes, expected]) => {
  expect(parseByteRange(header, sizeBytes)).toEqual(expected as never);
});
