// What becomes of a use case's tier and capacity, from its figures: a pure function, one change at a time. The worse comes
// first: who is over a limit is suspended, whatever else would be due. A worse rate never leads to a better tier or to more
// capacity.
import type { Tier } from "../use-case/use-case.ts";
import type { Check } from "./checks.ts";
import { dailyCapacity } from "./daily-capacity.ts";
import { firstBucketFrom, nextDayStart } from "./sending-time.ts";
import type { Incident, Standing, Suspension, TierChange, TierChangeReason } from "./standing.ts";
import { suspensionChecks, type SuspensionFigures } from "./suspension-limits.ts";
import { premiumEntry, premiumExit, standardEntry, type WarmUp } from "./tier-limits.ts";
import type { TierPolicy } from "./tier-policy.ts";

export type ReviewFigures = SuspensionFigures & WarmUp & { readonly incidents: readonly Incident[] };

export type Review = {
  readonly standing: Standing;
  /** Null: nothing changed but, perhaps, the capacity. */
  readonly change: TierChange | null;
};

export function reviewStanding(
  policy: TierPolicy,
  standing: Standing,
  figures: ReviewFigures,
  now: number,
): Review {
  const { tier, suspension } = standing;
  if (suspension !== null) return reviewSuspended(policy, { ...standing, suspension }, figures, now);
  const suspended = suspendedBy(policy, standing, figures, now);
  if (suspended) return suspended;

  const moved = (to: Exclude<Tier, "suspended">, why: TierChangeReason, checks: readonly Check[]) => {
    const step = { tier: to, cameFrom: tier };
    const capacity = dailyCapacity(policy, step, figures.days, now);
    return changed(
      { ...standing, ...step, tierSince: now, capacity },
      { at: now, from: tier, why, figures: checks },
    );
  };
  if (tier === "premium") {
    const reasons = premiumExit(policy, figures.days, now).filter(({ holds }) => holds);
    const why = reasons.some(({ name }) => name !== "sent") ? "rates_rose" : "volume_fell";
    if (reasons.length > 0) return moved("standard", why, reasons);
  }
  const next = nextTier(policy, standing, figures, now);
  if (next?.checks.every(({ holds }) => holds)) return moved(next.tier, "promoted", next.checks);
  return {
    standing: { ...standing, capacity: ordinaryCapacity(policy, standing, figures, now) },
    change: null,
  };
}

/** The better tier, and what has to hold for it; null when there is none above, or time alone leads there. */
export function nextTier(
  policy: TierPolicy,
  standing: Standing,
  warmUp: WarmUp,
  now: number,
): { readonly tier: "standard" | "premium"; readonly checks: readonly Check[] } | null {
  switch (standing.tier) {
    case "onboarding":
      return { tier: "standard", checks: standardEntry(policy, warmUp, now) };
    case "standard":
      return { tier: "premium", checks: premiumEntry(policy, standing, warmUp.days, now) };
    default:
      return null;
  }
}

/** When there may be something new to decide, without an event that wakes the review. */
export function nextReviewAt(policy: TierPolicy, { suspension }: Standing, now: number): number {
  const tomorrow = nextDayStart(policy, now);
  const until = suspension?.until ?? tomorrow;
  return until > now ? Math.min(until, tomorrow) : tomorrow;
}

/** From the standing to the one after the suspension: onboarding, with counters that begin anew at `countedFrom`. */
export const released = (
  policy: TierPolicy,
  standing: Standing,
  { at, countedFrom, why }: { at: number; countedFrom: number; why: TierChangeReason },
): Review => {
  const step = { tier: "onboarding", cameFrom: standing.tier } as const;
  return changed(
    {
      ...standing,
      ...step,
      tierSince: at,
      countsFrom: firstBucketFrom(policy, countedFrom),
      capacity: dailyCapacity(policy, step, [], at),
      suspension: null,
    },
    { at, from: standing.tier, why, figures: [] },
  );
};

/** The hardest suspension that runs in one of these incidents, as in `Incident`; null when none runs. */
export const hardestOf = (incidents: readonly Incident[]): Suspension | null =>
  incidents
    .flatMap(({ running }) => running ?? [])
    .reduce<Suspension | null>((one, other) => (one && hardness(one) >= hardness(other) ? one : other), null);

const hardness = ({ isStopped, until }: Suspension): number =>
  isStopped ? Infinity : (until ?? Number.MAX_VALUE);

function reviewSuspended(
  policy: TierPolicy,
  standing: Standing & { readonly suspension: Suspension },
  figures: ReviewFigures,
  now: number,
): Review {
  const { suspension } = standing;
  const { until, isStopped } = suspension;
  const over = suspensionChecks(policy, figures, now, policy.suspension.stopFactor).filter(
    ({ holds }) => holds,
  );
  if (!isStopped && over.length > 0)
    return changed(
      { ...standing, capacity: 0, suspension: { ...suspension, until: null, isStopped: true } },
      { at: now, from: standing.tier, why: "sending_stopped", figures: over },
    );
  if (until !== null && until <= now)
    return released(policy, standing, { at: now, countedFrom: until, why: "suspension_served" });
  return { standing, change: null };
}

/** Null when it is not to be suspended. */
function suspendedBy(
  policy: TierPolicy,
  standing: Standing,
  figures: ReviewFigures,
  now: number,
): Review | null {
  const over = suspensionChecks(policy, figures, now).filter(({ holds }) => holds);
  // What began before its counters did, it was suspended for then, and is not again.
  const concerning = figures.incidents.filter(({ startedAt }) => startedAt >= standing.countsFrom);
  // The setup's other reviews were faster.
  const joined = hardestOf(concerning.filter(({ isSetupWide }) => isSetupWide));
  if (over.length === 0 && joined === null) return null;

  const isSetupWide = over.length === 0 || over.some(({ scope }) => scope === "setup");
  const suspension =
    (over.length === 0 ? joined : null) ??
    newSuspension(policy, figures.incidents, hardestOf(concerning), now);
  const capacity = Math.min(
    standing.capacity,
    ordinaryCapacity(policy, standing, figures, now),
    policy.suspension.capacityMax,
  );
  return changed(
    {
      ...standing,
      tier: "suspended",
      cameFrom: standing.tier,
      tierSince: now,
      capacity: suspension.isStopped ? 0 : capacity,
      suspension,
    },
    {
      at: now,
      from: standing.tier,
      why: isSetupWide ? "setup_limit_exceeded" : "limit_exceeded",
      figures: over,
    },
  );
}

/** A part of the incident that runs, or a new one. */
function newSuspension(
  policy: TierPolicy,
  incidents: readonly Incident[],
  running: Suspension | null,
  now: number,
): Suspension {
  const { lasts, offencesWithin } = policy.suspension;
  const earlier = incidents.filter(({ startedAt }) => startedAt > now - offencesWithin).length;
  const offence = running?.offence ?? earlier + 1;
  const lastsMs = lasts[offence - 1];
  return {
    incidentAt: running?.incidentAt ?? now,
    offence,
    until: lastsMs === undefined ? null : now + lastsMs,
    isStopped: false,
  };
}

const ordinaryCapacity = (
  policy: TierPolicy,
  { tier, cameFrom, capacity }: Standing,
  { days }: ReviewFigures,
  now: number,
): number => (tier === "suspended" ? capacity : dailyCapacity(policy, { tier, cameFrom }, days, now));

/** The standing, with the line that the history gets. */
function changed(
  standing: Standing,
  line: Pick<TierChange, "at" | "from" | "why" | "figures">,
): Review & { readonly change: TierChange } {
  const { tier, capacity, suspension } = standing;
  return { standing, change: { ...line, to: tier, capacity, suspension } };
}
