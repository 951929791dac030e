// Lists the phone numbers that serve a use case, in the order of their assignment; Twilio is not asked. An e-mail use case
// answers as an unknown one.
import type { PhoneNumberStore } from "../ports/phone-number-store.ts";
import { err, ok, type Result } from "../result.ts";
import type { GetUseCase, GetUseCaseRefused } from "../use-case/get-use-case.ts";
import type { PhoneNumber } from "./phone-number.ts";

/** Far more numbers than calls of one kind come in by. */
const PHONE_NUMBERS_MAX = 10_000;

export async function listNumbers(
  { phoneNumbers }: { readonly phoneNumbers: PhoneNumberStore },
  { useCaseId, workspaceId }: GetUseCase,
): Promise<Result<readonly PhoneNumber[], GetUseCaseRefused>> {
  const numbers = await phoneNumbers.list(useCaseId, workspaceId, PHONE_NUMBERS_MAX);
  return numbers === null ? err({ kind: "use_case_not_found" }) : ok(numbers);
}
