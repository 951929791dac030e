import type { Id } from "../ids.ts";
import type { IdempotencyRecord } from "../idempotency/idempotency.ts";

/**
 * Reserved idempotency keys, per workspace. Reservation itself is part of each store's create.
 * - `find` answers null for a key never reserved or older than the time to live at `now` (ms).
 * - `recordAnswer` keeps the first answer of the resource's request; a second call changes nothing, and a key that is
 *   not reserved for this resource is left alone.
 * - `purgeExpired` removes keys older than the time to live at `now`, oldest first, at most `limit`; answers how many.
 *   Nothing depends on it but the size of the table: an expired key counts as free wherever it is met.
 */
export type IdempotencyStore = {
  find(workspaceId: Id, key: string, now: number): Promise<IdempotencyRecord | null>;
  recordAnswer(
    workspaceId: Id,
    key: string,
    resourceId: Id,
    answer: { readonly status: number; readonly body: string },
  ): Promise<void>;
  purgeExpired(now: number, limit: number): Promise<number>;
};
