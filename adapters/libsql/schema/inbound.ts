// Mail that arrived: what the provider announced, the e-mails read out of it, and the ids they wait for. A thread has no
// table: its id is that of its first message, and each message of it names it (a sent e-mail only when it is not alone).
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { ARRIVAL_SOURCES } from "../../../core/inbound/arrival.ts";
import { MATCHES } from "../../../core/inbound/inbound-email.ts";
import { MAIL_CLASSES } from "../../../core/inbound/mail-class.ts";
import { PARSE_STATUSES } from "../../../core/inbound/parsed-message.ts";
import { workspace } from "./access.ts";
import { sesSetup, useCase } from "./channel.ts";

/** Rows stay for ever: that an object is known must outlive its e-mails. */
export const inboundArrival = sqliteTable(
  "inbound_arrival",
  {
    seq: integer().primaryKey(),
    id: text().notNull().unique(),
    bucket: text().notNull(),
    key: text().notNull(),
    source: text({ enum: ARRIVAL_SOURCES }).notNull(),
    /** JSON of what else was announced; null once all its e-mails are recorded. */
    announced: text(),
  },
  (table) => [uniqueIndex("inbound_arrival_place").on(table.bucket, table.key)],
);

/** One row a bucket: how far it was compared with the arrivals; null: from its beginning. */
export const inboundBucket = sqliteTable("inbound_bucket", {
  bucket: text().primaryKey(),
  reconciledTo: text("reconciled_to"),
});

/** The index a list walks; named in the query too, see EMAIL_LIST_INDEXES. */
export const INBOUND_LIST_INDEXES = {
  useCase: { fromAnyone: "inbound_use_case", fromOne: "inbound_use_case_from" },
  setup: { fromAnyone: "inbound_setup", fromOne: "inbound_setup_from" },
  thread: "inbound_thread",
} as const;

export const inboundEmail = sqliteTable(
  "inbound_email",
  {
    seq: integer().primaryKey(),
    id: text().notNull().unique(),
    workspaceSeq: integer("workspace_seq")
      .notNull()
      .references(() => workspace.seq),
    setupSeq: integer("setup_seq")
      .notNull()
      .references(() => sesSetup.seq),
    useCaseSeq: integer("use_case_seq").references(() => useCase.seq),
    /** The receipt's, not the message's own. */
    providerMessageId: text("provider_message_id").notNull(),
    fromAddress: text("from_address"),
    /** `canonicalAddress` of From: what filters and threads compare. */
    correspondent: text(),
    /** JSON array. */
    toAddresses: text("to_addresses").notNull(),
    subject: text().notNull(),
    receivedAt: integer("received_at").notNull(),
    mailClass: text("mail_class", { enum: MAIL_CLASSES }).notNull(),
    /** Empty while the transaction that stores it moves what moves with it. */
    threadId: text("thread_id").notNull(),
    /** The id of an e-mail sent or received: no foreign key. */
    parentEmailId: text("parent_email_id"),
    matchedBy: text("matched_by", { enum: MATCHES }).notNull(),
    knownSender: integer("known_sender", { mode: "boolean" }).notNull(),
    hasAttachment: integer("has_attachment", { mode: "boolean" }).notNull(),
    messageId: text("message_id"),
    /** `messageKey` of it: what citations are compared with. */
    messageKey: text("message_key"),
    /** JSON arrays of ids. */
    inReplyTo: text("in_reply_to").notNull(),
    references: text("reference_ids").notNull(),
    chain: text().notNull(),
    /** JSON of Verdicts. */
    verdicts: text().notNull(),
    parseStatus: text("parse_status", { enum: PARSE_STATUSES }).notNull(),
    /** Null: it could not be kept. */
    rawSizeBytes: integer("raw_size_bytes"),
    hasHtml: integer("has_html", { mode: "boolean" }).notNull(),
    hasText: integer("has_text", { mode: "boolean" }).notNull(),
  },
  (table) => [
    uniqueIndex("inbound_receipt").on(table.providerMessageId, table.setupSeq),
    /** Ends in the sender, so that of many messages that bear one id his own is found at once. */
    index("inbound_message")
      .on(table.setupSeq, table.messageKey, table.correspondent)
      .where(sql`message_key IS NOT NULL`),
    index(INBOUND_LIST_INDEXES.thread).on(table.threadId, table.receivedAt),
    index("inbound_thread_party")
      .on(table.threadId, table.correspondent)
      .where(sql`known_sender`),
    index(INBOUND_LIST_INDEXES.useCase.fromAnyone)
      .on(table.useCaseSeq, table.mailClass, table.receivedAt)
      .where(sql`use_case_seq IS NOT NULL`),
    index(INBOUND_LIST_INDEXES.useCase.fromOne)
      .on(table.useCaseSeq, table.correspondent, table.mailClass, table.receivedAt)
      .where(sql`use_case_seq IS NOT NULL`),
    index(INBOUND_LIST_INDEXES.setup.fromAnyone).on(
      table.workspaceSeq,
      table.setupSeq,
      table.mailClass,
      table.receivedAt,
    ),
    index(INBOUND_LIST_INDEXES.setup.fromOne).on(
      table.workspaceSeq,
      table.setupSeq,
      table.correspondent,
      table.mailClass,
      table.receivedAt,
    ),
  ],
);

export const inboundFile = sqliteTable(
  "inbound_file",
  {
    seq: integer().primaryKey(),
    emailSeq: integer("email_seq")
      .notNull()
      .references(() => inboundEmail.seq),
    position: integer().notNull(),
    filename: text().notNull(),
    contentType: text("content_type").notNull(),
    sizeBytes: integer("size_bytes").notNull(),
    sha256: text().notNull(),
    contentId: text("content_id"),
    isInline: integer("is_inline", { mode: "boolean" }).notNull(),
  },
  (table) => [uniqueIndex("inbound_file_email").on(table.emailSeq, table.position)],
);

/** A message cites an id that nobody is known to bear: should one come, it is the parent, or a stronger one than the present. */
export const inboundAwait = sqliteTable(
  "inbound_await",
  {
    seq: integer().primaryKey(),
    setupSeq: integer("setup_seq").notNull(),
    key: text().notNull(),
    emailSeq: integer("email_seq")
      .notNull()
      .references(() => inboundEmail.seq),
    /** 0 for what it cites most strongly. */
    rank: integer().notNull(),
    /** How the parent will have been found. */
    matchedBy: text("matched_by", { enum: MATCHES }).notNull(),
  },
  (table) => [
    uniqueIndex("inbound_await_key").on(table.setupSeq, table.key, table.emailSeq),
    uniqueIndex("inbound_await_email").on(table.emailSeq, table.rank),
  ],
);
