// What lets a use case into the next tier, and what takes it out of premium. Each rule is a list of checks; all of them
// have to hold for the better tier, any one for the worse.
import { type Check, numberCheck, rateCheck } from "./checks.ts";
import { type Cohort, type MailCounts, sumOf } from "./mail-counts.ts";
import { dayStart } from "./sending-time.ts";
import type { Standing } from "./standing.ts";
import type { TierPolicy } from "./tier-policy.ts";

type Standings = Pick<Standing, "tierSince">;
const OWN = { scope: "use_case", windowMs: null } as const;

export type WarmUp = {
  /** The days that count, oldest first. */
  readonly days: readonly Cohort[];
  /** The part of a day in which the first mail was sent; null: none was. */
  readonly firstSentAt: number | null;
};

/** All hold: onboarding becomes standard. */
export function standardEntry(
  policy: TierPolicy,
  { days, firstSentAt }: WarmUp,
  now: number,
): readonly Check[] {
  const { entry } = policy.standard;
  const sending = days.filter(({ sent }) => sent > 0);
  const counts = sumOf(days);
  const atLeast = (
    name: "delivered" | "sending_days" | "time_since_first_send",
    value: number,
    limit: number,
  ) => numberCheck(name, value, { ...OWN, limit }, value >= limit);
  return [
    atLeast("time_since_first_send", now - (firstSentAt ?? now), entry.sinceFirstSend),
    atLeast("sending_days", sending.length, entry.sendingDays),
    atLeast("delivered", counts.delivered, entry.delivered),
    ...cleanChecks(policy, counts, 1),
  ];
}

/** A sending day, or all of them, without more trouble than standard allows. */
function cleanChecks(policy: TierPolicy, counts: MailCounts, sentMin: number): readonly Check[] {
  const { bounceRate, complaintRate, complaints } = policy.standard.entry;
  const { complained, delivered } = counts;
  const isFew = complained <= complaints || complained / Math.max(delivered, 1) <= complaintRate;
  // A hair more than nothing: a product may lie just below the whole number it stands for.
  const allowed = Math.max(complaints, Math.floor(delivered * complaintRate + 1e-9));
  return [
    rateCheck("bounce_rate", counts, {
      ...OWN,
      limit: bounceRate,
      sampleMin: sentMin,
      wanted: (rate) => rate < bounceRate,
    }),
    numberCheck("complaints", complained, { ...OWN, limit: allowed }, isFew),
  ];
}

export const isCleanDay = (policy: TierPolicy, day: Cohort): boolean =>
  cleanChecks(policy, day, policy.samples.sent).every(({ holds }) => holds);

/** All hold: standard becomes premium. */
export function premiumEntry(
  policy: TierPolicy,
  { tierSince }: Standings,
  days: readonly Cohort[],
  now: number,
): readonly Check[] {
  const { inTier, window, sent, bounceRate, complaintRate } = policy.premium.entry;
  const counts = sumOf(daysWithin(policy, days, window, now));
  const over = { scope: "use_case", windowMs: window } as const;
  const below = (limit: number) => ({ ...over, limit, wanted: (rate: number) => rate < limit });
  return [
    numberCheck("time_in_tier", now - tierSince, { ...OWN, limit: inTier }, now - tierSince >= inTier),
    numberCheck("sent", counts.sent, { ...over, limit: sent }, counts.sent >= sent),
    rateCheck("bounce_rate", counts, below(bounceRate)),
    rateCheck("complaint_rate", counts, below(complaintRate)),
  ];
}

/** One holds: premium becomes standard again. */
export function premiumExit(policy: TierPolicy, days: readonly Cohort[], now: number): readonly Check[] {
  const { entry, exit } = policy.premium;
  const counts = sumOf(daysWithin(policy, days, entry.window, now));
  const own = { scope: "use_case", windowMs: entry.window } as const;
  const volume = entry.sent * exit.volumeRate;
  const above = (rate: number) => {
    const limit = rate * exit.ratesFactor;
    return { ...own, limit, wanted: (value: number) => value > limit };
  };
  return [
    numberCheck("sent", counts.sent, { ...own, limit: volume }, counts.sent < volume),
    rateCheck("bounce_rate", counts, above(entry.bounceRate)),
    rateCheck("complaint_rate", counts, above(entry.complaintRate)),
  ];
}

/** The days of a window that ends today. */
const daysWithin = (policy: TierPolicy, days: readonly Cohort[], windowMs: number, now: number) => {
  const from = dayStart(policy, now) + policy.day - windowMs;
  return days.filter(({ startsAt }) => startsAt >= from);
};
