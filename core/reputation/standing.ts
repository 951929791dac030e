// Where an e-mail use case stands: its tier, what it may send a day, and what it is suspended for. The rules that move it
// are in review-standing.ts, its capacity in daily-capacity.ts; here is only what is kept of it.
import type { Tier } from "../use-case/use-case.ts";
import type { Check } from "./checks.ts";

export type Standing = {
  readonly tier: Tier;
  readonly tierSince: number;
  /** The tier before; null: it began in this one. */
  readonly cameFrom: Tier | null;
  /** The start of a part of a day: mails written earlier count in nothing. Set anew when a suspension ends. */
  readonly countsFrom: number;
  /** Mails it may send in a sending day; 0 while sending is stopped. */
  readonly capacity: number;
  /** Exactly when the tier is `suspended`. */
  readonly suspension: Suspension | null;
  /** What use cases of the same workspace and domain had taken that day, and were deleted before this one was made. */
  readonly carried: { readonly dayStartsAt: number; readonly taken: number };
  /**
   * The tier whose pool the configuration set may have been moved to, noted before the provider is called; null once a
   * tier is recorded. A crash in between leaves it, and the next review moves the set to where it belongs.
   */
  readonly movingTo: Tier | null;
};

export type Suspension = {
  /**
   * When the first use case of this workspace and domain was suspended in this incident: whoever is suspended while
   * another one's suspension runs belongs to the same incident, once.
   */
  readonly incidentAt: number;
  /** The how-manyeth incident within the time that counts. */
  readonly offence: number;
  /** When it is served; null: the operator ends it. */
  readonly until: number | null;
  readonly isStopped: boolean;
};

/** An incident of a workspace and domain: one or more suspensions that overlap. Deleted use cases count. */
export type Incident = {
  readonly startedAt: number;
  /** The setup as a whole was over a limit. */
  readonly isSetupWide: boolean;
  /** Of those still running, the hardest: stopped before not, null before the latest `until`. Null: none runs any more. */
  readonly running: Suspension | null;
};

export const TIER_CHANGE_REASONS = [
  "promoted",
  "volume_fell",
  "rates_rose",
  /** A limit of the use case's own. */
  "limit_exceeded",
  /** A limit of the setup as a whole, by this use case's review or another one's. */
  "setup_limit_exceeded",
  /** Made while a suspension of its workspace and domain ran. */
  "inherited",
  /** Twice a limit while suspended: sending stopped. */
  "sending_stopped",
  "suspension_served",
  "operator_resumed",
] as const;
export type TierChangeReason = (typeof TIER_CHANGE_REASONS)[number];

/** A line of the history. */
export type TierChange = {
  readonly at: number;
  readonly from: Tier;
  readonly to: Tier;
  readonly why: TierChangeReason;
  /** The figures that decided, as they were. */
  readonly figures: readonly Check[];
  readonly capacity: number;
  /** Of the suspension that it began, or changed; null otherwise. */
  readonly suspension: Suspension | null;
};
