// The pages of one thread, oldest first, over two tables: what was sent and what was received. The page is found once in
// each of two statements of one read, which answer its sent and its received messages. Sequences of two tables are not
// comparable, but break ties all the same: a cursor's is twice the row's, and one more for a received one.
import { sql } from "drizzle-orm";
import type { Id } from "../../core/ids.ts";
import type { ThreadMessage, ThreadPage } from "../../core/ports/inbound-store.ts";
import type { KeysetCursor, KeysetWindow } from "../../core/ports/keyset-page.ts";
import { select } from "./columns.ts";
import type { Database, Row, Statement } from "./database.ts";
import { emailOwners, summaryColumns } from "./email-rows.ts";
import { workspaceSeq } from "./email-scope.ts";
import { inboundOwners, inboundSummaryColumns, toInboundSummary } from "./inbound-rows.ts";
import { email, EMAIL_THREAD_INDEX } from "./schema/email.ts";
import { INBOUND_LIST_INDEXES, inboundEmail } from "./schema/inbound.ts";
import { prepare } from "./statement.ts";

const SENT = 0;
const RECEIVED = 1;

/** The thread that the message `threadId` of the workspace is in by now: what has become part of an older one answers too. */
export const threadOf = sql<string | null>`coalesce(
  (SELECT ${inboundEmail.threadId} FROM ${inboundEmail}
    WHERE ${inboundEmail.id} = ${sql.placeholder("threadId")} AND ${inboundEmail.workspaceSeq} = ${workspaceSeq}),
  (SELECT coalesce(${email.threadId}, ${email.id}) FROM ${email}
    WHERE ${email.id} = ${sql.placeholder("threadId")} AND ${email.workspaceSeq} = ${workspaceSeq}))`;

type PageArgs = {
  readonly workspaceId: Id;
  readonly threadId: Id;
  readonly afterAt: number;
  readonly afterSentSeq: number;
  readonly afterReceivedSeq: number;
  readonly rows: number;
};

// A mail that is not known to be sent has no such time.
const isSentAfter = sql`(${email.sentAt}, ${email.seq}) > (${sql.placeholder("afterAt")}, ${sql.placeholder("afterSentSeq")})`;
const sentRow = sql`SELECT ${email.sentAt} AS at, ${email.seq} AS seq, ${SENT} AS direction FROM ${email}`;

const page = sql`(${sentRow} INDEXED BY ${sql.identifier(EMAIL_THREAD_INDEX)}
    WHERE ${email.threadId} = ${threadOf} AND ${isSentAfter}
  UNION ALL ${sentRow} WHERE ${email.id} = ${threadOf} AND ${email.threadId} IS NULL AND ${isSentAfter}
  UNION ALL SELECT ${inboundEmail.receivedAt} AS at, ${inboundEmail.seq} AS seq, ${RECEIVED} AS direction
    FROM ${inboundEmail} INDEXED BY ${sql.identifier(INBOUND_LIST_INDEXES.thread)}
    WHERE ${inboundEmail.threadId} = ${threadOf} AND (${inboundEmail.receivedAt}, ${inboundEmail.seq}) >
      (${sql.placeholder("afterAt")}, ${sql.placeholder("afterReceivedSeq")})
  ORDER BY at, seq, direction LIMIT ${sql.placeholder("rows")}) AS page`.inlineParams();

const place = { at: sql<number>`page.at`, seq: sql<number>`2 * page.seq + page.direction` };

const thread = select({ threadId: threadOf });
const selectThread = prepare<PageArgs>(sql`SELECT ${thread.list}`);
const sentMessage = select({ ...summaryColumns, inReplyToId: email.inReplyToId, ...place });
const selectSent = prepare<PageArgs>(
  sql`SELECT ${sentMessage.list} FROM ${page}
    CROSS JOIN ${email} ON ${email.seq} = page.seq AND page.direction = ${SENT} ${emailOwners}`,
);
const receivedMessage = select({ ...inboundSummaryColumns, ...place });
const selectReceived = prepare<PageArgs>(
  sql`SELECT ${receivedMessage.list} FROM ${page}
    CROSS JOIN ${inboundEmail} ON ${inboundEmail.seq} = page.seq AND page.direction = ${RECEIVED} ${inboundOwners}`,
);

type Placed = KeysetCursor & { readonly message: ThreadMessage };

function toSent(row: Row): Placed {
  const { at, seq, ...email } = sentMessage.read(row);
  return { at, seq, message: { direction: "outbound", at, email } };
}
function toReceived(row: Row): Placed {
  const { at, seq, ...columns } = receivedMessage.read(row);
  return { at, seq, message: { direction: "inbound", at, email: toInboundSummary(columns) } };
}

/** The last row of this direction that the cursor is not before. */
const lastSeq = (after: KeysetCursor | null, direction: number): number =>
  after === null ? 0 : Math.floor((after.seq - direction) / 2);

export async function readThreadPage(
  database: Database,
  { workspaceId, threadId }: { readonly workspaceId: Id; readonly threadId: Id },
  { after, limit }: KeysetWindow,
): Promise<ThreadPage | null> {
  const args = {
    workspaceId,
    threadId,
    afterAt: after?.at ?? Number.MIN_SAFE_INTEGER,
    afterSentSeq: lastSeq(after, SENT),
    afterReceivedSeq: lastSeq(after, RECEIVED),
    // One more than asked for tells whether there is a next page.
    rows: limit + 1,
  };
  const statements: readonly Statement[] = [selectThread(args), selectSent(args), selectReceived(args)];
  const [[found] = [], sentRows = [], receivedRows = []] = await database.read(statements);
  const id = found === undefined ? null : thread.read(found).threadId;
  if (id === null) return null;
  const rows = [...sentRows.map(toSent), ...receivedRows.map(toReceived)].toSorted(
    (one, other) => one.at - other.at || one.seq - other.seq,
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last ? { at: last.at, seq: last.seq } : null;
  return { threadId: id, page: { items: shown.map(({ message }) => message), next } };
}
