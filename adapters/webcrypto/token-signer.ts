// Signs the tokens of download URLs and list cursors: `{key id}.{payload}.{HMAC-SHA-256}`, payload and MAC in base64url
// (RFC 4648 section 5). The first key signs, every key verifies, so that keys can be rotated while tokens are out.
// Unsubscribe tokens have a format of their own (unsubscribe-tokens.ts).
import type { TokenSigner } from "../../core/ports/token-signer.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { decodeBase64 } from "../system/decode-base64.ts";

export type SigningKey = { readonly id: string; readonly secret: Uint8Array<ArrayBuffer> };

const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;
/** As long as the hash's output: RFC 2104 section 3. */
const SECRET_BYTES_MIN = 32;
/** Far above any cursor or download token; below it no work is done on what cannot be ours. */
const TOKEN_CHARACTERS_MAX = 4096;
export const HMAC = { name: "HMAC", hash: "SHA-256" } as const;

/** Reads `SIGNING_KEYS`, `id:base64secret,...`. Refuses with a sentence that does not repeat the secret. */
export function parseSigningKeys(text: string): Result<readonly [SigningKey, ...SigningKey[]], string> {
  const keys: SigningKey[] = [];
  for (const item of text.split(",")) {
    const [id = "", secretText = "", ...rest] = item.trim().split(":");
    const secret = rest.length === 0 ? decodeBase64(secretText) : null;
    if (!KEY_ID.test(id) || !secret) return err("SIGNING_KEYS must be id:base64secret, separated by commas.");
    if (secret.length < SECRET_BYTES_MIN)
      return err(`SIGNING_KEYS: the secret of "${id}" must have at least ${SECRET_BYTES_MIN} octets.`);
    if (keys.some((key) => key.id === id)) return err(`SIGNING_KEYS names "${id}" twice.`);
    keys.push({ id, secret });
  }
  const [first, ...others] = keys;
  return first ? ok([first, ...others]) : err("SIGNING_KEYS is empty.");
}

/** The key of an id, ready for use, or null. Each is imported once; a key is a plain value, so requests may share it. */
export function makeKeyRing(keys: readonly SigningKey[]): (id: string) => Promise<CryptoKey | null> {
  const secrets = new Map(keys.map((key) => [key.id, key.secret]));
  const imported = new Map<string, CryptoKey>();
  return async (id) => {
    const secret = secrets.get(id);
    if (!secret) return null;
    const key =
      imported.get(id) ?? (await crypto.subtle.importKey("raw", secret, HMAC, false, ["sign", "verify"]));
    imported.set(id, key);
    return key;
  };
}

export function makeTokenSigner(keys: readonly [SigningKey, ...SigningKey[]]): TokenSigner {
  const keyOf = makeKeyRing(keys);

  return {
    async sign(purpose, payload) {
      const { id } = keys[0];
      const body = `${id}.${toBase64Url(new TextEncoder().encode(payload))}`;
      const key = await keyOf(id);
      if (!key) throw new Error("the signing key is not among the keys");
      return `${body}.${toBase64Url(new Uint8Array(await crypto.subtle.sign(HMAC, key, signedOctets(purpose, body))))}`;
    },
    async verify(purpose, token) {
      if (token.length > TOKEN_CHARACTERS_MAX) return null;
      const [id = "", payloadText = "", macText = "", ...rest] = token.split(".");
      const key = await keyOf(id);
      const payload = fromBase64Url(payloadText);
      const mac = fromBase64Url(macText);
      if (!key || !payload || !mac || rest.length > 0) return null;
      // WebCrypto's verify compares in constant time.
      const genuine = await crypto.subtle.verify(
        HMAC,
        key,
        mac,
        signedOctets(purpose, `${id}.${payloadText}`),
      );
      return genuine ? new TextDecoder().decode(payload) : null;
    },
  };
}

/** The purpose comes with its length, so that no purpose and body can be cut anew into another purpose and body. */
export const signedOctets = (purpose: string, body: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`${purpose.length}.${purpose}.${body}`);

export const toBase64Url = (octets: Uint8Array): string =>
  btoa(String.fromCharCode(...octets))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null;
  const octets = decodeBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
  // One spelling per token: unused bits of the last character must be zero.
  return octets && toBase64Url(octets) === text ? octets : null;
}
