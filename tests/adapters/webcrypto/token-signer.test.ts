import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  makeTokenSigner,
  parseSigningKeys,
  type SigningKey,
} from "../../../adapters/webcrypto/token-signer.ts";

const key = (id: string, octet: number): SigningKey => ({ id, secret: new Uint8Array(32).fill(octet) });
const signer = makeTokenSigner([key("k1", 1)]);

describe("token signer", () => {
  test("verify answers what sign was given, for any purpose and payload", () =>
    fc.assert(
      fc.asyncProperty(fc.string(), fc.string({ unit: "grapheme" }), async (purpose, payload) => {
        const token = await signer.sign(purpose, payload);
        expect(token).toMatch(/^[A-Za-z0-9._-]+$/);
        expect(await signer.verify(purpose, token)).toBe(payload);
      }),
      { numRuns: 50 },
    ));

  test("any one character changed makes it nobody's token", async () => {
    const token = await signer.sign("download", "email/1/body until noon");
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === "A" ? "B" : "A";
      expect(
        await signer.verify("download", `${token.slice(0, at)}${other}${token.slice(at + 1)}`),
      ).toBeNull();
    }
  });

  test("a token of one purpose is none of another, however the two are cut", async () => {
    expect(await signer.verify("download", await signer.sign("cursor", "x"))).toBeNull();
    expect(await signer.verify("download:", await signer.sign("download", ":x"))).toBeNull();
  });

  const garbage = [
    "",
    ".",
    "..",
    "k1.",
    "k1..",
    "k1.eA.",
    "nobody.eA.eA",
    "k1.eA.eA.eA",
    "k1.e+.eA",
    "__proto__.eA.eA",
  ];
  test.each(garbage)("garbage is null: %p", async (token) => {
    expect(await signer.verify("download", token)).toBeNull();
  });

  test("a token longer than any of ours is null before its signature is looked at", async () => {
    const long = await signer.sign("download", "x".repeat(4000));
    expect(await signer.verify("download", long)).toBeNull();
  });

  test("the second key verifies what it signed when it was first; a key taken away does not", async () => {
    const token = await makeTokenSigner([key("old", 1)]).sign("cursor", "here");
    const rotated = makeTokenSigner([key("new", 2), key("old", 1)]);
    expect(await rotated.verify("cursor", token)).toBe("here");
    expect(await rotated.sign("cursor", "here")).toStartWith("new.");
    expect(await makeTokenSigner([key("new", 2)]).verify("cursor", token)).toBeNull();
    // The id alone proves nothing.
    expect(await makeTokenSigner([key("old", 3)]).verify("cursor", token)).toBeNull();
  });
});

describe("SIGNING_KEYS", () => {
  const secret = btoa("s".repeat(32));

  test("are read in order", () => {
    const parsed = parseSigningKeys(`2026:${secret}, 2025:${secret}`);
    expect(parsed.ok && parsed.value.map(({ id }) => id)).toEqual(["2026", "2025"]);
  });

  test.each([
    ["", "nothing"],
    [secret, "no id"],
    [`a:${btoa("short")}`, "too short a secret"],
    ["a:%%%", "no base64"],
    [`a:${secret},a:${secret}`, "an id twice"],
    [`a.b:${secret}`, "an id with a dot"],
    [`a:${secret}:b`, "three parts"],
  ])("refuses %p: %s, without repeating the secret", (text) => {
    const parsed = parseSigningKeys(text);
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed)).not.toContain(secret);
  });
});
