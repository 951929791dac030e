// Text of a header that ASCII cannot carry, as encoded-words (RFC 2047): UTF-8, "Q" or "B" whichever is shorter, each
// word whole characters. Where a line is folded between them is not decided here; see headers.ts.

/** RFC 2047 section 2: an encoded-word is at most 75 characters, delimiters included. */
const ENCODED_WORD_MAX = 75;
/** `=?UTF-8?Q?` and `?=`. */
const DELIMITERS_LENGTH = 12;

/** One of the two encodings: how many octets' worth of `cost` fit into a room of characters, and how they are written. */
type Encoding = {
  readonly letter: "Q" | "B";
  readonly budget: (room: number) => number;
  readonly cost: (octet: number) => number;
  readonly encode: (octets: Uint8Array) => string;
};

/** RFC 2047 section 5 (3): what "Q" may leave as it is in every place; section 4.2 (2): a space is "_". */
const Q_OCTETS = Array.from({ length: 256 }, (_, octet) => {
  const character = String.fromCharCode(octet);
  if (octet === 0x20) return "_";
  if (/[A-Za-z0-9!*+/-]/.test(character)) return character;
  return `=${octet.toString(16).toUpperCase().padStart(2, "0")}`;
});
const qOctet = (octet: number): string => Q_OCTETS[octet] ?? "";

const Q: Encoding = {
  letter: "Q",
  budget: (room) => room,
  cost: (octet) => qOctet(octet).length,
  encode(octets) {
    let text = "";
    for (const octet of octets) text += qOctet(octet);
    return text;
  },
};

const B: Encoding = {
  letter: "B",
  budget: (room) => Math.floor(room / 4) * 3,
  cost: () => 1,
  encode: base64Text,
};

const encoder = new TextEncoder();

/**
 * The text as encoded-words, to be joined by single spaces or folds: readers drop the white space between them
 * (RFC 2047 section 6.2). `firstRoom` is how long the first may be; the others are at most 75 characters.
 */
export function encodeWords(text: string, firstRoom: number): string[] {
  const octets = encoder.encode(text);
  const qLength = Q.encode(octets).length;
  const encoding = qLength * 3 <= octets.length * 4 ? Q : B;

  const words: string[] = [];
  let budget = encoding.budget(Math.min(firstRoom, ENCODED_WORD_MAX) - DELIMITERS_LENGTH);
  let wordStart = 0;
  let spent = 0;
  for (let start = 0; start < octets.length;) {
    const end = characterEnd(octets, start);
    let cost = 0;
    for (let at = start; at < end; at++) cost += encoding.cost(octets[at] ?? 0);
    if (spent + cost > budget && start > wordStart) {
      words.push(encodedWord(encoding, octets.subarray(wordStart, start)));
      budget = encoding.budget(ENCODED_WORD_MAX - DELIMITERS_LENGTH);
      wordStart = start;
      spent = 0;
    }
    spent += cost;
    start = end;
  }
  words.push(encodedWord(encoding, octets.subarray(wordStart)));
  return words;
}

/** RFC 2047 section 5: a character is never split between words. UTF-8 continuation octets are 10xxxxxx. */
function characterEnd(octets: Uint8Array, start: number): number {
  let end = start + 1;
  while (((octets[end] ?? 0) & 0xc0) === 0x80) end++;
  return end;
}

const encodedWord = (encoding: Encoding, octets: Uint8Array): string =>
  `=?UTF-8?${encoding.letter}?${encoding.encode(octets)}?=`;

const BASE64_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 (RFC 4648 section 4) of the few octets of a word; core has no global for it. */
function base64Text(octets: Uint8Array): string {
  let text = "";
  for (let at = 0; at < octets.length; at += 3) {
    const group = ((octets[at] ?? 0) << 16) | ((octets[at + 1] ?? 0) << 8) | (octets[at + 2] ?? 0);
    for (let digit = 0; digit < 4; digit++)
      text += at + digit > octets.length ? "=" : BASE64_ALPHABET.charAt((group >> (18 - 6 * digit)) & 63);
  }
  return text;
}
