// Finds a use case that phone numbers can serve, and the account behind it. An e-mail use case answers as an unknown one.
import { assert } from "../assert.ts";
import type { Id } from "../ids.ts";
import type { SecretBox } from "../ports/secret-box.ts";
import type { TwilioSetupStore } from "../ports/twilio-setup-store.ts";
import type { VoiceAccount, VoiceFault } from "../ports/voice-provider.ts";
import { err, type Result } from "../result.ts";
import {
  getUseCase,
  type GetUseCase,
  type GetUseCasePorts,
  type GetUseCaseRefused,
} from "../use-case/get-use-case.ts";
import type { TwilioUseCase } from "../use-case/use-case.ts";
import { openAccount } from "./find-twilio-setup.ts";

export type AccountPorts = { readonly twilioSetups: TwilioSetupStore; readonly secretBox: SecretBox };

export async function findVoiceUseCase(
  ports: GetUseCasePorts,
  command: GetUseCase,
): Promise<Result<TwilioUseCase, GetUseCaseRefused>> {
  const found = await getUseCase(ports, command);
  if (!found.ok) return found;
  const useCase = found.value;
  return useCase.channel === "email" ? err({ kind: "use_case_not_found" }) : { ok: true, value: useCase };
}

/** The account of something that refers to a Twilio setup, which therefore stands. */
export async function accountOf(
  ports: AccountPorts,
  { twilioSetupId }: { readonly twilioSetupId: Id },
): Promise<Result<VoiceAccount, VoiceFault>> {
  const setup = await ports.twilioSetups.find(twilioSetupId, null);
  assert(setup !== null, "a Twilio setup was deleted while a use case referred to it");
  return openAccount(ports, setup);
}
