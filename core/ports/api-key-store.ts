import type { ApiKey } from "../access/api-key.ts";
import type { Id } from "../ids.ts";

/**
 * API keys, known by the SHA-256 (hex) of their text.
 * - `create` answers false, and stores nothing, when the workspace already holds `keysMax` keys that are not revoked.
 *   Run again with the same id it changes nothing and answers true.
 * - `findBySecret` answers null for an unknown or revoked key; expiry is not checked.
 * - `list` answers the workspace's keys that are not revoked, oldest first.
 * - `revoke` answers whether the workspace had such a key that was not revoked; the same call again answers the same.
 * - `touch` notes the use of a key; a time older than the one stored changes nothing.
 */
export type ApiKeyStore = {
  create(apiKey: ApiKey, secretSha256: string, keysMax: number): Promise<boolean>;
  findBySecret(secretSha256: string): Promise<ApiKey | null>;
  list(workspaceId: Id): Promise<readonly ApiKey[]>;
  revoke(workspaceId: Id, keyId: Id, at: number): Promise<boolean>;
  touch(keyId: Id, at: number): Promise<void>;
};
