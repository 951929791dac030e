// Idempotency keys of POST requests: what a key binds, and what a second request with it means. The key is reserved in
// the transaction that creates the resource (see each store's create), so a refusal before it stores nothing.
import type { Id } from "../ids.ts";

/** How long a key is remembered: a day outlives every sensible client's retries. */
export const IDEMPOTENCY_TTL_MS = 24 * 60 * 60 * 1000;

/** Keys are kept per workspace; those of the operator's own requests live under the nil UUID, which is no workspace. */
export const OPERATOR_CLAIM_SCOPE: Id = "00000000-0000-0000-0000-000000000000";

/** What the caller claims: this key stands for exactly this request. */
export type IdempotencyClaim = {
  readonly key: string;
  /** SHA-256 (hex) over operation, path, parsed fields in order, and each file's name, type and SHA-256. */
  readonly fingerprint: string;
};

/** A reserved key. `answer` is null while the first request runs, and for ever when it crashed: then the resource decides. */
export type IdempotencyRecord = {
  readonly fingerprint: string;
  readonly resourceId: Id;
  readonly answer: { readonly status: number; readonly body: string } | null;
  readonly createdAt: number;
};

export type IdempotencyKeyReused = { readonly kind: "idempotency_key_reused" };
export type RequestInProgress = { readonly kind: "request_in_progress"; readonly retryAfterSeconds: number };
export type IdempotencyRefused = IdempotencyKeyReused | RequestInProgress;

/** Another request took the key between our look and our write. */
export type ClaimLost = { readonly kind: "claim_lost" };
