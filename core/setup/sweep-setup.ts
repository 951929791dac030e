// The task that looks at a setup by itself: often while its records are awaited, then less and less, and daily once they are
// there. One that was never verified is removed after 14 days, as its owner would delete it, so that a name nobody uses
// does not stay taken.
import type { CarryOutPorts, TaskEnd } from "../tasks/carry-out.ts";
import { TASK_DONE } from "../tasks/carry-out.ts";
import type { Task } from "../tasks/task.ts";
import { recheck, type RecheckPorts } from "./check-setup.ts";
import { removeUnverified, type RemoveSetupPorts } from "./delete-setup.ts";
import type { RecordVerdict, VerdictReason } from "./dns-verdict.ts";
import { isStanding } from "./find-setup.ts";
import type { SesSetup } from "./ses-setup.ts";

export type SweepSetupPorts = RecheckPorts & RemoveSetupPorts & CarryOutPorts;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const UNVERIFIED_MS_MAX = 14 * DAY_MS;
/** Waiting so long makes the pause between two looks a minute longer. */
const BACKOFF_DIVISOR = 10;

/** What decides nothing: nobody could look, or it is still being made. An outage abandons no setup. */
const UNDECIDED: readonly (VerdictReason | null)[] = ["lookup_failed", "provisioning"];

/** Not verified in two weeks, ever, and DNS shows why now, or the provider, which `hasAnswered`, still says no. */
export const isAbandoned = (
  { dnsVerified, dnsLostAt, createdAt, verdicts }: Abandonable,
  hasAnswered: boolean,
  now: number,
): boolean =>
  !dnsVerified &&
  dnsLostAt === null &&
  now - createdAt > UNVERIFIED_MS_MAX &&
  verdicts.some(
    ({ verified, reason }) =>
      !verified && !UNDECIDED.includes(reason) && (reason !== "awaiting_provider" || hasAnswered),
  );

type Abandonable = Pick<SesSetup, "dnsVerified" | "dnsLostAt" | "createdAt"> & {
  readonly verdicts: readonly Pick<RecordVerdict, "verified" | "reason">[];
};

/** When to look next: in a minute during the first hour of waiting, then later and later, at most hourly; daily when right. */
export function nextSweepAt(
  { dnsVerified, dnsLostAt, createdAt }: Pick<SesSetup, "dnsVerified" | "dnsLostAt" | "createdAt">,
  now: number,
): number {
  if (dnsVerified) return now + DAY_MS;
  const waitedMs = now - (dnsLostAt ?? createdAt);
  if (waitedMs < HOUR_MS) return now + MINUTE_MS;
  return now + Math.min(waitedMs / BACKOFF_DIVISOR, HOUR_MS);
}

export async function sweepSetup(ports: SweepSetupPorts, task: Task): Promise<TaskEnd> {
  const { setups, identityMemory, clock } = ports;
  const setup = await setups.find(task.subjectId);
  if (setup === null) return TASK_DONE;
  if (!isStanding(setup) || setup.status === "deleting") return { kind: "again", at: clock.now() + HOUR_MS };
  const checked = await recheck(ports, setup, "sweep");
  if (!checked.ok) return TASK_DONE;
  const hasAnswered = identityMemory.recall(setup.id)?.answer?.ok ?? false;
  const isLeft = isAbandoned(checked.value, hasAnswered, clock.now());
  if (isLeft && (await removeUnverified(ports, checked.value))) return TASK_DONE;
  return { kind: "again", at: Math.floor(nextSweepAt(checked.value, clock.now())) };
}
