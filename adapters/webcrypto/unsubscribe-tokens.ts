// Tokens of unsubscribe links: 3 octets that name the key, the mail's id (16), and half an HMAC-SHA-256 (16), in base32.
// 35 octets are 56 characters exactly: no bit is left over, so that each token has one spelling but for its case, and
// `u+{token}` stays within the 64 octets of a local part (RFC 5321 section 4.5.3.1.1).
import { parseBase32, base32 } from "../../core/base32.ts";
import { type Id, parseId } from "../../core/ids.ts";
import type { UnsubscribeTokens } from "../../core/ports/unsubscribe-tokens.ts";
import { HMAC, makeKeyRing, type SigningKey, signedOctets } from "./token-signer.ts";

/**
 * A key is named by the beginning of its id's SHA-256: the same whatever other keys there are and in whatever order. Ids that
 * begin alike cost a second look, no more.
 */
const KEY_NAME_OCTETS = 3;
const ID_OCTETS = 16;
/** RFC 2104 section 5: half of the hash. 128 bits cannot be guessed over HTTP. */
const MAC_OCTETS = 16;
const TOKEN = /^[a-z2-7]{56}$/i;
const PURPOSE = "unsubscribe";

export function makeUnsubscribeTokens(keys: readonly [SigningKey, ...SigningKey[]]): UnsubscribeTokens {
  const keyOf = makeKeyRing(keys);
  const names = new Map<string, Uint8Array>();

  const nameOf = async ({ id }: SigningKey): Promise<Uint8Array> => {
    const known = names.get(id);
    if (known) return known;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id));
    const name = new Uint8Array(digest, 0, KEY_NAME_OCTETS);
    names.set(id, name);
    return name;
  };
  const tokenOf = async (signingKey: SigningKey, emailId: Id): Promise<string> => {
    const key = await keyOf(signingKey.id);
    if (!key) throw new Error("the signing key is not among the keys");
    const mac = await crypto.subtle.sign(HMAC, key, signedOctets(PURPOSE, `${signingKey.id}.${emailId}`));
    return base32(joined(await nameOf(signingKey), octetsOfId(emailId), new Uint8Array(mac, 0, MAC_OCTETS)));
  };

  return {
    issue: (emailId) => tokenOf(keys[0], emailId),
    async read(token) {
      const octets = TOKEN.test(token) ? parseBase32(token) : null;
      const emailId = octets && idOfOctets(octets.subarray(KEY_NAME_OCTETS, KEY_NAME_OCTETS + ID_OCTETS));
      if (!octets || !emailId) return null;
      for (const key of keys) {
        if (!startsWith(octets, await nameOf(key))) continue;
        if (areEqual(token.toLowerCase(), await tokenOf(key, emailId))) return emailId;
      }
      return null;
    },
  };
}

/** Takes the same time wherever two texts of one length differ. */
function areEqual(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}

const startsWith = (octets: Uint8Array, prefix: Uint8Array): boolean =>
  prefix.every((octet, at) => octets[at] === octet);

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** RFC 9562 section 4: the 16 octets of a UUID's hexadecimal digits. */
const octetsOfId = (id: Id): Uint8Array =>
  Uint8Array.from(id.replaceAll("-", "").match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));

function idOfOctets(octets: Uint8Array): Id | null {
  const digits = Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
  return parseId(digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"));
}
