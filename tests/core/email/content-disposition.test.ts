import { expect, test } from "bun:test";
import fc from "fast-check";
import { contentDisposition } from "../../../core/email/content-disposition.ts";

const ROWS: readonly [name: string, filename: string, value: string][] = [
  ["plain ASCII needs one form", "a b.pdf", 'attachment; filename="a b.pdf"'],
  [
    "other scripts",
    "日本語.pdf",
    "attachment; filename=\"___.pdf\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E.pdf",
  ],
  [
    "one underscore for a character beyond the BMP",
    "😀.png",
    "attachment; filename=\"_.png\"; filename*=UTF-8''%F0%9F%98%80.png",
  ],
  [
    "RFC 6266 appendix D: a percent sign misleads",
    "100%.txt",
    "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt",
  ],
  ["a quote", 'a"b.txt', "attachment; filename=\"a_b.txt\"; filename*=UTF-8''a%22b.txt"],
  [
    "RFC 8187: what encodeURIComponent leaves",
    "é'(1)*!.txt",
    "attachment; filename=\"_'(1)*!.txt\"; filename*=UTF-8''%C3%A9%27%281%29%2A!.txt",
  ],
];

test.each(ROWS)("%s", (_name, filename, value) => {
  expect(contentDisposition(filename, "attachment")).toBe(value);
});

test("inline", () => {
  expect(contentDisposition("a.png", "inline")).toBe('inline; filename="a.png"');
});

test("any name: printable ASCII, and the exact name in the extended form", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (filename) => {
      const value = contentDisposition(filename, "attachment");
      expect(value).toMatch(
        /^attachment; filename="[^"\\]*"(?:; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]*)?$/,
      );
      expect(value).toMatch(/^[ -~]+$/);
      const [, exact] = /filename\*=UTF-8''(.*)$/.exec(value) ?? [];
      const [, plain = ""] = /filename="(.*?)"/.exec(value) ?? [];
      expect(exact === undefined ? plain : decodeURIComponent(exact)).toBe(filename);
    }),
  );
});
