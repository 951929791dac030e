// Idempotency keys as every create reserves them: in the batch that stores the resource, so that either both are there
// or neither. The order in a batch is: `takeClaim`, the resource's INSERT guarded by `claimHeld`, what hangs on the
// resource, `returnClaim` (gives the key back when the resource was refused), then a SELECT that may ask `claimLost`.
// A key is ours when it names our resource, so the same batch run again finds its own key and changes nothing.
import { type Column, type SQL, sql } from "drizzle-orm";
import { assert } from "../../core/assert.ts";
import {
  IDEMPOTENCY_TTL_MS,
  type IdempotencyClaim,
  type IdempotencyRecord,
} from "../../core/idempotency/idempotency.ts";
import type { Id } from "../../core/ids.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { insertSelect, select } from "./columns.ts";
import type { Row, Statement } from "./database.ts";
import { idempotencyKey } from "./schema/access.ts";
import { prepare } from "./statement.ts";

/** What `claimHeld` and `claimLost` are filled from; the names begin with `claim` so that they meet no column's. */
export type ClaimArgs = {
  readonly claimScope: Id;
  /** Null without a claim; then the guards let everything pass. */
  readonly claimKey: string | null;
  readonly claimFingerprint: string | null;
  readonly claimResource: Id;
  readonly claimAt: number;
  readonly claimForgottenAt: number;
};

/** `scopeId`: the workspace, or OPERATOR_CLAIM_SCOPE. `at`: when the resource is made; keys a day older are forgotten. */
export function claimArgs(
  scopeId: Id,
  claim: IdempotencyClaim | null,
  resourceId: Id,
  at: number,
): ClaimArgs {
  return {
    claimScope: scopeId,
    claimKey: claim?.key ?? null,
    claimFingerprint: claim?.fingerprint ?? null,
    claimResource: resourceId,
    claimAt: at,
    claimForgottenAt: forgottenAt(at),
  };
}

/** Keys reserved at this time or before it are no longer known at `now`. */
export const forgottenAt = (now: number): number => now - IDEMPOTENCY_TTL_MS;

const scope = sql.placeholder("claimScope");
const key = sql.placeholder("claimKey");
const resource = sql.placeholder("claimResource");
const thisKey = sql`${idempotencyKey.scopeId} = ${scope} AND ${idempotencyKey.key} = ${key}`;

/** For the WHERE of the resource's INSERT: there is no claim, or the key is ours. */
export const claimHeld: SQL = sql`(${key} IS NULL OR EXISTS (
  SELECT 1 FROM ${idempotencyKey} WHERE ${thisKey} AND ${idempotencyKey.resourceId} = ${resource}))`;

/** For the last SELECT: the key stands for another resource. It wins over every other refusal: the caller replays. */
export const claimLost: SQL<number> = sql`EXISTS (
  SELECT 1 FROM ${idempotencyKey} WHERE ${thisKey} AND ${idempotencyKey.resourceId} <> ${resource})`;

const forgetKey = prepare<ClaimArgs>(
  sql`DELETE FROM ${idempotencyKey} WHERE ${thisKey} AND ${idempotencyKey.createdAt} <= ${sql.placeholder("claimForgottenAt")}`,
);

const insertKey = prepare<ClaimArgs>(
  sql`${insertSelect(idempotencyKey, {
    scopeId: scope,
    key,
    fingerprint: sql.placeholder("claimFingerprint"),
    resourceId: resource,
    createdAt: sql.placeholder("claimAt"),
  })} WHERE true ON CONFLICT DO NOTHING`,
);

/** Forgets the key if it has grown too old, and takes it if nobody holds it. No statements without a claim. */
export const takeClaim = (args: ClaimArgs): readonly Statement[] =>
  args.claimKey === null ? [] : [forgetKey(args), insertKey(args)];

/**
 * Gives our key back when the resource is not there after its INSERT. `resourceIdColumn` is the id column of the
 * resource's table. Call it once at module load; no statements without a claim.
 */
export function returnClaim(resourceIdColumn: Column): (args: ClaimArgs) => readonly Statement[] {
  const statement = prepare<ClaimArgs>(
    sql`DELETE FROM ${idempotencyKey} WHERE ${thisKey} AND ${idempotencyKey.resourceId} = ${resource}
      AND NOT EXISTS (SELECT 1 FROM ${resourceIdColumn.table} WHERE ${resourceIdColumn} = ${resource})`,
  );
  return (args) => (args.claimKey === null ? [] : [statement(args)]);
}

/**
 * Frees whatever key was reserved for a resource that is about to be removed as if it had never been. `removable` says
 * what must be true of the resource's row, the same that its DELETE asks; run this before that DELETE. Filled from `id`.
 */
export function releaseClaim(resourceIdColumn: Column, removable: SQL): (args: { id: Id }) => Statement {
  const id = sql.placeholder("id");
  return prepare<{ id: Id }>(
    sql`DELETE FROM ${idempotencyKey} WHERE ${idempotencyKey.resourceId} = ${id}
      AND EXISTS (SELECT 1 FROM ${resourceIdColumn.table} WHERE ${resourceIdColumn} = ${id} AND ${removable})`,
  );
}

/** The end of a create's `outcome`: the last two statements read why it may be refused, and what is stored. */
export function storedOrRefused<T, E>(
  results: readonly (readonly Row[])[],
  fromRow: (row: Row) => T,
  toRefusal: (row: Row) => E,
): Result<T, E> {
  const [refusals, stored] = results.slice(-2);
  if (stored?.[0] !== undefined) return ok(fromRow(stored[0]));
  assert(refusals?.[0] !== undefined, "a SELECT without FROM answers one row");
  return err(toRefusal(refusals[0]));
}

const record = select({
  fingerprint: idempotencyKey.fingerprint,
  resourceId: idempotencyKey.resourceId,
  answerStatus: idempotencyKey.answerStatus,
  answerBody: idempotencyKey.answerBody,
  createdAt: idempotencyKey.createdAt,
});

const findKey = prepare<{ claimScope: Id; claimKey: string | null; claimForgottenAt: number }>(
  sql`SELECT ${record.list} FROM ${idempotencyKey}
    WHERE ${thisKey} AND ${idempotencyKey.createdAt} > ${sql.placeholder("claimForgottenAt")}`,
);

/** Reads the key as it stands at `now`: no row when it is not reserved, forgotten, or null. See `toIdempotencyRecord`. */
export const selectClaim = (scopeId: Id, claimKey: string | null, now: number): Statement =>
  findKey({ claimScope: scopeId, claimKey, claimForgottenAt: forgottenAt(now) });

/** The row of `selectClaim`, or null when there was none. */
export function toIdempotencyRecord(row: Row | undefined): IdempotencyRecord | null {
  if (row === undefined) return null;
  const { fingerprint, resourceId, answerStatus, answerBody, createdAt } = record.read(row);
  const answer =
    answerStatus === null || answerBody === null ? null : { status: answerStatus, body: answerBody };
  return { fingerprint, resourceId, answer, createdAt };
}
