// E-mails as rows: the summary lists show, the whole record with its attachments, and the statements that read it.
import { type SQL, sql } from "drizzle-orm";
import type { Email, EmailAttachment } from "../../core/email/email.ts";
import type { Id } from "../../core/ids.ts";
import { select } from "./columns.ts";
import type { Row, SqlValue, Statement } from "./database.ts";
import { workspace } from "./schema/access.ts";
import { sesSetup, useCase } from "./schema/channel.ts";
import { email, emailAttachment } from "./schema/email.ts";
import { bare, prepare } from "./statement.ts";

/** For a SET clause, from `at`. Times come from several clocks: a change never makes a row look older. */
export const setUpdatedAt: SQL = sql`${bare(email.updatedAt)} = max(${email.updatedAt}, ${sql.placeholder("at")})`;

/** Of `email` and `emailOwners`. */
export const summaryColumns = {
  id: email.id,
  workspaceId: workspace.id,
  useCaseId: useCase.id,
  setupId: sesSetup.id,
  fromAddress: email.fromAddress,
  toAddress: email.toAddress,
  subject: email.subject,
  hasAttachment: email.hasAttachment,
  sendOutcome: email.sendOutcome,
  writtenAt: email.writtenAt,
  sentAt: email.sentAt,
  state: email.state,
  openCount: email.openCount,
  clickCount: email.clickCount,
};

/** Joins what an e-mail's seqs point to. CROSS JOIN: the e-mail comes first, and its order stays. */
export const emailOwners: SQL = sql`CROSS JOIN ${workspace} ON ${workspace.seq} = ${email.workspaceSeq}
  CROSS JOIN ${useCase} ON ${useCase.seq} = ${email.useCaseSeq}
  CROSS JOIN ${sesSetup} ON ${sesSetup.seq} = ${email.setupSeq}`;

const record = select({
  ...summaryColumns,
  deliveredAt: email.deliveredAt,
  bouncedAt: email.bouncedAt,
  bounceType: email.bounceType,
  bounceSubtype: email.bounceSubtype,
  complainedAt: email.complainedAt,
  countedBounces: email.countedBounces,
  countedComplaints: email.countedComplaints,
  rejectedAt: email.rejectedAt,
  deliveryDelayAt: email.deliveryDelayAt,
  firstOpenAt: email.firstOpenAt,
  lastOpenAt: email.lastOpenAt,
  machineOpenCount: email.machineOpenCount,
  firstClickAt: email.firstClickAt,
  lastClickAt: email.lastClickAt,
  machineClickCount: email.machineClickCount,
  providerMessageId: email.providerMessageId,
  emailType: email.emailType,
  tier: email.tier,
  threadId: sql<Id>`coalesce(${email.threadId}, ${email.id})`,
  inReplyToId: email.inReplyToId,
  updatedAt: email.updatedAt,
});

const attachmentRecord = select({
  id: emailAttachment.id,
  filename: emailAttachment.filename,
  contentType: emailAttachment.contentType,
  sizeBytes: emailAttachment.sizeBytes,
  sha256: emailAttachment.sha256,
});

/** The two statements that read one e-mail: its row, then its attachments. `which` is a condition on `email` alone. */
export function selectEmail<Args extends Readonly<Record<string, SqlValue>>>(
  which: SQL,
): (args: Args) => readonly [Statement, Statement] {
  const row = prepare<Args>(sql`SELECT ${record.list} FROM ${email} ${emailOwners} WHERE ${which}`);
  const attachments = prepare<Args>(sql`SELECT ${attachmentRecord.list} FROM ${email}
    CROSS JOIN ${emailAttachment} ON ${emailAttachment.emailSeq} = ${email.seq}
    WHERE ${which} ORDER BY ${emailAttachment.position}`);
  return (args) => [row(args), attachments(args)];
}

/** What the two statements of `selectEmail` answered; null when there is no such e-mail. */
export function emailFromRows(rows: readonly Row[] = [], attachmentRows: readonly Row[] = []): Email | null {
  if (rows[0] === undefined) return null;
  const attachments: readonly EmailAttachment[] = attachmentRows.map(attachmentRecord.read);
  return { ...record.read(rows[0]), attachments };
}
