// Tells Twilio where a number points, as somebody who holds the number's task: what is nothing to change is no call.
import type { VoiceAccount, VoiceFault, VoiceProvider } from "../ports/voice-provider.ts";
import { ok, type Result } from "../result.ts";
import type { NumberTarget, PhoneNumber } from "./phone-number.ts";

export type NumberPointer = {
  readonly account: VoiceAccount;
  /** The call is not begun after this: by then the next holder may have decided otherwise. */
  readonly startBy: number;
};

export const pointNumber = (
  { voiceProvider }: { readonly voiceProvider: VoiceProvider },
  { account, startBy }: NumberPointer,
  { phoneNumberSid }: Pick<PhoneNumber, "phoneNumberSid">,
  change: Partial<NumberTarget>,
): Promise<Result<void, VoiceFault>> =>
  Object.keys(change).length === 0
    ? Promise.resolve(ok(undefined))
    : voiceProvider.pointNumber(account, phoneNumberSid, change, startBy);
