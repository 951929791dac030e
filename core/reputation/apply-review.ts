// Makes what a review decided true: the configuration set first moves to its tier's pool, then the standing is recorded. A
// crash between the two leaves the note that it may have been moved, and the task, which moves it to where it belongs by
// then. Where the account has no pools of ours nothing is moved.
import type { MailProvider, ProviderFault } from "../ports/mail-provider.ts";
import type { ReputationRecord, ReputationStore } from "../ports/reputation-store.ts";
import type { Task } from "../tasks/task.ts";
import { type PoolMode, sendingPool } from "../use-case/sending-pool.ts";
import type { Review } from "./review-standing.ts";

export type ApplyReviewPorts = {
  readonly reputation: Pick<ReputationStore, "begin" | "record">;
  readonly settings: { readonly pools: PoolMode };
};

export type Applied =
  | { readonly kind: "recorded" }
  /** Nothing was to be done. */
  | { readonly kind: "unchanged" }
  /** The task is another's by now. */
  | { readonly kind: "lost" }
  | { readonly kind: "not_moved"; readonly fault: ProviderFault };

export async function applyReview(
  { reputation, settings }: ApplyReviewPorts,
  provider: Pick<MailProvider, "setSendingPool">,
  { useCase, standing: before }: Pick<ReputationRecord, "useCase" | "standing">,
  task: Task<"review_tier">,
  { standing, change }: Review,
): Promise<Applied> {
  const isElsewhere = standing.tier !== before.tier || before.movingTo !== null;
  if (!isElsewhere && change === null && standing.capacity === before.capacity) return { kind: "unchanged" };
  if (isElsewhere && settings.pools === "managed") {
    if (before.movingTo === null && !(await reputation.begin(task, standing.tier))) return { kind: "lost" };
    const pool = sendingPool(settings.pools, useCase.emailType, standing.tier);
    const moved = await provider.setSendingPool(useCase.configurationSetName, pool);
    if (!moved.ok) return { kind: "not_moved", fault: moved.error };
  }
  const isRecorded = await reputation.record(task, { ...standing, movingTo: null }, change);
  return { kind: isRecorded ? "recorded" : "lost" };
}
