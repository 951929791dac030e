// What the mail provider said lately of setups' identities. Plain values with a time: safe to share between requests on
// every runtime.
import type { Id } from "../../core/ids.ts";
import type { IdentityMemory, RememberedIdentity } from "../../core/ports/identity-memory.ts";

/** About 10 MB; above it the oldest go. */
const IDENTITIES_MAX = 10_000;

export function makeIdentityMemory(): IdentityMemory {
  const known = new Map<Id, RememberedIdentity>();
  return {
    recall: (setupId) => known.get(setupId) ?? null,
    remember(setupId, identity) {
      known.delete(setupId);
      const oldest = known.size >= IDENTITIES_MAX ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
      known.set(setupId, identity);
    },
    forget: (setupId) => void known.delete(setupId),
  };
}
