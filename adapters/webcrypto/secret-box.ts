// Seals secrets of others for the database: `{key id}.{nonce and ciphertext in base64url}`, AES-256-GCM (NIST SP 800-38D)
// under a key that HKDF-SHA-256 (RFC 5869) derives from a signing key, the purpose as associated data. The first key
// seals, every key opens.
import type { SecretBox } from "../../core/ports/secret-box.ts";
import { fromBase64Url, type SigningKey, toBase64Url } from "./token-signer.ts";

/** SP 800-38D section 8.2.2: random, 96 bits. A row is sealed a few times in its life, far from 2^32 under one key. */
const NONCE_OCTETS = 12;
/** What the derived key is for (RFC 5869 section 3.2): no other use of the signing keys has it. */
const INFO = new TextEncoder().encode("postrider secret box, AES-256-GCM");
/** Far above any token; below it no work is done on what cannot be ours. */
const SEALED_CHARACTERS_MAX = 4096;

export function makeSecretBox(keys: readonly [SigningKey, ...SigningKey[]]): SecretBox {
  const secrets = new Map(keys.map((key) => [key.id, key.secret]));
  // Derived once each; a key is a plain value, so requests may share it.
  const derived = new Map<string, CryptoKey>();
  const keyOf = async (id: string): Promise<CryptoKey | null> => {
    const secret = secrets.get(id);
    if (!secret) return null;
    const key = derived.get(id) ?? (await deriveKey(secret));
    derived.set(id, key);
    return key;
  };

  return {
    async seal(purpose, secret) {
      const { id } = keys[0];
      const key = await keyOf(id);
      if (!key) throw new Error("the sealing key is not among the keys");
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_OCTETS));
      const sealed = await crypto.subtle.encrypt(gcm(nonce, purpose), key, new TextEncoder().encode(secret));
      return `${id}.${toBase64Url(Uint8Array.from([...nonce, ...new Uint8Array(sealed)]))}`;
    },
    async open(purpose, sealed) {
      if (sealed.length > SEALED_CHARACTERS_MAX) return null;
      const [id = "", text = "", ...rest] = sealed.split(".");
      const key = await keyOf(id);
      const octets = fromBase64Url(text);
      if (!key || !octets || rest.length > 0) return null;
      const nonce = octets.slice(0, NONCE_OCTETS);
      const opened = await crypto.subtle
        .decrypt(gcm(nonce, purpose), key, octets.slice(NONCE_OCTETS))
        // Altered, or sealed for another purpose: WebCrypto says no more than that it failed.
        .catch(() => null);
      return opened && { secret: new TextDecoder().decode(opened), isNewestKey: id === keys[0].id };
    },
  };
}

const gcm = (iv: Uint8Array<ArrayBuffer>, purpose: string) => ({
  name: "AES-GCM",
  iv,
  additionalData: new TextEncoder().encode(purpose),
});

async function deriveKey(secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: INFO };
  return crypto.subtle.deriveKey(hkdf, material, { name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
}
