// An API key: who may act in a workspace, and until when. Its text (api-key-text.ts) is shown once; only the SHA-256 of
// it is stored.
import type { Id } from "../ids.ts";
import type { Permission } from "./permission.ts";

export const API_KEY_NAME_CHARACTERS_MAX = 100;
/** More than any workspace sensibly runs; bounds the list of keys, which is not paged. */
export const API_KEYS_PER_WORKSPACE_MAX = 100;
/** `last_used_at` is kept to the minute, so that use does not become a write per request. */
export const LAST_USED_RESOLUTION_MS = 60_000;

export type ApiKeyMode = "live" | "test";

export type ApiKey = {
  readonly id: Id;
  readonly workspaceId: Id;
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
};
