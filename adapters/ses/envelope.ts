// Addresses of an SMTP envelope as SES tells of them (RFC 5321 section 4.1.2). Who wrote them is a stranger: what is no
// address is dropped, and nothing in one can end a line.
import { ARRIVAL_RECIPIENTS_MAX } from "../../core/inbound/arrival.ts";
import { asText } from "../system/json.ts";

/** RFC 5321 section 4.5.3.1.3: a path of 256 octets with its brackets. */
const PATH_CHARACTERS_MAX = 256;
const ADDRESS = /^[^\p{Cc}]+@[^\s@\p{Cc}]+$/u;

/** Without the brackets, its domain in lower case; null when it is none: the null path (`<>`) among others. */
export function readPath(value: unknown): string | null {
  const text = asText(value, PATH_CHARACTERS_MAX)?.trim();
  const address = text?.startsWith("<") && text.endsWith(">") ? text.slice(1, -1) : text;
  if (address === undefined || !ADDRESS.test(address) || !address.isWellFormed()) return null;
  const at = address.lastIndexOf("@");
  return address.slice(0, at) + address.slice(at).toLowerCase();
}

/** Each once, in their order; those beyond ARRIVAL_RECIPIENTS_MAX are left out. */
export function readRecipients(values: Iterable<unknown>): readonly string[] {
  const recipients = new Set<string>();
  for (const value of values) {
    if (recipients.size >= ARRIVAL_RECIPIENTS_MAX) break;
    const recipient = readPath(value);
    if (recipient !== null) recipients.add(recipient);
  }
  return [...recipients];
}
