import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DOMAIN_OCTETS_MAX, type DomainNameFault, parseDomainName } from "../../../core/setup/domain-name.ts";
import { tenantNameFault } from "../../../core/setup/tenant-name.ts";

const label = (length: number): string => "a".repeat(length);
/** A domain of exactly so many octets. */
const ofLength = (octets: number): string =>
  `${label(63)}.${label(63)}.${label(63)}.${label(octets - 3 * 64)}`;

describe("parseDomainName takes", () => {
  const rows: [name: string, text: string, domain: string][] = [
    ["a subdomain", "mail.customer.com", "mail.customer.com"],
    ["capitals, in lower case", "Mail.Customer.COM", "mail.customer.com"],
    ["a trailing dot, left out", "customer.com.", "customer.com"],
    ["an A-label", "xn--mller-kva.example", "xn--mller-kva.example"],
    ["digits in labels", "1a.2b.3com", "1a.2b.3com"],
    ["a label of digits before the last", "123.customer.com", "123.customer.com"],
    ["two hyphens in a row", "r3---sn.example", "r3---sn.example"],
    ["a label of 63 octets", `${label(63)}.example`, `${label(63)}.example`],
    ["209 octets", ofLength(DOMAIN_OCTETS_MAX), ofLength(DOMAIN_OCTETS_MAX)],
  ];
  test.each(rows)("%s", (_, text, domain) => {
    expect(parseDomainName(text)).toEqual({ ok: true, value: domain });
  });
});

describe("parseDomainName refuses", () => {
  const rows: [name: string, text: string, fault: DomainNameFault][] = [
    ["nothing", "", "empty"],
    ["the root", ".", "empty"],
    ["a single label", "localhost", "single_label"],
    ["an IPv4 address", "192.0.2.1", "ip_literal"],
    ["an IPv4 address in hexadecimal", "0xc0.0.2.1", "ip_literal"],
    ["an IPv6 address", "2001:db8::1", "ip_literal"],
    ["an IPv6 address in brackets", "[2001:db8::1]", "ip_literal"],
    ["an address literal of mail", "[192.0.2.1]", "ip_literal"],
    ["a port", "customer.com:25", "not_a_host"],
    ["a path", "customer.com/mail", "not_a_host"],
    ["a scheme", "https://customer.com", "not_a_host"],
    ["an address", "ann@customer.com", "not_a_host"],
    ["a wildcard", "*.customer.com", "not_a_host"],
    ["blanks", " customer.com", "not_a_host"],
    ["a line end", "customer.com\n", "not_a_host"],
    ["210 octets", ofLength(DOMAIN_OCTETS_MAX + 1), "too_long"],
    ["a label of 64 octets", `${label(64)}.example`, "label"],
    ["an empty label", "mail..customer.com", "label"],
    ["two trailing dots", "customer.com..", "label"],
    ["a leading dot", ".customer.com", "label"],
    ["a leading hyphen", "-mail.customer.com", "label"],
    ["a trailing hyphen", "mail-.customer.com", "label"],
    ["an underscore", "_dmarc.customer.com", "label"],
    ["letters that are no A-label", "müller.example", "label"],
    ["a top-level domain of digits", "customer.123", "numeric_tld"],
    ["a top-level domain in hexadecimal", "customer.0x1f", "numeric_tld"],
  ];
  test.each(rows)("%s", (_, text, fault) => {
    expect(parseDomainName(text)).toEqual({ ok: false, error: fault });
  });
});

test("what is taken is taken again unchanged, and leaves room for a DKIM name", () => {
  fc.assert(
    fc.property(fc.oneof(fc.domain(), fc.string({ maxLength: 300 })), (text) => {
      const parsed = parseDomainName(text);
      if (!parsed.ok) return;
      expect(parseDomainName(parsed.value)).toEqual(parsed);
      expect(`${label(32)}._domainkey.${parsed.value}`.length).toBeLessThanOrEqual(253);
    }),
  );
});

describe("tenantNameFault", () => {
  const rows: [text: string, fault: ReturnType<typeof tenantNameFault>][] = [
    ["Clinic_1-eu", null],
    ["a".repeat(64), null],
    ["", "empty"],
    ["a".repeat(65), "too_long"],
    ["clinic north", "characters"],
    ["clinic.north", "characters"],
    ["klinik-süd", "characters"],
    ["clinic\n", "characters"],
  ];
  test.each(rows)("%p: %p", (text, fault) => {
    expect(tenantNameFault(text)).toBe(fault);
  });
});
