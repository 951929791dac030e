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

/** The octets of such a text, in any case; null when it is none, or its last character is not filled up with zeros. */
export function parseBase32(text: string): Uint8Array<ArrayBuffer> | null {
  const octets = new Uint8Array(Math.floor((text.length * 5) / 8));
  let pending = 0;
  let bits = 0;
  let length = 0;
  for (const character of text.toLowerCase()) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) return null;
    pending = (pending << 5) | value;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    octets[length++] = pending >> bits;
    pending &= (1 << bits) - 1;
  }
  // A whole character too many would be another spelling of the same octets.
  return bits < 5 && pending === 0 ? octets : null;
}
