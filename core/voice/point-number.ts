// Tells Twilio where a number points, as somebody who holds the number's task: not when it has become so late that the
// next holder may have decided otherwise before the call arrives.
import type { Clock } from "../ports/clock.ts";
import type { VoiceAccount, VoiceFault, VoiceProvider } from "../ports/voice-provider.ts";
import { err, ok, type Result } from "../result.ts";
import type { NumberTarget, PhoneNumber } from "./phone-number.ts";

export type NumberPointer = {
  readonly account: VoiceAccount;
  /** The call is not begun after this. */
  readonly startBy: number;
};

/** Nothing to change is no call. */
export async function pointNumber(
  { voiceProvider, clock }: { readonly voiceProvider: VoiceProvider; readonly clock: Clock },
  { account, startBy }: NumberPointer,
  { phoneNumberSid }: Pick<PhoneNumber, "phoneNumberSid">,
  change: Partial<NumberTarget>,
): Promise<Result<void, VoiceFault>> {
  if (Object.keys(change).length === 0) return ok(undefined);
  if (clock.now() <= startBy) return voiceProvider.pointNumber(account, phoneNumberSid, change);
  return err({ kind: "timed_out", reason: "out of time before the call", retryAfterSeconds: 0 });
}
