// Base32 in lower case without padding: for what people read aloud, and for names that compare without case.
// RFC 4648 section 6.

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** Five bits a character; the last one is filled up with zeros. */
export function base32(octets: Uint8Array): string {
  let text = "";
  let pending = 0;
  let bits = 0;
  for (const octet of octets) {
    pending = (pending << 8) | octet;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(pending >> (bits - 5)) & 31];
    pending &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(pending << (5 - bits)) & 31] : text;
}
