// Where each e-mail use case stands, what its mails come to by cohort, the history of its tier, and what workspaces take of
// the account at the mail provider. All of it outlives use cases and setups, which stay as tombstones; what is asked "of a
// workspace and domain" is found by both, because a domain may come back under another setup.
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { TIER_CHANGE_REASONS } from "../../../core/reputation/standing.ts";
import { TIERS } from "../../../core/use-case/use-case.ts";
import { workspace } from "./access.ts";
import { useCase } from "./channel.ts";

/** One row an e-mail use case; its tier is in the use case's own. */
export const standing = sqliteTable(
  "standing",
  {
    seq: integer().primaryKey(),
    useCaseSeq: integer("use_case_seq")
      .notNull()
      .unique()
      .references(() => useCase.seq),
    /** The use case's, and its setup's domain: neither ever changes. */
    workspaceSeq: integer("workspace_seq")
      .notNull()
      .references(() => workspace.seq),
    domainIdentity: text("domain_identity").notNull(),
    tierSince: integer("tier_since").notNull(),
    /** Null: it began in this one. */
    cameFrom: text("came_from", { enum: TIERS }),
    countsFrom: integer("counts_from").notNull(),
    capacity: integer().notNull(),
    /** Null: not suspended; then the next three say nothing. */
    incidentAt: integer("incident_at"),
    offence: integer(),
    /** Null: the operator ends it. */
    suspendedUntil: integer("suspended_until"),
    isStopped: integer("is_stopped", { mode: "boolean" }).notNull().default(false),
    carriedDayStartsAt: integer("carried_day_starts_at").notNull(),
    carriedTaken: integer("carried_taken").notNull(),
    movingTo: text("moving_to", { enum: TIERS }),
  },
  (table) => [
    index("standing_domain").on(table.workspaceSeq, table.domainIdentity),
    index("standing_incident")
      .on(table.workspaceSeq, table.domainIdentity, table.incidentAt)
      .where(sql`incident_at IS NOT NULL`),
  ],
);

/** A line of the history. */
export const tierChange = sqliteTable(
  "tier_change",
  {
    seq: integer().primaryKey(),
    useCaseSeq: integer("use_case_seq")
      .notNull()
      .references(() => useCase.seq),
    workspaceSeq: integer("workspace_seq")
      .notNull()
      .references(() => workspace.seq),
    domainIdentity: text("domain_identity").notNull(),
    at: integer().notNull(),
    from: text("from_tier", { enum: TIERS }).notNull(),
    to: text("to_tier", { enum: TIERS }).notNull(),
    why: text({ enum: TIER_CHANGE_REASONS }).notNull(),
    /** JSON of Check[]. */
    figures: text().notNull(),
    capacity: integer().notNull(),
    incidentAt: integer("incident_at"),
    offence: integer(),
    suspendedUntil: integer("suspended_until"),
    isStopped: integer("is_stopped", { mode: "boolean" }).notNull(),
    /** Where the counters began anew, if it ended a suspension. */
    releasedFrom: integer("released_from"),
  },
  (table) => [
    index("tier_change_use_case").on(table.useCaseSeq, table.at),
    index("tier_change_incident")
      .on(table.workspaceSeq, table.domainIdentity, table.incidentAt)
      .where(sql`incident_at IS NOT NULL`),
    index("tier_change_release")
      .on(table.workspaceSeq, table.domainIdentity, table.releasedFrom)
      .where(sql`released_from IS NOT NULL`),
  ],
);

/** What the mails of a use case come to that were written in one part of a sending day: kept by every fold. */
export const cohort = sqliteTable(
  "cohort",
  {
    seq: integer().primaryKey(),
    useCaseSeq: integer("use_case_seq")
      .notNull()
      .references(() => useCase.seq),
    startsAt: integer("starts_at").notNull(),
    taken: integer().notNull(),
    sent: integer().notNull(),
    delivered: integer().notNull(),
    bounced: integer().notNull(),
    complained: integer().notNull(),
  },
  (table) => [uniqueIndex("cohort_use_case").on(table.useCaseSeq, table.startsAt)],
);

/** What a workspace takes of the account in an hour, and in the last second of it in which it took any. */
export const accountUse = sqliteTable(
  "account_use",
  {
    seq: integer().primaryKey(),
    workspaceSeq: integer("workspace_seq")
      .notNull()
      .references(() => workspace.seq),
    hourStartsAt: integer("hour_starts_at").notNull(),
    taken: integer().notNull(),
    secondStartsAt: integer("second_starts_at").notNull(),
    takenInSecond: integer("taken_in_second").notNull(),
  },
  (table) => [
    uniqueIndex("account_use_workspace").on(table.workspaceSeq, table.hourStartsAt),
    /** Whether others sent. */
    index("account_use_hour").on(table.hourStartsAt),
  ],
);

/** One row: what the mail provider said of the account last. Null: no limit. */
export const accountQuota = sqliteTable("account_quota", {
  seq: integer().primaryKey(),
  mailsIn24Hours: integer("mails_in_24_hours"),
  mailsPerSecond: integer("mails_per_second"),
  saidAt: integer("said_at").notNull(),
});
