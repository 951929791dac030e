// Which address a use case may send from: one at exactly its setup's domain, and none of the names that the product or
// the standards use there themselves. For create use case. The address's own grammar is `parseAddress`'s business.
import type { AddrSpec } from "../message/address.ts";

/** Ours: unsubscribing (`u+{token}`) and the bounce host's. RFC 2142 sections 4 and 5, and the usual sender of bounces. */
const ROLES_IN_USE: ReadonlySet<string> = new Set(["u", "bounce", "postmaster", "abuse", "mailer-daemon"]);

export type SenderAddressRefused =
  | { readonly kind: "sender_domain_mismatch"; readonly expectedDomain: string }
  | { readonly kind: "sender_address_reserved"; readonly localPart: string };

/** Why this address cannot be the sender of a use case on this domain (A-labels, lower case), or null. */
export function senderAddressFault(
  { local, domain }: AddrSpec,
  domainIdentity: string,
): SenderAddressRefused | null {
  if (domain !== domainIdentity) return { kind: "sender_domain_mismatch", expectedDomain: domainIdentity };
  const role = local.toLowerCase();
  const reserved = ROLES_IN_USE.has(role) || role.startsWith("u+");
  return reserved ? { kind: "sender_address_reserved", localPart: local } : null;
}
