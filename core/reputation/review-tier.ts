// The task that reviews a use case: woken by a bounce or complaint of one of its mails, and due by itself when its sending
// day begins. One change at a time; after one it looks again at once.
import type { Clock } from "../ports/clock.ts";
import type { ProviderTurns } from "../ports/provider-turns.ts";
import type { ReputationStore } from "../ports/reputation-store.ts";
import { TASK_DONE, type TaskEnd, taskFailed } from "../tasks/carry-out.ts";
import { type Task, WORK_MS } from "../tasks/task.ts";
import { applyReview, type ApplyReviewPorts } from "./apply-review.ts";
import { reputationQuestion } from "./reputation-question.ts";
import { nextReviewAt, reviewStanding } from "./review-standing.ts";
import type { TierPolicy } from "./tier-policy.ts";

export type ReviewTierPorts = {
  readonly reputation: ReputationStore;
  readonly mailProvider: ProviderTurns;
  readonly clock: Clock;
  readonly settings: ApplyReviewPorts["settings"] & { readonly tierPolicy: TierPolicy };
};

/** A use case that is being deleted is not reviewed, unless its deletion fails in the end. */
const BEING_DELETED_MS = 60_000;
/** The turns are busy with what somebody waits for: a little later. */
const NO_TURN_MS = 5_000;

export async function reviewTier(ports: ReviewTierPorts, task: Task): Promise<TaskEnd> {
  const { reputation, mailProvider, clock, settings } = ports;
  const { tierPolicy: policy } = settings;
  const startBy = clock.now() + WORK_MS;
  const asked = { useCaseId: task.subjectId, workspaceId: null, historyMax: 0 };
  const record = await reputation.find(reputationQuestion(policy, asked, clock.now()));
  if (record === null) return TASK_DONE;
  if (record.useCase.status !== "ready") return { kind: "again", at: clock.now() + BEING_DELETED_MS };

  const review = reviewStanding(policy, record.standing, record, clock.now());
  const held: Task<"review_tier"> = { ...task, kind: "review_tier" };
  const applied = await applyReview(ports, mailProvider.startingBy(startBy), record, held, review);
  switch (applied.kind) {
    case "not_moved":
      return applied.fault.kind === "out_of_turn"
        ? { kind: "again", at: clock.now() + NO_TURN_MS }
        : taskFailed(applied.fault.reason);
    case "lost":
      return TASK_DONE;
    default:
      return {
        kind: "again",
        at: review.change ? clock.now() : nextReviewAt(policy, review.standing, clock.now()),
      };
  }
}
