// Deletes a Twilio setup: its row becomes a tombstone without a token, and the account is free for any workspace. Not while
// a use case refers to it. Nothing was made at Twilio, so there is nothing to take down.
import type { Clock } from "../ports/clock.ts";
import { err, ok, type Result } from "../result.ts";
import {
  type FindTwilioSetup,
  findTwilioSetup,
  type FindTwilioSetupPorts,
  type TwilioSetupNotFound,
} from "./find-twilio-setup.ts";

export type DeleteTwilioSetupRefused = TwilioSetupNotFound | { readonly kind: "setup_in_use" };

export async function deleteTwilioSetup(
  ports: FindTwilioSetupPorts & { readonly clock: Clock },
  command: FindTwilioSetup,
): Promise<Result<void, DeleteTwilioSetupRefused>> {
  const found = await findTwilioSetup(ports, command);
  if (!found.ok) return found;
  const isGone = await ports.twilioSetups.bury(found.value.id, ports.clock.now());
  return isGone ? ok(undefined) : err({ kind: "setup_in_use" });
}
