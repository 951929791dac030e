// E-mails, their attachments, and the ledger of provider events they are folded from. Lists walk one index each: scope,
// [recipient,] state, time, seq; a filter that names no state walks all five and merges. SQLite ends every index with the
// row's seq by itself. A setup may be shared between workspaces, so its scope is the workspace and the setup.
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import {
  BOUNCE_TYPES,
  EMAIL_STATES,
  LEDGER_EVENT_TYPES,
  SEND_OUTCOMES,
} from "../../../core/email/email-state.ts";
import { EMAIL_TYPES, TIERS, UNSUBSCRIBE_SCOPES } from "../../../core/use-case/use-case.ts";
import { workspace } from "./access.ts";
import { sesSetup, useCase } from "./channel.ts";

/** A mail known to be sent is listed by its state, another by its outcome. */
export const LISTED_STATES = [...EMAIL_STATES, "sending", "unknown"] as const;
export type ListedState = (typeof LISTED_STATES)[number];

/**
 * The index a list of e-mails walks. Named in the query too (INDEXED BY): without statistics SQLite takes the shorter
 * index and filters by recipient, which is a scan of the scope.
 */
export const EMAIL_LIST_INDEXES = {
  useCase: { toAnyone: "email_use_case", toOne: "email_use_case_to" },
  setup: { toAnyone: "email_setup", toOne: "email_setup_to" },
} as const;

/** The index a thread walks. */
export const EMAIL_THREAD_INDEX = "email_thread";

export const email = sqliteTable(
  "email",
  {
    seq: integer().primaryKey(),
    id: text().notNull().unique(),
    workspaceSeq: integer("workspace_seq")
      .notNull()
      .references(() => workspace.seq),
    setupSeq: integer("setup_seq")
      .notNull()
      .references(() => sesSetup.seq),
    useCaseSeq: integer("use_case_seq")
      .notNull()
      .references(() => useCase.seq),
    fromAddress: text("from_address").notNull(),
    toAddress: text("to_address").notNull(),
    /** `canonicalAddress` of the recipient: what filters compare. */
    toCanonical: text("to_canonical").notNull(),
    subject: text().notNull(),
    hasAttachment: integer("has_attachment", { mode: "boolean" }).notNull(),
    emailType: text("email_type", { enum: EMAIL_TYPES }).notNull(),
    tier: text({ enum: TIERS }).notNull(),
    /** In force when it was sent. The mail's unsubscribe link works for ever, and needs this row: never delete a sent mail's. */
    unsubscribeScope: text("unsubscribe_scope", { enum: UNSUBSCRIBE_SCOPES }).notNull(),
    sendOutcome: text("send_outcome", { enum: SEND_OUTCOMES }).notNull(),
    writtenAt: integer("written_at").notNull(),
    sentAt: integer("sent_at"),
    providerMessageId: text("provider_message_id"),
    updatedAt: integer("updated_at").notNull(),
    /** Null while it is alone in its thread, whose id is its own: most mails are, and have no entry in the indexes below. */
    threadId: text("thread_id"),
    /** The received e-mail it answers. */
    inReplyToId: text("in_reply_to_id"),
    /** JSON array of the ids of its References; null: none. */
    references: text("reference_ids"),
    /** Where it counts; null: in nothing. */
    cohortAt: integer("cohort_at"),
    /** What the counters hold of it, a bit for each of COUNTERS; null: not counted yet. */
    countedAs: integer("counted_as"),
    /** From here on: what `settle` answers for the ledger rows of this mail. */
    state: text({ enum: EMAIL_STATES }).notNull().default("sent"),
    deliveredAt: integer("delivered_at"),
    bouncedAt: integer("bounced_at"),
    bounceType: text("bounce_type", { enum: BOUNCE_TYPES }),
    bounceSubtype: text("bounce_subtype"),
    complainedAt: integer("complained_at"),
    countedBounces: integer("counted_bounces").notNull().default(0),
    countedComplaints: integer("counted_complaints").notNull().default(0),
    rejectedAt: integer("rejected_at"),
    deliveryDelayAt: integer("delivery_delay_at"),
    firstOpenAt: integer("first_open_at"),
    lastOpenAt: integer("last_open_at"),
    openCount: integer("open_count").notNull().default(0),
    machineOpenCount: integer("machine_open_count").notNull().default(0),
    firstClickAt: integer("first_click_at"),
    lastClickAt: integer("last_click_at"),
    clickCount: integer("click_count").notNull().default(0),
    machineClickCount: integer("machine_click_count").notNull().default(0),
    /** What lists select and order by; the time is when it was sent, else when it was written. */
    listedState: text("listed_state", { enum: LISTED_STATES }).generatedAlwaysAs(
      sql`CASE send_outcome WHEN 'sent' THEN state ELSE send_outcome END`,
      { mode: "virtual" },
    ),
    listedAt: integer("listed_at").generatedAlwaysAs(sql`coalesce(sent_at, written_at)`, { mode: "virtual" }),
  },
  (table) => [
    uniqueIndex("email_provider_message")
      .on(table.providerMessageId)
      .where(sql`provider_message_id IS NOT NULL`),
    index(EMAIL_THREAD_INDEX)
      .on(table.threadId, table.sentAt)
      .where(sql`thread_id IS NOT NULL`),
    index("email_thread_party")
      .on(table.threadId, table.toCanonical)
      .where(sql`thread_id IS NOT NULL`),
    index(EMAIL_LIST_INDEXES.useCase.toAnyone).on(table.useCaseSeq, table.listedState, table.listedAt),
    index(EMAIL_LIST_INDEXES.useCase.toOne).on(
      table.useCaseSeq,
      table.toCanonical,
      table.listedState,
      table.listedAt,
    ),
    index(EMAIL_LIST_INDEXES.setup.toAnyone).on(
      table.workspaceSeq,
      table.setupSeq,
      table.listedState,
      table.listedAt,
    ),
    // Without the workspace, so that it also finds what a setup's mails to an address came to (suppression-fold.ts).
    index(EMAIL_LIST_INDEXES.setup.toOne).on(
      table.setupSeq,
      table.toCanonical,
      table.listedState,
      table.listedAt,
    ),
    // To count a cohort anew.
    index("email_cohort")
      .on(table.useCaseSeq, table.cohortAt)
      .where(sql`cohort_at IS NOT NULL`),
  ],
);

export const emailAttachment = sqliteTable(
  "email_attachment",
  {
    seq: integer().primaryKey(),
    id: text().notNull().unique(),
    emailSeq: integer("email_seq")
      .notNull()
      .references(() => email.seq),
    position: integer().notNull(),
    filename: text().notNull(),
    contentType: text("content_type").notNull(),
    sizeBytes: integer("size_bytes").notNull(),
    sha256: text().notNull(),
  },
  (table) => [uniqueIndex("email_attachment_email").on(table.emailSeq, table.position)],
);

export const emailEvent = sqliteTable(
  "email_event",
  {
    seq: integer().primaryKey(),
    id: text().notNull().unique(),
    /** Null while the mail is not known; scopes are copied from the mail when it is. */
    emailSeq: integer("email_seq").references(() => email.seq),
    workspaceSeq: integer("workspace_seq"),
    setupSeq: integer("setup_seq"),
    useCaseSeq: integer("use_case_seq"),
    type: text({ enum: LEDGER_EVENT_TYPES }).notNull(),
    providerMessageId: text("provider_message_id").notNull(),
    /** Our tag: an e-mail id, not necessarily one that exists. */
    taggedEmailId: text("tagged_email_id"),
    mailSentAt: integer("mail_sent_at").notNull(),
    occurredAt: integer("occurred_at").notNull(),
    receivedAt: integer("received_at").notNull(),
    notificationId: text("notification_id").notNull().unique(),
    naturalKey: text("natural_key").notNull().unique(),
    bounceType: text("bounce_type", { enum: BOUNCE_TYPES }),
    bounceSubtype: text("bounce_subtype"),
    complaintFeedbackType: text("complaint_feedback_type"),
    complaintSubtype: text("complaint_subtype"),
    isLikelyBot: integer("is_likely_bot", { mode: "boolean" }).notNull(),
  },
  (table) => [
    index("email_event_email")
      .on(table.emailSeq, table.type, table.occurredAt)
      .where(sql`email_seq IS NOT NULL`),
    index("email_event_use_case")
      .on(table.useCaseSeq, table.type, table.occurredAt)
      .where(sql`use_case_seq IS NOT NULL`),
    index("email_event_setup")
      .on(table.workspaceSeq, table.setupSeq, table.type, table.occurredAt)
      .where(sql`setup_seq IS NOT NULL`),
    index("email_event_waiting_message")
      .on(table.providerMessageId)
      .where(sql`email_seq IS NULL`),
    index("email_event_waiting_tag")
      .on(table.taggedEmailId)
      .where(sql`email_seq IS NULL AND tagged_email_id IS NOT NULL`),
  ],
);

/** Raw JSON apart from the ledger, so that folding reads small rows. */
export const emailEventRaw = sqliteTable("email_event_raw", {
  eventSeq: integer("event_seq")
    .primaryKey()
    .references(() => emailEvent.seq),
  json: text().notNull(),
});
