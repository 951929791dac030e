// Headers as values, written to the wire in one place: each kind of value has its own rule for encoding and for where a
// line may be folded (RFC 5322 sections 2.2.3 and 3.6, RFC 2047, RFC 2231, RFC 2369). Which headers a message has is
// decided elsewhere; a value that could break a line is a bug of ours here, because the edge has refused it before.
import { assert } from "../assert.ts";
import { mailboxWords, type Mailbox } from "./address.ts";
import { encodeWords } from "./encoded-word.ts";
import { headerTextFault } from "./header-text.ts";
import { parameterForms, type Parameter } from "./parameters.ts";

export type HeaderValue =
  /** Unstructured text of any characters; not ASCII or not plain: encoded-words. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "mailbox"; readonly mailbox: Mailbox }
  /** Bare ids, without angle brackets, oldest first. */
  | { readonly kind: "message_ids"; readonly ids: readonly string[] }
  /** Percent-encoded URIs without angle brackets, most preferred first (RFC 2369 section 2). */
  | { readonly kind: "uris"; readonly uris: readonly string[] }
  /** A token or `type/subtype`, and its parameters. */
  | { readonly kind: "parameters"; readonly value: string; readonly parameters: readonly Parameter[] };

export type Header = { readonly name: string; readonly value: HeaderValue };

/** RFC 2047 section 2 wants 76 where an encoded-word stands; RFC 5322 section 2.1.1 recommends 78 elsewhere. */
const LINE_LENGTH = 76;
/** RFC 5322 section 2.1.1: what no line may exceed. A single unfoldable word gets this far only in hostile input. */
const LINE_LENGTH_MAX = 998;
/** Longer plain words (a URL in a subject) are encoded instead, which can be folded. */
const PLAIN_WORD_MAX = 60;

/** RFC 5322 section 2.2: printable ASCII without the colon; SES takes names of up to 126. */
const FIELD_NAME = /^[!-9;-~]{1,126}$/;
const PRINTABLE_ASCII = /^[ -~]+$/;
/** What may stand between angle brackets: no white space, no brackets, nothing that is not ASCII. */
const BETWEEN_ANGLES = /^[!-;=?-~]+$/;
const PLAIN_TEXT = new RegExp(`^[!-~]{1,${PLAIN_WORD_MAX}}(?: [!-~]{1,${PLAIN_WORD_MAX}})*$`);

/** Whether an id may be written between angle brackets as it is. */
export const isMessageId = (id: string): boolean =>
  id.length < LINE_LENGTH_MAX / 2 && BETWEEN_ANGLES.test(id);

/** The header with its line ends. Throws at a value that cannot be written: the caller should have refused it. */
export function renderHeader({ name, value }: Header): string {
  assert(FIELD_NAME.test(name), "not the name of a header");
  const start = `${name}:`;
  return fold(start, wordsOf(value, LINE_LENGTH - start.length - 1));
}

/** The parts of a value between which a line may be folded; the first has `firstRoom` characters on the first line. */
function wordsOf(value: HeaderValue, firstRoom: number): string[] {
  switch (value.kind) {
    case "text":
      return textWords(value.text, firstRoom);
    case "mailbox":
      return mailboxWords(value.mailbox, firstRoom);
    case "message_ids":
      return value.ids.map(inAngles);
    case "uris":
      return value.uris.map(inAngles).map(followedBy(","));
    case "parameters":
      return [value.value, ...value.parameters.flatMap(parameterForms)].map(followedBy(";"));
  }
}

function textWords(text: string, firstRoom: number): string[] {
  assert(headerTextFault(text) === null, "a header's text was not checked");
  const spaced = text.replaceAll("\t", " ");
  // Edge and double spaces would not survive folding and gateways; "=?" would be decoded by the reader.
  return PLAIN_TEXT.test(spaced) && !spaced.includes("=?")
    ? spaced.split(" ")
    : encodeWords(spaced, firstRoom);
}

function inAngles(text: string): string {
  assert(BETWEEN_ANGLES.test(text), "not fit for angle brackets");
  return `<${text}>`;
}

const followedBy =
  (mark: string) =>
  (word: string, index: number, words: readonly string[]): string =>
    index < words.length - 1 ? word + mark : word;

/** RFC 5322 section 2.2.3: CRLF before white space that is there already; the first word stays beside the name. */
function fold(start: string, words: readonly string[]): string {
  let header = "";
  let line = start;
  for (const [index, word] of words.entries()) {
    assert(PRINTABLE_ASCII.test(word), "a header is not printable ASCII");
    if (index > 0 && line.length + 1 + word.length > LINE_LENGTH) {
      header += `${line}\r\n`;
      line = "";
    }
    line += ` ${word}`;
    assert(line.length <= LINE_LENGTH_MAX, "a line of a header is too long");
  }
  return `${header}${line}\r\n`;
}
