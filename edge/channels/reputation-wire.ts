// The shape of a reputation on the wire: figures beside their limits, so that it explains itself.
import { z } from "@hono/zod-openapi";
import { type Check, CHECK_NAMES, CHECK_SCOPES } from "../../core/reputation/checks.ts";
import type { Reputation } from "../../core/reputation/get-reputation.ts";
import { type Suspension, TIER_CHANGE_REASONS, type TierChange } from "../../core/reputation/standing.ts";
import { TIERS } from "../../core/use-case/use-case.ts";
import { Time, toTime, toTimeOrNull } from "../wire.ts";

const ReputationCheck = z
  .object({
    name: z.enum(CHECK_NAMES),
    scope: z.enum(CHECK_SCOPES).openapi({
      description:
        "Whose mail is counted: the use case's, against its limits also that of use cases deleted before it was made; or that of all use cases of its workspace on its domain, deleted ones too.",
    }),
    window_seconds: z.number().nullable().openapi({
      description: "How far back mail is counted by when it was sent; null: since `counted_since`.",
    }),
    value: z.number().openapi({ description: "A share, a number, or seconds." }),
    limit: z.number(),
    count: z.number().nullable().openapi({ description: "Of a share: so many ..." }),
    sample: z.number().nullable().openapi({ description: "... of so many." }),
    count_min: z.number().nullable().openapi({ description: "Fewer than so many are over no limit." }),
    sample_min: z.number().nullable().openapi({ description: "A smaller sample counts as so large." }),
    holds: z.boolean().openapi({ description: "Whether the list's condition is met by this figure." }),
  })
  .openapi("ReputationCheck");

const SuspensionBody = z
  .object({
    since: Time,
    offence: z.number().int().openapi({ description: "1 for the first within 180 days." }),
    until: Time.nullable().openapi({ description: "Null: until the operator resumes." }),
    sending_stopped: z.boolean(),
  })
  .openapi("Suspension");

const TierChangeBody = z
  .object({
    at: Time,
    from: z.enum(TIERS),
    to: z.enum(TIERS),
    why: z.enum(TIER_CHANGE_REASONS),
    capacity: z.number().int(),
    suspension: SuspensionBody.nullable(),
    figures: z.array(ReputationCheck).openapi({ description: "What decided, as it was." }),
  })
  .openapi("TierChange");

export const ReputationBody = z
  .object({
    tier: z.enum(TIERS),
    tier_since: Time,
    counted_since: Time.openapi({ description: "Mail sent earlier counts in nothing." }),
    capacity: z.number().int().openapi({ description: "Mails a day; 0 while sending is stopped." }),
    used: z.number().int(),
    left: z.number().int(),
    resets_at: Time,
    suspension: SuspensionBody.nullable(),
    suspension_limits: z
      .array(ReputationCheck)
      .openapi({ description: "One that holds suspends the use case; `setup` ones all of the setup." }),
    stop_limits: z
      .array(ReputationCheck)
      .openapi({ description: "While suspended: one that holds stops sending." }),
    next_tier: z
      .object({
        tier: z.enum(TIERS),
        checks: z.array(ReputationCheck).openapi({ description: "All have to hold." }),
        missing: z.array(z.enum(CHECK_NAMES)).openapi({ description: "Those that do not hold yet." }),
      })
      .nullable()
      .openapi({ description: "Null in premium, and while suspended." }),
    demotion_limits: z
      .array(ReputationCheck)
      .openapi({ description: "In premium: one that holds leads back to standard." }),
    history: z.array(TierChangeBody).openapi({ description: "Newest first, at most 50." }),
  })
  .openapi("Reputation");

/** Core counts times in ms; callers get seconds. */
const DURATIONS: ReadonlySet<Check["name"]> = new Set(["time_since_first_send", "time_in_tier"]);

function toCheckBody(check: Check): z.infer<typeof ReputationCheck> {
  const unit = DURATIONS.has(check.name) ? 1000 : 1;
  return {
    name: check.name,
    scope: check.scope,
    window_seconds: check.windowMs === null ? null : check.windowMs / 1000,
    value: check.value / unit,
    limit: check.limit / unit,
    count: check.count,
    sample: check.sample,
    count_min: check.countMin,
    sample_min: check.sampleMin,
    holds: check.holds,
  };
}

const toSuspensionBody = (suspension: Suspension): z.infer<typeof SuspensionBody> => ({
  since: toTime(suspension.incidentAt),
  offence: suspension.offence,
  until: toTimeOrNull(suspension.until),
  sending_stopped: suspension.isStopped,
});

const toTierChangeBody = ({ figures, ...change }: TierChange): z.infer<typeof TierChangeBody> => ({
  at: toTime(change.at),
  from: change.from,
  to: change.to,
  why: change.why,
  capacity: change.capacity,
  suspension: change.suspension && toSuspensionBody(change.suspension),
  figures: figures.map(toCheckBody),
});

export const toReputationBody = ({
  standing,
  used,
  next,
  ...reputation
}: Reputation): z.infer<typeof ReputationBody> => ({
  tier: standing.tier,
  tier_since: toTime(standing.tierSince),
  counted_since: toTime(standing.countsFrom),
  capacity: standing.capacity,
  used,
  left: Math.max(0, standing.capacity - used),
  resets_at: toTime(reputation.resetsAt),
  suspension: standing.suspension && toSuspensionBody(standing.suspension),
  suspension_limits: reputation.suspensionLimits.map(toCheckBody),
  stop_limits: reputation.stopLimits.map(toCheckBody),
  next_tier: next && {
    tier: next.tier,
    checks: next.checks.map(toCheckBody),
    missing: next.checks.filter(({ holds }) => !holds).map(({ name }) => name),
  },
  demotion_limits: reputation.demotionLimits.map(toCheckBody),
  history: reputation.history.map(toTierChangeBody),
});
