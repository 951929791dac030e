// Which questions are put to DNS for the records of a setup, and what was answered, for the verdict. Two rounds: the
// records' own names, then what only a "no" makes worth asking. Asking is the operation's work.
import type { DnsAnswer, DnsRecordType } from "../ports/dns-resolver.ts";
import { dmarcTreeWalk, isDmarcRecord } from "./dmarc.ts";
import type { DnsRecord } from "./dns-records.ts";

export type DnsQuestion = { readonly name: string; readonly type: DnsRecordType };
/** What each resolver answered, in their order. */
export type DnsObservation = DnsQuestion & { readonly answers: readonly DnsAnswer[] };

/** RFC 1035 section 2.3.4, as text without the trailing dot. */
const NAME_OCTETS_MAX = 253;
/**
 * Zones that a record may have been entered in twice: the domain's own and its parent's. Setups are mostly a zone's top
 * or one label below it, and each zone more costs seven questions.
 */
const DOUBLED_ZONES_MAX = 2;

/** The first round: each record's name and type. */
export const lookupsFor = (records: readonly DnsRecord[]): readonly DnsQuestion[] =>
  records.map(({ address, type }) => ({ name: address, type }));

/**
 * The second round. Where every resolver said "no": the names with the zone appended twice; for DKIM names that exist
 * with something else, a name that nobody publishes, to tell a zone that says so of every name; for DMARC the tree walk.
 */
export function followUpLookups(
  records: readonly DnsRecord[],
  domainIdentity: string,
  observed: readonly DnsObservation[],
): readonly DnsQuestion[] {
  const questions = records.flatMap((record): readonly DnsQuestion[] => {
    const answers = answersTo({ name: record.address, type: record.type }, observed) ?? [];
    if (record.kind === "dmarc" && lacksDmarc(answers))
      return [...doubledNames(record, domainIdentity, answers), ...walkBeyond(domainIdentity)];
    if (!isAbsent(answers)) return [];
    const control =
      record.kind === "dkim" && answers.some(nameExists) ? [controlQuestion(domainIdentity)] : [];
    return [...doubledNames(record, domainIdentity, answers), ...control];
  });
  return [...new Map(questions.map((question) => [`${question.type} ${question.name}`, question])).values()];
}

/** The answers to a question; null when it was not asked. */
export const answersTo = (
  question: DnsQuestion,
  observed: readonly DnsObservation[],
): readonly DnsAnswer[] | null =>
  observed.find(({ name, type }) => name === question.name && type === question.type)?.answers ?? null;

/** Every resolver said something, and there was one. */
export const allAnswered = (answers: readonly DnsAnswer[]): boolean =>
  answers.length > 0 && answers.every(({ kind }) => kind !== "failed");

/** Nobody has a record: only all of them together make a "no". */
export const isAbsent = (answers: readonly DnsAnswer[]): boolean =>
  allAnswered(answers) && allValues(answers).length === 0;

export const valuesOf = (answer: DnsAnswer): readonly string[] =>
  answer.kind === "records" ? answer.values : [];

/** What all resolvers together showed, each value once. */
export const allValues = (answers: readonly DnsAnswer[]): readonly string[] => [
  ...new Set(answers.flatMap(valuesOf)),
];

/** The name is there, without a record of the type asked for. */
export const nameExists = (answer: DnsAnswer): boolean => answer.kind === "none" && answer.nameExists;

/** Nobody has a DMARC record, whatever else stands there: the walk goes on. */
export const lacksDmarc = (answers: readonly DnsAnswer[]): boolean =>
  allAnswered(answers) && dmarcRecordsOf(answers).length === 0;

/** The DMARC records at a name, as the first resolver that has some shows them: two half-propagated views are not two records. */
export const dmarcRecordsOf = (answers: readonly DnsAnswer[]): readonly string[] =>
  answers.map((answer) => valuesOf(answer).filter(isDmarcRecord)).find((records) => records.length > 0) ?? [];

/** A record's name with a zone appended a second time, as panels do that complete every name. */
export const doubledName = (address: string, zone: string): string => `${address}.${zone}`;

/** The domain and its parents of two labels and more: what a panel may append. */
export function likelyZones(domainIdentity: string): readonly string[] {
  const labels = domainIdentity.split(".");
  return labels
    .map((_, index) => labels.slice(index).join("."))
    .slice(0, Math.min(DOUBLED_ZONES_MAX, labels.length - 1));
}

const doubledNames = (
  record: DnsRecord,
  domainIdentity: string,
  answers: readonly DnsAnswer[],
): readonly DnsQuestion[] =>
  isAbsent(answers)
    ? likelyZones(domainIdentity)
        .map((zone) => ({ name: doubledName(record.address, zone), type: record.type }))
        .filter(({ name }) => name.length <= NAME_OCTETS_MAX)
    : [];

/** A name beside the DKIM ones that exists only where every name does: under a wildcard, or in zones that deny nothing. */
export const controlQuestion = (domainIdentity: string): DnsQuestion => ({
  name: `no-such-name._domainkey.${domainIdentity}`,
  type: "CNAME",
});

export const walkBeyond = (domainIdentity: string): readonly DnsQuestion[] =>
  dmarcTreeWalk(domainIdentity)
    .slice(1)
    .map((name) => ({ name, type: "TXT" }));
