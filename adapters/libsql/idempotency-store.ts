// Idempotency keys once they are reserved: looking one up, keeping the first answer, and sweeping out old ones.
// Reserving is part of each store's create (`idempotency-statements.ts`).
import { sql } from "drizzle-orm";
import type { Id } from "../../core/ids.ts";
import type { IdempotencyStore } from "../../core/ports/idempotency-store.ts";
import type { Database } from "./database.ts";
import { forgottenAt, selectClaim, toIdempotencyRecord } from "./idempotency-statements.ts";
import { idempotencyKey } from "./schema/access.ts";
import { bare, prepare } from "./statement.ts";

const recordAnswer = prepare<{ scopeId: Id; key: string; resourceId: Id; status: number; body: string }>(
  sql`UPDATE ${idempotencyKey} SET ${bare(idempotencyKey.answerStatus)} = ${sql.placeholder("status")},
      ${bare(idempotencyKey.answerBody)} = ${sql.placeholder("body")}
    WHERE ${idempotencyKey.scopeId} = ${sql.placeholder("scopeId")} AND ${idempotencyKey.key} = ${sql.placeholder("key")}
      AND ${idempotencyKey.resourceId} = ${sql.placeholder("resourceId")} AND ${idempotencyKey.answerStatus} IS NULL`,
);

const purge = prepare<{ forgottenAt: number; limit: number }>(
  sql`DELETE FROM ${idempotencyKey} WHERE rowid IN (
      SELECT rowid FROM ${idempotencyKey} WHERE ${idempotencyKey.createdAt} <= ${sql.placeholder("forgottenAt")}
      ORDER BY ${idempotencyKey.createdAt} LIMIT ${sql.placeholder("limit")})
    RETURNING 1`,
);

export function makeIdempotencyStore(database: Database): IdempotencyStore {
  return {
    async find(workspaceId, key, now) {
      const [rows] = await database.read([selectClaim(workspaceId, key, now)]);
      return toIdempotencyRecord(rows?.[0]);
    },
    recordAnswer: (workspaceId, key, resourceId, answer) =>
      database.write({
        statements: [recordAnswer({ scopeId: workspaceId, key, resourceId, ...answer })],
        outcome: () => undefined,
      }),
    purgeExpired: (now, limit) =>
      database.write({
        statements: [purge({ forgottenAt: forgottenAt(now), limit })],
        outcome: ([removed]) => removed?.length ?? 0,
      }),
  };
}
