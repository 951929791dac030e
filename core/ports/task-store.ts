import type { Id } from "../ids.ts";
import type { Task, TaskKind } from "../tasks/task.ts";

/**
 * Background work. Tasks come and go with the rows they are about, in those stores' transactions; there is at most one of
 * a kind for a subject. A task that one of them wakes is due at once, before those of its kind that are only due by the
 * calendar; woken while somebody holds it, it is due again as soon as it is given back, whenever he wanted it next. Time is
 * the database's: claims of several instances do not depend on their clocks.
 *
 * - `claimDue` claims at most `limit` tasks that are due and that nobody holds, or whose holder's lease ran out: those
 *   that were woken or are OVERDUE_MS late before all others, so that no flood of what is due by the calendar holds them up
 *   for ever; of either group those of the earlier kind first (TASK_KINDS), then those longest due. `at`: what counts as now when it is later than now (an
 *   operator's look ahead, under which leases run out as well); null: now. Two claims at once never get the same task.
 * - `claim` claims one task, due or not; null when there is none or somebody holds it.
 * - `complete` removes a task, `postpone` gives it back, due at `runAt` and with that many attempts behind it; both only
 *   for who holds it still: with an older fence they change nothing.
 */
export type TaskStore = {
  claimDue(limit: number, leaseMs: number, at: number | null): Promise<readonly Task[]>;
  claim<Kind extends TaskKind>(kind: Kind, subjectId: Id, leaseMs: number): Promise<Task<Kind> | null>;
  complete(task: Task): Promise<void>;
  postpone(task: Task, runAt: number, attempts: number): Promise<void>;
};
