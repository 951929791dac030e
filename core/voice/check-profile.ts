// Asks Trust Hub how a setup's customer profile stands: for reading the setup, before a use case is made under it, and once
// a day by itself. Reading never fails because Twilio did: the last known answer stands.
import type { Clock } from "../ports/clock.ts";
import type { SecretBox } from "../ports/secret-box.ts";
import type { TwilioSetupStore } from "../ports/twilio-setup-store.ts";
import type { VoiceFault, VoiceProvider } from "../ports/voice-provider.ts";
import { err, ok, type Result } from "../result.ts";
import { TASK_DONE, type TaskEnd, taskFailed } from "../tasks/carry-out.ts";
import type { Task } from "../tasks/task.ts";
import {
  type FindTwilioSetup,
  findTwilioSetup,
  openAccount,
  type TwilioSetupNotFound,
} from "./find-twilio-setup.ts";
import { tokenPurpose, type TwilioSetup } from "./twilio-setup.ts";

export type CheckProfilePorts = {
  readonly twilioSetups: TwilioSetupStore;
  readonly voiceProvider: VoiceProvider;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
};

/** Whoever only reads does not wait longer. */
const READ_MS = 3000;
const DAY_MS = 24 * 3_600_000;

/** A setup, its profile as it stands now if Twilio says so in time. */
export async function getTwilioSetup(
  ports: CheckProfilePorts,
  command: FindTwilioSetup,
): Promise<Result<TwilioSetup, TwilioSetupNotFound>> {
  const found = await findTwilioSetup(ports, command);
  if (!found.ok) return found;
  const checked = await checkProfile(ports, found.value, READ_MS);
  if (!checked.ok) return found;
  return checked.value === null ? err({ kind: "twilio_setup_not_found" }) : ok(checked.value);
}

/**
 * The setup with what was seen now, which is not what is stored where another clock is ahead of ours; null when it was
 * deleted meanwhile. A profile that is gone is an answer too.
 */
export async function checkProfile(
  ports: CheckProfilePorts,
  setup: TwilioSetup,
  timeoutMs?: number,
): Promise<Result<TwilioSetup | null, VoiceFault>> {
  const { twilioSetups, voiceProvider, clock } = ports;
  const account = await openAccount(ports, setup);
  if (!account.ok) return account;
  const seen = await voiceProvider.getCustomerProfile(account.value, setup.customerProfileSid, timeoutMs);
  if (!seen.ok && seen.error.kind !== "not_found") return seen;
  const customerProfileStatus = seen.ok ? seen.value : "not-found";
  const customerProfileCheckedAt = clock.now();
  const stored = await twilioSetups.recordProfile(setup.id, customerProfileStatus, customerProfileCheckedAt);
  return ok(stored && { ...stored, customerProfileStatus, customerProfileCheckedAt });
}

/** The daily task. It also seals the token anew when the signing keys have changed, so that an old key can be let go. */
export async function checkTwilioSetup(ports: CheckProfilePorts, task: Task): Promise<TaskEnd> {
  const { twilioSetups, secretBox, clock } = ports;
  const setup = await twilioSetups.find(task.subjectId, null);
  if (setup === null) return TASK_DONE;
  const account = await openAccount(ports, setup);
  if (account.ok && !account.value.isNewestKey) {
    const sealed = await secretBox.seal(tokenPurpose(setup.id), account.value.authToken);
    await twilioSetups.recordToken(setup.id, sealed, setup.sealedToken, clock.now());
  }
  const checked = await checkProfile(ports, setup);
  return checked.ok ? { kind: "again", at: clock.now() + DAY_MS } : taskFailed(checked.error.reason);
}
