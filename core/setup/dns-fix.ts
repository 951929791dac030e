// One line per record that says what to do, for the person at the DNS provider's panel. Values found in DNS are anybody's
// text: they are shown bounded and without control characters.
import type { IdentityStatus } from "../ports/mail-provider.ts";
import type { DnsRecord } from "./dns-records.ts";
import type { VerdictReason } from "./dns-verdict.ts";
import { normaliseHost, parseMx } from "./mx.ts";
import { SES_SPF_DOMAIN } from "./spf.ts";

export type FixContext = {
  readonly verified: boolean;
  readonly found: readonly string[];
  /** The zone that was appended twice, for `doubled_domain`. */
  readonly doubledZone: string | null;
  /** Where an inherited policy stands, for `inherited`. */
  readonly inheritedFrom: string | null;
  /** What the provider says of the record, for `awaiting_provider`; null when it was not asked or has no say. */
  readonly providerStatus: IdentityStatus | null;
};

/** What to do about a verdict; null when it is simply right. */
export function fixFor(record: DnsRecord, reason: VerdictReason | null, context: FixContext): string | null {
  if (reason === null) return context.verified ? null : `Publish ${recipe(record)}, then verify.`;
  return FIXES[reason](record, context);
}

const FIXES: Readonly<Record<VerdictReason, (record: DnsRecord, context: FixContext) => string>> = {
  missing: (record) => `Publish ${recipe(record)}.`,
  wrong_value: (record, { found }) => wrongValue(record, found),
  multiple_records: (record, { found }) => MULTIPLE[record.type](record, found),
  doubled_domain: (record, { doubledZone }) =>
    `The record stands at ${record.address}.${doubledZone}: your DNS provider adds ${doubledZone} to the name itself. ` +
    `Enter only "${relativeName(record.address, doubledZone)}" as the name.`,
  proxied: (record) =>
    `${record.address} exists but shows no CNAME: switch proxying ("DNS only") or CNAME flattening off for it, and publish ${recipe(record)}.`,
  competing_mx: (record, { verified, found }) =>
    verified
      ? `Mail comes here first, and to the others when it cannot: delete the other MX records of ${record.address} (${othersOf(record, found)}).`
      : `Delete the other MX records of ${record.address} (${othersOf(record, found)}), or give them a higher number than ours has.`,
  awaiting_provider: (record, { providerStatus }) =>
    providerStatus === "failed"
      ? "Nothing to do: the record is right, but Amazon SES gave up looking for it after 72 hours. It is told to look again, at most once an hour: leave the record published and check again."
      : `Nothing to do: ${record.address} is right, and Amazon SES confirms it by itself, mostly within minutes, at most in 72 hours.`,
  provisioning: () => "Nothing to do: the setup is still being made at Amazon SES. Check again in a minute.",
  tokens_changed: (record) =>
    `Amazon SES has issued new DKIM keys: publish ${recipe(record)}. The records of the old keys are no longer needed.`,
  inherited: (_record, { inheritedFrom }) =>
    `Nothing to do: the policy at ${inheritedFrom} covers this domain.`,
  lookup_failed: () =>
    "Nothing to change: DNS did not answer, so the last known state stands. Check again in a minute.",
};

function wrongValue(record: DnsRecord, found: readonly string[]): string {
  switch (record.kind) {
    case "dkim":
    case "mail_from":
      return completedTwice(record, found)
        ? `Your DNS provider has added the domain to the value: end it with a dot ("${record.record}.").`
        : `Replace the ${record.type} record of ${record.address} (it shows ${listed(found)}): publish ${recipe(record)}.`;
    case "spf":
      return `Make the SPF record of ${record.address} one that begins with v=spf1 and has include:${SES_SPF_DOMAIN} before "all": ${record.record}`;
    case "dmarc":
      return `Make the DMARC record of ${record.address} begin with v=DMARC1 and name a policy: ${record.record}`;
    case "inbound":
      return (
        `Mail for ${record.address} goes to ${listed(found)}: publish ${recipe(record)} in its place. ` +
        "If people have mailboxes there, use a subdomain for this setup instead."
      );
  }
}

const MULTIPLE: Readonly<Record<DnsRecord["type"], (record: DnsRecord, found: readonly string[]) => string>> =
  {
    CNAME: (record) =>
      `Keep one CNAME record at ${record.address}, with the value ${record.record}; delete the others.`,
    MX: (record, found) =>
      `Keep one MX record at ${record.address}, ${record.record}; delete every other (${othersOf(record, found)}). Amazon SES accepts no second one here.`,
    TXT: (record) =>
      record.kind === "spf"
        ? `Merge the SPF records of ${record.address} into one: ${record.record}`
        : `Keep one DMARC record at ${record.address} and delete the others: receivers ignore all of several.`,
  };

/** The record as one enters it. */
function recipe(record: DnsRecord): string {
  const mx = record.type === "MX" ? parseMx(record.record) : null;
  return mx === null
    ? `a ${record.type} record named ${record.address} with the value ${record.record}`
    : `an MX record named ${record.address} with the priority ${mx.preference} and the mail server ${mx.host}`;
}

/** The name to enter where the zone is added by itself; `@` is the zone's own. */
const relativeName = (address: string, zone: string | null): string =>
  address === zone ? "@" : address.slice(0, -1 - (zone ?? "").length);

/** The value is ours with the domain, or a parent of it, appended: it was entered without the final dot. */
const completedTwice = (record: DnsRecord, found: readonly string[]): boolean =>
  found.some((value) => {
    const [host, wanted] = [hostOf(value), hostOf(record.record)];
    return host.startsWith(`${wanted}.`) && `.${record.address}`.endsWith(host.slice(wanted.length));
  });

const hostOf = (value: string): string => parseMx(value)?.host ?? normaliseHost(value);

const othersOf = (record: DnsRecord, found: readonly string[]): string => {
  const others = found.filter((value) => hostOf(value) !== hostOf(record.record));
  return listed(others.length > 0 ? others : found);
};

/** More than a person would compare. */
const LISTED_MAX = 4;

const listed = (values: readonly string[]): string =>
  values.slice(0, LISTED_MAX).map(shown).join(", ") + (values.length > LISTED_MAX ? ", …" : "");

const SHOWN_CHARACTERS_MAX = 100;

const shown = (value: string): string => {
  const line = value.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ");
  return line.length > SHOWN_CHARACTERS_MAX ? `${line.slice(0, SHOWN_CHARACTERS_MAX)}…` : line;
};
