// The seven records a customer publishes: three for DKIM, two for the bounce host, DMARC, and the inbound MX. This is
// the only place that knows their names and values. See SES: "Creating and verifying identities", "Using a custom MAIL
// FROM domain", "Email receiving"; names are without trailing dot.
import type { DnsRecordType } from "../ports/dns-resolver.ts";
import type { DkimKeys } from "./ses-setup.ts";

export type DnsRecordKind = "dkim" | "mail_from" | "spf" | "dmarc" | "inbound";

export type DnsRecord = {
  readonly kind: DnsRecordKind;
  readonly address: string;
  readonly record: string;
  readonly type: DnsRecordType;
};

export type DnsRecordsInput = {
  /** Lower case, A-labels, no trailing dot. */
  readonly domainIdentity: string;
  readonly region: string;
  readonly dkim: DkimKeys;
};

export const mailFromDomain = (domainIdentity: string): string => `bounce.${domainIdentity}`;

/** The records to publish, always in this order: DKIM x3, MAIL FROM, SPF, DMARC, inbound. */
export function deriveDnsRecords(input: DnsRecordsInput): readonly DnsRecord[] {
  const { domainIdentity, region, dkim } = input;
  const bounce = mailFromDomain(domainIdentity);
  return [
    ...dkim.tokens.map((token): DnsRecord => ({
      kind: "dkim",
      address: `${token}._domainkey.${domainIdentity}`,
      record: `${token}.${dkim.signingHostedZone}`,
      type: "CNAME",
    })),
    { kind: "mail_from", address: bounce, record: `10 feedback-smtp.${region}.amazonses.com`, type: "MX" },
    { kind: "spf", address: bounce, record: "v=spf1 include:amazonses.com ~all", type: "TXT" },
    { kind: "dmarc", address: `_dmarc.${domainIdentity}`, record: "v=DMARC1; p=none;", type: "TXT" },
    {
      kind: "inbound",
      address: domainIdentity,
      record: `10 inbound-smtp.${region}.amazonaws.com`,
      type: "MX",
    },
  ];
}
