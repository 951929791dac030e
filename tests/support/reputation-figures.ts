// Figures of a use case for tests of the rules: cohorts by part of a day, and from them what a store would answer.
import type { Cohort, MailCounts } from "../../core/reputation/mail-counts.ts";
import { NO_COUNTS, sumOf } from "../../core/reputation/mail-counts.ts";
import { TIER_POLICY } from "../../core/reputation/read-tier-policy.ts";
import type { ReviewFigures } from "../../core/reputation/review-standing.ts";
import { bucketStart, dayStart, windowStart } from "../../core/reputation/sending-time.ts";
import type { Standing, Suspension } from "../../core/reputation/standing.ts";

export const DAY_MS = TIER_POLICY.day;
/** Noon of a day. */
export const NOON = Date.parse("2026-03-31T12:30:00.000Z");

/** Mails of which all were delivered, unless told otherwise. */
export const counts = (sent: number, trouble: Partial<MailCounts> = {}): MailCounts => ({
  taken: sent,
  sent,
  delivered: sent,
  bounced: 0,
  complained: 0,
  ...trouble,
});

/** A cohort of so many days ago, at this hour. */
export const cohort = (daysAgo: number, of: MailCounts): Cohort => ({
  ...of,
  startsAt: bucketStart(TIER_POLICY, NOON) - daysAgo * DAY_MS,
});

/** So many days alike, the last one yesterday. */
export const daysOf = (days: number, of: MailCounts): readonly Cohort[] =>
  Array.from({ length: days }, (_, index) => cohort(days - index, of));

const grouped = (cohorts: readonly Cohort[], keyOf: (at: number) => number): readonly Cohort[] => {
  const groups = Map.groupBy(cohorts, ({ startsAt }) => keyOf(startsAt));
  return [...groups]
    .toSorted(([one], [other]) => one - other)
    .map(([startsAt, group]) => ({ ...sumOf(group), startsAt }));
};

/** What a store answers for these cohorts of the use case, and these of its setup's other ones. */
export function figuresOf(
  own: readonly Cohort[],
  {
    others = [],
    incidents = [],
    now = NOON,
  }: Partial<{ others: readonly Cohort[]; now: number }> & Partial<Pick<ReviewFigures, "incidents">> = {},
): ReviewFigures {
  const from = windowStart(TIER_POLICY, TIER_POLICY.suspension.slow.window, now);
  const recent = (cohorts: readonly Cohort[]) =>
    grouped(
      cohorts.filter(({ startsAt }) => startsAt >= from),
      (at) => bucketStart(TIER_POLICY, at),
    );
  return {
    days: grouped(own, (at) => dayStart(TIER_POLICY, at)),
    firstSentAt: own.reduce<number | null>(
      (first, { sent, startsAt }) => (sent > 0 && startsAt < (first ?? Infinity) ? startsAt : first),
      null,
    ),
    buckets: recent(own),
    setupBuckets: recent([...own, ...others]),
    incidents,
  };
}

export const standingAt = (tier: Standing["tier"], members: Partial<Standing> = {}): Standing => ({
  tier,
  tierSince: NOON - 60 * DAY_MS,
  countsFrom: NOON - 60 * DAY_MS,
  capacity: { onboarding: 200, standard: 2000, premium: 50_000, suspended: 200 }[tier],
  suspension: tier === "suspended" ? suspensionOf() : null,
  carried: { dayStartsAt: 0, taken: 0 },
  cameFrom: null,
  movingTo: null,
  ...members,
});

export const suspensionOf = (members: Partial<Suspension> = {}): Suspension => ({
  incidentAt: NOON - DAY_MS,
  offence: 1,
  until: NOON + 6 * DAY_MS,
  isStopped: false,
  ...members,
});

export const NOTHING = figuresOf([cohort(0, NO_COUNTS)]);
