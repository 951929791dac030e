// What SES repeats of a message's header in what it publishes about it, sent or received: the whole as far as 10 KB go, and
// the usual fields once more, decoded. SES: "Contents of notifications", the `mail` and `commonHeaders` objects.
import { type Address, addressParser, decodeWords } from "postal-mime";

import type { HeaderField } from "../records.ts";

/** "Headers are truncated if they exceed 10 KB". Whether that holds for commonHeaders is not said; here it does. */
const HEADERS_OCTETS_MAX = 10_240;

/** The first ones. */
export function boundedHeaders(headers: readonly HeaderField[]): readonly HeaderField[] {
  let octets = 0;
  return headers.filter(({ name, value }) => {
    octets += name.length + value.length;
    return octets <= HEADERS_OCTETS_MAX;
  });
}

export type CommonHeaders = {
  readonly from?: readonly string[] | undefined;
  readonly replyTo?: readonly string[] | undefined;
  readonly to?: readonly string[] | undefined;
  readonly cc?: readonly string[] | undefined;
  readonly date?: string | undefined;
  readonly subject?: string | undefined;
};

/** Of the first field of each name; what there is none of is undefined. */
export function commonHeaders(headers: readonly HeaderField[]): CommonHeaders {
  const value = (name: string): string | undefined =>
    headerValue(headers, name)?.slice(0, HEADERS_OCTETS_MAX);
  const list = (name: string): string[] | undefined => {
    const text = value(name);
    return text === undefined ? undefined : addressParser(text).flatMap(flat).map(shownMailbox);
  };
  const subject = value("subject");
  return {
    from: list("from"),
    replyTo: list("reply-to"),
    to: list("to"),
    cc: list("cc"),
    date: value("date"),
    subject: subject === undefined ? undefined : decodeWords(subject),
  };
}

/** Of the first field of that name, given in lower case. */
export const headerValue = (headers: readonly HeaderField[], name: string): string | undefined =>
  headers.find((header) => header.name.toLowerCase() === name)?.value;

/** The addresses in a field's value, groups opened. */
export const addressesIn = (text: string): readonly string[] =>
  addressParser(text.slice(0, HEADERS_OCTETS_MAX))
    .flatMap(flat)
    .flatMap(({ address }) => (address === undefined || address === "" ? [] : [address]));

const flat = (address: Address): readonly Address[] => address.group?.flatMap(flat) ?? [address];

function shownMailbox({ name, address }: Address): string {
  if (address === undefined || address === "") return name;
  if (name === "") return address;
  return /[",;<>@]/.test(name) ? `"${name}" <${address}>` : `${name} <${address}>`;
}
