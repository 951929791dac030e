// Recognised keys are remembered for a few seconds, so that a busy client costs no read a request. Plain values with a
// time, keyed by the key's SHA-256: safe to share between requests on every runtime.
import type { Caller } from "../core/access/caller.ts";
import type { Id } from "../core/ids.ts";

/** A revoked key stops everywhere within ten seconds: this, and what a request in flight takes. */
const CALLER_TTL_MS = 5_000;
/** About 4 MB; above it the oldest go. */
const CALLERS_MAX = 10_000;

export type CallerCache = {
  find(secretSha256: string, now: number): Caller | null;
  remember(secretSha256: string, caller: Caller, now: number): void;
  /** A revoked key stops here at once. */
  forget(keyId: Id, now: number): void;
};

export function makeCallerCache(): CallerCache {
  const entries = new Map<string, { readonly caller: Caller; readonly since: number }>();
  const revoked = new Map<Id, number>();
  return {
    find(secretSha256, now) {
      const entry = entries.get(secretSha256);
      if (!entry) return null;
      const expiresAt = entry.caller.kind === "api_key" ? entry.caller.expiresAt : null;
      // Both ways: a clock that is set back must not make a memory last.
      const isFresh = Math.abs(now - entry.since) < CALLER_TTL_MS;
      if (isFresh && (expiresAt === null || now < expiresAt)) return entry.caller;
      entries.delete(secretSha256);
      return null;
    },
    remember(secretSha256, caller, now) {
      // A look-up that was under way when its key was revoked.
      const revokedAt = caller.kind === "api_key" ? revoked.get(caller.keyId) : undefined;
      if (revokedAt !== undefined && Math.abs(now - revokedAt) < CALLER_TTL_MS) return;
      const oldest = entries.size >= CALLERS_MAX ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
      entries.set(secretSha256, { caller, since: now });
    },
    forget(keyId, now) {
      for (const [id, at] of revoked) if (Math.abs(now - at) >= CALLER_TTL_MS) revoked.delete(id);
      revoked.set(keyId, now);
      for (const [secretSha256, { caller }] of entries)
        if (caller.kind === "api_key" && caller.keyId === keyId) entries.delete(secretSha256);
    },
  };
}
