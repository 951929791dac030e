import { describe, expect, test } from "bun:test";
import { makeTokenSigner, parseSigningKeys } from "../../adapters/webcrypto/token-signer.ts";
import type { TokenSigner } from "../../core/ports/token-signer.ts";
import { integerText, keysetTokens, toOffsetBody } from "../../edge/pagination.ts";

const CURSOR = { at: 1_767_225_845_678, seq: 42 };
const FILTER = { workspaceId: "w1", useCaseId: "u1", states: ["delivered"] };

function signerOf(id: string): TokenSigner {
  const keys = parseSigningKeys(`${id}:${btoa(id.repeat(32).slice(0, 32))}`);
  if (!keys.ok) throw new Error(keys.error);
  return makeTokenSigner(keys.value);
}

describe("continuation tokens", () => {
  const signer = signerOf("k1");
  const tokens = keysetTokens(signer, "listEmails", FILTER);

  test("lead back to where the page ended", async () => {
    expect(await tokens.read(await tokens.write(CURSOR))).toEqual({ ok: true, value: CURSOR });
    expect(await tokens.read(undefined)).toEqual({ ok: true, value: null });
  });

  const others = {
    "of another list": keysetTokens(signer, "listEmailEvents", FILTER),
    "of another filter": keysetTokens(signer, "listEmails", { ...FILTER, states: ["bounced"] }),
    "of another workspace": keysetTokens(signer, "listEmails", { ...FILTER, workspaceId: "w2" }),
    "of another installation": keysetTokens(signerOf("k2"), "listEmails", FILTER),
  };
  for (const [name, other] of Object.entries(others))
    test(`${name} are refused`, async () => {
      const read = await tokens.read(await other.write(CURSOR));
      expect(read).toEqual({ ok: false, error: { kind: "continuation_token_invalid" } });
    });

  test("changed anywhere are refused", async () => {
    const token = await tokens.write(CURSOR);
    for (let index = 0; index < token.length; index++) {
      const changed = token.slice(0, index) + (token[index] === "A" ? "B" : "A") + token.slice(index + 1);
      expect((await tokens.read(changed)).ok).toBe(false);
    }
  });
});

describe("offset pages", () => {
  const page = (offset: number, count: number, total: number) =>
    toOffsetBody(
      { items: Array.from({ length: count }, (_, index) => offset + index), total },
      { offset, limit: 2 },
      String,
    );

  test("name the next offset, and none at the end", () => {
    expect(page(0, 2, 5)).toEqual({ items: ["0", "1"], has_more: true, continuation_token: 2, total: 5 });
    expect(page(4, 1, 5)).toEqual({ items: ["4"], has_more: false, continuation_token: null, total: 5 });
    expect(page(9, 0, 5)).toEqual({ items: [], has_more: false, continuation_token: null, total: 5 });
  });
});

describe("whole numbers in a query", () => {
  const limit = integerText(1, 20, 10);
  for (const [text, value] of [
    ["1", 1],
    ["20", 20],
    [undefined, 10],
  ] as const)
    test(`takes ${text}`, () => expect(limit.parse(text)).toBe(value));
  for (const text of ["0", "21", "-1", "1e1", "0x1", " 1", "1.0", ""])
    test(`refuses ${JSON.stringify(text)}`, () => expect(limit.safeParse(text).success).toBe(false));
});
