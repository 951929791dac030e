// Content-Type and Content-Disposition as programs write them: a word and parameters (RFC 2045 section 5.1), continued
// and percent-encoded (RFC 2231), or with encoded-words where none may stand (RFC 2047). Core's parseContentType is for
// what our own callers write, which may be refused; nothing is refused here.
import { decodeText } from "./charset.ts";
import { decodeWords } from "./encoded-words.ts";

/** A field with a name of 255 octets, each written as `%XX` in pieces, has 2 KB. */
const FIELD_CHARACTERS_MAX = 64 * 1024;

/** Longer ones are none: keeps the search for an end that is not there short. */
const COMMENT_CHARACTERS_MAX = 1000;

/** A parameter whose value may hold parentheses: a browser's "report (1).pdf" comes without quotes too. */
const NAMES = new Set(["name", "filename"]);

/** A parameter after a semicolon that its program forgot; of those that are read, so that no other value is cut. */
const UNSEPARATED =
  /[ \t]*(?<=[ \t"])(?:boundary|charset|delsp|filename|format|name|report-type)(?:\*\d*)*[ \t]*=/iy;

/** A parameter where the word before it is missing. */
const PARAMETER = /^[a-z][\w*-]*[ \t]*=/i;

export type StructuredField = {
  /** In lower case, without comments; empty when there is none. */
  readonly value: string;
  /** As written, of several with one name the first; names in lower case, with the marks of RFC 2231. */
  readonly parameters: ReadonlyMap<string, string>;
};

export function readStructuredField(text: string): StructuredField {
  const field = text.slice(0, FIELD_CHARACTERS_MAX);
  const word = PARAMETER.test(field.trimStart()) ? { text: "", end: -1 } : readValue(field, 0, true);
  const parameters = new Map<string, string>();
  for (let at = word.end; at < field.length;) {
    const [name, valueBegin] = readName(field, at + 1);
    const value = readValue(field, valueBegin, !NAMES.has(name.replace(/\*.*/, "")));
    if (name !== "" && !parameters.has(name)) parameters.set(name, value.text);
    at = value.end;
  }
  return { value: word.text.toLowerCase(), parameters };
}

/** The name before "=", and where its value begins; one without value ends at the next ";". */
function readName(field: string, begin: number): [name: string, valueBegin: number] {
  let end = begin;
  while (end < field.length && field[end] !== "=" && field[end] !== ";") end++;
  return [field.slice(begin, end).trim().toLowerCase(), field[end] === "=" ? end + 1 : end];
}

const isBlank = (character: string | undefined): boolean => character === " " || character === "\t";

/** The value up to the next ";", out of its quotes. What stands behind a closed quote is nothing. */
function readValue(field: string, begin: number, hasComments: boolean): { text: string; end: number } {
  let at = begin;
  while (isBlank(field[at])) at++;
  if (field[at] === '"') {
    const { text, end } = readQuoted(field, at + 1);
    if (isUnseparated(field, end)) return { text, end: end - 1 };
    const next = field.indexOf(";", end);
    return { text, end: next < 0 ? field.length : next };
  }
  let text = "";
  for (; at < field.length && field[at] !== ";"; at++) {
    if (hasComments && isBlank(field[at]) && !isBlank(field[at - 1]) && isUnseparated(field, at)) break;
    const commentEnd = hasComments && field[at] === "(" ? endOfComment(field, at) : null;
    if (commentEnd !== null) at = commentEnd;
    else text += field[at];
  }
  return { text: text.trim(), end: at };
}

/** Whether a parameter begins here without the semicolon before it. */
function isUnseparated(field: string, at: number): boolean {
  UNSEPARATED.lastIndex = at;
  return UNSEPARATED.test(field);
}

/** RFC 5322 section 3.2.4; one that is never closed goes to the end. */
function readQuoted(field: string, begin: number): { text: string; end: number } {
  let text = "";
  let at = begin;
  for (; at < field.length && field[at] !== '"'; at++) {
    if (field[at] === "\\" && at + 1 < field.length) at++;
    text += field[at];
  }
  return { text, end: Math.min(at + 1, field.length) };
}

/** Where its last ")" is; null when it is never closed and "(" is a character like any other. */
function endOfComment(field: string, begin: number): number | null {
  const stop = Math.min(field.length, begin + COMMENT_CHARACTERS_MAX);
  let depth = 0;
  for (let at = begin; at < stop; at++) {
    if (field[at] === "\\") at++;
    else if (field[at] === "(") depth++;
    else if (field[at] === ")" && --depth === 0) return at;
  }
  return null;
}

/**
 * A parameter with the marks of RFC 2231 undone; null when it is missing. The encoded form counts before the one in
 * pieces, and both before the plain one, which is for readers that do not know them (section 4).
 */
export function readParameter({ parameters }: StructuredField, name: string): string | null {
  const whole = parameters.get(`${name}*`);
  if (whole !== undefined) return decodePieces([{ text: whole, isEncoded: true }]);
  const pieces = piecesOf(parameters, name);
  return pieces.length > 0 ? decodePieces(pieces) : (parameters.get(name) ?? null);
}

/** In the order of their numbers. Section 3 has them without gaps and leading zeros; a name is not lost for one. */
function piecesOf(parameters: StructuredField["parameters"], name: string): readonly Piece[] {
  const pieces = new Map<number, Piece>();
  for (const [written, text] of parameters) {
    const [, number, mark] =
      (written.startsWith(`${name}*`) && /^\*(\d{1,9})(\*?)$/.exec(written.slice(name.length))) || [];
    if (number === undefined) continue;
    const isEncoded = mark === "*";
    if (isEncoded || !pieces.has(Number(number))) pieces.set(Number(number), { text, isEncoded });
  }
  return Array.from(pieces)
    .toSorted(([first], [second]) => first - second)
    .map(([, piece]) => piece);
}

/** A name in a parameter. RFC 2047 section 5 (3) forbids encoded-words there; they are common. Null when it is blank. */
export function readNameParameter(field: StructuredField, name: string): string | null {
  const text = readParameter(field, name);
  const decoded = text === null ? "" : decodeWords(text).trim();
  return decoded === "" ? null : decoded;
}

type Piece = { readonly text: string; readonly isEncoded: boolean };

/** Section 4.1: the character set is named once, in front; a character may begin in one piece and end in the next. */
function decodePieces(pieces: readonly Piece[]): string {
  const [, charset = null, rest] =
    (pieces[0]?.isEncoded && /^([^']*)'[^']*'(.*)$/s.exec(pieces[0].text)) || [];
  let text = "";
  let octets: number[] = [];
  const flush = (): void => {
    text += decodeText(Uint8Array.from(octets), charset);
    octets = [];
  };
  for (const [place, piece] of pieces.entries()) {
    const written = place === 0 && rest !== undefined ? rest : piece.text;
    if (piece.isEncoded) pushPercentDecoded(written, octets);
    else {
      flush();
      text += written;
    }
  }
  flush();
  return text;
}

const encoder = new TextEncoder();

function pushPercentDecoded(text: string, octets: number[]): void {
  for (const [written, code] of text.matchAll(/%([0-9A-Fa-f]{2})|[^]/gu))
    if (code === undefined) octets.push(...encoder.encode(written));
    else octets.push(Number.parseInt(code, 16));
}
