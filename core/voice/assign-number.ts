// Assigns a phone number to a use case: its row and a task are stored before Twilio is told to point the number here, and
// the row says `assigned` only after. What fails for good is undone at once: the number points again where it did. What
// nobody knows the end of waits a minute for the same request again; then, as after a crash, the task undoes it.
import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { IdSource } from "../ports/id-source.ts";
import type { NumberInWork, NumberTaken, PhoneNumberStore } from "../ports/phone-number-store.ts";
import type { AccountNumber, VoiceFault, VoiceProvider } from "../ports/voice-provider.ts";
import { err, ok, type Result } from "../result.ts";
import { TASK_DONE, type TaskEnd, taskFailed } from "../tasks/carry-out.ts";
import { RESUME_MS, type Task, WORK_MS } from "../tasks/task.ts";
import type { GetUseCasePorts, GetUseCaseRefused } from "../use-case/get-use-case.ts";
import type { TwilioUseCase } from "../use-case/use-case.ts";
import { accountOf, type AccountPorts, findVoiceUseCase } from "./find-voice-use-case.ts";
import { assignedTarget, type PhoneNumber, restoredTarget } from "./phone-number.ts";
import { type NumberPointer, pointNumber } from "./point-number.ts";
import { isUnclear, voiceRefusal, type VoiceRefused } from "./voice-refusal.ts";

export type SettleNumberPorts = AccountPorts & {
  readonly phoneNumbers: PhoneNumberStore;
  readonly voiceProvider: VoiceProvider;
  readonly clock: Clock;
  readonly settings: { readonly publicUrl: string };
};

export type AssignNumberPorts = GetUseCasePorts & SettleNumberPorts & { readonly ids: IdSource };

export type AssignNumber = {
  readonly workspaceId: Id | null;
  readonly useCaseId: Id;
  /** `isSid` of a phone number. */
  readonly phoneNumberSid: string;
  readonly claim: IdempotencyClaim | null;
};

export type AssignNumberRefused =
  | GetUseCaseRefused
  /** The use case's account has no such number. */
  | { readonly kind: "phone_number_not_found" }
  | NumberTaken
  | VoiceRefused
  | ClaimLost;

export async function assignNumber(
  ports: AssignNumberPorts,
  command: AssignNumber,
): Promise<Result<PhoneNumber, AssignNumberRefused>> {
  const useCase = await findVoiceUseCase(ports, command);
  if (!useCase.ok) return useCase;
  const account = await accountOf(ports, useCase.value);
  if (!account.ok) return err(voiceRefusal(account.error));
  // Asked before anything of ours: who has a number is nobody's business whose account does not hold it.
  const seen = await ports.voiceProvider.getNumber(account.value, command.phoneNumberSid);
  if (!seen.ok)
    return err(
      seen.error.kind === "not_found" ? { kind: "phone_number_not_found" } : voiceRefusal(seen.error),
    );
  const pointer = { account: account.value, startBy: ports.clock.now() + WORK_MS };
  const begun = await begin(ports, command, useCase.value, seen.value);
  return begun.ok ? point(ports, begun.value, pointer, seen.value) : begun;
}

/** Reserves the number, or takes over what an earlier request for the same use case has left. */
async function begin(
  { phoneNumbers, ids, clock }: AssignNumberPorts,
  { claim }: AssignNumber,
  { id: useCaseId, workspaceId }: TwilioUseCase,
  { phoneNumberSid, phoneNumber, target }: AccountNumber,
): Promise<Result<NumberInWork, NumberTaken | ClaimLost>> {
  const createdAt = clock.now();
  const number = { id: ids.newId(), workspaceId, useCaseId, phoneNumberSid, phoneNumber, createdAt };
  const reserved = await phoneNumbers.reserve({ ...number, formerTarget: target }, claim);
  if (reserved.ok || reserved.error.kind !== "phone_number_assigned") return reserved;
  const unfinished = await phoneNumbers.findUnfinished(useCaseId, phoneNumberSid);
  const taken = unfinished && (await phoneNumbers.takeOver(unfinished, claim, createdAt));
  return taken ? ok(taken) : reserved;
}

async function point(
  ports: AssignNumberPorts,
  { number, task }: NumberInWork,
  pointer: NumberPointer,
  seen: AccountNumber,
): Promise<Result<PhoneNumber, VoiceRefused>> {
  const { phoneNumbers, clock, settings } = ports;
  const target = assignedTarget(settings.publicUrl, number.useCaseId, seen.target);
  const pointed = await pointNumber(ports, pointer, number, target);
  if (pointed.ok) {
    const assignedAt = clock.now();
    // False: somebody else's by now, this took so long that the lease ran out.
    return (await phoneNumbers.recordAssigned(task, assignedAt))
      ? ok({ ...number, status: "assigned", formerTarget: null, updatedAt: assignedAt })
      : err({ kind: "provider_timed_out" });
  }
  const fault = pointed.error;
  if (fault.kind === "timed_out") {
    await phoneNumbers.letGo(task, clock.now() + RESUME_MS);
    return err(voiceRefusal(fault));
  }
  // An earlier attempt may have pointed it.
  const mayBeDone = isUnclear(fault) || task.attempts > 1;
  const undone = mayBeDone ? await putBack(ports, number, pointer) : ok(undefined);
  if (undone.ok) await phoneNumbers.release(task);
  else await phoneNumbers.letGo(task, clock.now());
  return err(voiceRefusal(fault));
}

/** Points the number where it pointed before, unless it points elsewhere by now. */
async function putBack(
  ports: SettleNumberPorts,
  number: PhoneNumber,
  pointer: NumberPointer,
): Promise<Result<void, VoiceFault>> {
  const { formerTarget, useCaseId } = number;
  const seen = await ports.voiceProvider.getNumber(pointer.account, number.phoneNumberSid);
  if (!seen.ok) return seen.error.kind === "not_found" ? ok(undefined) : seen;
  const { target } = seen.value;
  const change = restoredTarget(target, formerTarget ?? target, useCaseId, ports.settings.publicUrl);
  return pointNumber(ports, pointer, number, change);
}

/** The task of a number that is still `assigning`: its request died or ran out of time, nobody was told, and it is undone. */
export async function undoAssignment(ports: SettleNumberPorts, task: Task): Promise<TaskEnd> {
  const number = await ports.phoneNumbers.find(task.subjectId);
  if (number?.status !== "assigning") return TASK_DONE;
  const startBy = ports.clock.now() + WORK_MS;
  const account = await accountOf(ports, number);
  const undone = account.ok ? await putBack(ports, number, { account: account.value, startBy }) : account;
  if (!undone.ok) return taskFailed(undone.error.reason);
  await ports.phoneNumbers.release(task);
  return TASK_DONE;
}
