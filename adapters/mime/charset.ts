// Octets that claim a character set, as text. Labels are those of the WHATWG Encoding Standard and what mail programs
// write for the same sets; a label nobody knows is no error. Of the sets without a decoder there, those that old mail
// has are in seven-bit-text.ts and code-page-text.ts.
import { decodeCodePage437, decodeCodePage850, decodeCodePage852 } from "./code-page-text.ts";
import { decodeHz, decodeIso2022Kr, decodeUtf7 } from "./seven-bit-text.ts";

/** Labels of mail programs that the standard does not list, without "x-". */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["cp932", "shift_jis"],
  ["cp936", "gbk"],
  ["cp949", "euc-kr"],
  ["cp950", "big5"],
  ["cp50220", "iso-2022-jp"],
  ["cp50221", "iso-2022-jp"],
  ["cp50222", "iso-2022-jp"],
  ["cp51932", "euc-jp"],
  ["cn-gb", "gbk"],
  ["eucjp", "euc-jp"],
  ["euckr", "euc-kr"],
  ["iso-2022-jp-1", "iso-2022-jp"],
  ["iso-2022-jp-2", "iso-2022-jp"],
  ["iso-2022-jp-ms", "iso-2022-jp"],
  ["mac-cyrillic", "x-mac-cyrillic"],
  ["ms936", "gbk"],
  ["ms949", "euc-kr"],
  ["tis620", "windows-874"],
  ["uhc", "euc-kr"],
  ["windows-932", "shift_jis"],
  ["windows-936", "gbk"],
  ["windows-950", "big5"],
]);
/** RFC 2046 section 4.1.2: the set of text that names none; programs write it over UTF-8 and Windows text as well. */
const UNNAMED = new Set(["", "ascii", "us-ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown"]);
const LABEL_CHARACTERS_MAX = 64;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const windows1252 = new TextDecoder("windows-1252");

/** A character for each octet, for comparing them as text: windows-1252 has one for all 256. */
export const octetText = (octets: Uint8Array): string => windows1252.decode(octets);

/** Text that names no character set: UTF-8 (RFC 6532) where it is, else what Windows programs write. */
export const decodeUnlabelled = (octets: Uint8Array): string => decodeUtf8(octets) ?? octetText(octets);

function decodeUtf8(octets: Uint8Array): string | null {
  try {
    return utf8.decode(octets);
  } catch {
    return null;
  }
}

/** RFC 2047 section 2, "Q". */
const ENCODED_WORD = /=\?[^?\s]+\?[Qq]\?[^?]*\?=/g;
const CHARACTERS = octetText(Uint8Array.from({ length: 256 }, (_, octet) => octet));

/** A header field. Octets that stand raw in an encoded-word belong to its own set, so they are escaped to be read with it. */
export const decodeField = (octets: Uint8Array): string =>
  decodeUtf8(octets) ??
  octetText(octets).replaceAll(ENCODED_WORD, (word) =>
    word.replaceAll(
      /[^\0-\x7f]/g,
      (character) => `=${CHARACTERS.indexOf(character).toString(16).toUpperCase()}`,
    ),
  );

/** Which no runtime has a decoder for. */
const DECODERS: ReadonlyMap<string, (octets: Uint8Array) => string> = new Map([
  ["cp437", decodeCodePage437],
  ["cp850", decodeCodePage850],
  ["cp852", decodeCodePage852],
  ["csiso2022kr", decodeIso2022Kr],
  ["hz", decodeHz],
  ["hz-gb-2312", decodeHz],
  ["ibm437", decodeCodePage437],
  ["ibm850", decodeCodePage850],
  ["ibm852", decodeCodePage852],
  ["iso-2022-kr", decodeIso2022Kr],
  ["unicode-1-1-utf-7", decodeUtf7],
  ["utf-7", decodeUtf7],
  ["utf7", decodeUtf7],
]);

/** What the set has no character for becomes U+FFFD; an unknown label counts as none. */
export function decodeText(octets: Uint8Array, charset: string | null): string {
  const label = labelOf(charset ?? "");
  const decode = DECODERS.get(label);
  if (decode !== undefined) return decode(octets);
  // RFC 2781 section 4.3: the mark of order counts; the standard reads this label as little-endian.
  const decoder = decoderFor(
    label === "utf-16" && octets[0] === 0xfe && octets[1] === 0xff ? "utf-16be" : label,
  );
  if (decoder === null) return decodeUnlabelled(octets).replace(/^\ufeff/, "");
  return decoder.decode(decoder.encoding === "iso-2022-jp" ? withoutIdleEscapes(octets) : octets);
}

/** HTML Standard, "prescan a byte stream": it is looked for this far. */
const PRESCAN_OCTETS = 1024;
const META_CHARSET = /<meta[\s/][^>]*?\bcharset\s*=\s*["']?\s*([\w:.+-]+)/i;

/** The set that an HTML document names itself, as browsers read it where nothing else does; null when it names none. */
export function charsetOfHtml(octets: Uint8Array): string | null {
  const [, label = null] = META_CHARSET.exec(octetText(octets.subarray(0, PRESCAN_OCTETS))) ?? [];
  // What can be read to here is no UTF-16, whatever it says.
  return label === null || /^utf-?16/i.test(label) ? null : label;
}

/** In lower case, without the single quotes that some programs take for quotes. */
const labelOf = (charset: string): string =>
  charset.slice(0, LABEL_CHARACTERS_MAX).toLowerCase().replaceAll("'", "").trim();

function decoderFor(label: string): TextDecoder | null {
  if (UNNAMED.has(label)) return null;
  const plain = label
    .replace(/^x-/, "")
    .replaceAll("_", "-")
    .replace(/^win(?:dows)?-?(?=\d)/, "windows-");
  for (const candidate of [label, ALIASES.get(plain), plain]) {
    try {
      if (candidate !== undefined) return new TextDecoder(candidate);
    } catch {
      // The next candidate.
    }
  }
  return null;
}

const ESC = 0x1b;
/** ESC, "$" or "(", and the set's letter. */
const ESCAPE_LENGTH = 3;

/**
 * Without the escapes that switch to a set in which nothing is written, as joined lines have them: the standard's
 * decoder answers U+FFFD for an escape behind an escape.
 */
function withoutIdleEscapes(octets: Uint8Array): Uint8Array {
  const kept = new Uint8Array(octets.length);
  let length = 0;
  for (let at = 0; at < octets.length; at++)
    if (octets[at] === ESC && octets[at + ESCAPE_LENGTH] === ESC) at += ESCAPE_LENGTH - 1;
    else kept[length++] = octets[at] ?? 0;
  return kept.subarray(0, length);
}
