// What the rules want to know of a use case: how far back each figure reaches.
import type { Id } from "../ids.ts";
import type { ReputationQuestion } from "../ports/reputation-store.ts";
import { dayStart, windowStart } from "./sending-time.ts";
import type { TierPolicy } from "./tier-policy.ts";

type Asked = { readonly useCaseId: Id; readonly workspaceId: Id | null; readonly historyMax: number };

export const reputationQuestion = (policy: TierPolicy, asked: Asked, now: number): ReputationQuestion => ({
  ...asked,
  now,
  dayMs: policy.day,
  dayStartsAt: dayStart(policy, now),
  daysFrom: dayStart(policy, now - policy.lookBack),
  bucketsFrom: windowStart(policy, policy.suspension.slow.window, now),
  incidentsFrom: now - policy.suspension.offencesWithin,
});
