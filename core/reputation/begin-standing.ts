// Where a new use case stands: at the beginning, unless a suspension of its workspace and domain still runs. Whoever
// deletes a suspended use case, or its setup, and makes it again finds what was there; so does who makes another beside it.
import type { Inheritance, ReputationStore } from "../ports/reputation-store.ts";
import type { UseCaseBeginning } from "../ports/use-case-store.ts";
import type { Id } from "../ids.ts";
import { hardestOf } from "./review-standing.ts";
import { bucketStart, dayStart } from "./sending-time.ts";
import type { Standing } from "./standing.ts";
import type { TierPolicy } from "./tier-policy.ts";

export async function beginStanding(
  reputation: Pick<ReputationStore, "inheritance">,
  policy: TierPolicy,
  { workspaceId, domainIdentity }: { readonly workspaceId: Id; readonly domainIdentity: string },
  now: number,
): Promise<UseCaseBeginning> {
  const inheritance = await reputation.inheritance(workspaceId, domainIdentity, {
    now,
    dayStartsAt: dayStart(policy, now),
    incidentsFrom: now - policy.suspension.offencesWithin,
  });
  return standingFrom(policy, inheritance, now);
}

export function standingFrom(
  policy: TierPolicy,
  { incidents, taken }: Inheritance,
  now: number,
): UseCaseBeginning {
  const standing: Standing = {
    tier: "onboarding",
    tierSince: now,
    cameFrom: null,
    countsFrom: bucketStart(policy, now),
    capacity: policy.onboarding.capacities[0] ?? 0,
    suspension: null,
    carried: { dayStartsAt: dayStart(policy, now), taken },
    movingTo: null,
  };
  const suspension = hardestOf(incidents);
  if (!suspension) return { standing, change: null };
  const most = suspension.isStopped ? 0 : policy.suspension.capacityMax;
  const capacity = Math.min(standing.capacity, most);
  return {
    standing: { ...standing, tier: "suspended", cameFrom: standing.tier, capacity, suspension },
    change: {
      at: now,
      from: "onboarding",
      to: "suspended",
      why: "inherited",
      figures: [],
      capacity,
      suspension,
    },
  };
}
