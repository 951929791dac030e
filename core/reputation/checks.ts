// A figure held against a limit: what decides about tiers, what a caller is shown of it, and what the history keeps. One
// shape for all three, so that what is shown is what decided. Which limits there are is in suspension-limits.ts and
// tier-limits.ts.
import type { MailCounts } from "./mail-counts.ts";

export const CHECK_NAMES = [
  "bounce_rate",
  "complaint_rate",
  "complaints",
  "sent",
  "delivered",
  "sending_days",
  "time_since_first_send",
  "time_in_tier",
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** Whose mails were counted: the use case's (for its limits with its predecessors', see ReputationRecord), or those of all use cases of its workspace and domain. */
export const CHECK_SCOPES = ["use_case", "setup"] as const;
export type CheckScope = (typeof CHECK_SCOPES)[number];

export type Check = {
  readonly name: CheckName;
  readonly scope: CheckScope;
  /** The window in ms; null: since the counters began. */
  readonly windowMs: number | null;
  /** A share, a number of mails or days, or ms. */
  readonly value: number;
  readonly limit: number;
  /** For a share: so many of so many, null otherwise. */
  readonly count: number | null;
  readonly sample: number | null;
  /** A share is only over its limit with at least so many, and a smaller sample counts as so large; null: any. */
  readonly countMin: number | null;
  readonly sampleMin: number | null;
  /** Whether the figure is as the rule that asks wants it: over a limit of suspension, inside one of a promotion. */
  readonly holds: boolean;
};

/** What a rate is made of. Bounces are held against what was sent, complaints against what was delivered. */
const RATES = {
  bounce_rate: { count: "bounced", sample: "sent" },
  complaint_rate: { count: "complained", sample: "delivered" },
} as const satisfies Partial<Record<CheckName, Readonly<Record<string, keyof MailCounts>>>>;
export type RateName = keyof typeof RATES;

type Window = Pick<Check, "scope" | "windowMs">;
type RateLimit = Window & {
  readonly limit: number;
  readonly countMin?: number;
  readonly sampleMin?: number;
  /** Whether a rate, with its count, is as wanted. */
  readonly wanted: (rate: number, count: number) => boolean;
};

/** A rate of these mails. Without a sample it is 0. */
export function rateCheck(
  name: RateName,
  counts: MailCounts,
  { scope, windowMs, limit, countMin, sampleMin, wanted }: RateLimit,
): Check {
  const count = counts[RATES[name].count];
  const sample = counts[RATES[name].sample];
  // Divided, not multiplied: a quotient is the double next to the decimal it stands for, so 8 of 200 is exactly 0.04.
  const value = count === 0 ? 0 : count / Math.max(sample, sampleMin ?? 1);
  return {
    name,
    scope,
    windowMs,
    value,
    limit,
    count,
    sample,
    countMin: countMin ?? null,
    sampleMin: sampleMin ?? null,
    holds: wanted(value, count),
  };
}

/** A number, a time or an age that has to be at least, or at most, so much. */
export const numberCheck = (
  name: Exclude<CheckName, RateName>,
  value: number,
  { scope, windowMs, limit }: Window & { readonly limit: number },
  holds: boolean,
): Check => ({
  name,
  scope,
  windowMs,
  value,
  limit,
  holds,
  count: null,
  sample: null,
  countMin: null,
  sampleMin: null,
});
