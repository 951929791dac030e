// Whether the values one resolver showed at a record's address are what must be there. One rule a kind of record.
import { isDmarcRecord, parseDmarc } from "./dmarc.ts";
import type { DnsRecord, DnsRecordKind } from "./dns-records.ts";
import type { VerdictReason } from "./dns-verdict.ts";
import { type Mx, normaliseHost, parseMx } from "./mx.ts";
import { isSpfRecord, SES_SPF_DOMAIN, spfIncludes } from "./spf.ts";

export type DnsMatch = { readonly verified: boolean; readonly reason: VerdictReason | null };

const RIGHT: DnsMatch = { verified: true, reason: null };
const wrong = (reason: VerdictReason): DnsMatch => ({ verified: false, reason });

/** `values` are of the record's type, and at least one. */
export const matchRecord = (record: DnsRecord, values: readonly string[]): DnsMatch =>
  MATCHERS[record.kind](record.record, values);

const MATCHERS: Readonly<Record<DnsRecordKind, (wanted: string, values: readonly string[]) => DnsMatch>> = {
  dkim(wanted, values) {
    const targets = new Set(values.map(normaliseHost));
    if (!targets.has(normaliseHost(wanted))) return wrong("wrong_value");
    // RFC 1034 section 3.6.2: a name has one CNAME; resolvers pick any of several.
    return targets.size === 1 ? RIGHT : wrong("multiple_records");
  },

  // SES: "you must publish exactly one MX record" for a custom MAIL FROM domain; its number is free.
  mail_from(wanted, values) {
    if (values.length > 1) return wrong("multiple_records");
    return exchanges(values)[0]?.host === parseMx(wanted)?.host ? RIGHT : wrong("wrong_value");
  },

  // RFC 7208 section 3.2: more than one record at a name is an error. Other TXT records beside it are not.
  spf(_wanted, values) {
    const [record, ...others] = values.filter(isSpfRecord);
    if (others.length > 0) return wrong("multiple_records");
    return record !== undefined && spfIncludes(record, SES_SPF_DOMAIN) ? RIGHT : wrong("wrong_value");
  },

  // RFC 9989 section 4.10: of several records at a name none counts. Any policy of the customer's own is as good as ours.
  dmarc(_wanted, values) {
    const [record, ...others] = values.filter(isDmarcRecord);
    if (others.length > 0) return wrong("multiple_records");
    return record !== undefined && parseDmarc(record) !== null ? RIGHT : wrong("wrong_value");
  },

  // RFC 5321 section 5.1: mail goes to the lowest number, and to any of equal ones: a tie splits the replies, so ours
  // must be the lowest alone.
  inbound(wanted, values) {
    const all = exchanges(values);
    const host = parseMx(wanted)?.host;
    const ours = lowest(all.filter((mx) => mx.host === host));
    if (ours === null) return wrong("wrong_value");
    const other = lowest(all.filter((mx) => mx.host !== host));
    if (other === null) return RIGHT;
    return { verified: ours < other, reason: "competing_mx" };
  },
};

const exchanges = (values: readonly string[]): readonly Mx[] =>
  values.map(parseMx).filter((mx) => mx !== null);

const lowest = (all: readonly Mx[]): number | null =>
  all.length === 0 ? null : Math.min(...all.map(({ preference }) => preference));
