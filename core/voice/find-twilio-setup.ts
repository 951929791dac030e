// Finds a Twilio setup for a caller, and opens its account. One that is another workspace's or deleted answers as an
// unknown one, whatever the sharing of e-mail setups.
import type { Id } from "../ids.ts";
import type { SecretBox } from "../ports/secret-box.ts";
import type { TwilioSetupStore } from "../ports/twilio-setup-store.ts";
import type { VoiceAccount, VoiceFault } from "../ports/voice-provider.ts";
import { err, ok, type Result } from "../result.ts";
import { tokenPurpose, type TwilioSetup } from "./twilio-setup.ts";

export type FindTwilioSetupPorts = { readonly twilioSetups: TwilioSetupStore };

export type FindTwilioSetup = {
  /** The workspace acted in; null: all of them (the operator on the short path). */
  readonly workspaceId: Id | null;
  readonly twilioSetupId: Id;
};

export type TwilioSetupNotFound = { readonly kind: "twilio_setup_not_found" };

export async function findTwilioSetup(
  { twilioSetups }: FindTwilioSetupPorts,
  { workspaceId, twilioSetupId }: FindTwilioSetup,
): Promise<Result<TwilioSetup, TwilioSetupNotFound>> {
  const setup = await twilioSetups.find(twilioSetupId, workspaceId);
  return setup === null ? err({ kind: "twilio_setup_not_found" }) : ok(setup);
}

/** The account with its token; a token that opens no longer is as good as one that the provider refuses. */
export async function openAccount(
  { secretBox }: { readonly secretBox: SecretBox },
  { id, accountSid, sealedToken }: TwilioSetup,
): Promise<Result<VoiceAccount & { readonly isNewestKey: boolean }, VoiceFault>> {
  const opened = await secretBox.open(tokenPurpose(id), sealedToken);
  if (opened !== null) return ok({ accountSid, authToken: opened.secret, isNewestKey: opened.isNewestKey });
  return err({
    kind: "credentials_refused",
    reason: "the stored token does not open with the signing keys",
    retryAfterSeconds: 0,
  });
}
