// What a caller hears when the voice provider did not do as asked. What is not there is refused by each operation in its
// own words.
import type { VoiceFault } from "../ports/voice-provider.ts";
import type { ProviderRefused } from "../setup/provider-steps.ts";

export type VoiceRefused =
  /** The token we hold opens the account no longer. */
  | { readonly kind: "twilio_token_refused" }
  | { readonly kind: "provider_throttled"; readonly retryAfterSeconds: number }
  | ProviderRefused;

export function voiceRefusal({ kind, reason, retryAfterSeconds }: VoiceFault): VoiceRefused {
  if (kind === "credentials_refused") return { kind: "twilio_token_refused" };
  if (kind === "throttled") return { kind: "provider_throttled", retryAfterSeconds };
  return { kind: kind === "timed_out" ? "provider_timed_out" : "provider_unavailable", reason };
}

/** It is open whether the call was carried out. */
export const isUnclear = ({ kind }: VoiceFault): boolean => kind === "unavailable" || kind === "timed_out";
