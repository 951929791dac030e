// Setups and use cases. Deleted rows stay as tombstones (still valid scopes for reading); the unique indexes over names
// cover the living ones only, and they decide races.
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { SETUP_STATUSES } from "../../../core/setup/ses-setup.ts";
import {
  CHANNELS,
  EMAIL_TYPES,
  TIERS,
  UNSUBSCRIBE_SCOPES,
  USE_CASE_STATUSES,
} from "../../../core/use-case/use-case.ts";
import { workspace } from "./access.ts";
import { twilioSetup } from "./twilio-setup.ts";

export const sesSetup = sqliteTable(
  "ses_setup",
  {
    seq: integer().primaryKey(),
    id: text().notNull().unique(),
    workspaceSeq: integer("workspace_seq")
      .notNull()
      .references(() => workspace.seq),
    tenantName: text("tenant_name").notNull(),
    domainIdentity: text("domain_identity").notNull(),
    region: text().notNull(),
    status: text({ enum: SETUP_STATUSES }).notNull(),
    stepsDone: integer("steps_done").notNull().default(0),
    tenantArn: text("tenant_arn"),
    /** JSON of DkimKeys, null before the identity is made. */
    dkim: text(),
    /** JSON of RecordVerdict[], `[]` before the first check. */
    verdicts: text().notNull().default("[]"),
    dnsVerified: integer("dns_verified", { mode: "boolean" }).notNull().default(false),
    dnsCheckedAt: integer("dns_checked_at"),
    dnsLostAt: integer("dns_lost_at"),
    /** When the provider was last told to search again after it had given up. */
    dkimRearmedAt: integer("dkim_rearmed_at"),
    mailFromRearmedAt: integer("mail_from_rearmed_at"),
    sendingPausedCause: text("sending_paused_cause"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    deletedAt: integer("deleted_at"),
  },
  (table) => [
    uniqueIndex("ses_setup_tenant_name")
      .on(table.tenantName)
      .where(sql`deleted_at IS NULL`),
    uniqueIndex("ses_setup_domain_identity")
      .on(table.domainIdentity)
      .where(sql`deleted_at IS NULL`),
    /** Who had a domain last, when somebody else asks for it. */
    index("ses_setup_released")
      .on(table.domainIdentity, table.deletedAt)
      .where(sql`deleted_at IS NOT NULL`),
    index("ses_setup_workspace")
      .on(table.workspaceSeq, table.seq)
      .where(sql`deleted_at IS NULL`),
  ],
);

export const useCase = sqliteTable(
  "use_case",
  {
    seq: integer().primaryKey(),
    id: text().notNull().unique(),
    workspaceSeq: integer("workspace_seq")
      .notNull()
      .references(() => workspace.seq),
    channel: text({ enum: CHANNELS }).notNull(),
    entityName: text("entity_name").notNull(),
    name: text().notNull(),
    /** `foldName` of both names: what comparisons use. */
    entityNameFolded: text("entity_name_folded").notNull(),
    nameFolded: text("name_folded").notNull(),
    description: text(),
    status: text({ enum: USE_CASE_STATUSES }).notNull(),
    /** E-mail use cases only, from here to tier. */
    setupSeq: integer("setup_seq").references(() => sesSetup.seq),
    configurationSetName: text("configuration_set_name"),
    senderEmailAddress: text("sender_email_address"),
    /** `canonicalAddress` of the sender: what the unique index compares. */
    senderCanonical: text("sender_canonical"),
    senderDisplayName: text("sender_display_name"),
    emailType: text("email_type", { enum: EMAIL_TYPES }),
    unsubscribeScope: text("unsubscribe_scope", { enum: UNSUBSCRIBE_SCOPES }),
    tier: text({ enum: TIERS }),
    /** Twilio use cases only. */
    twilioSetupSeq: integer("twilio_setup_seq").references(() => twilioSetup.seq),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    deletedAt: integer("deleted_at"),
  },
  (table) => [
    uniqueIndex("use_case_names")
      .on(table.workspaceSeq, table.entityNameFolded, table.nameFolded)
      .where(sql`deleted_at IS NULL`),
    uniqueIndex("use_case_configuration_set")
      .on(table.configurationSetName)
      .where(sql`deleted_at IS NULL AND configuration_set_name IS NOT NULL`),
    uniqueIndex("use_case_sender")
      .on(table.senderCanonical)
      .where(sql`deleted_at IS NULL AND sender_canonical IS NOT NULL`),
    index("use_case_setup")
      .on(table.setupSeq, table.seq)
      .where(sql`deleted_at IS NULL`),
    index("use_case_twilio_setup")
      .on(table.twilioSetupSeq, table.seq)
      .where(sql`deleted_at IS NULL AND twilio_setup_seq IS NOT NULL`),
    index("use_case_workspace")
      .on(table.workspaceSeq, table.seq)
      .where(sql`deleted_at IS NULL`),
  ],
);
