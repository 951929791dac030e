// The limits at which a use case is suspended: bounces and complaints, over a slow window and a fast one, of the use case
// alone and of the setup as a whole. Amazon SES "Reputation metrics": an account is reviewed at 5 % bounces or 0.1 %
// complaints, so one customer's brakes lie below.
import { type Check, type CheckScope, rateCheck } from "./checks.ts";
import { type Cohort, sumOf } from "./mail-counts.ts";
import { windowStart } from "./sending-time.ts";
import type { TierPolicy } from "./tier-policy.ts";

/** The cohorts of both scopes, by part of a day. */
export type SuspensionFigures = {
  readonly buckets: readonly Cohort[];
  readonly setupBuckets: readonly Cohort[];
};

/** Each limit with its figure; one that holds is exceeded. `factor`: so many times the rates. */
export const suspensionChecks = (
  policy: TierPolicy,
  { buckets, setupBuckets }: SuspensionFigures,
  now: number,
  factor = 1,
): readonly Check[] => [
  ...checksOf(policy, "use_case", buckets, now, factor),
  ...checksOf(policy, "setup", setupBuckets, now, factor),
];

function checksOf(
  policy: TierPolicy,
  scope: CheckScope,
  buckets: readonly Cohort[],
  now: number,
  factor: number,
): readonly Check[] {
  const { suspension, samples } = policy;
  return [suspension.slow, suspension.fast].flatMap((limits) => {
    const from = windowStart(policy, limits.window, now);
    const counts = sumOf(buckets.filter(({ startsAt }) => startsAt >= from));
    const over = (rate: number, countMin: number) => ({
      scope,
      windowMs: limits.window,
      limit: rate * factor,
      countMin,
      wanted: (value: number, count: number) => count >= countMin && value >= rate * factor,
    });
    return [
      rateCheck("bounce_rate", counts, {
        ...over(limits.bounceRate, limits.bounces),
        sampleMin: samples.sent,
      }),
      rateCheck("complaint_rate", counts, {
        ...over(limits.complaintRate, limits.complaints),
        sampleMin: samples.delivered,
      }),
    ];
  });
}
