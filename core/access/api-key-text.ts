// The text of an API key: `pr_live_` or `pr_test_`, 32 characters of base32 and a checksum of 6. The checksum lets a
// mistyped or invented key be refused without a look-up; it proves nothing, the look-up does.
import { assert } from "../assert.ts";
import { base32 } from "../base32.ts";
import type { ApiKeyMode } from "./api-key.ts";

/** 160 bits: 32 characters without a remainder. */
export const API_KEY_RANDOM_OCTETS = 20;

const KEY = /^(pr_(live|test)_[a-z2-7]{32})([a-z2-7]{6})$/;

/** The text of a new key from random octets. */
export function formatApiKey(mode: ApiKeyMode, randomOctets: Uint8Array): string {
  assert(randomOctets.length === API_KEY_RANDOM_OCTETS, "a key is made of 20 random octets");
  const body = `pr_${mode}_${base32(randomOctets)}`;
  return body + checksum(body);
}

/** What kind of key the text is; null when it cannot be one of ours. */
export function parseApiKey(text: string): { readonly mode: ApiKeyMode } | null {
  const [, body, mode, sum] = KEY.exec(text) ?? [];
  if (body === undefined || sum !== checksum(body)) return null;
  return { mode: mode === "live" ? "live" : "test" };
}

/** The upper 30 bits of the text's CRC-32 (the polynomial of ISO 3309, as in zip), as six characters. */
function checksum(ascii: string): string {
  let crc = 0xffffffff;
  for (const character of ascii) {
    crc ^= character.charCodeAt(0);
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  const value = ~crc;
  return base32(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)).slice(0, 6);
}
