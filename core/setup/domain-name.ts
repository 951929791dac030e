// Which text is a domain that can become an identity: for create setup, and for anyone who needs a host name in the form
// in which we store and compare it. RFC 1035 section 2.3.4 (sizes), RFC 1123 section 2.1 (letters, digits, hyphens).
// Unicode names are turned into A-labels before they come here (`new URL` at the edge, UTS 46). There is no public
// suffix list: nobody can publish seven records at a suffix that is not theirs.
import { err, ok, type Result } from "../result.ts";

/** A name of 253 octets (RFC 1035's 255 on the wire) less `{32-character token}._domainkey.`, the longest we put before it. */
export const DOMAIN_OCTETS_MAX = 209;
/** RFC 1035 section 2.3.4. */
const LABEL_OCTETS_MAX = 63;

export type DomainNameFault =
  | "empty"
  /** A port, a path, credentials, a scheme, a wildcard, blanks: more than a host name. */
  | "not_a_host"
  | "ip_literal"
  | "single_label"
  | "too_long"
  | "label"
  /** No top-level domain is all digits; such a name is a mistyped address. */
  | "numeric_tld";

/** More than a host name, so that the caller is told what to leave out and not which label is odd. */
const BESIDE_A_HOST = /[\s:/?#@\\*]/;
/** RFC 1123 section 2.1: letters, digits and inner hyphens. Underscores are for services, not for hosts. */
const LDH_LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
/** RFC 3986 section 3.2.2 dotted quad, and the short and hexadecimal forms that WHATWG URL takes for one. */
const IPV4 = /^(?:(?:0x[0-9a-f]*|\d+)\.){0,3}(?:0x[0-9a-f]+|\d+)$/;
/** RFC 3986 section 3.2.2 puts one in brackets; bare, it has at least two colons. */
const IPV6 = /^(?:\[.*\]|[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*)$/;

/** The domain in lower case without trailing dot, or what is wrong with the text. */
export function parseDomainName(ascii: string): Result<string, DomainNameFault> {
  const domain = ascii.toLowerCase().replace(/\.$/, "");
  const fault = domainNameFault(domain);
  return fault === null ? ok(domain) : err(fault);
}

/** The domains above this one: of `a.b.example`, `b.example` and `example`. */
export const ancestorDomains = (domain: string): readonly string[] =>
  domain
    .split(".")
    .slice(1)
    .map((_, index, labels) => labels.slice(index).join("."));

function domainNameFault(domain: string): DomainNameFault | null {
  if (domain === "") return "empty";
  if (IPV6.test(domain)) return "ip_literal";
  if (BESIDE_A_HOST.test(domain)) return "not_a_host";
  if (domain.length > DOMAIN_OCTETS_MAX) return "too_long";
  const labels = domain.split(".");
  if (labels.length === 4 && IPV4.test(domain)) return "ip_literal";
  if (!labels.every((label) => label.length <= LABEL_OCTETS_MAX && LDH_LABEL.test(label))) return "label";
  if (labels.length === 1) return "single_label";
  if (IPV4.test(labels.at(-1) ?? "")) return "numeric_tld";
  return null;
}
