// Deletes a setup: its bond, identity and tenant at the mail provider, then the row becomes a tombstone, whose id stays a
// scope for reading and whose names are free. Only its own workspace may, under either sharing, and not while a use case
// refers to it. When the provider fails the setup stays listed and can be deleted again; once a part of it is gone, as after
// a crash, its task goes on by itself.
import type { Id } from "../ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { Pause } from "../ports/pause.ts";
import type { ProviderTurns } from "../ports/provider-turns.ts";
import type { SetupStore } from "../ports/setup-store.ts";
import type { TaskStore } from "../ports/task-store.ts";
import { err, ok, type Result } from "../result.ts";
import { TASK_DONE, type TaskEnd, taskFailed } from "../tasks/carry-out.ts";
import { RESUME_MS, type Task, WORK_MS } from "../tasks/task.ts";
import { findSetup, type FindSetupPorts, type SetupNotFound } from "./find-setup.ts";
import {
  isWhole,
  type ProviderRefused,
  refusalOf,
  type RemovalFailed,
  removeInOrder,
} from "./provider-steps.ts";
import type { SesSetup } from "./ses-setup.ts";
import { SETUP_REMOVALS, setupRemoval } from "./setup-steps.ts";

export type RemoveSetupPorts = {
  readonly setups: SetupStore;
  readonly tasks: Pick<TaskStore, "postpone">;
  readonly mailProvider: ProviderTurns;
  readonly clock: Clock;
};

export type DeleteSetupPorts = FindSetupPorts & RemoveSetupPorts & { readonly pause: Pause };

export type DeleteSetup = { readonly workspaceId: Id | null; readonly setupId: Id };

export type DeleteSetupRefused = SetupNotFound | { readonly kind: "setup_in_use" } | ProviderRefused;

/** How often a deletion looks whether others who are at work on the same thing have ended. */
export const OTHERS_END_MS = 250;

export async function deleteSetup(
  ports: DeleteSetupPorts,
  command: DeleteSetup,
): Promise<Result<void, DeleteSetupRefused>> {
  const { setups, clock } = ports;
  const startBy = clock.now() + WORK_MS;
  const found = await findSetup(ports, { ...command, action: "own" });
  if (!found.ok) return found;
  const setup = found.value;

  for (;;) {
    const begun = await setups.beginDelete(setup.id, clock.now());
    if (begun.ok) return remove(ports, setup, begun.value, startBy);
    // It was there a moment ago: another deletion has done what this one was asked for.
    if (begun.error.kind === "setup_not_found") return ok(undefined);
    if (begun.error.kind !== "setup_busy") return err(begun.error);
    if (clock.now() > startBy) return err({ kind: "provider_timed_out" });
    await ports.pause(OTHERS_END_MS);
  }
}

async function remove(
  ports: RemoveSetupPorts,
  setup: SesSetup,
  task: Task,
  startBy: number,
): Promise<Result<void, ProviderRefused>> {
  const { setups, tasks, clock } = ports;
  const removed = await removeAtProvider(ports, setup, startBy);
  if (removed.ok) {
    await setups.bury(task, clock.now());
    return ok(undefined);
  }
  if (isWhole(task, removed.error)) await setups.abortDelete(task, clock.now());
  else await tasks.postpone(task, clock.now() + RESUME_MS, task.attempts);
  return err(refusalOf(removed.error.fault));
}

/** Takes down a setup that nobody verified, unless a use case refers to it or somebody else is at it: false. */
export async function removeUnverified(ports: RemoveSetupPorts, setup: SesSetup): Promise<boolean> {
  const begun = await ports.setups.beginDelete(setup.id, ports.clock.now());
  if (!begun.ok) return begun.error.kind === "setup_not_found";
  const removed = await remove(ports, setup, begun.value, ports.clock.now() + WORK_MS);
  return removed.ok;
}

const removeAtProvider = (
  { mailProvider }: RemoveSetupPorts,
  setup: SesSetup,
  startBy: number,
): Promise<Result<void, RemovalFailed>> => {
  return removeInOrder(setupRemoval(mailProvider.startingBy(startBy, { calls: SETUP_REMOVALS }), setup));
};

/** The task of a setup whose deletion nobody is at work on any more: it goes on until it is done. */
export async function resumeDeletion(ports: RemoveSetupPorts, task: Task): Promise<TaskEnd> {
  const { setups, clock } = ports;
  const setup = await setups.find(task.subjectId);
  if (setup?.status !== "deleting") return TASK_DONE;
  const removed = await removeAtProvider(ports, setup, clock.now() + WORK_MS);
  if (!removed.ok) return taskFailed(removed.error.fault.reason);
  await setups.bury(task, clock.now());
  return TASK_DONE;
}
