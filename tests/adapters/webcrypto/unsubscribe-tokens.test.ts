import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { SigningKey } from "../../../adapters/webcrypto/token-signer.ts";
import { makeTokenSigner } from "../../../adapters/webcrypto/token-signer.ts";
import { makeUnsubscribeTokens } from "../../../adapters/webcrypto/unsubscribe-tokens.ts";

const key = (id: string, fill: number): SigningKey => ({ id, secret: new Uint8Array(32).fill(fill) });
const ID = "01920f3e-7c1a-7b2e-9d3c-5f6a7b8c9d0e";
const tokens = makeUnsubscribeTokens([key("k1", 1)]);
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

describe("unsubscribe tokens", () => {
  test("name their mail, in any case; `u+` and the token are a legal local part", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), async (id) => {
        const token = await tokens.issue(id);
        expect(token).toMatch(/^[a-z2-7]{56}$/);
        expect(`u+${token}`.length).toBeLessThanOrEqual(64);
        expect(await tokens.issue(id)).toBe(token);
        expect(await tokens.read(token)).toBe(id);
        expect(await tokens.read(token.toUpperCase())).toBe(id);
        expect(await tokens.read(token.replaceAll(/[aeiou]/g, (vowel) => vowel.toUpperCase()))).toBe(id);
      }),
      { numRuns: 20 },
    );
  });

  test("with any one character changed, left out or doubled they name none", async () => {
    const token = await tokens.issue(ID);
    for (let at = 0; at < token.length; at++) {
      const other = ALPHABET[(ALPHABET.indexOf(token.charAt(at)) + 1 + (at % 30)) % 32];
      for (const between of [other, "", token.charAt(at).repeat(2), "=", "0"])
        expect(await tokens.read(`${token.slice(0, at)}${between}${token.slice(at + 1)}`)).toBeNull();
    }
  });

  test.each(["", "a", "a".repeat(56), "a".repeat(10_000), "..%2f", "ſ".repeat(56), "K".repeat(56)])(
    "%p is none",
    async (text) => expect(await tokens.read(text)).toBeNull(),
  );

  test("outlive the rotation of keys, in whatever order they are, until theirs is taken away", async () => {
    const token = await tokens.issue(ID);
    const rotated = makeUnsubscribeTokens([key("k3", 3), key("k2", 2), key("k1", 1)]);
    expect(await rotated.issue(ID)).not.toBe(token);
    expect(await rotated.read(token)).toBe(ID);
    expect(await makeUnsubscribeTokens([key("k1", 1), key("k3", 3)]).read(token)).toBe(ID);
    expect(await makeUnsubscribeTokens([key("k2", 2)]).read(token)).toBeNull();
    // Another secret under the old name.
    expect(await makeUnsubscribeTokens([key("k1", 2)]).read(token)).toBeNull();
  });

  test("are no tokens of another kind, nor those unsubscribe tokens", async () => {
    const signer = makeTokenSigner([key("k1", 1)]);
    expect(await tokens.read(await signer.sign("unsubscribe", ID))).toBeNull();
    expect(await signer.verify("unsubscribe", await tokens.issue(ID))).toBeNull();
  });
});
