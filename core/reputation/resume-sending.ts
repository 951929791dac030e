// The operator ends a suspension, whatever its end would have been, and sending that was stopped: the use case begins anew
// in onboarding. What deleted use cases of its workspace and domain left running ends with it. It holds the use case's
// review meanwhile, so that the two do not move the configuration set against each other.
import type { Id } from "../ids.ts";
import type { Pause } from "../ports/pause.ts";
import type { TaskStore } from "../ports/task-store.ts";
import { err, ok, type Result } from "../result.ts";
import { OTHERS_END_MS } from "../setup/delete-setup.ts";
import { type ProviderRefused, refusalOf } from "../setup/provider-steps.ts";
import { LEASE_MS, type Task, WORK_MS } from "../tasks/task.ts";
import { applyReview } from "./apply-review.ts";
import { reputationQuestion } from "./reputation-question.ts";
import { released } from "./review-standing.ts";
import type { ReviewTierPorts } from "./review-tier.ts";

export type ResumeSendingPorts = ReviewTierPorts & { readonly tasks: TaskStore; readonly pause: Pause };

/** `workspaceId` null: any. */
export type ResumeSending = { readonly workspaceId: Id | null; readonly useCaseId: Id };

export type ResumeSendingRefused =
  { readonly kind: "use_case_not_found" } | { readonly kind: "not_suspended" } | ProviderRefused;

export async function resumeSending(
  ports: ResumeSendingPorts,
  command: ResumeSending,
): Promise<Result<void, ResumeSendingRefused>> {
  const { reputation, tasks, clock, settings } = ports;
  const startBy = clock.now() + WORK_MS;
  const question = () => reputationQuestion(settings.tierPolicy, { ...command, historyMax: 0 }, clock.now());
  for (;;) {
    // Read before the task is asked for: a use case that is being deleted has none.
    const seen = await reputation.find(question());
    if (seen === null) return err({ kind: "use_case_not_found" });
    if (seen.standing.tier !== "suspended") return err({ kind: "not_suspended" });
    const task = await tasks.claim("review_tier", command.useCaseId, LEASE_MS);
    if (task) return resumeHeld(ports, task, startBy, question());
    if (clock.now() > startBy) return err({ kind: "provider_timed_out" });
    await ports.pause(OTHERS_END_MS);
  }
}

async function resumeHeld(
  ports: ResumeSendingPorts,
  task: Task<"review_tier">,
  startBy: number,
  question: ReturnType<typeof reputationQuestion>,
): Promise<Result<void, ResumeSendingRefused>> {
  const { reputation, tasks, clock, mailProvider, settings } = ports;
  try {
    const record = await reputation.find(question);
    if (record === null) return err({ kind: "use_case_not_found" });
    if (record.standing.tier !== "suspended") return err({ kind: "not_suspended" });
    const at = clock.now();
    const review = released(settings.tierPolicy, record.standing, {
      at,
      countedFrom: at,
      why: "operator_resumed",
    });
    const applied = await applyReview(ports, mailProvider.startingBy(startBy), record, task, review);
    if (applied.kind === "not_moved") return err(refusalOf(applied.fault));
    // Another has it by now: this took so long that the lease ran out.
    return applied.kind === "lost" ? err({ kind: "provider_timed_out" }) : ok(undefined);
  } finally {
    // Due at once: the review looks at what the rules say of it now.
    await tasks.postpone(task, clock.now(), 0);
  }
}
