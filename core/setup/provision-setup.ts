// The task of a setup that is not complete. One that is `ready` gets the steps that its request left; one that is still
// `provisioning` had a request that died or ran out of time, nobody was told of it, and it is undone.
import type { Clock } from "../ports/clock.ts";
import type { ProviderTurns } from "../ports/provider-turns.ts";
import type { SetupStore } from "../ports/setup-store.ts";
import { type CarryOutPorts, carryOut, TASK_DONE, type TaskEnd, taskFailed } from "../tasks/carry-out.ts";
import { LEASE_MS, type Task, WORK_MS } from "../tasks/task.ts";
import { allOf, takeSteps, undoSteps } from "./provider-steps.ts";
import type { SesSetup } from "./ses-setup.ts";
import { SETUP_STEPS, STANDING_STEPS, workOn } from "./setup-steps.ts";

export type ProvisionSetupPorts = {
  readonly setups: SetupStore;
  readonly mailProvider: ProviderTurns;
  readonly clock: Clock;
  /** `installation`: the id its objects at the provider are tagged with. */
  readonly settings: { readonly installation: string };
};

/** While a setup is being taken down there is nothing to make, unless it stands again in the end. */
const DELETING_MS = 60_000;

export async function provisionSetup(ports: ProvisionSetupPorts, task: Task): Promise<TaskEnd> {
  const setup = await ports.setups.find(task.subjectId);
  switch (setup?.status) {
    case "provisioning":
      return undo(ports, setup, task);
    case "ready":
      return complete(ports, setup, task);
    case "deleting":
      return onceItStands(ports);
    default:
      return TASK_DONE;
  }
}

const onceItStands = ({ clock }: ProvisionSetupPorts): TaskEnd => ({
  kind: "again",
  at: clock.now() + DELETING_MS,
});

async function undo(ports: ProvisionSetupPorts, setup: SesSetup, task: Task): Promise<TaskEnd> {
  const provider = ports.mailProvider.startingBy(ports.clock.now() + WORK_MS);
  const work = workOn(provider, ports.settings.installation, setup);
  const undone = await undoSteps(STANDING_STEPS, work, allOf(STANDING_STEPS));
  if (!undone.ok) return taskFailed(undone.error.reason);
  await ports.setups.release(task);
  return TASK_DONE;
}

async function complete(ports: ProvisionSetupPorts, setup: SesSetup, task: Task): Promise<TaskEnd> {
  const provider = ports.mailProvider.startingBy(ports.clock.now() + WORK_MS);
  const ended = await takeSteps(
    SETUP_STEPS,
    workOn(provider, ports.settings.installation, setup),
    (done) => ports.setups.recordStep(task, done),
    setup.stepsDone,
  );
  switch (ended.kind) {
    case "done":
      return TASK_DONE;
    case "failed":
      return taskFailed(ended.fault.reason);
    case "lost":
      return onceItStands(ports);
  }
}

/** Claims the setup's task, if nobody holds it, and carries it out. */
export async function provisionNow(
  ports: ProvisionSetupPorts & CarryOutPorts,
  setup: Pick<SesSetup, "id">,
): Promise<void> {
  const task = await ports.tasks.claim("provision_setup", setup.id, LEASE_MS);
  if (task) await carryOut(ports, task, () => provisionSetup(ports, task));
}
