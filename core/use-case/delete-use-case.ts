// Deletes a use case that no phone number serves: what it has at the mail provider, then the row becomes a tombstone,
// whose id stays a scope for reading and whose names are free. When the provider fails the use case stays listed and can be
// deleted again; once a part of it is gone, as after a crash, its task goes on by itself.
import { assert } from "../assert.ts";
import type { Clock } from "../ports/clock.ts";
import type { MailProvider } from "../ports/mail-provider.ts";
import type { Pause } from "../ports/pause.ts";
import type { ProviderTurns } from "../ports/provider-turns.ts";
import type { SetupStore } from "../ports/setup-store.ts";
import type { TaskStore } from "../ports/task-store.ts";
import { err, ok, type Result } from "../result.ts";
import { OTHERS_END_MS } from "../setup/delete-setup.ts";
import {
  isWhole,
  type ProviderRefused,
  refusalOf,
  type RemovalFailed,
  removeInOrder,
} from "../setup/provider-steps.ts";
import { tenantOf } from "../setup/setup-steps.ts";
import { TASK_DONE, type TaskEnd, taskFailed } from "../tasks/carry-out.ts";
import { RESUME_MS, type Task, WORK_MS } from "../tasks/task.ts";
import { emailUseCaseRemoval, USE_CASE_REMOVALS } from "./email-use-case-steps.ts";
import { getUseCase, type GetUseCase, type GetUseCasePorts, type GetUseCaseRefused } from "./get-use-case.ts";
import type { UseCase } from "./use-case.ts";

export type RemoveUseCasePorts = GetUseCasePorts & {
  readonly setups: SetupStore;
  readonly tasks: Pick<TaskStore, "postpone">;
  readonly mailProvider: ProviderTurns;
  readonly clock: Clock;
};

export type DeleteUseCasePorts = RemoveUseCasePorts & { readonly pause: Pause };

export type DeleteUseCase = GetUseCase;

export type DeleteUseCaseRefused =
  GetUseCaseRefused | { readonly kind: "phone_numbers_assigned" } | ProviderRefused;

export async function deleteUseCase(
  ports: DeleteUseCasePorts,
  command: DeleteUseCase,
): Promise<Result<void, DeleteUseCaseRefused>> {
  const { useCases, clock } = ports;
  const startBy = clock.now() + WORK_MS;
  const found = await getUseCase(ports, command);
  if (!found.ok) return found;
  const useCase = found.value;

  for (;;) {
    const begun = await useCases.beginDelete(useCase.id, clock.now());
    if (begun.ok) return remove(ports, useCase, begun.value, startBy);
    // It was there a moment ago: the other deletion has done what this one was asked for.
    if (begun.error.kind === "use_case_not_found") return ok(undefined);
    if (begun.error.kind === "phone_numbers_assigned") return err(begun.error);
    if (clock.now() > startBy) return err({ kind: "provider_timed_out" });
    await ports.pause(OTHERS_END_MS);
  }
}

async function remove(
  ports: RemoveUseCasePorts,
  useCase: UseCase,
  task: Task,
  startBy: number,
): Promise<Result<void, ProviderRefused>> {
  const { useCases, tasks, clock } = ports;
  const removed = await removeAtProvider(ports, useCase, startBy);
  if (removed.ok) {
    await useCases.bury(task, clock.now());
    return ok(undefined);
  }
  if (isWhole(task, removed.error)) await useCases.abortDelete(task, clock.now());
  else await tasks.postpone(task, clock.now() + RESUME_MS, task.attempts);
  return err(refusalOf(removed.error.fault));
}

/** A Twilio use case has nothing at the mail provider. */
async function removeAtProvider(
  { setups, mailProvider }: RemoveUseCasePorts,
  useCase: UseCase,
  startBy: number,
): Promise<Result<void, RemovalFailed>> {
  if (useCase.channel !== "email") return ok(undefined);
  const setup = await setups.find(useCase.setupId);
  assert(setup !== null, "a setup was deleted while a use case referred to it");
  const { configurationSetName } = useCase;
  const provider: MailProvider = mailProvider.startingBy(startBy, { calls: USE_CASE_REMOVALS });
  return removeInOrder(emailUseCaseRemoval({ provider, tenant: tenantOf(setup), configurationSetName }));
}

/** The task of a use case whose deletion nobody is at work on any more: it goes on until it is done. */
export async function resumeUseCaseDeletion(ports: RemoveUseCasePorts, task: Task): Promise<TaskEnd> {
  const { useCases, clock } = ports;
  const useCase = await useCases.find(task.subjectId, null);
  if (useCase?.status !== "deleting") return TASK_DONE;
  const removed = await removeAtProvider(ports, useCase, clock.now() + WORK_MS);
  if (!removed.ok) return taskFailed(removed.error.fault.reason);
  await useCases.bury(task, clock.now());
  return TASK_DONE;
}
