// Who presents this key. A sandbox knows test keys only and a live installation live ones only. The operator's key is no
// API key and is told apart before; caching what is answered here is the edge's business.
import type { ApiKeyStore } from "../ports/api-key-store.ts";
import type { Background } from "../ports/background.ts";
import type { Clock } from "../ports/clock.ts";
import { parseApiKey } from "./api-key-text.ts";
import { type ApiKey, type ApiKeyMode, LAST_USED_RESOLUTION_MS } from "./api-key.ts";
import type { Caller } from "./caller.ts";

export type RecogniseCallerPorts = {
  readonly apiKeys: ApiKeyStore;
  readonly clock: Clock;
  readonly background: Background;
  readonly settings: { readonly apiKeyMode: ApiKeyMode };
};

export type PresentedKey = {
  readonly secret: string;
  /** SHA-256 of the secret, hex. */
  readonly secretSha256: string;
};

/** Null: malformed, unknown, revoked, expired, or of the other mode; the caller is not told which. */
export async function recogniseCaller(
  ports: RecogniseCallerPorts,
  { secret, secretSha256 }: PresentedKey,
): Promise<Caller | null> {
  if (parseApiKey(secret)?.mode !== ports.settings.apiKeyMode) return null;
  const apiKey = await ports.apiKeys.findBySecret(secretSha256);
  const now = ports.clock.now();
  if (apiKey === null || (apiKey.expiresAt !== null && apiKey.expiresAt <= now)) return null;
  noteUse(ports, apiKey, now);
  const { id: keyId, workspaceId, permissions, expiresAt } = apiKey;
  return { kind: "api_key", keyId, workspaceId, permissions, expiresAt };
}

/** Once a minute and after the answer: a note of use is not worth a wait, nor a failed request. */
function noteUse({ apiKeys, background }: RecogniseCallerPorts, apiKey: ApiKey, now: number): void {
  const usedAt = now - (now % LAST_USED_RESOLUTION_MS);
  if (apiKey.lastUsedAt !== null && apiKey.lastUsedAt >= usedAt) return;
  background.after(apiKeys.touch(apiKey.id, usedAt).catch(() => undefined));
}
