// What becomes of a creation whose steps at the provider have failed. Out of time, what may stand waits for the same request
// again; everything else is undone at once, and its names are free, or its task undoes it later. What an earlier request
// has left and this one took over is undone as well, however far this one came.
import type { Clock } from "../ports/clock.ts";
import { RESUME_MS, type Task } from "../tasks/task.ts";
import {
  allOf,
  isOutOfTime,
  type ProviderRefused,
  type ProviderStep,
  refusalOf,
  type Remains,
  type StepsFailed,
  undoSteps,
} from "./provider-steps.ts";

/** What holds the reservation. */
type Reservations = {
  letGo(task: Task, runAt: number): Promise<void>;
  release(task: Task): Promise<unknown>;
};

/** Answers what the request is refused with. */
export async function endFailedCreation<Work, Taken>(
  steps: readonly ProviderStep<Work, Taken>[],
  failed: StepsFailed<Work, Taken>,
  task: Task,
  { reservations, clock }: { readonly reservations: Reservations; readonly clock: Clock },
): Promise<Taken | ProviderRefused> {
  const { fault, taken, work } = failed;
  const remains = remainsOf(steps, failed, task);
  const mayStand = remains.done > 0 || remains.mayBeDone;
  if (isOutOfTime(fault) && mayStand) await reservations.letGo(task, clock.now() + RESUME_MS);
  else if ((await undoSteps(steps, work, remains)).ok) await reservations.release(task);
  else await reservations.letGo(task, clock.now());
  return taken ?? refusalOf(fault);
}

/** Whoever is not the first to work on it knows only of his own steps. */
const remainsOf = <Work, Taken>(
  steps: readonly ProviderStep<Work, Taken>[],
  { done, mayBeDone }: StepsFailed<Work, Taken>,
  { attempts }: Task,
): Remains => (attempts === 1 ? { done, mayBeDone, isCertain: true } : allOf(steps));
