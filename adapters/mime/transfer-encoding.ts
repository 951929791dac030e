// Undoing a transfer encoding (RFC 2045 section 6) of what strangers' programs wrote: nothing is refused, what is no
// code is passed over, and time is linear. Text is not touched: neither line ends nor character sets. Where nothing is
// encoded the octets are a view into the message.

const CR = 0x0d;
const LF = 0x0a;
const EQUALS = 0x3d;

/** The octets of a part, whatever its Content-Transfer-Encoding says; an unknown one is left as it is. */
export function decodeTransfer(octets: Uint8Array, encoding: string): Uint8Array {
  switch (encoding) {
    case "base64":
      return decodeLooseBase64(octets);
    case "quoted-printable":
      return octets.includes(EQUALS) ? decodeQuotedPrintable(octets) : octets;
    case "x-uuencode":
    case "x-uue":
    case "uuencode":
    case "uue":
      return decodeUuencode(octets);
    default:
      return octets;
  }
}

const NO_DIGIT = -1;
const DIGITS = new Int8Array(256).fill(NO_DIGIT);
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
for (let value = 0; value < ALPHABET.length; value++) DIGITS[ALPHABET.charCodeAt(value)] = value;

/** RFC 2045 section 6.8: characters outside the alphabet are passed over. Padding ends a group, not the data. */
function decodeLooseBase64(octets: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.floor(octets.length / 4) * 3 + 3);
  let length = 0;
  let group = 0;
  let bits = 0;
  for (let at = 0; at < octets.length;) {
    if (bits === 0) {
      const first = DIGITS[octets[at] ?? 0] ?? NO_DIGIT;
      const second = DIGITS[octets[at + 1] ?? 0] ?? NO_DIGIT;
      const third = DIGITS[octets[at + 2] ?? 0] ?? NO_DIGIT;
      const fourth = DIGITS[octets[at + 3] ?? 0] ?? NO_DIGIT;
      if ((first | second | third | fourth) >= 0) {
        out[length++] = (first << 2) | (second >> 4);
        out[length++] = (second << 4) | (third >> 2);
        out[length++] = (third << 6) | fourth;
        at += 4;
        continue;
      }
    }
    const octet = octets[at++] ?? 0;
    const digit = DIGITS[octet] ?? NO_DIGIT;
    if (digit >= 0) {
      group = ((group << 6) | digit) & 0xfff;
      bits += 6;
      if (bits < 8) continue;
      bits -= 8;
      out[length++] = group >> bits;
    } else if (octet === EQUALS) bits = 0;
  }
  return out.subarray(0, length);
}

/**
 * RFC 2045 section 6.7. DEPARTS: white space at the end of a line is kept (rule 3 drops it): no encoder leaves any, and
 * other readers keep it, so a checksum of the file stays what theirs is.
 */
function decodeQuotedPrintable(octets: Uint8Array): Uint8Array {
  const out = new Uint8Array(octets.length);
  let length = 0;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? 0;
    if (octet !== EQUALS) {
      out[length++] = octet;
      continue;
    }
    const value = (hexDigit(octets[at + 1]) << 4) | hexDigit(octets[at + 2]);
    if (value >= 0) {
      out[length++] = value;
      at += 2;
    } else if (octets[at + 1] === CR || octets[at + 1] === LF) {
      at += octets[at + 1] === CR && octets[at + 2] === LF ? 2 : 1;
    } else if (at + 1 < octets.length) out[length++] = octet;
  }
  return out.subarray(0, length);
}

/** Negative for what is none, and stays so when shifted. */
function hexDigit(octet: number | undefined): number {
  if (octet === undefined) return -1;
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet & ~0x20;
  return letter >= 0x41 && letter <= 0x46 ? letter - 0x37 : -1;
}

/** Which the mode and the name of the file follow. */
const BEGIN = [0x62, 0x65, 0x67, 0x69, 0x6e, 0x20];
const END = [0x65, 0x6e, 0x64];

/** POSIX uuencode: lines of a length and groups of four, until one of length zero. Blanks that were trimmed are zeros. */
function decodeUuencode(octets: Uint8Array): Uint8Array {
  const begins = (word: readonly number[]): boolean =>
    word.every((octet, place) => octets[at + place] === octet);
  let at = 0;
  while (at < octets.length && !begins(BEGIN)) at = nextLine(octets, at);
  // No file was begun: nothing is guessed.
  if (at >= octets.length) return octets;
  // A line tells how much it has, so lines that have nothing could become far more than all of them are.
  const out = new Uint8Array(octets.length);
  let end = 0;
  for (at = nextLine(octets, at); at < octets.length && end < out.length;) {
    const lineEnd = nextLine(octets, at);
    const count = Math.min(sixBits(octets[at]), out.length - end);
    // "end" would be a line of five octets, which has eight characters.
    if (count === 0 || (begins(END) && lineEnd - at <= END.length + 2)) break;
    for (let place = 0; place < count; place++) {
      const turn = place % 3;
      const digit = at + 1 + Math.floor(place / 3) * 4 + turn;
      const left = digit < lineEnd ? sixBits(octets[digit]) : 0;
      const right = digit + 1 < lineEnd ? sixBits(octets[digit + 1]) : 0;
      out[end++] = (left << (2 * turn + 2)) | (right >> (4 - 2 * turn));
    }
    at = lineEnd;
  }
  return out.subarray(0, end);
}

/** Line ends count as blanks. */
const sixBits = (octet: number | undefined): number =>
  octet === undefined || octet < 0x20 ? 0 : (octet - 0x20) & 0x3f;

function nextLine(octets: Uint8Array, from: number): number {
  const end = octets.indexOf(LF, from);
  return end < 0 ? octets.length : end + 1;
}
