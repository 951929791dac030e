// Releases a phone number from its use case: what still points here is cleared at Twilio, then the row is history and the
// number is free. When Twilio surely did nothing the number stays assigned; when nobody knows, the task goes on until it
// points nowhere of ours. A number that the account no longer has is released.
import type { Id } from "../ids.ts";
import type { Pause } from "../ports/pause.ts";
import type { VoiceFault } from "../ports/voice-provider.ts";
import { err, ok, type Result } from "../result.ts";
import { OTHERS_END_MS } from "../setup/delete-setup.ts";
import { TASK_DONE, type TaskEnd, taskFailed } from "../tasks/carry-out.ts";
import { RESUME_MS, type Task, WORK_MS } from "../tasks/task.ts";
import type { GetUseCasePorts, GetUseCaseRefused } from "../use-case/get-use-case.ts";
import type { SettleNumberPorts } from "./assign-number.ts";
import { accountOf, findVoiceUseCase } from "./find-voice-use-case.ts";
import { type PhoneNumber, releasedTarget } from "./phone-number.ts";
import { pointNumber } from "./point-number.ts";
import { isUnclear, voiceRefusal, type VoiceRefused } from "./voice-refusal.ts";

export type ReleaseNumberPorts = GetUseCasePorts & SettleNumberPorts & { readonly pause: Pause };

export type ReleaseNumber = {
  readonly workspaceId: Id | null;
  readonly useCaseId: Id;
  readonly phoneNumberId: Id;
  /** Release it even when the account's token is refused, so that nobody can tell Twilio: it may have been closed. */
  readonly forgets: boolean;
};

export type ReleaseNumberRefused =
  GetUseCaseRefused | { readonly kind: "phone_number_not_found" } | VoiceRefused;

export async function releaseNumber(
  ports: ReleaseNumberPorts,
  command: ReleaseNumber,
): Promise<Result<void, ReleaseNumberRefused>> {
  const { phoneNumbers, clock } = ports;
  const useCase = await findVoiceUseCase(ports, command);
  if (!useCase.ok) return useCase;
  const number = await phoneNumbers.find(command.phoneNumberId);
  if (number === null || number.useCaseId !== useCase.value.id || number.status === "assigning")
    return err({ kind: "phone_number_not_found" });

  const giveUpAt = clock.now() + WORK_MS;
  for (;;) {
    const startBy = clock.now() + WORK_MS;
    const begun = await phoneNumbers.beginRelease(number.id, clock.now());
    if (begun.ok) return release(ports, number, begun.value, { startBy, forgets: command.forgets });
    // It was there a moment ago: the other release has done what this one was asked for.
    if (begun.error.kind === "phone_number_not_found") return ok(undefined);
    if (clock.now() > giveUpAt) return err({ kind: "provider_timed_out" });
    await ports.pause(OTHERS_END_MS);
  }
}

async function release(
  ports: ReleaseNumberPorts,
  number: PhoneNumber,
  task: Task,
  { startBy, forgets }: { readonly startBy: number; readonly forgets: boolean },
): Promise<Result<void, VoiceRefused>> {
  const { phoneNumbers, clock } = ports;
  const cleared = await clear(ports, number, startBy);
  if (cleared.ok || (forgets && cleared.error.fault.kind === "credentials_refused")) {
    await phoneNumbers.bury(task, clock.now());
    return ok(undefined);
  }
  const { fault, mayBeDone } = cleared.error;
  // An earlier attempt may have cleared it.
  if (mayBeDone || task.attempts > 1) await phoneNumbers.postponeRelease(task, clock.now() + RESUME_MS);
  else await phoneNumbers.abortRelease(task, clock.now());
  return err(voiceRefusal(fault));
}

/** Clears what points at the use case. */
async function clear(
  ports: SettleNumberPorts,
  number: PhoneNumber,
  startBy: number,
): Promise<Result<void, { readonly fault: VoiceFault; readonly mayBeDone: boolean }>> {
  const account = await accountOf(ports, number);
  if (!account.ok) return err({ fault: account.error, mayBeDone: false });
  const seen = await ports.voiceProvider.getNumber(account.value, number.phoneNumberSid);
  if (!seen.ok)
    return seen.error.kind === "not_found" ? ok(undefined) : err({ fault: seen.error, mayBeDone: false });
  const change = releasedTarget(seen.value.target, number.useCaseId);
  const pointed = await pointNumber(ports, { account: account.value, startBy }, number, change);
  if (pointed.ok || pointed.error.kind === "not_found") return ok(undefined);
  return err({ fault: pointed.error, mayBeDone: isUnclear(pointed.error) });
}

/** The task of a number whose release nobody is at work on any more: it goes on until it is done. */
export async function resumeRelease(ports: SettleNumberPorts, task: Task): Promise<TaskEnd> {
  const { phoneNumbers, clock } = ports;
  const number = await phoneNumbers.find(task.subjectId);
  if (number?.status !== "releasing") return TASK_DONE;
  const cleared = await clear(ports, number, clock.now() + WORK_MS);
  if (!cleared.ok) return taskFailed(cleared.error.fault.reason);
  await phoneNumbers.bury(task, clock.now());
  return TASK_DONE;
}
