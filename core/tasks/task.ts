// Background work as rows: what kinds there are, how long a claim holds, and when a task that failed is tried again.
// Claims and times are the store's (the database's clock); what each kind does is in run-task.ts.
import type { Id } from "../ids.ts";

/** In the order in which due ones are taken: what somebody waits for comes before what is only looked at. */
export const TASK_KINDS = [
  "provision_setup",
  "provision_use_case",
  "assign_phone_number",
  "delete_setup",
  "delete_use_case",
  "receive_inbound",
  "join_thread",
  "release_phone_number",
  "review_tenants",
  "read_account",
  "review_tier",
  "reconcile_inbound",
  "check_setup",
  "check_twilio_setup",
] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

/** The subject of what concerns the installation as a whole: the nil UUID, which is nobody's id. */
export const WHOLE_INSTALLATION: Id = "00000000-0000-0000-0000-000000000000";

/** A claimed task: whoever holds it may work on its subject until the lease runs out. */
export type Task<Kind extends TaskKind = TaskKind> = {
  readonly kind: Kind;
  readonly subjectId: Id;
  /** Goes up with every claim: a write with an older one changes nothing. */
  readonly fence: number;
  /** This claim is the how-manyeth since the task last went well. */
  readonly attempts: number;
};

/**
 * How long a claim holds. A holder begins no provider call later than WORK_MS after it, a call takes at most 8 s, and the
 * rest is for a call that the network delivers late: what the next holder undoes must not appear after it.
 */
export const LEASE_MS = 45_000;
/** So late no task may be for others' sake: none but a flood of more urgent ones keeps it waiting for an hour. */
export const OVERDUE_MS = 60 * 60 * 1000;

/** How long after its claim a holder may still begin a provider call: with that call, 25 s. */
export const WORK_MS = 17_000;

/** How long what a request had no time to end waits for the same request again, before it is undone. */
export const RESUME_MS = 60_000;

const BACKOFF_MS = 15_000;
const BACKOFF_MS_MAX = 3_600_000;

/** How long to wait after so many attempts: doubling, at most an hour. */
export const backoffMs = (attempts: number): number =>
  Math.min(BACKOFF_MS * 2 ** Math.min(attempts - 1, 10), BACKOFF_MS_MAX);
