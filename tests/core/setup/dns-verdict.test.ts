import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { DnsAnswer } from "../../../core/ports/dns-resolver.ts";
import { followUpLookups, lookupsFor, type DnsObservation } from "../../../core/setup/dns-lookups.ts";
import { deriveDnsRecords, type DnsRecord, type DnsRecordKind } from "../../../core/setup/dns-records.ts";
import {
  allVerified,
  anyAnswered,
  type DnsEvidence,
  judgeRecords,
  lostAt,
  type RecordVerdict,
  uncheckedVerdicts,
  VERDICT_REASONS,
  type VerdictReason,
} from "../../../core/setup/dns-verdict.ts";
import { FAKE_DKIM } from "../../support/fake-mail-provider.ts";

function sure<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the sample lacks it");
  return value;
}

const DOMAIN = "mail.clinic.example";
const RECORDS = deriveDnsRecords({ domainIdentity: DOMAIN, region: "eu-central-1", dkim: FAKE_DKIM });
const of = (kind: DnsRecordKind): DnsRecord => sure(RECORDS.find((record) => record.kind === kind));
const DKIM = of("dkim").address;
const BOUNCE = `bounce.${DOMAIN}`;
const DMARC = `_dmarc.${DOMAIN}`;
const FEEDBACK = "feedback-smtp.eu-central-1.amazonses.com";
const INBOUND = "inbound-smtp.eu-central-1.amazonaws.com";

const values = (...texts: string[]): DnsAnswer => ({ kind: "records", values: texts });
const NONE: DnsAnswer = { kind: "none", nameExists: false };
const OTHER: DnsAnswer = { kind: "none", nameExists: true };
const FAILED: DnsAnswer = { kind: "failed" };

type Zone = Readonly<Record<string, readonly DnsAnswer[]>>;

/** Everything as it should be. */
const RIGHT: Zone = Object.fromEntries(
  RECORDS.map(({ address, type, record }) => [`${type} ${address}`, [values(record)]]),
);

/** Asks a zone as the operation does: both rounds. Names it lacks do not exist. */
function ask(zone: Zone, records: readonly DnsRecord[] = RECORDS): DnsObservation[] {
  const answer = (question: { name: string; type: DnsRecord["type"] }): DnsObservation => ({
    ...question,
    answers: zone[`${question.type} ${question.name}`] ?? [NONE],
  });
  const first = lookupsFor(records).map(answer);
  return [...first, ...followUpLookups(records, DOMAIN, first).map(answer)];
}

const judge = (zone: Zone, evidence: Partial<DnsEvidence> = {}): readonly RecordVerdict[] =>
  judgeRecords({
    domainIdentity: DOMAIN,
    records: RECORDS,
    observed: ask({ ...RIGHT, ...zone }),
    provider: { dkimStatus: "success", mailFromStatus: "success" },
    provisioning: false,
    previous: [],
    ...evidence,
  });

const verdictOf = (verdicts: readonly RecordVerdict[], kind: DnsRecordKind): RecordVerdict =>
  sure(verdicts[RECORDS.indexOf(of(kind))]);

const ALL_FALSE = RECORDS.map(({ address, record, type }) => ({
  address,
  record,
  type,
  verified: false,
  reason: null,
  found: [],
  fix: null,
}));
const ALL_TRUE = ALL_FALSE.map((verdict) => ({ ...verdict, verified: true }));

type Row = {
  name: string;
  kind: DnsRecordKind;
  zone: Zone;
  evidence?: Partial<DnsEvidence>;
  verified: boolean;
  reason: VerdictReason | null;
  found?: readonly string[];
  /** Words of the one line that says what to do; null: nothing. */
  fix: RegExp | null;
};

const dkim = (...answers: DnsAnswer[]): Zone => ({ [`CNAME ${DKIM}`]: answers });
const mailFrom = (...answers: DnsAnswer[]): Zone => ({ [`MX ${BOUNCE}`]: answers });
const spf = (...answers: DnsAnswer[]): Zone => ({ [`TXT ${BOUNCE}`]: answers });
const dmarc = (...answers: DnsAnswer[]): Zone => ({ [`TXT ${DMARC}`]: answers });
const inbound = (...answers: DnsAnswer[]): Zone => ({ [`MX ${DOMAIN}`]: answers });

const right = { verified: true, reason: null, fix: null } as const;
const no = (reason: VerdictReason, fix: RegExp) => ({ verified: false, reason, fix });

const ROWS: readonly Row[] = [
  // DKIM
  { name: "DKIM as given", kind: "dkim", zone: {}, ...right, found: [of("dkim").record] },
  {
    name: "DKIM target in capitals with a trailing dot",
    kind: "dkim",
    zone: dkim(values("TokenA.DKIM.AmazonSES.com.")),
    ...right,
  },
  {
    name: "DKIM missing",
    kind: "dkim",
    zone: dkim(NONE),
    ...no("missing", /^Publish a CNAME record named tokena\._domainkey\..* with the value tokena\.dkim/),
    found: [],
  },
  {
    name: "DKIM target of another token",
    kind: "dkim",
    zone: dkim(values("other.dkim.amazonses.com")),
    ...no("wrong_value", /shows other\.dkim\.amazonses\.com/),
    found: ["other.dkim.amazonses.com"],
  },
  {
    name: "DKIM target completed with the zone",
    kind: "dkim",
    zone: dkim(values("tokena.dkim.amazonses.com.clinic.example")),
    ...no("wrong_value", /end it with a dot/),
  },
  {
    name: "two CNAMEs at a DKIM name",
    kind: "dkim",
    zone: dkim(values("tokena.dkim.amazonses.com", "b.example")),
    ...no("multiple_records", /^Keep one CNAME/),
  },
  {
    name: "DKIM name flattened or proxied to addresses",
    kind: "dkim",
    zone: dkim(OTHER),
    ...no("proxied", /DNS only.*flattening/),
  },
  {
    name: "DKIM missing in a zone where every name exists",
    kind: "dkim",
    zone: { ...dkim(OTHER), [`CNAME no-such-name._domainkey.${DOMAIN}`]: [OTHER] },
    ...no("missing", /^Publish/),
  },
  {
    name: "DKIM name with the domain appended twice",
    kind: "dkim",
    zone: { ...dkim(NONE), [`CNAME ${DKIM}.${DOMAIN}`]: [values("tokena.dkim.amazonses.com")] },
    ...no("doubled_domain", /Enter only "tokena\._domainkey" as the name/),
  },
  {
    name: "DKIM name with the parent zone appended twice",
    kind: "dkim",
    zone: { ...dkim(NONE), [`CNAME ${DKIM}.clinic.example`]: [values("tokena.dkim.amazonses.com")] },
    ...no("doubled_domain", /Enter only "tokena\._domainkey\.mail" as the name/),
  },
  {
    name: "something else at the doubled DKIM name",
    kind: "dkim",
    zone: { ...dkim(NONE), [`CNAME ${DKIM}.${DOMAIN}`]: [values("parked.example")] },
    ...no("missing", /^Publish/),
  },
  {
    name: "DKIM found by one of two resolvers",
    kind: "dkim",
    zone: dkim(NONE, values(of("dkim").record)),
    ...right,
  },
  {
    name: "DKIM found by one, the other fails",
    kind: "dkim",
    zone: dkim(FAILED, values(of("dkim").record)),
    ...right,
  },
  {
    name: "DKIM missing at one, the other fails, never seen",
    kind: "dkim",
    zone: dkim(NONE, FAILED),
    ...no("lookup_failed", /Nothing to change/),
  },
  {
    name: "DKIM missing at one, the other fails, seen before",
    kind: "dkim",
    zone: dkim(NONE, FAILED),
    evidence: { previous: ALL_TRUE },
    verified: true,
    reason: "lookup_failed",
    fix: /last known state/,
  },
  {
    name: "DKIM wrong at one, the other fails, seen before",
    kind: "dkim",
    zone: dkim(values("x.example"), FAILED),
    evidence: { previous: ALL_TRUE },
    verified: true,
    reason: "lookup_failed",
    found: ["x.example"],
    fix: /last known/,
  },
  {
    name: "DKIM asked in vain (SERVFAIL, time-out), seen before",
    kind: "dkim",
    zone: dkim(FAILED, FAILED),
    evidence: { previous: ALL_TRUE },
    verified: true,
    reason: "lookup_failed",
    fix: /last known/,
  },
  {
    name: "DKIM asked in vain, not seen before",
    kind: "dkim",
    zone: dkim(FAILED, FAILED),
    evidence: { previous: ALL_FALSE },
    ...no("lookup_failed", /last known/),
  },
  {
    name: "DKIM missing at both, seen before",
    kind: "dkim",
    zone: dkim(NONE, NONE),
    evidence: { previous: ALL_TRUE },
    ...no("missing", /^Publish/),
  },
  {
    name: "DKIM right, SES still looking",
    kind: "dkim",
    zone: {},
    evidence: { provider: { dkimStatus: "pending", mailFromStatus: "success" } },
    ...no("awaiting_provider", /Nothing to do.*72 hours/),
    found: [of("dkim").record],
  },
  {
    name: "DKIM right, SES looking again",
    kind: "dkim",
    zone: {},
    evidence: {
      provider: { dkimStatus: "temporary_failure", mailFromStatus: "success" },
      previous: ALL_TRUE,
    },
    ...no("awaiting_provider", /Nothing to do/),
  },
  {
    name: "DKIM right, SES gave up",
    kind: "dkim",
    zone: {},
    evidence: { provider: { dkimStatus: "failed", mailFromStatus: "success" } },
    ...no("awaiting_provider", /gave up/),
  },
  {
    name: "DKIM right, SES cannot be asked, seen before",
    kind: "dkim",
    zone: {},
    evidence: { provider: null, previous: ALL_TRUE },
    ...right,
  },
  {
    name: "DKIM right, SES cannot be asked, not seen before",
    kind: "dkim",
    zone: {},
    evidence: { provider: null },
    ...no("awaiting_provider", /Nothing to do/),
  },
  { name: "DKIM missing, SES content", kind: "dkim", zone: dkim(NONE), ...no("missing", /^Publish/) },
  {
    name: "DKIM right, setup still being made",
    kind: "dkim",
    zone: {},
    evidence: { provider: { dkimStatus: "not_started", mailFromStatus: "not_started" }, provisioning: true },
    ...no("provisioning", /still being made/),
  },
  // MAIL FROM
  { name: "MAIL FROM as given", kind: "mail_from", zone: {}, ...right },
  {
    name: "MAIL FROM in capitals, with a dot, under another number",
    kind: "mail_from",
    zone: mailFrom(values(`5 ${FEEDBACK.toUpperCase()}.`)),
    ...right,
  },
  {
    name: "MAIL FROM missing",
    kind: "mail_from",
    zone: mailFrom(NONE),
    ...no(
      "missing",
      /^Publish an MX record named bounce\..* with the priority 10 and the mail server feedback-smtp/,
    ),
  },
  {
    name: "a second MX on the bounce host",
    kind: "mail_from",
    zone: mailFrom(values(`10 ${FEEDBACK}`, "20 mx.example")),
    ...no("multiple_records", /delete every other \(20 mx\.example\)/),
    found: [`10 ${FEEDBACK}`, "20 mx.example"],
  },
  {
    name: "ours twice on the bounce host",
    kind: "mail_from",
    zone: mailFrom(values(`10 ${FEEDBACK}`, `20 ${FEEDBACK}`)),
    ...no("multiple_records", /^Keep one MX/),
  },
  {
    name: "the MX of another region",
    kind: "mail_from",
    zone: mailFrom(values("10 feedback-smtp.us-east-1.amazonses.com")),
    ...no("wrong_value", /us-east-1/),
  },
  {
    name: "the inbound suffix on the bounce host",
    kind: "mail_from",
    zone: mailFrom(values("10 feedback-smtp.eu-central-1.amazonaws.com")),
    ...no("wrong_value", /^Replace the MX/),
  },
  {
    name: "a value that is no MX",
    kind: "mail_from",
    zone: mailFrom(values("mx.example")),
    ...no("wrong_value", /^Replace the MX/),
  },
  {
    name: "MAIL FROM right, SES gave up",
    kind: "mail_from",
    zone: {},
    evidence: { provider: { dkimStatus: "success", mailFromStatus: "failed" } },
    ...no("awaiting_provider", /gave up/),
  },
  {
    name: "MAIL FROM right at one resolver, doubled at the other",
    kind: "mail_from",
    zone: mailFrom(values(`10 ${FEEDBACK}`), values(`10 ${FEEDBACK}`, "20 mx.example")),
    ...right,
  },
  // SPF
  { name: "SPF as given", kind: "spf", zone: {}, ...right },
  {
    name: "SPF beside another TXT record",
    kind: "spf",
    zone: spf(values("site=1", "v=spf1 include:amazonses.com ~all")),
    ...right,
  },
  {
    name: "SPF of the customer's own that includes SES",
    kind: "spf",
    zone: spf(values("v=spf1 ip4:192.0.2.1 include:amazonses.com -all")),
    ...right,
  },
  { name: "SPF missing", kind: "spf", zone: spf(NONE), ...no("missing", /^Publish a TXT record/) },
  {
    name: "only other TXT records on the bounce host",
    kind: "spf",
    zone: spf(values("site=1")),
    ...no("wrong_value", /begins with v=spf1/),
  },
  {
    name: "SPF in quotes that became part of it",
    kind: "spf",
    zone: spf(values('"v=spf1 include:amazonses.com ~all"')),
    ...no("wrong_value", /begins with v=spf1/),
  },
  {
    name: "SPF that does not include SES",
    kind: "spf",
    zone: spf(values("v=spf1 -all")),
    ...no("wrong_value", /include:amazonses\.com before "all"/),
  },
  {
    name: "SPF that excludes SES",
    kind: "spf",
    zone: spf(values("v=spf1 -include:amazonses.com ~all")),
    ...no("wrong_value", /include:amazonses\.com/),
  },
  {
    name: "two SPF records",
    kind: "spf",
    zone: spf(values("v=spf1 include:amazonses.com ~all", "v=spf1 -all")),
    ...no("multiple_records", /^Merge the SPF records/),
  },
  {
    name: "SPF asked in vain, seen before",
    kind: "spf",
    zone: spf(FAILED),
    evidence: { previous: ALL_TRUE },
    verified: true,
    reason: "lookup_failed",
    fix: /last known/,
  },
  {
    name: "SPF with the domain appended twice",
    kind: "spf",
    zone: { ...spf(NONE), [`TXT ${BOUNCE}.${DOMAIN}`]: [values("v=spf1 include:amazonses.com ~all")] },
    ...no("doubled_domain", /Enter only "bounce" as the name/),
    found: ["v=spf1 include:amazonses.com ~all"],
  },
  // DMARC
  { name: "DMARC as given", kind: "dmarc", zone: {}, ...right },
  {
    name: "a stricter DMARC policy",
    kind: "dmarc",
    zone: dmarc(values("v=DMARC1; p=reject; rua=mailto:d@clinic.example")),
    ...right,
  },
  {
    name: "DMARC missing, and above",
    kind: "dmarc",
    zone: dmarc(NONE),
    ...no("missing", /^Publish a TXT record named _dmarc\./),
  },
  {
    name: "DMARC inherited from the organization's domain",
    kind: "dmarc",
    zone: { ...dmarc(NONE), "TXT _dmarc.clinic.example": [values("v=DMARC1; p=quarantine")] },
    verified: true,
    reason: "inherited",
    found: ["v=DMARC1; p=quarantine"],
    fix: /_dmarc\.clinic\.example covers/,
  },
  {
    name: "DMARC inherited past a TXT record that is none",
    kind: "dmarc",
    zone: { ...dmarc(values("site=1")), "TXT _dmarc.clinic.example": [values("v=DMARC1; p=none")] },
    verified: true,
    reason: "inherited",
    found: ["v=DMARC1; p=none"],
    fix: /covers/,
  },
  {
    name: "DMARC missing, and what is above does not answer",
    kind: "dmarc",
    zone: { ...dmarc(NONE), "TXT _dmarc.clinic.example": [FAILED] },
    evidence: { previous: ALL_TRUE },
    verified: true,
    reason: "lookup_failed",
    fix: /last known/,
  },
  {
    name: "DMARC missing, and one of two above does not answer",
    kind: "dmarc",
    zone: { ...dmarc(NONE), "TXT _dmarc.clinic.example": [NONE, FAILED] },
    ...no("lookup_failed", /last known/),
  },
  {
    name: "something that is no DMARC record",
    kind: "dmarc",
    zone: dmarc(values("v=DMARC10; p=none")),
    ...no("wrong_value", /begin with v=DMARC1/),
  },
  {
    name: "a DMARC record without policy",
    kind: "dmarc",
    zone: { ...dmarc(values("v=DMARC1;")), "TXT _dmarc.clinic.example": [values("v=DMARC1; p=none")] },
    ...no("wrong_value", /name a policy/),
  },
  {
    name: "two DMARC records",
    kind: "dmarc",
    zone: dmarc(values("v=DMARC1; p=none", "v=DMARC1; p=reject")),
    ...no("multiple_records", /^Keep one DMARC record/),
  },
  {
    name: "two half-propagated views of one DMARC record",
    kind: "dmarc",
    zone: dmarc(values("v=DMARC1; p=none"), values("v=DMARC1; p=reject")),
    ...right,
  },
  // inbound
  { name: "inbound as given", kind: "inbound", zone: {}, ...right },
  {
    name: "inbound in capitals with a dot under another number",
    kind: "inbound",
    zone: inbound(values(`1 ${INBOUND.toUpperCase()}.`)),
    ...right,
  },
  {
    name: "inbound missing",
    kind: "inbound",
    zone: inbound(NONE),
    ...no("missing", /^Publish an MX record named mail\.clinic\.example with the priority 10/),
  },
  {
    name: "another provider's MX behind ours",
    kind: "inbound",
    zone: inbound(values(`10 ${INBOUND}`, "20 mx.other.example")),
    verified: true,
    reason: "competing_mx",
    fix: /delete the other MX records.*20 mx\.other\.example/,
  },
  {
    name: "another provider's MX before ours",
    kind: "inbound",
    zone: inbound(values(`10 ${INBOUND}`, "1 aspmx.l.google.com")),
    ...no("competing_mx", /1 aspmx\.l\.google\.com/),
  },
  {
    name: "another provider's MX beside ours",
    kind: "inbound",
    zone: inbound(values(`10 ${INBOUND}`, "10 mx.other.example")),
    ...no("competing_mx", /higher number/),
  },
  {
    name: "ours twice, and another between",
    kind: "inbound",
    zone: inbound(values(`5 ${INBOUND}`, "7 mx.other.example", `10 ${INBOUND}`)),
    verified: true,
    reason: "competing_mx",
    fix: /7 mx\.other\.example/,
  },
  {
    name: "a null MX before ours",
    kind: "inbound",
    zone: inbound(values("0 .", `10 ${INBOUND}`)),
    ...no("competing_mx", /Delete the other/),
  },
  {
    name: "only another provider's MX",
    kind: "inbound",
    zone: inbound(values("1 aspmx.l.google.com")),
    ...no("wrong_value", /goes to 1 aspmx\.l\.google\.com.*subdomain/),
  },
  {
    name: "the outbound suffix on the domain",
    kind: "inbound",
    zone: inbound(values("10 inbound-smtp.eu-central-1.amazonses.com")),
    ...no("wrong_value", /goes to/),
  },
  {
    name: "inbound MX with the domain appended twice",
    kind: "inbound",
    zone: { ...inbound(NONE), [`MX ${DOMAIN}.${DOMAIN}`]: [values(`10 ${INBOUND}`)] },
    ...no("doubled_domain", /Enter only "@" as the name/),
  },
  {
    name: "inbound right, whatever SES says",
    kind: "inbound",
    zone: {},
    evidence: { provider: { dkimStatus: "failed", mailFromStatus: "failed" } },
    ...right,
  },
];

describe("a record's verdict", () => {
  test.each(ROWS.map((row): [string, Row] => [row.name, row]))("%s", (_, row) => {
    const verdict = verdictOf(judge(row.zone, row.evidence), row.kind);
    expect({ verified: verdict.verified, reason: verdict.reason }).toEqual({
      verified: row.verified,
      reason: row.reason,
    });
    if (row.found) expect(verdict.found).toEqual(row.found);
    if (row.fix) expect(verdict.fix).toMatch(row.fix);
    else expect(verdict.fix).toBeNull();
  });

  test("each reason has a row, but for new keys, which have a test below", () => {
    const shown = new Set(ROWS.map(({ reason }) => reason));
    expect(VERDICT_REASONS.filter((reason) => !shown.has(reason))).toEqual(["tokens_changed"]);
  });
});

describe("the seven verdicts", () => {
  test("stand in the order of the records, all right when everything is", () => {
    const verdicts = judge({});
    expect(verdicts.map(({ address, record, type }) => ({ address, record, type }))).toEqual(
      RECORDS.map(({ address, record, type }) => ({ address, record, type })),
    );
    expect(allVerified(verdicts)).toBe(true);
  });

  test("one wrong record is enough for a no", () => {
    expect(allVerified(judge(spf(NONE)))).toBe(false);
    expect(allVerified([])).toBe(false);
  });

  test("before the first check say what to publish", () => {
    const verdicts = uncheckedVerdicts(RECORDS);
    expect(verdicts).toHaveLength(7);
    for (const verdict of verdicts)
      expect(verdict).toMatchObject({
        verified: false,
        reason: null,
        found: [],
        fix: expect.stringMatching(/^Publish an? /),
      });
  });

  test("after new keys say so for the records of the new ones, and judge the others", () => {
    const renewed = { ...FAKE_DKIM, tokens: ["tokena", "newb", "newc"] };
    const records = deriveDnsRecords({ domainIdentity: DOMAIN, region: "eu-central-1", dkim: renewed });
    const verdicts = judge({}, { records, previous: ALL_TRUE });
    expect(verdicts.map(({ reason }) => reason)).toEqual([
      null,
      "tokens_changed",
      "tokens_changed",
      null,
      null,
      null,
      null,
    ]);
    expect(verdicts[1]).toMatchObject({
      verified: false,
      found: [],
      fix: expect.stringContaining("newb._domainkey"),
    });
  });

  test("show a stranger's zone within bounds, on one line", () => {
    const many = Array.from(
      { length: 100 },
      (_, index) => `${index} mx${index}.example\n<script>${"x".repeat(2000)}`,
    );
    const verdict = verdictOf(judge(inbound(values(...many))), "inbound");
    expect(verdict.found).toHaveLength(20);
    for (const value of verdict.found) expect(value.length).toBeLessThanOrEqual(512);
    expect(verdict.fix).not.toMatch(/[\n\r]/);
    expect(verdict.fix?.length).toBeLessThan(1000);
  });
});

describe("questions", () => {
  test("are seven when all is right, and none follow", () => {
    expect(lookupsFor(RECORDS)).toHaveLength(7);
    expect(followUpLookups(RECORDS, DOMAIN, ask(RIGHT))).toEqual([]);
  });

  test("follow no answer that failed or is wrong", () => {
    const zone = { ...RIGHT, ...dkim(FAILED, NONE), ...spf(values("x")), ...inbound(values("1 x.example")) };
    expect(followUpLookups(RECORDS, DOMAIN, ask(zone))).toEqual([]);
  });

  test("about a missing DMARC record follow its two doubled names and the walk", () => {
    const names = followUpLookups(RECORDS, DOMAIN, ask({ ...RIGHT, ...dmarc(NONE) })).map(({ name }) => name);
    expect(names).toEqual([
      `${DMARC}.${DOMAIN}`,
      `${DMARC}.clinic.example`,
      "_dmarc.clinic.example",
      "_dmarc.example",
    ]);
  });

  test("never exceed what DNS can name, nor ask twice", () => {
    const long = `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.example`;
    const records = deriveDnsRecords({ domainIdentity: long, region: "eu-central-1", dkim: FAKE_DKIM });
    const first = lookupsFor(records).map((question) => ({ ...question, answers: [OTHER] }));
    const names = followUpLookups(records, long, first).map(({ type, name }) => `${type} ${name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name.length - name.indexOf(" ") - 1).toBeLessThanOrEqual(253);
  });
});

describe("over time", () => {
  test("a setup is lost when it was verified and is not, and not again", () => {
    expect(lostAt({ dnsVerified: true, dnsLostAt: null }, false, 500)).toBe(500);
    expect(lostAt({ dnsVerified: false, dnsLostAt: 500 }, false, 900)).toBe(500);
    expect(lostAt({ dnsVerified: false, dnsLostAt: null }, false, 900)).toBeNull();
    expect(lostAt({ dnsVerified: false, dnsLostAt: 500 }, true, 900)).toBeNull();
  });

  test("one resolver's word for one record is something said", () => {
    expect(anyAnswered([{ name: "a", type: "MX", answers: [FAILED, FAILED] }])).toBe(false);
    expect(anyAnswered([{ name: "a", type: "MX", answers: [FAILED, NONE] }])).toBe(true);
    expect(anyAnswered([])).toBe(false);
  });

  const anAnswer: fc.Arbitrary<DnsAnswer> = fc.oneof(
    fc.constantFrom(NONE, OTHER, FAILED),
    fc
      .array(fc.constantFrom(...RECORDS.map(({ record }) => record), "1 mx.example", "v=spf1 -all", "x"), {
        maxLength: 3,
      })
      .map((texts) => values(...texts)),
  );
  const aZone = fc.dictionary(
    fc.constantFrom(...Object.keys(RIGHT), `MX ${DOMAIN}.${DOMAIN}`, "TXT _dmarc.clinic.example"),
    fc.array(anAnswer, { minLength: 1, maxLength: 2 }),
  );

  test("a resolver that fails as well never changes a yes into a no", () => {
    fc.assert(
      fc.property(aZone, (zone) => {
        const withFailure = Object.fromEntries(
          Object.entries(zone).map(([key, answers]) => [key, [...answers, FAILED]]),
        );
        const before = judge(zone);
        const after = judge(withFailure, { previous: before });
        expect(after.map(({ verified }) => verified)).toEqual(before.map(({ verified }) => verified));
      }),
    );
  });

  test("whoever is told no is told why and what to do", () => {
    fc.assert(
      fc.property(aZone, (zone) => {
        for (const verdict of judge(zone))
          if (!verdict.verified) {
            expect(verdict.reason).not.toBeNull();
            expect(verdict.fix).toMatch(/^[^\n]+$/);
          }
      }),
    );
  });
});
