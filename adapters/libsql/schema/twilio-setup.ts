// Twilio setups. Deleted ones stay as tombstones without a token.
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { CUSTOMER_PROFILE_STATUSES } from "../../../core/voice/twilio-setup.ts";
import { workspace } from "./access.ts";

export const twilioSetup = sqliteTable(
  "twilio_setup",
  {
    seq: integer().primaryKey(),
    id: text().notNull().unique(),
    workspaceSeq: integer("workspace_seq")
      .notNull()
      .references(() => workspace.seq),
    friendlyName: text("friendly_name").notNull(),
    accountSid: text("account_sid").notNull(),
    customerProfileSid: text("customer_profile_sid").notNull(),
    /** In a SecretBox; empty once it is deleted. */
    sealedToken: text("sealed_token").notNull(),
    customerProfileStatus: text("customer_profile_status", { enum: CUSTOMER_PROFILE_STATUSES }).notNull(),
    customerProfileCheckedAt: integer("customer_profile_checked_at").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    deletedAt: integer("deleted_at"),
  },
  (table) => [
    uniqueIndex("twilio_setup_account")
      .on(table.accountSid)
      .where(sql`deleted_at IS NULL`),
    index("twilio_setup_workspace")
      .on(table.workspaceSeq, table.seq)
      .where(sql`deleted_at IS NULL`),
  ],
);
