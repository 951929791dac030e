// Lists the phone numbers that serve a use case, in the order of their assignment; Twilio is not asked.
import type { PhoneNumberStore } from "../ports/phone-number-store.ts";
import { ok, type Result } from "../result.ts";
import type { GetUseCase, GetUseCasePorts, GetUseCaseRefused } from "../use-case/get-use-case.ts";
import { findVoiceUseCase } from "./find-voice-use-case.ts";
import type { PhoneNumber } from "./phone-number.ts";

/** Far more numbers than calls of one kind come in by. */
const PHONE_NUMBERS_MAX = 10_000;

export async function listNumbers(
  ports: GetUseCasePorts & { readonly phoneNumbers: PhoneNumberStore },
  command: GetUseCase,
): Promise<Result<readonly PhoneNumber[], GetUseCaseRefused>> {
  const useCase = await findVoiceUseCase(ports, command);
  if (!useCase.ok) return useCase;
  return ok(await ports.phoneNumbers.list(useCase.value.id, PHONE_NUMBERS_MAX));
}
