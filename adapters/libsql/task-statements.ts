// Tasks as the other stores use them: inserted in the transaction that needs them, asked for by the writes of whoever
// holds one, and removed with what they were about.
import { type SQL, sql } from "drizzle-orm";
import type { Id } from "../../core/ids.ts";
import { LEASE_MS, type Task, type TaskKind } from "../../core/tasks/task.ts";
import { insertSelect, select } from "./columns.ts";
import type { Row, Statement } from "./database.ts";
import { databaseNow } from "./database-clock.ts";
import { task } from "./schema/task.ts";
import { bare, bareList, prepare } from "./statement.ts";

const kind = sql.placeholder("kind");
const subjectId = sql.placeholder("subjectId");
const fence = sql.placeholder("fence");
const leaseMs = sql.placeholder("leaseMs");
const claimId = sql.placeholder("claimId");
const runAt = sql.placeholder("runAt");

export const taskColumns = select({
  kind: task.kind,
  subjectId: task.subjectId,
  fence: task.fence,
  attempts: task.attempts,
});
/** A row of `taskColumns`. */
export const taskFromRow = (row: Row): Task => taskColumns.read(row);

const thisTask = sql`${task.kind} = ${kind} AND ${task.subjectId} = ${subjectId}`;
/** Nobody holds it, or the lease ran out. */
const isFree: SQL = sql`(${task.claimedUntil} IS NULL OR ${task.claimedUntil} <= ${databaseNow})`;

/** What a claim is filled from. */
export type ClaimTaskArgs = { readonly claimId: string; readonly leaseMs: number };

/** One claim's own: what it holds is told by it, so that the same claim sent again answers the same. */
export const newClaim = (ms: number = LEASE_MS): ClaimTaskArgs => ({
  claimId: crypto.randomUUID(),
  leaseMs: ms,
});

/**
 * When a woken task is due: before all that are only due by the calendar. A claim sets it to something later, so that
 * whoever gives a task back sees that it was woken while he held it.
 */
const WOKEN_AT = sql`0`;
const isWoken = sql`${task.runAt} = ${WOKEN_AT}`;

/** For a SET clause, from ClaimTaskArgs. */
export const setClaimed: SQL = sql`${bare(task.runAt)} = max(${task.runAt}, ${WOKEN_AT} + 1),
  ${bare(task.fence)} = ${task.fence} + 1, ${bare(task.attempts)} = ${task.attempts} + 1, ${bare(task.claimId)} = ${claimId},
  ${bare(task.claimedUntil)} = ${databaseNow} + ${leaseMs}`;

/** For a WHERE: this claim has what it got. */
export const hasClaimed: SQL = sql`EXISTS (SELECT 1 FROM ${task} WHERE ${task.claimId} = ${claimId})`;

/** Reads the tasks of one claim. */
export const selectClaimed = prepare<{ claimId: string }>(
  sql`SELECT ${taskColumns.list} FROM ${task} WHERE ${task.claimId} = ${claimId}`,
);

/** For the WHERE of a holder's write: the task of this kind about `id` is his still, by `fence`. */
export const holds = (kind: TaskKind): SQL => sql`EXISTS (SELECT 1 FROM ${task} WHERE ${task.kind} = ${kind}
  AND ${task.subjectId} = ${sql.placeholder("id")} AND ${task.fence} = ${fence} AND ${task.claimedUntil} IS NOT NULL)`;

/** For a WHERE: somebody holds the task of this kind about `id`. */
export const isHeld = (kind: TaskKind): SQL => sql`EXISTS (SELECT 1 FROM ${task} WHERE ${task.kind} = ${kind}
  AND ${task.subjectId} = ${sql.placeholder("id")} AND ${task.claimedUntil} > ${databaseNow})`;

/**
 * Inserts a task where `needed` holds, unless it is there. Filled from `id`, which is also its subject unless another is
 * given. Its fence begins above that of an earlier task of this kind and subject. Call it once at module load.
 */
export const insertTask = (
  kind: TaskKind,
  needed: SQL,
  { dueIn = sql`0`, subject = sql`${sql.placeholder("id")}` }: { dueIn?: SQL; subject?: SQL } = {},
): ((args: { readonly id: Id }) => Statement) =>
  prepare<{ id: Id }>(
    sql`${insertSelect(task, {
      kind,
      subjectId: subject,
      runAt: sql`${databaseNow} + ${dueIn}`,
      attempts: 0,
      fence: databaseNow,
    })} WHERE ${needed} ON CONFLICT DO NOTHING`,
  );

/** Makes the tasks of this kind due at once, and inserts those that are not there. `subjects`: SELECTs their ids. */
export const wakeTasks = (kind: TaskKind, subjects: SQL): SQL => sql`INSERT INTO ${task}
    (${bareList([task.subjectId, task.kind, task.runAt, task.attempts, task.fence])})
  SELECT id, ${kind}, ${WOKEN_AT}, 0, ${databaseNow} FROM (${subjects}) WHERE true
  ON CONFLICT (${bareList([task.kind, task.subjectId])}) DO UPDATE SET ${bare(task.runAt)} = ${WOKEN_AT}
    WHERE NOT ${isWoken}`;

/** Claims the task of this kind about `id` where `allowed` holds and nobody has it (`selectClaimed` reads it). */
export const claimTask = (
  kind: TaskKind,
  allowed: SQL = sql`true`,
): ((args: ClaimTaskArgs & { readonly id: Id }) => Statement) =>
  prepare<ClaimTaskArgs & { id: Id }>(
    sql`UPDATE ${task} SET ${setClaimed} WHERE ${task.kind} = ${kind} AND ${task.subjectId} = ${sql.placeholder("id")}
      AND ${isFree} AND ${allowed}`,
  );

type Held = { readonly kind: TaskKind; readonly subjectId: Id; readonly fence: number };

const isHis = sql`${thisTask} AND ${task.fence} = ${fence} AND ${task.claimedUntil} IS NOT NULL`;

/** The holder is done with it for good. */
export const completeTask = prepare<Held>(sql`DELETE FROM ${task} WHERE ${isHis}`);

/** The holder gives it back, due at `runAt`, or if it was woken meanwhile at once. */
export const postponeTask = prepare<Held & { readonly runAt: number; readonly attempts: number }>(
  sql`UPDATE ${task} SET ${bare(task.runAt)} = iif(${isWoken}, ${task.runAt}, ${runAt}),
    ${bare(task.attempts)} = ${sql.placeholder("attempts")}, ${bare(task.claimedUntil)} = NULL, ${bare(task.claimId)} = NULL WHERE ${isHis}`,
);

/** The holder is at work still. */
export const renewTask = prepare<Held & { readonly leaseMs: number }>(
  sql`UPDATE ${task} SET ${bare(task.claimedUntil)} = ${databaseNow} + ${leaseMs} WHERE ${isHis}`,
);

/** What a subject that is gone leaves to do: nothing. Where `gone` holds, from `id`. */
export const removeTasks = (gone: SQL): ((args: { readonly id: Id }) => Statement) =>
  prepare<{ id: Id }>(
    sql`DELETE FROM ${task} WHERE ${task.subjectId} = ${sql.placeholder("id")} AND ${gone}`,
  );

/** The members of a task that statements are filled from. */
export const heldArgs = ({ kind, subjectId, fence }: Task): Held & { readonly id: Id } => ({
  kind,
  subjectId,
  fence,
  id: subjectId,
});
