// Replaces the token of a setup's account, after it was changed at Twilio. Without this a changed token would be the end of
// the setup: its numbers could not be released, so that neither its use cases nor itself could be deleted.
import type { Id } from "../ids.ts";
import { err, ok, type Result } from "../result.ts";
import { type AccountRefused, type CreateTwilioSetupPorts, signIn } from "./create-twilio-setup.ts";
import { findTwilioSetup, type TwilioSetupNotFound } from "./find-twilio-setup.ts";
import { tokenPurpose, type TwilioSetup } from "./twilio-setup.ts";

export type ReplaceAuthToken = {
  readonly workspaceId: Id | null;
  readonly twilioSetupId: Id;
  /** `isAuthToken`. */
  readonly authToken: string;
};

export type ReplaceAuthTokenRefused = TwilioSetupNotFound | AccountRefused;

export async function replaceAuthToken(
  ports: Omit<CreateTwilioSetupPorts, "ids">,
  { authToken, ...command }: ReplaceAuthToken,
): Promise<Result<TwilioSetup, ReplaceAuthTokenRefused>> {
  const found = await findTwilioSetup(ports, command);
  if (!found.ok) return found;
  const { id, accountSid } = found.value;
  const signedIn = await signIn(ports, { accountSid, authToken });
  if (!signedIn.ok) return signedIn;
  const sealed = await ports.secretBox.seal(tokenPurpose(id), authToken);
  const stored = await ports.twilioSetups.recordToken(id, sealed, null, ports.clock.now());
  return stored === null ? err({ kind: "twilio_setup_not_found" }) : ok(stored);
}
