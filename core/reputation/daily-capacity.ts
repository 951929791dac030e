// How many mails a use case may send in a sending day: a function of its tier and of the days before. Today's own figures
// change nothing before tomorrow, so that nobody's capacity grows while it is being used.
import type { Tier } from "../use-case/use-case.ts";
import type { Cohort } from "./mail-counts.ts";
import { dayStart } from "./sending-time.ts";
import { isCleanDay } from "./tier-limits.ts";
import type { TierPolicy } from "./tier-policy.ts";

/** `days`: the use case's own that count, oldest first. What a suspended one keeps is decided when it is suspended. */
export function dailyCapacity(
  policy: TierPolicy,
  { tier, cameFrom }: { readonly tier: Exclude<Tier, "suspended">; readonly cameFrom: Tier | null },
  days: readonly Cohort[],
  now: number,
): number {
  const today = dayStart(policy, now);
  const past = days.filter(({ startsAt }) => startsAt < today);
  const { onboarding, standard, premium } = policy;
  switch (tier) {
    case "onboarding":
      return onboarding.capacities[stepAfter(policy, past)] ?? 0;
    case "standard":
      return cameFrom === "premium"
        ? standard.capacity
        : grown(policy, past, today, Math.max(...onboarding.capacities), standard.capacity);
    case "premium":
      return grown(policy, past, today, standard.capacity, premium.capacity);
  }
}

/** A step up for each clean sending day, one back for a bad one. */
function stepAfter(policy: TierPolicy, past: readonly Cohort[]): number {
  const last = policy.onboarding.capacities.length - 1;
  return past
    .filter(({ sent }) => sent > 0)
    .reduce((step, day) => (isCleanDay(policy, day) ? Math.min(step + 1, last) : Math.max(step - 1, 0)), 0);
}

/** After a promotion: what the tier below has, or what the best of the last days shows to be needed, up to what the tier has. */
function grown(
  policy: TierPolicy,
  past: readonly Cohort[],
  today: number,
  atLeast: number,
  atMost: number,
): number {
  const { bestFactor, window } = policy.growth;
  const recent = past.filter(({ startsAt }) => startsAt >= today - window);
  const best = Math.max(0, ...recent.map(({ sent }) => sent));
  return Math.min(atMost, Math.max(atLeast, Math.floor(bestFactor * best)));
}
