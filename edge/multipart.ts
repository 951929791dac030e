// A multipart/form-data body, taken apart: RFC 7578 for forms, RFC 2046 section 5.1.1 for the delimiters. The parts are
// views into the body, each with the content type its sender gave it, which the platform's `formData()` loses (Bun) or
// pays for with several copies of the body (everywhere). Strict where readers could disagree on where a part ends.
import { err, ok, type Result } from "../core/result.ts";
import { decodeExtendedValue, parseHeaderValue } from "./header-value.ts";
import { octetSearch } from "./octet-search.ts";

export type Part = {
  readonly name: string;
  /** As the sender named the file; null for a field. Nothing in it has been repaired or refused. */
  readonly filename: string | null;
  /** The part's own Content-Type, whatever it says; null when it has none. */
  readonly contentType: string | null;
  /** A view into the body. */
  readonly octets: Uint8Array<ArrayBuffer>;
};

/** 400: what is wrong with the form, and where: a clause for the sender's programmer. */
export type MultipartFault = { readonly kind: "malformed_multipart"; readonly reason: string };

export type MultipartLimits = { readonly partsMax: number; readonly headerBytesMax: number };

export const MULTIPART_LIMITS: MultipartLimits = {
  // Our largest form has a dozen fields. This leaves room to name the field that is too many.
  partsMax: 32,
  // A file name of 255 characters takes 3 KB percent-encoded; browsers and curl send two headers.
  headerBytesMax: 8 * 1024,
};

/** RFC 2046 section 5.1.1: 1 to 70 of these characters, the last one not a blank. */
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/s;
/** RFC 7578 section 4.7 deprecates the header; these values say that nothing is encoded. */
const IDENTITY_ENCODINGS = new Set(["7bit", "8bit", "binary"]);

const CR = 13;
const LF = 10;
const DASH = 45;
const encoder = new TextEncoder();
const findBlankLine = octetSearch(encoder.encode("\r\n\r\n"));

/**
 * The parts of a form in their order. `contentType` is the request's, with its boundary. Preamble and epilogue are
 * ignored; a form without parts is an empty list. Refuses what is cut off, ambiguous or beyond the limits.
 */
export function parseMultipart(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  limits: MultipartLimits = MULTIPART_LIMITS,
): Result<Part[], MultipartFault> {
  const type = parseHeaderValue(contentType);
  const boundary = type?.parameters.get("boundary") ?? "";
  if (type?.value !== "multipart/form-data" || !BOUNDARY.test(boundary))
    return fault("the Content-Type is not multipart/form-data with a boundary of 1 to 70 characters");

  const sections = split(body, boundary, limits.partsMax);
  if (!sections.ok) return sections;
  const parts: Part[] = [];
  for (const section of sections.value) {
    const part = readPart(section, limits.headerBytesMax);
    if (!part.ok) return fault(`part ${parts.length + 1} ${part.error}`);
    parts.push(part.value);
  }
  return ok(parts);
}

/** The text of a field. It has to be UTF-8 (RFC 7578 section 5.1), whatever charset the part claims; a BOM stays. */
export function textOf(part: Part): Result<string, MultipartFault> {
  const text = decodeUtf8(part.octets);
  return text === null ? fault(`the field ${JSON.stringify(part.name)} is not valid UTF-8`) : ok(text);
}

/** What lies between the delimiters; each section begins with the line end of its delimiter. */
function split(
  body: Uint8Array<ArrayBuffer>,
  boundary: string,
  partsMax: number,
): Result<Uint8Array<ArrayBuffer>[], MultipartFault> {
  const delimiter = encoder.encode(`\r\n--${boundary}`);
  const find = octetSearch(delimiter);
  const sections: Uint8Array<ArrayBuffer>[] = [];

  // The CRLF of the first delimiter is missing when there is no preamble.
  let at = startsWith(body, delimiter.subarray(2)) ? -2 : find(body, 0);
  if (at === -1) return fault("the body does not contain the boundary that its Content-Type names");
  while (true) {
    const after = at + delimiter.length;
    if (body[after] === DASH && body[after + 1] === DASH) return ok(sections);
    const lineEnd = skipBlanks(body, after);
    // A longer line that begins with the boundary: RFC 2046 calls it a delimiter, some readers call it content.
    if (body[lineEnd] !== CR || body[lineEnd + 1] !== LF)
      return fault("a line begins with the boundary but goes on after it, or the body ends there");
    if (sections.length === partsMax) return fault(`the form has more than ${partsMax} parts`);
    at = find(body, lineEnd);
    if (at === -1) return fault("the body ends before the closing boundary");
    sections.push(body.subarray(lineEnd, at));
  }
}

/** A part from its section, or what is wrong with it, as the rest of a sentence. */
function readPart(section: Uint8Array<ArrayBuffer>, headerBytesMax: number): Result<Part, string> {
  // The longest headers allowed, between the delimiter's line end and the blank line.
  const head = section.subarray(0, headerBytesMax + 6);
  const blankLine = findBlankLine(head, 0);
  if (blankLine === -1)
    return head.length === section.length
      ? err("has no blank line after its headers")
      : err(`has more than ${headerBytesMax} octets of headers`);
  const headerText = decodeUtf8(section.subarray(2, Math.max(2, blankLine)));
  if (headerText === null) return err("has headers that are not UTF-8");
  const headers = readHeaders(headerText);
  if (headers === null) return err("has a malformed header, or the same one twice");

  const encoding = headers.get("content-transfer-encoding");
  if (encoding !== undefined && !IDENTITY_ENCODINGS.has(encoding.toLowerCase()))
    return err("has a Content-Transfer-Encoding, which forms do not use (RFC 7578 section 4.7)");

  const disposition = parseHeaderValue(headers.get("content-disposition") ?? "");
  const name = disposition?.parameters.get("name");
  if (disposition?.value !== "form-data" || name === undefined)
    return err('has no valid "Content-Disposition: form-data" with a name');
  const extended = disposition.parameters.get("filename*");
  const decoded = extended === undefined ? undefined : decodeExtendedValue(extended);
  if (decoded === null) return err("has a filename* that is not RFC 8187 UTF-8");
  const plain = disposition.parameters.get("filename");

  return ok({
    name: unescapeName(name),
    // RFC 7578 section 4.2 forbids filename*, some clients send it; RFC 6266 section 4.3 prefers it to the plain one.
    filename: decoded ?? (plain === undefined ? null : unescapeName(plain)),
    contentType: headers.get("content-type") || null,
    octets: section.subarray(blankLine + 4),
  });
}

/** Header values by name in lower case; null when a line is no header, or a name is there twice. */
function readHeaders(text: string): Map<string, string> | null {
  const headers = new Map<string, string>();
  if (text === "") return headers;
  // RFC 5322 section 2.2.3: a line that begins with a blank continues the one before.
  for (const line of text.replace(/\r\n(?=[ \t])/g, "").split("\r\n")) {
    const [, name, value] = HEADER_LINE.exec(line) ?? [];
    // A CR or LF alone would be a line end to some readers.
    if (name === undefined || value === undefined || /[\r\n]/.test(value)) return null;
    if (headers.has(name.toLowerCase())) return null;
    headers.set(name.toLowerCase(), value);
  }
  return headers;
}

/** HTML "multipart form data": browsers (and curl since 7.81) write exactly these three characters this way. */
const unescapeName = (name: string): string =>
  name.replace(/%22|%0D|%0A/gi, (escaped) => decodeURIComponent(escaped));

/** The text, its BOM kept (as the platform's `formData()` does), or null when it is not UTF-8. */
function decodeUtf8(octets: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return null;
  }
}

function startsWith(octets: Uint8Array, prefix: Uint8Array): boolean {
  return octets.length >= prefix.length && prefix.every((octet, at) => octets[at] === octet);
}

/** RFC 2046 section 5.1.1: blanks between a delimiter and its line end are transport padding. */
function skipBlanks(octets: Uint8Array, from: number): number {
  let at = from;
  while (octets[at] === 0x20 || octets[at] === 0x09) at++;
  return at;
}

const fault = (reason: string): { ok: false; error: MultipartFault } =>
  err({ kind: "malformed_multipart", reason });
