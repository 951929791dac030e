// Background work and the pace of provider calls. A task is a row inserted by the transaction that needs it; whoever runs
// it holds a lease by the database's clock, and its fence tells an earlier holder that the lease is no longer his.
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { TASK_KINDS } from "../../../core/tasks/task.ts";

export const task = sqliteTable(
  "task",
  {
    seq: integer().primaryKey(),
    kind: text({ enum: TASK_KINDS }).notNull(),
    /** What it is about: the id of a setup or a use case, or WHOLE_INSTALLATION. */
    subjectId: text("subject_id").notNull(),
    /** WOKEN_AT: it was woken since its last claim, which sets it to something later. */
    runAt: integer("run_at").notNull(),
    /** Claims since it last went well. */
    attempts: integer().notNull(),
    /** Goes up with every claim; never comes back. */
    fence: integer().notNull(),
    /** Null: nobody holds it. */
    claimedUntil: integer("claimed_until"),
    /** The claim that holds it: the same one sent again finds its own. */
    claimId: text("claim_id"),
  },
  (table) => [
    uniqueIndex("task_subject").on(table.kind, table.subjectId),
    index("task_run_at").on(table.runAt),
    index("task_claim")
      .on(table.claimId)
      .where(sql`claim_id IS NOT NULL`),
  ],
);

/** One row: when the next call to the mail provider may begin. */
export const providerTurn = sqliteTable("provider_turn", {
  seq: integer().primaryKey(),
  nextAt: integer("next_at").notNull(),
});
