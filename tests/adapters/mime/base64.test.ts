import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { base64Length, encodeBase64, toBase64, writeBase64Lines } from "../../../adapters/mime/base64.ts";
import { base64LinesLength } from "../../../core/message/plan.ts";

const prototype: object = Uint8Array.prototype;
const native = Object.getOwnPropertyDescriptor(prototype, "toBase64");
afterEach(() => {
  if (native) Object.defineProperty(prototype, "toBase64", native);
});

const octets = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 31) ^ (index >> 8));
/** Around the ends of groups, lines and of what is encoded at a time. */
const LENGTHS = [0, 1, 2, 3, 4, 56, 57, 58, 59, 113, 114, 115, 29_183, 29_184, 29_185, 58_368, 100_000];

// Node 24 has no toBase64: what runs there is run here without it.
describe.each([
  ["the runtime's encoder", true],
  ["the table", false],
])("%s", (_name, withNative) => {
  const prepare = (): void => {
    if (!withNative) Reflect.deleteProperty(prototype, "toBase64");
  };

  test.each(LENGTHS)("a string of %p octets", (length) => {
    prepare();
    const text = toBase64(octets(length));
    expect(text).toBe(Buffer.from(octets(length)).toString("base64"));
    expect(text).toHaveLength(base64Length(length));
  });

  test.each(LENGTHS)("lines of %p octets, at any place of a buffer", (length) => {
    prepare();
    const target = new Uint8Array(base64LinesLength(length) + 7).fill(0x2a);
    writeBase64Lines(octets(length), target.subarray(3, -4));
    const lines = Buffer.from(octets(length))
      .toString("base64")
      .replace(/.{1,76}/g, "$&\r\n");
    expect(Buffer.from(target).toString("latin1")).toBe(`***${lines}****`);
  });

  test("a stream, wherever it is cut", () => {
    prepare();
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 9 })), (chunks) => {
        const encoded = Array.from(encodeBase64(chunks), (chunk) => chunk.slice());
        expect(encoded.every((chunk) => chunk.length > 0)).toBe(true);
        expect(Buffer.concat(encoded).toString()).toBe(Buffer.concat(chunks).toString("base64"));
      }),
    );
  });
});
