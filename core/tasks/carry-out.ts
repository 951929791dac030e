// Runs one claimed task: what it came to is written down with its fence. A task that fails, in whatever way, is tried
// again later and later; it takes no other one with it.
import type { Clock } from "../ports/clock.ts";
import type { TaskStore } from "../ports/task-store.ts";
import { backoffMs, type Task } from "./task.ts";

export type TaskEnd =
  /** Done for good, or somebody else's by now. */
  | { readonly kind: "done" }
  /** To be done again at that time: it went well. */
  | { readonly kind: "again"; readonly at: number }
  /** It did not go well: it is tried again after the back-off. */
  | { readonly kind: "failed"; readonly reason: string };

export const TASK_DONE: TaskEnd = { kind: "done" };
export const taskFailed = (reason: string): TaskEnd => ({ kind: "failed", reason });

export type CarryOutPorts = { readonly tasks: TaskStore; readonly clock: Clock };

/** How it ended; what threw has failed. Rejects only when the store does: then the lease runs out by itself. */
export async function carryOut(
  { tasks, clock }: CarryOutPorts,
  task: Task,
  work: () => Promise<TaskEnd>,
): Promise<TaskEnd> {
  const end = await work().catch((fault: unknown) =>
    taskFailed(fault instanceof Error ? fault.message : String(fault)),
  );
  if (end.kind === "done") await tasks.complete(task);
  else if (end.kind === "again") await tasks.postpone(task, end.at, 0);
  else await tasks.postpone(task, clock.now() + backoffMs(task.attempts), task.attempts);
  return end;
}
