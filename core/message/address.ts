// Addresses a message is written with. Parsing takes only what may be sent to: one addr-spec with a dot-atom local part
// and an A-label domain (RFC 5321 section 4.1.2, RFC 5322 section 3.4.1). U-labels are converted at the edge; groups,
// comments, routes, literals and quoted local parts belong to mail we receive.
import { err, ok, type Result } from "../result.ts";
import { assert } from "../assert.ts";
import { headerTextFault } from "./header-text.ts";
import { encodeWords } from "./encoded-word.ts";
import { quotedString } from "./parameters.ts";

export type Mailbox = { readonly displayName: string | null; readonly address: string };
/** The local part as given (its case may matter, RFC 5321 section 2.4), the domain in lower case. */
export type AddrSpec = { readonly local: string; readonly domain: string };

export const ADDRESS_FAULTS = [
  "no_at_sign",
  "quoted_local_part",
  "non_ascii_local_part",
  "malformed_local_part",
  "local_part_too_long",
  "address_literal",
  "malformed_domain",
  "address_too_long",
] as const;
export type AddressFault = (typeof ADDRESS_FAULTS)[number];

/** RFC 5321 section 4.5.3.1: local part 64 octets; a path of 256 with its brackets leaves 254 (RFC 3696 erratum 1690). */
const LOCAL_PART_MAX = 64;
export const ADDRESS_MAX = 254;
const DOMAIN_MAX = 253;

/** Characters that would make a URL parser, which turns domains into A-labels, read something other than a host. */
export const NOT_IN_A_HOST = /[\s/?#@:\\[\]%]/;

/** RFC 5322 section 3.2.3. */
const ATEXT = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]";
const DOT_ATOM = new RegExp(`^${ATEXT}+(?:\\.${ATEXT}+)*$`);
/** RFC 5890 section 2.3.1: letters, digits, hyphens, no hyphen at an edge, 63 octets. */
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
/** Two labels at least; a last label of digits only would be an IPv4 address (RFC 3696 section 2). */
const DOMAIN = new RegExp(`^(?:${LABEL}\\.)+(?![0-9]+$)${LABEL}$`);

/** The address in its two parts, or why it cannot be sent to. */
export function parseAddress(text: string): Result<AddrSpec, AddressFault> {
  const at = text.lastIndexOf("@");
  if (at < 0) return err("no_at_sign");
  const local = text.slice(0, at);
  const domain = text.slice(at + 1).toLowerCase();
  if (local.startsWith('"')) return err("quoted_local_part");
  // RFC 6531 needs SMTPUTF8, which SES does not have.
  if (/[\u0080-\u{10ffff}]/u.test(local)) return err("non_ascii_local_part");
  if (local.length > LOCAL_PART_MAX) return err("local_part_too_long");
  if (!DOT_ATOM.test(local)) return err("malformed_local_part");
  if (domain.startsWith("[")) return err("address_literal");
  if (domain.length > DOMAIN_MAX || !DOMAIN.test(domain)) return err("malformed_domain");
  if (text.length > ADDRESS_MAX) return err("address_too_long");
  return ok({ local, domain });
}

const ATOMS = new RegExp(`^${ATEXT}+(?: ${ATEXT}+)*$`);
const PRINTABLE_ASCII = /^[ -~]+$/;

/** A mailbox as words between which a line may be folded (RFC 5322 section 3.4). */
export function mailboxWords({ displayName, address }: Mailbox, firstRoom: number): string[] {
  return displayName === null || displayName === ""
    ? [address]
    : [...phraseWords(displayName, firstRoom), `<${address}>`];
}

function phraseWords(text: string, firstRoom: number): string[] {
  assert(headerTextFault(text) === null, "a display name was not checked");
  // Sloppy readers decode "=?" even inside quotes, so it is encoded wherever it occurs.
  if (!PRINTABLE_ASCII.test(text) || text.includes("=?")) return encodeWords(text, firstRoom);
  if (ATOMS.test(text)) return text.split(" ");
  return [quotedString(text)];
}
