// The fields of a top header that are stored and searched: who wrote, about what, and in answer to which messages. They
// are decoded first and made harmless after, because an encoded-word may hide a line end. A From is a claim: whether it
// is true is told by the provider's verdicts.
import { type Address, addressParser } from "postal-mime";
import { readMessageIds } from "../../core/threading/message-id.ts";
import type { MessageFields } from "../../core/inbound/parsed-message.ts";
import { ADDRESS_MAX, NOT_IN_A_HOST } from "../../core/message/address.ts";
import { SUBJECT_CHARACTERS_MAX } from "../../core/message/header-text.ts";
import { quotedString } from "../../core/message/parameters.ts";
import { decodeWords, wordsInUtf8 } from "./encoded-words.ts";
import type { HeaderFields } from "./header-fields.ts";

/** A subject of 998 characters, each in an encoded-word of its own kind, has less; an address field is read this far too. */
const READ_CHARACTERS_MAX = 16 * 1024;
const NAME_CHARACTERS_MAX = 255;

export function readMessageFields(fields: HeaderFields): MessageFields {
  const from = firstMailbox(fields.get("from") ?? "");
  const ids = (name: "message-id" | "in-reply-to" | "references"): readonly string[] =>
    readMessageIds(fields.get(name) ?? "");
  return {
    fromAddress: from?.address ?? null,
    fromName: from?.name ?? null,
    subject: readSubject(fields),
    messageId: ids("message-id")[0] ?? null,
    inReplyTo: ids("in-reply-to"),
    references: ids("references"),
  };
}

/** Decoded, on one line, at most 998 characters; empty when there is none. */
export const readSubject = (fields: HeaderFields): string =>
  oneLine(decodeWords((fields.get("subject") ?? "").slice(0, READ_CHARACTERS_MAX)), SUBJECT_CHARACTERS_MAX);

type NamedAddress = { readonly address: string; readonly name: string | null };

/** The first that has an address, in a group or not (RFC 5322 section 3.4; RFC 6854 allows groups in From). */
function firstMailbox(written: string): NamedAddress | null {
  const field = written.slice(0, READ_CHARACTERS_MAX);
  const spelt = field.replaceAll(/\s/g, "");
  const mailboxes: Address[] = addressParser(wordsInUtf8(field), { flatten: true });
  for (const { address, name } of mailboxes) {
    const read = readAddress(oneLine(address ?? "", READ_CHARACTERS_MAX));
    // RFC 2047 section 5 (3): what only an encoded-word spells is no address.
    if (read === null || !spelt.includes(read.slice(read.lastIndexOf("@")))) continue;
    return { address: inALabels(read), name: oneLine(name, NAME_CHARACTERS_MAX) || null };
  }
  return null;
}

/** RFC 5322 section 3.4.1: a local part of these needs no quotes. */
const PLAIN_LOCAL_PART = /^[^\s"(),:;<>@[\\\]]+$/;

/** As an addr-spec, with the quotes that postal-mime takes off; null when it is none. */
function readAddress(text: string): string | null {
  // Section 4.4: a route before it says how mail went when nobody had MX records.
  const address = text.replace(/^@[^:]*:/, "");
  const at = address.lastIndexOf("@");
  if (at < 1 || at === address.length - 1) return null;
  // Section 4.4: white space may stand around the "@".
  const local = address.slice(0, at).trimEnd();
  const isWritten = PLAIN_LOCAL_PART.test(local) || /^".*"$/.test(local);
  const spec = `${isWritten ? local : quotedString(local)}@${address.slice(at + 1).trimStart()}`;
  return spec.length > ADDRESS_MAX ? null : spec;
}

const ASCII_DOMAIN = /@[\0-\x7f]*$/;

/** RFC 5890 section 2.3.2.1: we write to them and compare them in A-labels. What is no host stays as it was written. */
function inALabels(address: string): string {
  const at = address.lastIndexOf("@") + 1;
  const url = `http://${address.slice(at)}`;
  if (ASCII_DOMAIN.test(address) || NOT_IN_A_HOST.test(address.slice(at)) || !URL.canParse(url))
    return address;
  const sendable = address.slice(0, at) + new URL(url).hostname;
  return sendable.length > ADDRESS_MAX ? address : sendable;
}

/** White space is spaces, other controls are gone, and so is what is beyond the limit. */
function oneLine(text: string, charactersMax: number): string {
  const line = text
    .replaceAll(/[\t-\r\u0085\u2028\u2029]+/g, " ")
    .replaceAll(/\p{Cc}/gu, "")
    .toWellFormed()
    .trim();
  // Units bound the characters from above: most lines need no count.
  return line.length <= charactersMax ? line : Array.from(line).slice(0, charactersMax).join("");
}
