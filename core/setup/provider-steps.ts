// Making and taking down several objects at the mail provider as one: steps in order, each with its undoing. When one
// fails, what this attempt made is taken down again, last made first, as well as it can be done within the request.
// The steps are data, so that recorded tasks can go on with them later. Nothing is tried twice here.
import type { Clock } from "../ports/clock.ts";
import type { ProviderFault, ProviderTags } from "../ports/mail-provider.ts";
import { err, ok, type Result } from "../result.ts";

/** What a caller waits at most for a create or a delete, and what one provider call of it may take. */
const BUDGET_MS = 25_000;
const CALL_MS = 8_000;

export type ProviderRefused =
  /** `reason` is the provider's own message, bounded: for logs. */
  | { readonly kind: "provider_unavailable"; readonly reason?: string }
  | { readonly kind: "provider_timed_out"; readonly reason?: string };

/** The call was not made: too little was left of the caller's time. */
const OUT_OF_TIME = { kind: "out_of_time", reason: "the time for this request ran out" } as const;
type StepFault = ProviderFault | typeof OUT_OF_TIME;

export type ProviderStep<Work, Taken> = {
  readonly name: string;
  /** Answers the work with what is now known added to it. */
  readonly make: (work: Work) => Promise<Result<Work, ProviderFault>>;
  /**
   * The work, completed from what stands at the provider under this name, when that is this attempt's own; null when it
   * is not, or cannot be told. A step without it makes what nobody else could have made.
   */
  readonly adopt?: (work: Work) => Promise<Work | null>;
  /** Without it, what the step made goes with what an earlier one did. */
  readonly undo?: (work: Work) => Promise<Result<void, ProviderFault>>;
  /** What it means that somebody else's object has the name. */
  readonly taken?: Taken;
};

/** Whether another call still fits into the time the caller waits. */
export const callBudget = (clock: Clock): (() => boolean) => {
  const lastStartAt = clock.now() + BUDGET_MS - CALL_MS;
  return () => clock.now() <= lastStartAt;
};

/** Runs the steps; on a fault nothing that this attempt made is left behind, as far as the provider answers. */
export async function makeInSteps<Work, Taken>(
  steps: readonly ProviderStep<Work, Taken>[],
  begun: Work,
  fits: () => boolean,
): Promise<Result<Work, Taken | ProviderRefused>> {
  let work = begun;
  for (const [index, step] of steps.entries()) {
    const made = fits() ? await step.make(work) : err(OUT_OF_TIME);
    if (made.ok) {
      work = made.value;
      continue;
    }
    const adopted = await adoptAfter(made.error, step, work);
    if (adopted !== null && made.error.kind === "already_exists") {
      work = adopted;
      continue;
    }
    await takeDown([...steps.slice(0, index), ...(adopted === null ? [] : [step])], adopted ?? work);
    const taken = made.error.kind === "already_exists" ? step.taken : undefined;
    return err(taken ?? refusalOf(made.error));
  }
  return ok(work);
}

/** What a failed step may have left standing that is ours: null when nothing is. */
async function adoptAfter<Work, Taken>(
  { kind }: StepFault,
  step: ProviderStep<Work, Taken>,
  work: Work,
): Promise<Work | null> {
  const mayStand = kind === "already_exists" || kind === "unavailable" || kind === "timed_out";
  if (!mayStand) return null;
  if (step.adopt) return step.adopt(work);
  return kind === "already_exists" ? null : work;
}

/** Last made first: the provider deletes nothing that something else is still bound to. */
async function takeDown<Work, Taken>(steps: readonly ProviderStep<Work, Taken>[], work: Work): Promise<void> {
  for (const step of steps.toReversed()) await step.undo?.(work);
}

/** Calls that take objects down, one after the other, until one fails. What is not there is gone already. */
export async function removeInOrder(
  calls: readonly (() => Promise<Result<void, ProviderFault>>)[],
  fits: () => boolean,
): Promise<Result<void, ProviderRefused>> {
  for (const call of calls) {
    const removed = fits() ? await call() : err(OUT_OF_TIME);
    if (!removed.ok && removed.error.kind !== "not_found") return err(refusalOf(removed.error));
  }
  return ok(undefined);
}

const refusalOf = ({ kind, reason }: StepFault): ProviderRefused => ({
  kind: kind === "timed_out" || kind === "out_of_time" ? "provider_timed_out" : "provider_unavailable",
  reason,
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
