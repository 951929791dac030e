import { describe, expect, test } from "bun:test";
import { webRandomSource } from "../../../adapters/webcrypto/random-source.ts";
import { webSha256 } from "../../../adapters/webcrypto/sha256.ts";

describe("SHA-256", () => {
  // FIPS 180-4, NIST's examples.
  const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  test("text counts as UTF-8, octets as they are", async () => {
    expect(await webSha256.hex("abc")).toBe(ABC);
    expect(await webSha256.hex(new TextEncoder().encode("abc"))).toBe(ABC);
    expect(Buffer.from(await webSha256.digest("abc")).toString("hex")).toBe(ABC);
    expect(await webSha256.hex("é")).toBe(await webSha256.hex(Uint8Array.of(0xc3, 0xa9)));
  });

  test("a view counts for what it shows", async () => {
    const octets = new TextEncoder().encode("xabcx");
    expect(await webSha256.hex(octets.subarray(1, 4))).toBe(ABC);
  });
});

test("random octets come as twice as many hexadecimal digits, and never the same", () => {
  expect(webRandomSource.hex(20)).toMatch(/^[0-9a-f]{40}$/);
  expect(webRandomSource.hex(20)).not.toBe(webRandomSource.hex(20));
});
