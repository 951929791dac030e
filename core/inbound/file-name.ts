// The name a received file is stored, shown and downloaded under. RFC 2183 section 2.3: a sender's name is a suggestion
// and a last component only. Here names are repaired, never refused: the file is wanted, whatever a stranger called it.
// No key or path is ever made of a name. Decoding what the header wrote belongs to the parser.
import { RESERVED_NAME } from "../email/attachment.ts";
import { foldName } from "../use-case/use-case-name.ts";

/** What file systems take. */
const NAME_OCTETS_MAX = 255;
/** Longer ones are no extensions but sentences with a dot. */
const EXTENSION_OCTETS_MAX = 20;

/** "/" and "\", and what looks like them: division slash, fullwidth solidus and reverse solidus. */
const SEPARATORS = ["/", "\\", "\u2215", "\uff0f", "\uff3c"];
const DRIVE = /^[A-Za-z]:/;
/** Controls, line separators, bidi marks, characters of no width, half characters and noncharacters: nobody sees them. */
const UNSEEN =
  /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u200b-\u200d\u2060\ufeff]/gu;
/** What Windows takes in no name. */
const FORBIDDEN = /[<>:"|?*]/g;

/** Extensions of the types that travel without a name; by the claimed type, which proves nothing. */
const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ["application/gzip", "gz"],
  ["application/ics", "ics"],
  ["application/json", "json"],
  ["application/ms-tnef", "dat"],
  ["application/msword", "doc"],
  ["application/pdf", "pdf"],
  ["application/pgp-signature", "asc"],
  ["application/pkcs7-mime", "p7m"],
  ["application/pkcs7-signature", "p7s"],
  ["application/rtf", "rtf"],
  ["application/xml", "xml"],
  ["application/zip", "zip"],
  ["audio/amr", "amr"],
  ["audio/mpeg", "mp3"],
  ["audio/wav", "wav"],
  ["image/bmp", "bmp"],
  ["image/gif", "gif"],
  ["image/heic", "heic"],
  ["image/jpeg", "jpg"],
  ["image/png", "png"],
  ["image/svg+xml", "svg"],
  ["image/tiff", "tif"],
  ["image/webp", "webp"],
  ["message/delivery-status", "txt"],
  ["message/disposition-notification", "txt"],
  ["message/feedback-report", "txt"],
  ["message/global", "eml"],
  ["message/rfc822", "eml"],
  ["text/calendar", "ics"],
  ["text/csv", "csv"],
  ["text/html", "html"],
  ["text/plain", "txt"],
  ["text/rfc822-headers", "txt"],
  ["text/vcard", "vcf"],
  ["text/x-vcard", "vcf"],
  ["video/mp4", "mp4"],
  ["video/quicktime", "mov"],
]);

/** For the file at this place, counted from one, when its sender gave it no name that is left. */
export const fallbackName = (place: number, mediaType: string): string =>
  `attachment-${place}.${EXTENSIONS.get(mediaType) ?? "bin"}`;

/** The name made safe, at most 255 octets of UTF-8; null when nothing of it is left. A safe name stays as it is. */
export function safeFileName(name: string): string | null {
  const written = name.toWellFormed().normalize("NFC");
  const last = written.slice(Math.max(...SEPARATORS.map((mark) => written.lastIndexOf(mark))) + 1);
  const visible = last.replace(DRIVE, "").replaceAll(UNSEEN, "").replaceAll(FORBIDDEN, "_");
  // Characters that stood apart may now compose.
  const trimmed = trimEnds(visible.normalize("NFC"));
  if (trimmed === "") return null;
  const unhidden = trimmed.startsWith(".") ? `_${trimmed.slice(1)}` : trimmed;
  const short = cutName(unhidden, NAME_OCTETS_MAX);
  return RESERVED_NAME.test(short) ? cutName(`_${short}`, NAME_OCTETS_MAX) : short;
}

/** The name of a message that travels inside another: its subject, where "/" is a character like any other. */
export function messageFileName(subject: string): string | null {
  const flat = SEPARATORS.reduce((text, mark) => text.replaceAll(mark, "_"), subject);
  const name = safeFileName(flat);
  return name === null ? null : cutName(`${name}.eml`, NAME_OCTETS_MAX);
}

/**
 * The names, each different from the others and from `taken` as file systems compare (NFC and case-folding): a repeated
 * one gets " (2)" before its extension. So does one that is, as it is written, among the ids that files are found by.
 */
export function uniqueNames(
  names: readonly string[],
  taken: readonly string[],
  ids: ReadonlySet<string | null> = new Set(),
): readonly string[] {
  const used = new Set(taken.map(foldName));
  const repeats = new Map<string, number>();
  return names.map((name) => {
    const folded = foldName(name);
    let unique = name;
    const isTaken = (): boolean => used.has(foldName(unique)) || ids.has(unique);
    for (let repeat = repeats.get(folded) ?? 2; isTaken(); repeat++) {
      unique = cutName(name, NAME_OCTETS_MAX, ` (${repeat})`);
      repeats.set(folded, repeat + 1);
    }
    used.add(foldName(unique));
    return unique;
  });
}

/** White space at both ends and dots at the end; a loop, because a pattern would try each blank of a long run. */
function trimEnds(text: string): string {
  let end = text.length;
  while (end > 0 && /[.\s]/.test(text.charAt(end - 1))) end--;
  return text.slice(0, end).trimStart();
}

/** The name with the suffix before its extension, its stem cut at a character so that all of it has room. */
function cutName(name: string, octetsMax: number, suffix = ""): string {
  const dot = name.lastIndexOf(".");
  const isExtension = dot > 0 && octetsOf(name.slice(dot)) <= EXTENSION_OCTETS_MAX;
  const extension = isExtension ? name.slice(dot) : "";
  const stem = isExtension ? name.slice(0, dot) : name;
  const octets = encoder.encode(stem);
  const room = octetsMax - octetsOf(suffix) - octetsOf(extension);
  if (octets.length <= room) return stem + suffix + extension;
  // UTF-8 continues a character with octets of 10xxxxxx.
  let end = room;
  while (((octets[end] ?? 0) & 0xc0) === 0x80) end--;
  return trimEnds(decoder.decode(octets.subarray(0, end))) + suffix + extension;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const octetsOf = (text: string): number => encoder.encode(text).length;
