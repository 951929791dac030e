// Received e-mails as rows: the summary lists show, the whole record with its files, and the statements that read it.
import { type SQL, sql } from "drizzle-orm";
import type { Verdicts } from "../../core/inbound/arrival.ts";
import type { InboundAttachment, InboundEmail, InboundSummary } from "../../core/inbound/inbound-email.ts";
import type { Id } from "../../core/ids.ts";
import { type Selected, select } from "./columns.ts";
import type { Row, Statement } from "./database.ts";
import { workspace } from "./schema/access.ts";
import { sesSetup, useCase } from "./schema/channel.ts";
import { inboundEmail, inboundFile } from "./schema/inbound.ts";
import { prepare } from "./statement.ts";

/** Of `inbound_email` and `inboundOwners`. */
export const inboundSummaryColumns = {
  id: inboundEmail.id,
  workspaceId: workspace.id,
  setupId: sesSetup.id,
  /** Null when it was received for none: then the join has no use case. */
  useCaseId: useCase.id,
  fromAddress: inboundEmail.fromAddress,
  toAddresses: inboundEmail.toAddresses,
  subject: inboundEmail.subject,
  receivedAt: inboundEmail.receivedAt,
  mailClass: inboundEmail.mailClass,
  threadId: inboundEmail.threadId,
  parentEmailId: inboundEmail.parentEmailId,
  matchedBy: inboundEmail.matchedBy,
  hasAttachment: inboundEmail.hasAttachment,
};

/** CROSS JOIN: the e-mail comes first, and its order stays. */
export const inboundOwners: SQL = sql`CROSS JOIN ${workspace} ON ${workspace.seq} = ${inboundEmail.workspaceSeq}
  CROSS JOIN ${sesSetup} ON ${sesSetup.seq} = ${inboundEmail.setupSeq}
  LEFT JOIN ${useCase} ON ${useCase.seq} = ${inboundEmail.useCaseSeq}`;

const texts = (json: string): readonly string[] => JSON.parse(json) as readonly string[];

export const toInboundSummary = ({
  toAddresses,
  ...row
}: Selected<typeof inboundSummaryColumns>): InboundSummary => ({ ...row, toAddresses: texts(toAddresses) });

const record = select({
  ...inboundSummaryColumns,
  messageId: inboundEmail.messageId,
  inReplyTo: inboundEmail.inReplyTo,
  references: inboundEmail.references,
  chain: inboundEmail.chain,
  verdicts: inboundEmail.verdicts,
  knownSender: inboundEmail.knownSender,
  parseStatus: inboundEmail.parseStatus,
  rawSizeBytes: inboundEmail.rawSizeBytes,
  hasHtml: inboundEmail.hasHtml,
  hasText: inboundEmail.hasText,
});

const fileRecord = select({
  filename: inboundFile.filename,
  contentType: inboundFile.contentType,
  sizeBytes: inboundFile.sizeBytes,
  sha256: inboundFile.sha256,
  contentId: inboundFile.contentId,
  isInline: inboundFile.isInline,
});

const ofWorkspace = sql`${inboundEmail.id} = ${sql.placeholder("id")} AND ${inboundEmail.workspaceSeq} =
  (SELECT ${workspace.seq} FROM ${workspace} WHERE ${workspace.id} = ${sql.placeholder("workspaceId")})`;

type Which = { readonly workspaceId: Id; readonly id: Id };
const selectRow = prepare<Which>(
  sql`SELECT ${record.list} FROM ${inboundEmail} ${inboundOwners} WHERE ${ofWorkspace}`,
);
const selectFiles = prepare<Which>(
  sql`SELECT ${fileRecord.list} FROM ${inboundEmail}
    CROSS JOIN ${inboundFile} ON ${inboundFile.emailSeq} = ${inboundEmail.seq}
    WHERE ${ofWorkspace} ORDER BY ${inboundFile.position}`,
);

/** The two statements that read one received e-mail: its row, then its files. */
export const selectInbound = (which: Which): readonly [Statement, Statement] => [
  selectRow(which),
  selectFiles(which),
];

/** What the two statements of `selectInbound` answered; null when there is no such e-mail. */
export function inboundFromRows(
  rows: readonly Row[] = [],
  fileRows: readonly Row[] = [],
): InboundEmail | null {
  if (rows[0] === undefined) return null;
  const { toAddresses, inReplyTo, references, chain, verdicts, ...row } = record.read(rows[0]);
  const files: readonly InboundAttachment[] = fileRows.map(fileRecord.read);
  return {
    ...row,
    toAddresses: texts(toAddresses),
    inReplyTo: texts(inReplyTo),
    references: texts(references),
    chain: texts(chain),
    verdicts: JSON.parse(verdicts) as Verdicts,
    files,
  };
}
