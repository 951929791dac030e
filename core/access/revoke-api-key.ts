// Revokes a key of a workspace: from now on its text is recognised no more. A key may revoke itself.
import type { Id } from "../ids.ts";
import type { ApiKeyStore } from "../ports/api-key-store.ts";
import type { Clock } from "../ports/clock.ts";
import { err, ok, type Result } from "../result.ts";

export type RevokeApiKeyPorts = { readonly apiKeys: ApiKeyStore; readonly clock: Clock };

export type RevokeApiKey = { readonly workspaceId: Id; readonly keyId: Id };

/** Unknown, another workspace's, or revoked before. */
export type RevokeApiKeyRefused = { readonly kind: "api_key_not_found" };

export async function revokeApiKey(
  { apiKeys, clock }: RevokeApiKeyPorts,
  { workspaceId, keyId }: RevokeApiKey,
): Promise<Result<void, RevokeApiKeyRefused>> {
  const revoked = await apiKeys.revoke(workspaceId, keyId, clock.now());
  return revoked ? ok(undefined) : err({ kind: "api_key_not_found" });
}
