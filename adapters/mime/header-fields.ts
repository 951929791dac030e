// The header of a message or of a part (RFC 5322 section 2.2): where its fields lie and where it ends. Only the fields
// somebody asks for are ever decoded. Nothing is refused: what is no field is passed over.
import { CLASS_FIELDS } from "../../core/inbound/mail-class.ts";
import { decodeField, octetText } from "./charset.ts";
import type { Lines } from "./lines.ts";

/** What is read anywhere. */
const READ_FIELDS = [
  ...CLASS_FIELDS,
  "content-disposition",
  "content-id",
  "content-transfer-encoding",
  "content-type",
  "feedback-type",
  "from",
  "message-id",
  "references",
  "subject",
] as const;
export type ReadField = (typeof READ_FIELDS)[number];

/** Not read, but their presence says that the header goes on. */
const OTHER_FIELDS = ["bcc", "cc", "date", "mime-version", "received", "reply-to", "sender", "to"];
const KNOWN = new Set<string>([...READ_FIELDS, ...OTHER_FIELDS]);
const NAME_LENGTH_MAX = 32;

const COLON = 0x3a;
const SPACE = 0x20;
const TAB = 0x09;

export class HeaderFields {
  readonly #octets: Uint8Array;
  readonly #places = new Map<string, { readonly begin: number; end: number }>();

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  /** Where a field's text lies; the end moves on with its folds. RFC 5322 section 3.6: of several the first counts. */
  place(name: string, begin: number, end: number): { end: number } {
    const place = { begin, end };
    if (!this.#places.has(name)) this.#places.set(name, place);
    return place;
  }

  /** The field's text without its folds (section 2.2.3); null when there is none. */
  get(name: ReadField): string | null {
    const place = this.#places.get(name);
    if (place === undefined) return null;
    const folded = decodeField(this.#octets.subarray(place.begin, place.end));
    // A line end that folds nothing is no white space of the field, but it must not join two words either.
    return folded.replaceAll(/[\r\n]+(?=[ \t])/g, "").replaceAll(/[\r\n]+/g, " ");
  }
}

export type Header = {
  readonly fields: HeaderFields;
  /** Where the body begins; null when the header is longer than was allowed, and `fields` has what came before. */
  readonly end: number | null;
};

/**
 * The header that begins here. It ends with an empty line, before a line that `isEnd` knows by its begin (a boundary), or where text
 * begins that was never set apart: at a line that is no field, if no known field follows. RFC 5322 has no such lines;
 * mbox files and broken gateways write them.
 */
export function readHeader(
  lines: Lines,
  begin: number,
  octetsMax: number,
  isEnd: (lineBegin: number) => boolean,
): Header {
  const fields = new HeaderFields(lines.octets);
  let open: { end: number } | null = null;
  let stray: number | null = null;
  for (let at = begin; at < lines.octets.length;) {
    const end = lines.endOf(at);
    if (end - begin > octetsMax) return { fields, end: null };
    if (end === at) return { fields, end: stray ?? lines.after(end) };
    if (isEnd(at)) return { fields, end: stray ?? at };
    const first = lines.octets[at];
    if (first === SPACE || first === TAB) {
      if (open) open.end = end;
    } else {
      const field = readName(lines.octets, at, end);
      const isKnown = field !== null && KNOWN.has(field.name);
      if (isKnown) stray = null;
      else if (field === null) stray ??= at;
      open = isKnown ? fields.place(field.name, field.valueBegin, end) : null;
    }
    at = lines.after(end);
  }
  return { fields, end: stray ?? lines.octets.length };
}

/** RFC 5322 sections 2.2 and 4.5: printable ASCII, a colon, in old mail white space before it. Names nobody reads are empty. */
function readName(
  octets: Uint8Array,
  begin: number,
  end: number,
): { name: string; valueBegin: number } | null {
  let nameEnd = begin;
  while (nameEnd < end && isNameOctet(octets[nameEnd])) nameEnd++;
  let colon = nameEnd;
  while (octets[colon] === SPACE || octets[colon] === TAB) colon++;
  if (nameEnd === begin || colon >= end || octets[colon] !== COLON) return null;
  const isLong = nameEnd - begin > NAME_LENGTH_MAX;
  const name = isLong ? "" : octetText(octets.subarray(begin, nameEnd)).toLowerCase();
  return { name, valueBegin: colon + 1 };
}

const isNameOctet = (octet: number | undefined): boolean =>
  octet !== undefined && octet > SPACE && octet < 0x7f && octet !== COLON;
