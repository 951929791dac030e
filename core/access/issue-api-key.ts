// Issues an API key in a workspace. Nobody gives away more than they hold: a key issues only permissions of its own, and
// none that outlives it. The text is in the answer and nowhere else; its SHA-256 is what is stored.
import type { Id } from "../ids.ts";
import type { ApiKeyStore } from "../ports/api-key-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { IdSource } from "../ports/id-source.ts";
import type { RandomSource } from "../ports/random-source.ts";
import type { Sha256 } from "../ports/sha256.ts";
import { err, ok, type Result } from "../result.ts";
import { API_KEY_RANDOM_OCTETS, formatApiKey } from "./api-key-text.ts";
import { API_KEYS_PER_WORKSPACE_MAX, type ApiKey, type ApiKeyMode } from "./api-key.ts";
import { type Caller, holdsPermission } from "./caller.ts";
import type { Permission } from "./permission.ts";

export type IssueApiKeyPorts = {
  readonly apiKeys: ApiKeyStore;
  readonly ids: IdSource;
  readonly random: RandomSource;
  readonly sha256: Sha256;
  readonly clock: Clock;
  readonly settings: { readonly apiKeyMode: ApiKeyMode };
};

export type IssueApiKey = {
  readonly caller: Caller;
  readonly workspaceId: Id;
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** Null: the key does not expire. */
  readonly expiresAt: number | null;
};

export type IssueApiKeyRefused =
  | { readonly kind: "permission_not_held"; readonly permissions: readonly Permission[] }
  | { readonly kind: "expiry_in_past" }
  /** `latest`: when the issuing key itself expires, ms. */
  | { readonly kind: "expiry_too_late"; readonly latest: number }
  | { readonly kind: "api_key_limit"; readonly keysMax: number };

/** The key, and its text, which is shown this once. */
export async function issueApiKey(
  { apiKeys, ids, random, sha256, clock, settings }: IssueApiKeyPorts,
  { caller, workspaceId, name, permissions, expiresAt }: IssueApiKey,
): Promise<Result<{ readonly apiKey: ApiKey; readonly secret: string }, IssueApiKeyRefused>> {
  const notHeld = permissions.filter((permission) => !holdsPermission(caller, permission));
  if (notHeld.length > 0) return err({ kind: "permission_not_held", permissions: notHeld });
  const createdAt = clock.now();
  if (expiresAt !== null && expiresAt <= createdAt) return err({ kind: "expiry_in_past" });
  const latest = caller.kind === "api_key" ? caller.expiresAt : null;
  if (latest !== null && (expiresAt === null || expiresAt > latest))
    return err({ kind: "expiry_too_late", latest });

  const apiKey: ApiKey = {
    id: ids.newId(),
    workspaceId,
    name: name.normalize("NFC"),
    permissions: [...new Set(permissions)],
    createdAt,
    expiresAt,
    lastUsedAt: null,
  };
  const secret = formatApiKey(settings.apiKeyMode, octetsOf(random.hex(API_KEY_RANDOM_OCTETS)));
  const stored = await apiKeys.create(apiKey, await sha256.hex(secret), API_KEYS_PER_WORKSPACE_MAX);
  return stored
    ? ok({ apiKey, secret })
    : err({ kind: "api_key_limit", keysMax: API_KEYS_PER_WORKSPACE_MAX });
}

const octetsOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
