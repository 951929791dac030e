// A use case's reputation as its workspace sees it: it explains itself. What decides and what is shown are the same
// checks, over the same figures.
import type { Id } from "../ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { ReputationRecord, ReputationStore } from "../ports/reputation-store.ts";
import { err, ok, type Result } from "../result.ts";
import type { Check } from "./checks.ts";
import { reputationQuestion } from "./reputation-question.ts";
import { nextTier } from "./review-standing.ts";
import { nextDayStart } from "./sending-time.ts";
import type { Standing, TierChange } from "./standing.ts";
import { suspensionChecks } from "./suspension-limits.ts";
import { premiumExit } from "./tier-limits.ts";
import type { TierPolicy } from "./tier-policy.ts";

export type GetReputationPorts = {
  readonly reputation: Pick<ReputationStore, "find">;
  readonly clock: Clock;
  readonly settings: { readonly tierPolicy: TierPolicy };
};

export type GetReputation = {
  /** Null: any (the operator on the short path). */
  readonly workspaceId: Id | null;
  readonly useCaseId: Id;
};

export type ReputationNotFound = { readonly kind: "use_case_not_found" };

export type Reputation = {
  readonly standing: Standing;
  readonly used: number;
  readonly resetsAt: number;
  /** Exceeded where they hold: then the use case is suspended. */
  readonly suspensionLimits: readonly Check[];
  /** The same for sending to stop; empty unless suspended. */
  readonly stopLimits: readonly Check[];
  /** What has to hold for the better tier; null when there is none, or time alone leads out of this one. */
  readonly next: { readonly tier: "standard" | "premium"; readonly checks: readonly Check[] } | null;
  /** One of these leads out of premium; empty in the other tiers. */
  readonly demotionLimits: readonly Check[];
  /** Newest first. */
  readonly history: readonly TierChange[];
};

/** Lines of the history; a use case changes its tier a few times a year. */
const HISTORY_MAX = 50;

export async function getReputation(
  { reputation, clock, settings }: GetReputationPorts,
  asked: GetReputation,
): Promise<Result<Reputation, ReputationNotFound>> {
  const { tierPolicy: policy } = settings;
  const now = clock.now();
  const record = await reputation.find(
    reputationQuestion(policy, { ...asked, historyMax: HISTORY_MAX }, now),
  );
  return record === null ? err({ kind: "use_case_not_found" }) : ok(explained(policy, record, now));
}

type Recorded = Omit<ReputationRecord, "useCase" | "incidents">;

/** The record, with what its figures are held against. */
export function explained(policy: TierPolicy, record: Recorded, now: number): Reputation {
  const { standing, used, days, history } = record;
  const { stopFactor } = policy.suspension;
  return {
    standing,
    used,
    resetsAt: nextDayStart(policy, now),
    suspensionLimits: suspensionChecks(policy, record, now),
    stopLimits: standing.tier === "suspended" ? suspensionChecks(policy, record, now, stopFactor) : [],
    next: nextTier(policy, standing, record, now),
    demotionLimits: standing.tier === "premium" ? premiumExit(policy, days, now) : [],
    history,
  };
}
