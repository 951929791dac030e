// Creates a use case of a Twilio channel under a setup whose customer profile is approved, as Twilio says when it is made.
// Nothing is made at Twilio: the numbers that serve it are assigned one by one. Which fields are valid is decided at the edge.
import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { IdSource } from "../ports/id-source.ts";
import type { TwilioUseCaseTaken, UseCaseStore } from "../ports/use-case-store.ts";
import { err, type Result } from "../result.ts";
import { checkProfile, type CheckProfilePorts } from "../voice/check-profile.ts";
import { findTwilioSetup, type TwilioSetupNotFound } from "../voice/find-twilio-setup.ts";
import { type CustomerProfileStatus, isApproved } from "../voice/twilio-setup.ts";
import { voiceRefusal, type VoiceRefused } from "../voice/voice-refusal.ts";
import type { TwilioChannel, TwilioUseCase } from "./use-case.ts";

export type CreateTwilioUseCasePorts = CheckProfilePorts & {
  readonly useCases: UseCaseStore;
  readonly ids: IdSource;
};

export type CreateTwilioUseCase = {
  readonly workspaceId: Id;
  readonly channel: TwilioChannel;
  readonly twilioSetupId: Id;
  /** Both names without `useCaseNameFault`. */
  readonly entityName: string;
  readonly name: string;
  readonly description: string | null;
  readonly claim: IdempotencyClaim | null;
};

export type CreateTwilioUseCaseRefused =
  | TwilioSetupNotFound
  | { readonly kind: "customer_profile_not_approved"; readonly status: CustomerProfileStatus }
  | TwilioUseCaseTaken
  | VoiceRefused
  | ClaimLost;

export async function createTwilioUseCase(
  ports: CreateTwilioUseCasePorts,
  { claim, ...command }: CreateTwilioUseCase,
): Promise<Result<TwilioUseCase, CreateTwilioUseCaseRefused>> {
  const found = await findTwilioSetup(ports, command);
  if (!found.ok) return found;
  // Asked each time, whatever was last seen: Twilio may have approved the profile since, or revoked its approval.
  const checked = await checkProfile(ports, found.value);
  if (!checked.ok) return err(voiceRefusal(checked.error));
  if (checked.value === null) return err({ kind: "twilio_setup_not_found" });
  const { customerProfileStatus: status } = checked.value;
  if (!isApproved(checked.value)) return err({ kind: "customer_profile_not_approved", status });
  const createdAt = ports.clock.now();
  const useCase: TwilioUseCase = {
    id: ports.ids.newId(),
    ...command,
    entityName: command.entityName.normalize("NFC"),
    name: command.name.normalize("NFC"),
    status: "ready",
    customerProfileStatus: status,
    createdAt,
    updatedAt: createdAt,
  };
  return ports.useCases.createTwilio(useCase, claim);
}
