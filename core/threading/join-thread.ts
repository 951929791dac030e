// A sent e-mail's provider message id became known when answers to it were there already: its recipient was faster than
// the provider's own answer. Those answers join it now.
import type { InboundStore } from "../ports/inbound-store.ts";
import { TASK_DONE, type TaskEnd, taskFailed } from "../tasks/carry-out.ts";
import type { Task } from "../tasks/task.ts";
import { joinChildren } from "./place-in-thread.ts";

/** Each try that fails means that another message of the setup was filed in between. */
const TRIES_MAX = 20;

export async function joinThread(
  { inbound }: { readonly inbound: Pick<InboundStore, "findLateParent" | "joinLate"> },
  task: Task,
): Promise<TaskEnd> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const late = await inbound.findLateParent(task.subjectId);
    if (late === null) return TASK_DONE;
    const joined = joinChildren(late.message, late.view.waiting);
    if (joined.adopts.length === 0 || (await inbound.joinLate(late, joined))) return TASK_DONE;
  }
  return taskFailed("other messages of the setup were filed all the time");
}
