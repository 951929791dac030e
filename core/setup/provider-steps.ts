// Making and taking down several objects at the mail provider as one: steps in order, each with its undoing, told apart
// from others' by their tags. Each can be run again: what is there already under our own tags is made, what is gone is
// gone. Who runs them, when they are undone, and what a caller hears of it is the operations' business.
import type { ProviderFault, ProviderTags } from "../ports/mail-provider.ts";
import { err, ok, type Result } from "../result.ts";
import type { Task } from "../tasks/task.ts";

export type ProviderRefused =
  /** `reason` is the provider's own message, bounded: for logs. */
  | { readonly kind: "provider_unavailable"; readonly reason?: string }
  | { readonly kind: "provider_timed_out"; readonly reason?: string };

export type ProviderStep<Work, Taken = never> = {
  readonly name: string;
  /** Answers the work with what is now known added to it. */
  readonly make: (work: Work) => Promise<Result<Work, ProviderFault>>;
  /**
   * The work, completed from what stands at the provider under this name; null when that is somebody else's. A step
   * without it makes what can be made again.
   */
  readonly adopt?: (work: Work) => Promise<Result<Work | null, ProviderFault>>;
  /** Without it, what the step made goes with what an earlier one did. */
  readonly undo?: (work: Work) => Promise<Result<void, ProviderFault>>;
  /** What it means that somebody else's object has the name. */
  readonly taken?: Taken;
};

export type StepsFailed<Work, Taken> = {
  readonly kind: "failed";
  readonly fault: ProviderFault;
  /** Set when the fault is that the name is somebody else's. */
  readonly taken: Taken | undefined;
  readonly work: Work;
  /** So many steps are done. */
  readonly done: number;
  /** The step after them may be done as well: its call was sent, and a refusal costs nothing to be checked. */
  readonly mayBeDone: boolean;
};

export type StepsEnd<Work, Taken> =
  | { readonly kind: "done"; readonly work: Work }
  | StepsFailed<Work, Taken>
  /** `record` said so: the work is somebody else's now. */
  | { readonly kind: "lost" };

/** Takes the steps from the `from`th on. `record` is told after each how many are done, and says whether to go on. */
export async function takeSteps<Work, Taken>(
  steps: readonly ProviderStep<Work, Taken>[],
  begun: Work,
  record: (done: number) => Promise<boolean> = () => Promise.resolve(true),
  from = 0,
): Promise<StepsEnd<Work, Taken>> {
  let work = begun;
  for (const [index, step] of steps.entries()) {
    if (index < from) continue;
    const made = await makeOrAdopt(step, work);
    if (!made.ok) {
      const { fault, isTaken } = made.error;
      const mayBeDone = !isTaken && fault.kind !== "out_of_turn";
      return { kind: "failed", fault, taken: isTaken ? step.taken : undefined, work, done: index, mayBeDone };
    }
    work = made.value;
    if (!(await record(index + 1))) return { kind: "lost" };
  }
  return { kind: "done", work };
}

async function makeOrAdopt<Work, Taken>(
  step: ProviderStep<Work, Taken>,
  work: Work,
): Promise<Result<Work, { readonly fault: ProviderFault; readonly isTaken: boolean }>> {
  const made = await step.make(work);
  if (made.ok) return made;
  if (made.error.kind !== "already_exists") return err({ fault: made.error, isTaken: false });
  if (!step.adopt) return ok(work);
  const adopted = await step.adopt(work);
  // It cannot be told whose it is: the object may be ours.
  if (!adopted.ok) return err({ fault: { ...made.error, ...unclear(adopted.error) }, isTaken: false });
  return adopted.value === null ? err({ fault: made.error, isTaken: true }) : ok(adopted.value);
}

/** A look that was refused or came too late leaves as open as one without an answer whether the object is ours. */
const unclear = ({ kind, reason }: ProviderFault): ProviderFault => ({
  kind: kind === "timed_out" || kind === "out_of_turn" ? "timed_out" : "unavailable",
  reason,
});

/** What the steps may have left at the provider. */
export type Remains = {
  /** So many steps are done, as far as anybody knows. */
  readonly done: number;
  /** The step after them may be done as well. */
  readonly mayBeDone: boolean;
  /** The first `done` steps were taken in this very run. */
  readonly isCertain: boolean;
};

/** What may stand of something that an earlier run began: any of it. */
export const allOf = (steps: readonly unknown[]): Remains => ({
  done: steps.length,
  mayBeDone: false,
  isCertain: false,
});

/**
 * Undoes what the first `done` steps made, last made first: the provider deletes nothing that something else is bound
 * to. What the step after them made, and everything when `isCertain` is false, is looked at first and left alone unless
 * it is ours. Stops at a fault: what is left is to be undone later.
 */
export async function undoSteps<Work, Taken>(
  steps: readonly ProviderStep<Work, Taken>[],
  begun: Work,
  { done, mayBeDone, isCertain }: Remains,
): Promise<Result<void, ProviderFault>> {
  let work = begun;
  const standing = steps.slice(0, mayBeDone ? done + 1 : done);
  for (const [index, step] of [...standing.entries()].toReversed()) {
    if (!step.undo) continue;
    if (step.adopt && !(isCertain && index < done)) {
      const own = await step.adopt(work);
      if (!own.ok && own.error.kind !== "not_found") return own;
      if (!own.ok || own.value === null) continue;
      work = own.value;
    }
    const undone = await step.undo(work);
    if (!undone.ok && undone.error.kind !== "not_found") return undone;
  }
  return ok(undefined);
}

export type RemovalFailed = {
  readonly fault: ProviderFault;
  /** So many of the calls are done. */
  readonly done: number;
};

/** Calls that take objects down, one after the other, until one fails. What is not there is gone already. */
export async function removeInOrder(
  calls: readonly (() => Promise<Result<void, ProviderFault>>)[],
): Promise<Result<void, RemovalFailed>> {
  for (const [done, call] of calls.entries()) {
    const removed = await call();
    if (!removed.ok && removed.error.kind !== "not_found") return err({ fault: removed.error, done });
  }
  return ok(undefined);
}

/** Nothing was taken down, and that is certain: by an earlier attempt at the same deletion neither. */
export const isWhole = ({ attempts }: Task, { fault, done }: RemovalFailed): boolean =>
  attempts === 1 && done === 0 && !isUnknown(fault);

/** It is open whether the call was carried out. */
const isUnknown = ({ kind }: ProviderFault): boolean => kind === "unavailable" || kind === "timed_out";

/** Out of time, which leaves hope for a repetition, rather than refused. */
export const isOutOfTime = ({ kind }: ProviderFault): boolean =>
  kind === "timed_out" || kind === "out_of_turn";

export const refusalOf = (fault: ProviderFault): ProviderRefused => ({
  kind: isOutOfTime(fault) ? "provider_timed_out" : "provider_unavailable",
  reason: fault.reason,
});

/** For steps that learn nothing: the work as it was, once the call is done. */
export const after = <Work>(work: Work, called: Result<void, ProviderFault>): Result<Work, ProviderFault> =>
  called.ok ? ok(work) : called;

/** Whether an object carries the tags of exactly this attempt. */
export const areOwnTags = (tags: ProviderTags | null, own: ProviderTags): boolean =>
  tags !== null &&
  tags.installation === own.installation &&
  tags.owner === own.owner &&
  tags.attempt === own.attempt;
