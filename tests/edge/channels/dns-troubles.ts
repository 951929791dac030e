// What can be wrong with a customer's DNS, or look wrong and be right: how each comes about in the zone, what is said of the
// record then, and the words that have to help.
import type { SandboxControl } from "../../support/sandbox.ts";

type Zone = Pick<SandboxControl, "setDns" | "removeDns">;

/** Where a record stands among the seven; of the three for DKIM, the first. */
export const RECORD_INDEX = { dkim: 0, mail_from: 3, spf: 4, dmarc: 5, inbound: 6 } as const;

export type DnsTrouble = {
  readonly name: string;
  readonly record: keyof typeof RECORD_INDEX;
  /** Changes what is published: the setup's seven records are. */
  readonly change: (
    zone: Zone,
    record: { readonly at: string; readonly value: string; readonly domain: string },
  ) => Promise<unknown>;
  readonly verified: boolean;
  readonly reason: string | null;
  /** What the fix has to say; null: there is nothing to do. */
  readonly fix: RegExp | null;
  /** What has to be shown as found, joined; null: nothing. */
  readonly found: RegExp | null;
};

export const DNS_TROUBLES: readonly DnsTrouble[] = [
  {
    name: "trailing dots",
    record: "mail_from",
    change: (zone, { at, value }) => zone.setDns(at, "MX", [`${value}.`]),
    verified: true,
    reason: null,
    fix: null,
    found: /^10 feedback-smtp\.[^.]+\.amazonses\.com$/,
  },
  {
    name: "another case",
    record: "dkim",
    change: (zone, { at, value }) => zone.setDns(at, "CNAME", [value.toUpperCase()]),
    verified: true,
    reason: null,
    fix: null,
    found: /\.dkim\.amazonses\.com$/,
  },
  {
    name: "a TXT in several strings",
    record: "spf",
    change: (zone, { at }) => zone.setDns(at, "TXT", ['"v=spf1 include:amazon" "ses.com ~all"']),
    verified: true,
    reason: null,
    fix: null,
    found: /^v=spf1 include:amazonses\.com ~all$/,
  },
  {
    name: "nothing there",
    record: "spf",
    change: (zone, { at }) => zone.removeDns(at, "TXT"),
    verified: false,
    reason: "missing",
    fix: /^Publish a TXT record named bounce\./,
    found: null,
  },
  {
    name: "the zone appended twice",
    record: "dkim",
    change: async (zone, { at, value, domain }) => {
      await zone.removeDns(at, "CNAME");
      await zone.setDns(`${at}.${domain}`, "CNAME", [value]);
    },
    verified: false,
    reason: "doubled_domain",
    fix: /adds .* to the name itself/,
    found: /dkim\.amazonses\.com/,
  },
  {
    name: "a second MX on the bounce host",
    record: "mail_from",
    change: (zone, { at, value }) => zone.setDns(at, "MX", [value, "20 mx.other.example"]),
    verified: false,
    reason: "multiple_records",
    fix: /Keep one MX record/,
    found: /mx\.other\.example/,
  },
  {
    name: "two SPF records",
    record: "spf",
    change: (zone, { at, value }) => zone.setDns(at, "TXT", [value, "v=spf1 include:other.example ~all"]),
    verified: false,
    reason: "multiple_records",
    fix: /Merge the SPF records/,
    found: /amazonses\.com.*other\.example/,
  },
  {
    name: "another SPF record",
    record: "spf",
    change: (zone, { at }) => zone.setDns(at, "TXT", ["v=spf1 include:other.example ~all"]),
    verified: false,
    reason: "wrong_value",
    fix: /include:amazonses\.com/,
    found: /other\.example/,
  },
  {
    name: "a stricter DMARC policy",
    record: "dmarc",
    change: (zone, { at }) => zone.setDns(at, "TXT", ["v=DMARC1; p=reject; rua=mailto:a@b.example"]),
    verified: true,
    reason: null,
    fix: null,
    found: /^v=DMARC1; p=reject;/,
  },
  {
    name: "an inherited DMARC policy",
    record: "dmarc",
    change: async (zone, { at, domain }) => {
      await zone.removeDns(at, "TXT");
      await zone.setDns(`_dmarc.${domain.slice(domain.indexOf(".") + 1)}`, "TXT", ["v=DMARC1; p=quarantine"]);
    },
    verified: true,
    reason: "inherited",
    fix: /Nothing to do: the policy at _dmarc\./,
    found: /quarantine/,
  },
  {
    name: "a competing MX that comes first",
    record: "inbound",
    change: (zone, { at, value }) => zone.setDns(at, "MX", [value, "1 mx.other.example"]),
    verified: false,
    reason: "competing_mx",
    fix: /Delete the other MX records/,
    found: /mx\.other\.example/,
  },
  {
    name: "a competing MX that comes last",
    record: "inbound",
    change: (zone, { at, value }) => zone.setDns(at, "MX", [value, "90 mx.other.example"]),
    verified: true,
    reason: "competing_mx",
    fix: /Mail comes here first/,
    found: /amazonaws\.com.*90 mx\.other\.example/,
  },
  {
    name: "a flattened CNAME",
    record: "dkim",
    change: async (zone, { at }) => {
      await zone.removeDns(at, "CNAME");
      await zone.setDns(at, "A", ["192.0.2.1"]);
    },
    verified: false,
    reason: "proxied",
    fix: /switch proxying/,
    found: null,
  },
];
