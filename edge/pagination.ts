// Both kinds of pages. Setups count: an integer offset in creation order. E-mails and events walk a key set: an opaque
// token that holds where the page before ended, signed and bound to the query and workspace it came from.
import { z } from "@hono/zod-openapi";
import type { KeysetCursor, KeysetPage } from "../core/ports/keyset-page.ts";
import type { OffsetPage, OffsetWindow } from "../core/ports/offset-page.ts";
import type { TokenSigner } from "../core/ports/token-signer.ts";
import { err, ok, type Result } from "../core/result.ts";
import { sha256Hex } from "./sha256-hex.ts";

export const OFFSET_LIMIT_MAX = 20;
export const OFFSET_LIMIT_DEFAULT = 10;
/** More rows than a list of domains or workspaces will hold; keeps the offset an exact integer everywhere. */
const OFFSET_MAX = 1_000_000_000;
export const KEYSET_LIMIT_MAX = 200;
export const KEYSET_LIMIT_DEFAULT = 50;
/** A signed token of ours has well under 300 characters. */
const TOKEN_CHARACTERS_MAX = 1000;

/** A whole number written in digits. `Number` alone would also take `1e2`, `0x10` and blanks. */
export const integerText = (min: number, max: number, usual: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().int().min(min).max(max))
    .default(usual)
    .openapi({ type: "integer", minimum: min, maximum: max, default: usual });

export const offsetQuery = {
  limit: integerText(1, OFFSET_LIMIT_MAX, OFFSET_LIMIT_DEFAULT),
  continuation_token: integerText(0, OFFSET_MAX, 0),
};

export const keysetQuery = {
  limit: integerText(1, KEYSET_LIMIT_MAX, KEYSET_LIMIT_DEFAULT),
  continuation_token: z.string().min(1).max(TOKEN_CHARACTERS_MAX).optional(),
};

/** What a page of key sets says beside its items. */
export const keysetEnd = { has_more: z.boolean(), continuation_token: z.string().nullable() };

export const toOffsetWindow = (query: { limit: number; continuation_token: number }): OffsetWindow => ({
  offset: query.continuation_token,
  limit: query.limit,
});

/** `continuation_token` is the offset of the next page, null at the end. */
export function toOffsetBody<T, Item>(page: OffsetPage<T>, window: OffsetWindow, toItem: (row: T) => Item) {
  const next = window.offset + page.items.length;
  const hasMore = page.items.length > 0 && next < page.total;
  return {
    items: page.items.map(toItem),
    has_more: hasMore,
    continuation_token: hasMore ? next : null,
    total: page.total,
  };
}

export type KeysetTokens = {
  /** The cursor in a token, null without one; refuses a forged token and one of another query or workspace. */
  read(
    token: string | undefined,
  ): Promise<Result<KeysetCursor | null, { kind: "continuation_token_invalid" }>>;
  write(cursor: KeysetCursor): Promise<string>;
};

/** Tokens of one list. `filter` is everything that selects its rows, the workspace included; the limit may change. */
export function keysetTokens(signer: TokenSigner, operation: string, filter: object): KeysetTokens {
  const binding = JSON.stringify([operation, filter]);
  const refused = err({ kind: "continuation_token_invalid" as const });
  return {
    async read(token) {
      if (token === undefined) return ok(null);
      const payload = await signer.verify("list", token);
      const cursor = payload === null ? null : parseCursor(payload, await shortDigest(binding));
      return cursor ? ok(cursor) : refused;
    },
    write: async ({ at, seq }) => signer.sign("list", `${at}.${seq}.${await shortDigest(binding)}`),
  };
}

/** The last page answers `has_more: false` and a null token. */
export async function toKeysetEnd(page: KeysetPage<unknown>, tokens: KeysetTokens) {
  return {
    has_more: page.next !== null,
    continuation_token: page.next === null ? null : await tokens.write(page.next),
  };
}

function parseCursor(payload: string, digest: string): KeysetCursor | null {
  const [at, seq, boundTo] = payload.split(".");
  return at && seq && boundTo === digest ? { at: Number(at), seq: Number(seq) } : null;
}

/** 96 bits are enough to tell queries apart: the token's own signature is what cannot be forged. */
const shortDigest = async (text: string): Promise<string> =>
  (await sha256Hex(new TextEncoder().encode(text))).slice(0, 24);
