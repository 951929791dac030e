// Creates a Twilio setup: the account answers to the token, the customer profile is that account's, and the account is
// nobody else's here. Whoever cannot sign in learns nothing of who has the account. Nothing is made at Twilio.
import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { IdSource } from "../ports/id-source.ts";
import type { SecretBox } from "../ports/secret-box.ts";
import type { TwilioSetupStore } from "../ports/twilio-setup-store.ts";
import type { VoiceAccount, VoiceFault, VoiceProvider } from "../ports/voice-provider.ts";
import { err, ok, type Result } from "../result.ts";
import { type TwilioSetup, tokenPurpose } from "./twilio-setup.ts";
import { voiceRefusal, type VoiceRefused } from "./voice-refusal.ts";

export type CreateTwilioSetupPorts = {
  readonly twilioSetups: TwilioSetupStore;
  readonly voiceProvider: VoiceProvider;
  readonly secretBox: SecretBox;
  readonly ids: IdSource;
  readonly clock: Clock;
};

export type CreateTwilioSetup = {
  readonly workspaceId: Id;
  readonly friendlyName: string;
  /** Both `isSid` of their kind. */
  readonly accountSid: string;
  readonly customerProfileSid: string;
  /** `isAuthToken`. */
  readonly authToken: string;
  readonly claim: IdempotencyClaim | null;
};

/** Why an account cannot be used as it was given. */
export type AccountRefused =
  | { readonly kind: "twilio_credentials_refused" }
  | { readonly kind: "twilio_account_inactive" }
  | Exclude<VoiceRefused, { kind: "twilio_token_refused" }>;

export type CreateTwilioSetupRefused =
  | AccountRefused
  | { readonly kind: "customer_profile_not_found" }
  | { readonly kind: "twilio_account_taken" }
  | ClaimLost;

export async function createTwilioSetup(
  ports: CreateTwilioSetupPorts,
  { accountSid, authToken, claim, ...command }: CreateTwilioSetup,
): Promise<Result<TwilioSetup, CreateTwilioSetupRefused>> {
  const { voiceProvider, twilioSetups, secretBox } = ports;
  const account = { accountSid, authToken };
  const signedIn = await signIn(ports, account);
  if (!signedIn.ok) return signedIn;
  const profile = await voiceProvider.getCustomerProfile(account, command.customerProfileSid);
  if (!profile.ok)
    return err(
      profile.error.kind === "not_found" ? { kind: "customer_profile_not_found" } : refused(profile.error),
    );
  const id = ports.ids.newId();
  const createdAt = ports.clock.now();
  const setup: TwilioSetup = {
    id,
    ...command,
    accountSid,
    sealedToken: await secretBox.seal(tokenPurpose(id), authToken),
    customerProfileStatus: profile.value,
    customerProfileCheckedAt: createdAt,
    createdAt,
    updatedAt: createdAt,
  };
  return twilioSetups.create(setup, claim);
}

/** Whether the account answers to the token and may be used. */
export async function signIn(
  { voiceProvider }: { readonly voiceProvider: VoiceProvider },
  account: VoiceAccount,
): Promise<Result<void, AccountRefused>> {
  const found = await voiceProvider.getAccount(account);
  if (!found.ok) return err(refused(found.error));
  return found.value.isActive ? ok(undefined) : err({ kind: "twilio_account_inactive" });
}

/** An account that is not there and one that does not answer to the token are one to whoever asks. */
function refused(fault: VoiceFault): AccountRefused {
  const refusal = voiceRefusal(fault);
  return fault.kind === "not_found" || refusal.kind === "twilio_token_refused"
    ? { kind: "twilio_credentials_refused" }
    : refusal;
}
