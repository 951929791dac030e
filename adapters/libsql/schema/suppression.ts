// Suppressions: one row for a scope, an address and a reason, for ever. `since` null says that it was lifted, or that its
// events no longer found it; the row then remembers the lift. Setups and use cases leave tombstones, so a row outlives
// both; it names its source mail without a foreign key, because it outlives that too.
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { SUPPRESSION_REASONS } from "../../../core/suppression/suppression.ts";
import { workspace } from "./access.ts";
import { sesSetup, useCase } from "./channel.ts";

/** The index a list walks; named in the query too, see EMAIL_LIST_INDEXES. */
export const SUPPRESSION_LIST_INDEXES = {
  ofSetup: "suppression_setup",
  forWholeSetup: "suppression_whole_setup",
  ofUseCase: "suppression_use_case",
  toOne: "suppression_address",
} as const;

export const suppression = sqliteTable(
  "suppression",
  {
    seq: integer().primaryKey(),
    id: text().notNull().unique(),
    /** Whose it is: the use case's, or the owner's of the setup. */
    workspaceSeq: integer("workspace_seq")
      .notNull()
      .references(() => workspace.seq),
    setupSeq: integer("setup_seq")
      .notNull()
      .references(() => sesSetup.seq),
    /** Null: for the whole setup. */
    useCaseSeq: integer("use_case_seq").references(() => useCase.seq),
    address: text().notNull(),
    reason: text({ enum: SUPPRESSION_REASONS }).notNull(),
    since: integer(),
    lastAt: integer("last_at"),
    expiresAt: integer("expires_at"),
    sourceEmailId: text("source_email_id"),
    liftedAt: integer("lifted_at"),
  },
  (table) => [
    uniqueIndex("suppression_once_for_setup")
      .on(table.setupSeq, table.address, table.reason)
      .where(sql`use_case_seq IS NULL`),
    uniqueIndex("suppression_once_for_use_case")
      .on(table.useCaseSeq, table.address, table.reason)
      .where(sql`use_case_seq IS NOT NULL`),
    index(SUPPRESSION_LIST_INDEXES.toOne)
      .on(table.address, table.setupSeq, table.reason, table.since)
      .where(sql`since IS NOT NULL`),
    index(SUPPRESSION_LIST_INDEXES.ofSetup)
      .on(table.setupSeq, table.reason, table.since)
      .where(sql`since IS NOT NULL`),
    index(SUPPRESSION_LIST_INDEXES.forWholeSetup)
      .on(table.setupSeq, table.reason, table.since)
      .where(sql`since IS NOT NULL AND use_case_seq IS NULL`),
    index(SUPPRESSION_LIST_INDEXES.ofUseCase)
      .on(table.useCaseSeq, table.reason, table.since)
      .where(sql`since IS NOT NULL AND use_case_seq IS NOT NULL`),
  ],
);
