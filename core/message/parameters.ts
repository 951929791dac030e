// Parameters of Content-Type and Content-Disposition: token, quoted-string, or for other characters an ASCII fallback
// followed by the extended form in numbered pieces (RFC 2045 section 5.1, RFC 2231). Also used by HTTP's RFC 8187 form,
// which has the same percent-encoding but no pieces.
import { encodeWords } from "./encoded-word.ts";

export type Parameter = readonly [name: string, value: string];

/** RFC 2045 section 5.1: token characters, which are printable ASCII without tspecials. */
export const TOKEN = /^[!#$%&'*+.^_`{|}~0-9A-Za-z-]+$/;
/** Readers decode encoded-words in any parameter, so a value that looks like one is not plain. */
const PLAIN = /^(?!.*=\?)[ -~]*$/;
/** RFC 2231 section 3: pieces may end anywhere but inside a `%XX`. 18 of those beside `filename*10*=` fit into a line. */
const PIECE = /(?:%..|[^%]{1,3}){1,18}/g;

/** The parameter as `name=value` forms, fallback first: readers that know RFC 2231 prefer the extended form. */
export function parameterForms([name, value]: Parameter): string[] {
  if (TOKEN.test(value)) return [`${name}=${value}`];
  if (PLAIN.test(value)) return [`${name}=${quotedString(value)}`];
  if (name === "name") return nameForms(value);
  const pieces = percentEncode(value).match(PIECE) ?? [""];
  const extended =
    pieces.length === 1
      ? [`${name}*=UTF-8''${pieces[0]}`]
      : pieces.map((piece, index) => `${name}*${index}*=${index === 0 ? "UTF-8''" : ""}${piece}`);
  return [`${name}=${quotedString(asciiFallback(value))}`, ...extended];
}

/** A longer one would need a fold inside its quotes, which readers undo in different ways. */
const NAME_WORDS_MAX = 10;

/**
 * The file's name on Content-Type. DEPARTS: RFC 2047 section 5 (3) forbids encoded-words in parameters; Outlook and
 * Gmail read them here where they do not know RFC 2231. Readers that do have the `filename` of Content-Disposition.
 */
function nameForms(value: string): string[] {
  const words = encodeWords(value, Number.POSITIVE_INFINITY);
  return words.length > NAME_WORDS_MAX ? [] : [`name=${quotedString(words.join(" "))}`];
}

/** RFC 2045 section 5.1: what a quoted-string escapes. */
export const quotedString = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** The value for readers that know only ASCII: one "_" for each character they could misread. */
export const asciiFallback = (text: string): string => text.replace(/[^ -~]|["%\\]|(?<==)\?/gu, "_");

/** All but attr-char (RFC 8187 section 3.2.1, within RFC 2231's attribute-char), as UTF-8. */
export function percentEncode(text: string): string {
  // encodeURIComponent leaves these four, and throws at lone surrogates.
  return encodeURIComponent(text.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
