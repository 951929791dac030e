// The table of background work: claimed with a fence by the database's clock, completed only with the
// same fence. Tasks are inserted by the stores of what they are about (task-statements.ts).
import { sql } from "drizzle-orm";
import type { TaskStore } from "../../core/ports/task-store.ts";
import { OVERDUE_MS, TASK_KINDS, type TaskKind } from "../../core/tasks/task.ts";
import type { Database, Statement } from "./database.ts";
import { databaseNow } from "./database-clock.ts";
import { task } from "./schema/task.ts";
import { bare, prepare } from "./statement.ts";
import {
  type ClaimTaskArgs,
  claimTask,
  completeTask,
  hasClaimed,
  heldArgs,
  newClaim,
  postponeTask,
  selectClaimed,
  setClaimed,
  taskFromRow,
} from "./task-statements.ts";

/** A kind's place among TASK_KINDS. */
const urgency = sql`CASE ${task.kind} ${sql.join(
  TASK_KINDS.map((kind, place) => sql`WHEN ${kind} THEN ${sql.raw(String(place))}`),
  sql` `,
)} END`;

/** By the clock on the wall, however far somebody looks ahead. What was woken is due since 0 and among these. */
const isOverdue = sql`${task.runAt} <= ${databaseNow} - ${sql.raw(String(OVERDUE_MS))}`;
const lookedAhead = sql`max(${databaseNow}, coalesce(${sql.placeholder("at")}, 0))`;
const claimDue = prepare<ClaimTaskArgs & { at: number | null; limit: number }>(
  sql`UPDATE ${task} SET ${setClaimed} WHERE ${bare(task.seq)} IN (
      SELECT ${task.seq} FROM ${task}
      WHERE ${task.runAt} <= ${lookedAhead} AND (${task.claimedUntil} IS NULL OR ${task.claimedUntil} <= ${lookedAhead})
      ORDER BY ${isOverdue} DESC, ${urgency}, ${task.runAt} LIMIT ${sql.placeholder("limit")})
      AND NOT ${hasClaimed}`,
);

const claims = Object.fromEntries(TASK_KINDS.map((kind) => [kind, claimTask(kind)])) as Readonly<
  Record<TaskKind, ReturnType<typeof claimTask>>
>;

export function makeTaskStore(database: Database): TaskStore {
  const run = (statement: Statement): Promise<void> =>
    database.write({ statements: [statement], outcome: () => undefined });
  return {
    claimDue(limit, leaseMs, at) {
      const claim = newClaim(leaseMs);
      return database.write({
        statements: [claimDue({ ...claim, limit, at }), selectClaimed(claim)],
        outcome: ([, rows = []]) =>
          rows
            .map(taskFromRow)
            .toSorted((one, other) => TASK_KINDS.indexOf(one.kind) - TASK_KINDS.indexOf(other.kind)),
      });
    },
    claim(kind, id, leaseMs) {
      const claim = newClaim(leaseMs);
      return database.write({
        statements: [claims[kind]({ id, ...claim }), selectClaimed(claim)],
        outcome: ([, rows]) => (rows?.[0] === undefined ? null : { ...taskFromRow(rows[0]), kind }),
      });
    },
    complete: (held) => run(completeTask(heldArgs(held))),
    postpone: (held, runAt, attempts) => run(postponeTask({ ...heldArgs(held), runAt, attempts })),
  };
}
