// What was found in DNS against what must be there, record by record: for the live check of a setup. A "no" needs every
// resolver, a "yes" one of them; a resolver that did not answer has said nothing, and the last known answer stands.
// Which values are right: dns-match.ts. Which names are asked: dns-lookups.ts. What to do about it: dns-fix.ts.
import type { DnsAnswer, DnsRecordType } from "../ports/dns-resolver.ts";
import type { IdentityStatus } from "../ports/mail-provider.ts";
import type { SearchedRecord } from "../ports/setup-store.ts";
import { inheritedDmarc } from "./dmarc.ts";
import { fixFor, type FixContext } from "./dns-fix.ts";
import {
  allAnswered,
  allValues,
  answersTo,
  controlQuestion,
  dmarcRecordsOf,
  type DnsObservation,
  doubledName,
  isAbsent,
  lacksDmarc,
  likelyZones,
  nameExists,
  valuesOf,
  walkBeyond,
} from "./dns-lookups.ts";
import { type DnsMatch, matchRecord } from "./dns-match.ts";
import type { DnsRecord, DnsRecordKind } from "./dns-records.ts";

export const VERDICT_REASONS = [
  "missing",
  "wrong_value",
  "multiple_records",
  "doubled_domain",
  "proxied",
  "competing_mx",
  "awaiting_provider",
  "provisioning",
  "tokens_changed",
  "inherited",
  "lookup_failed",
] as const;
export type VerdictReason = (typeof VERDICT_REASONS)[number];

export type RecordVerdict = {
  readonly address: string;
  readonly record: string;
  readonly type: DnsRecordType;
  readonly verified: boolean;
  readonly reason: VerdictReason | null;
  /** What the resolvers showed at the address, as text. */
  readonly found: readonly string[];
  /** One line that says what to do, or null when there is nothing to do. */
  readonly fix: string | null;
};

/** What the provider says of the records it looks for itself. */
export type ProviderConsent = {
  readonly dkimStatus: IdentityStatus;
  readonly mailFromStatus: IdentityStatus;
};

export type DnsEvidence = {
  readonly domainIdentity: string;
  readonly records: readonly DnsRecord[];
  /** Answers to `lookupsFor` and `followUpLookups`, in any order. */
  readonly observed: readonly DnsObservation[];
  /** Null: the provider could not be asked. */
  readonly provider: ProviderConsent | null;
  /** The provider has not been told everything yet. */
  readonly provisioning: boolean;
  readonly previous: readonly RecordVerdict[];
};

/** Verdicts are stored and shown: what a stranger's zone holds is kept within these. */
const FOUND_VALUES_MAX = 20;
const FOUND_CHARACTERS_MAX = 512;

/** One verdict per record, in the records' order. */
export const judgeRecords = (evidence: DnsEvidence): readonly RecordVerdict[] =>
  evidence.records.map((record) => judgeRecord(record, evidence));

/** What is shown before the first check. */
export const uncheckedVerdicts = (records: readonly DnsRecord[]): readonly RecordVerdict[] =>
  records.map((record) => toVerdict(record, { verified: false, reason: null }));

/** What the provider searches for and stands in DNS as it should: where its word decides. */
export function searchedInDns(
  records: readonly DnsRecord[],
  observed: readonly DnsObservation[],
): ReadonlySet<SearchedRecord> {
  const stands = (kind: SearchedRecord): boolean =>
    records
      .filter((record) => record.kind === kind)
      .every(
        (record) =>
          matchOf(record, answersTo({ name: record.address, type: record.type }, observed) ?? [])?.verified,
      );
  return new Set((["dkim", "mail_from"] as const).filter(stands));
}

type Finding = DnsMatch & Partial<Omit<FixContext, "verified">>;

function judgeRecord(record: DnsRecord, evidence: DnsEvidence): RecordVerdict {
  const before = evidence.previous.find(
    ({ address, type }) => address === record.address && type === record.type,
  );
  const answers = answersTo({ name: record.address, type: record.type }, evidence.observed);
  // The names asked were those of the keys we knew: this one came with the provider's answer.
  if (answers === null) return toVerdict(record, { verified: false, reason: "tokens_changed" });
  const match = matchOf(record, answers);
  const finding = match
    ? consented(record.kind, match, before, evidence)
    : (explainAbsence(record, answers, evidence) ?? lastKnown(before));
  const found = allValues(answers);
  return toVerdict(record, { ...(found.length > 0 && { found }), ...finding });
}

/** Right as soon as one resolver shows it so; wrong when all of them answered; null when that decides nothing. */
function matchOf(record: DnsRecord, answers: readonly DnsAnswer[]): DnsMatch | null {
  const matches = answers
    .map(valuesOf)
    .filter((values) => values.length > 0)
    .map((values) => matchRecord(record, values));
  const right = matches.filter(({ verified }) => verified);
  if (right.length > 0) return right.find(({ reason }) => reason === null) ?? right[0] ?? null;
  if (!allAnswered(answers)) return null;
  // A TXT record that is no policy leaves the domain to its ancestors' (RFC 9989 section 4.10).
  return record.kind === "dmarc" && lacksDmarc(answers) ? null : (matches[0] ?? null);
}

/** DNS is right. DKIM and MAIL FROM also need the provider to have seen it; unasked, its last known answer stands. */
function consented(
  kind: DnsRecordKind,
  match: DnsMatch,
  before: RecordVerdict | undefined,
  { provider, provisioning }: DnsEvidence,
): Finding {
  if (!match.verified || (kind !== "dkim" && kind !== "mail_from")) return match;
  const providerStatus = provider && (kind === "dkim" ? provider.dkimStatus : provider.mailFromStatus);
  if (providerStatus === "success" || (providerStatus === null && before?.verified)) return match;
  return { verified: false, reason: provisioning ? "provisioning" : "awaiting_provider", providerStatus };
}

/** Why nothing is there, or what stands in for it; null when not everybody answered. */
function explainAbsence(
  record: DnsRecord,
  answers: readonly DnsAnswer[],
  evidence: DnsEvidence,
): Finding | null {
  if (record.kind === "dmarc" && lacksDmarc(answers)) {
    const walked = walkBeyond(evidence.domainIdentity).map((question) => ({
      name: question.name,
      answers: answersTo(question, evidence.observed) ?? [],
    }));
    const inherited = inheritedDmarc(
      walked.map(({ name, answers }) => ({ name, records: dmarcRecordsOf(answers) })),
    );
    if (inherited)
      return {
        verified: true,
        reason: "inherited",
        found: [inherited.record],
        inheritedFrom: inherited.name,
      };
    if (!walked.every(({ answers }) => allAnswered(answers))) return null;
    if (!isAbsent(answers)) return { verified: false, reason: "wrong_value" };
  }
  return isAbsent(answers) ? absent(record, answers, evidence) : null;
}

function absent(
  record: DnsRecord,
  answers: readonly DnsAnswer[],
  { domainIdentity, observed }: DnsEvidence,
): Finding {
  for (const zone of likelyZones(domainIdentity)) {
    const doubled = answersTo({ name: doubledName(record.address, zone), type: record.type }, observed) ?? [];
    if (matchOf(record, doubled)?.verified)
      return { verified: false, reason: "doubled_domain", found: allValues(doubled), doubledZone: zone };
  }
  // A proxied or flattened CNAME shows addresses only: to the question for a CNAME the name exists and has none. Where
  // any name does (under a wildcard, in a zone that denies no name), that means nothing.
  const proxied = record.kind === "dkim" && answers.some(nameExists);
  const everyNameExists = answersTo(controlQuestion(domainIdentity), observed)?.some(
    (answer) => nameExists(answer) || valuesOf(answer).length > 0,
  );
  return { verified: false, reason: proxied && !everyNameExists ? "proxied" : "missing" };
}

/** A failed look-up is not a "no": the last known answer stands. */
const lastKnown = (before: RecordVerdict | undefined): Finding => ({
  verified: before?.verified ?? false,
  reason: "lookup_failed",
});

function toVerdict(record: DnsRecord, finding: Finding): RecordVerdict {
  const { verified, reason, doubledZone = null, inheritedFrom = null, providerStatus = null } = finding;
  const found = (finding.found ?? [])
    .slice(0, FOUND_VALUES_MAX)
    .map((value) => value.slice(0, FOUND_CHARACTERS_MAX));
  const fix = fixFor(record, reason, { verified, found, doubledZone, inheritedFrom, providerStatus });
  return { address: record.address, record: record.record, type: record.type, verified, reason, found, fix };
}

/** Whether the setup as a whole counts as verified: every record does. */
export const allVerified = (verdicts: readonly RecordVerdict[]): boolean =>
  verdicts.length > 0 && verdicts.every(({ verified }) => verified);

/** Since when a setup that was verified is not; null while it is, or when it never was. */
export const lostAt = (
  before: { readonly dnsVerified: boolean; readonly dnsLostAt: number | null },
  dnsVerified: boolean,
  checkedAt: number,
): number | null => (dnsVerified ? null : before.dnsVerified ? checkedAt : before.dnsLostAt);

/** Whether DNS said anything at all: when not, there is nothing to store. */
export const anyAnswered = (observed: readonly DnsObservation[]): boolean =>
  observed.some(({ answers }) => answers.some(({ kind }) => kind !== "failed"));
