// Phone numbers that serve use cases, and what Twilio told the hooks about their calls. A released number stays, for the
// calls recorded for it.
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { PHONE_NUMBER_STATUSES, WEBHOOK_KINDS } from "../../../core/voice/phone-number.ts";
import { useCase } from "./channel.ts";

export const phoneNumber = sqliteTable(
  "phone_number",
  {
    seq: integer().primaryKey(),
    id: text().notNull().unique(),
    useCaseSeq: integer("use_case_seq")
      .notNull()
      .references(() => useCase.seq),
    phoneNumberSid: text("phone_number_sid").notNull(),
    phoneNumber: text("phone_number").notNull(),
    status: text({ enum: PHONE_NUMBER_STATUSES }).notNull(),
    /** JSON of NumberTarget, while it is being assigned. */
    formerTarget: text("former_target"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    releasedAt: integer("released_at"),
  },
  (table) => [
    uniqueIndex("phone_number_sid")
      .on(table.phoneNumberSid)
      .where(sql`released_at IS NULL`),
    index("phone_number_use_case")
      .on(table.useCaseSeq, table.seq)
      .where(sql`released_at IS NULL`),
  ],
);

export const voiceWebhook = sqliteTable(
  "voice_webhook",
  {
    seq: integer().primaryKey(),
    id: text().notNull().unique(),
    phoneNumberSeq: integer("phone_number_seq")
      .notNull()
      .references(() => phoneNumber.seq),
    kind: text({ enum: WEBHOOK_KINDS }).notNull(),
    callSid: text("call_sid").notNull(),
    callStatus: text("call_status").notNull(),
    sequence: text().notNull(),
    /** JSON of WebhookParameters. */
    parameters: text().notNull(),
    receivedAt: integer("received_at").notNull(),
  },
  (table) => [
    uniqueIndex("voice_webhook_once").on(
      table.phoneNumberSeq,
      table.callSid,
      table.kind,
      table.callStatus,
      table.sequence,
    ),
    index("voice_webhook_received").on(table.phoneNumberSeq, table.receivedAt),
  ],
);
