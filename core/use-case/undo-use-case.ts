// The task of a use case that is still `provisioning`: its request died or ran out of time, nobody was told of it, and what
// it made is taken down.
import { assert } from "../assert.ts";
import type { Clock } from "../ports/clock.ts";
import type { ProviderTurns } from "../ports/provider-turns.ts";
import type { SetupStore } from "../ports/setup-store.ts";
import type { UseCaseStore } from "../ports/use-case-store.ts";
import { allOf, undoSteps } from "../setup/provider-steps.ts";
import { TASK_DONE, type TaskEnd, taskFailed } from "../tasks/carry-out.ts";
import { type Task, WORK_MS } from "../tasks/task.ts";
import { EMAIL_USE_CASE_STEPS, workOnUseCase } from "./email-use-case-steps.ts";
import type { PoolMode } from "./sending-pool.ts";

export type UndoUseCasePorts = {
  readonly useCases: UseCaseStore;
  readonly setups: SetupStore;
  readonly mailProvider: ProviderTurns;
  readonly clock: Clock;
  readonly settings: { readonly installation: string; readonly pools: PoolMode };
};

export async function undoUseCase(ports: UndoUseCasePorts, task: Task): Promise<TaskEnd> {
  const { useCases, setups, clock, settings } = ports;
  const useCase = await useCases.find(task.subjectId, null);
  if (useCase?.channel !== "email" || useCase.status !== "provisioning") return TASK_DONE;
  const setup = await setups.find(useCase.setupId);
  assert(setup !== null, "a setup was deleted while a use case referred to it");
  const provider = ports.mailProvider.startingBy(clock.now() + WORK_MS);
  const undone = await undoSteps(
    EMAIL_USE_CASE_STEPS,
    workOnUseCase(provider, settings, useCase, setup),
    allOf(EMAIL_USE_CASE_STEPS),
  );
  if (!undone.ok) return taskFailed(undone.error.reason);
  await useCases.release(task);
  return TASK_DONE;
}
