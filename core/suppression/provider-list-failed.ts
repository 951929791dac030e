// The provider's list could not be changed. Ours is as it was said to be, so no mail goes out that should not.
import type { ProviderFault } from "../ports/mail-provider.ts";

export type ProviderListFailed =
  | { readonly kind: "suppression_list_unavailable"; readonly reason: string }
  | { readonly kind: "suppression_list_timed_out"; readonly reason: string };

export const providerListFailed = ({ kind, reason }: ProviderFault): ProviderListFailed => ({
  kind: kind === "timed_out" ? "suppression_list_timed_out" : "suppression_list_unavailable",
  reason,
});
