// Lists the phone numbers of a setup's account, as Twilio has them now, with the use case that each serves: whoever assigns
// one needs its SID.
import type { Id } from "../ids.ts";
import type { PhoneNumberStore } from "../ports/phone-number-store.ts";
import type { SecretBox } from "../ports/secret-box.ts";
import type { AccountNumber, VoiceProvider } from "../ports/voice-provider.ts";
import { err, ok, type Result } from "../result.ts";
import {
  type FindTwilioSetup,
  findTwilioSetup,
  type FindTwilioSetupPorts,
  openAccount,
  type TwilioSetupNotFound,
} from "./find-twilio-setup.ts";
import { voiceRefusal, type VoiceRefused } from "./voice-refusal.ts";

export type ListAccountNumbersPorts = FindTwilioSetupPorts & {
  readonly phoneNumbers: PhoneNumberStore;
  readonly voiceProvider: VoiceProvider;
  readonly secretBox: SecretBox;
};

/** `useCaseId`: which use case it serves; null: none. */
export type ListedAccountNumber = AccountNumber & { readonly useCaseId: Id | null };

export type ListAccountNumbersRefused = TwilioSetupNotFound | VoiceRefused;

export async function listAccountNumbers(
  ports: ListAccountNumbersPorts,
  command: FindTwilioSetup,
): Promise<Result<{ numbers: readonly ListedAccountNumber[]; hasMore: boolean }, ListAccountNumbersRefused>> {
  const found = await findTwilioSetup(ports, command);
  if (!found.ok) return found;
  const account = await openAccount(ports, found.value);
  if (!account.ok) return err(voiceRefusal(account.error));
  const listed = await ports.voiceProvider.listNumbers(account.value);
  if (!listed.ok) return err(voiceRefusal(listed.error));
  const { numbers, hasMore } = listed.value;
  const serving = await ports.phoneNumbers.listServing(
    found.value.id,
    numbers.map(({ phoneNumberSid }) => phoneNumberSid),
  );
  const useCaseOf = new Map(serving.map((one) => [one.phoneNumberSid, one.useCaseId]));
  return ok({
    numbers: numbers.map((one) => ({ ...one, useCaseId: useCaseOf.get(one.phoneNumberSid) ?? null })),
    hasMore,
  });
}
