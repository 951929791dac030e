// Background work of a long-lived program: a tick every few seconds, or whenever the runtime's own cron says so, never two
// at once in one process. What fails is logged; the task is tried again by itself.
import { TASKS_MAX, tick, type TickPorts } from "../../core/tasks/tick.ts";
import type { Log } from "../request-log.ts";

/** Calls back now and then until it is stopped. */
export type Schedule = (work: () => Promise<void>) => () => void;

/** Short enough that what a crash left is taken up soon after its lease ran out; a tick without tasks is one small write. */
const TICK_MS = 10_000;
/** What an earlier process left is due at once. */
const FIRST_TICK_MS = 500;
/** Of ticks in a row: a midnight's reviews, 200 at a time. A Worker's run may make a thousand calls, a review makes three. */
const TICKS_MAX = 10;

/** By a timer: the next one is set when the work is done. */
export const byTimer: Schedule = (work) => {
  let timer = setTimeout(run, FIRST_TICK_MS);
  let isStopped = false;
  function run(): void {
    void work().finally(() => {
      if (!isStopped) timer = setTimeout(run, TICK_MS);
    });
  }
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
};

/** A tick, and others while each had a whole share of quick work to do; what failed is in the log. Never rejects. */
export async function tickAndLog(ports: TickPorts, log: Log): Promise<void> {
  try {
    for (let ticks = 0; ticks < TICKS_MAX; ticks++) {
      const ticked = await tick(ports, { at: null });
      for (const { kind, subjectId, end } of ticked)
        if (end.kind === "failed")
          log({ level: "warn", message: "task", task: kind, subject_id: subjectId, reason: end.reason });
      if (ticked.length < TASKS_MAX) return;
    }
  } catch (fault) {
    log({ level: "warn", message: "tick", detail: fault instanceof Error ? fault.message : String(fault) });
  }
}
