// The list of received e-mails: one arm per (sender and) class. One that names a thread walks that thread, whose messages
// are few, and looks at each for the rest of the filter.
import { type SQL, sql } from "drizzle-orm";
import type { InboundSummary } from "../../core/inbound/inbound-email.ts";
import { MAIL_CLASSES, type MailClass } from "../../core/inbound/mail-class.ts";
import type { Id } from "../../core/ids.ts";
import type { EmailScope } from "../../core/ports/email-store.ts";
import type { InboundFilter } from "../../core/ports/inbound-store.ts";
import type { KeysetCursor } from "../../core/ports/keyset-page.ts";
import { select } from "./columns.ts";
import type { SqlValue, Statement } from "./database.ts";
import { inScope, type ScopeKind, scopeKind } from "./email-scope.ts";
import { inboundOwners, inboundSummaryColumns, toInboundSummary } from "./inbound-rows.ts";
import { type Bounds, boundsOf, keysetList, type ReadPage } from "./keyset-list.ts";
import { INBOUND_LIST_INDEXES, inboundEmail } from "./schema/inbound.ts";
import { prepare } from "./statement.ts";
import { isListed } from "./thread-moves.ts";
import { threadOf } from "./thread-page.ts";

const row = select({ ...inboundSummaryColumns, at: inboundEmail.receivedAt, seq: inboundEmail.seq });

export const readInboundPage: ReadPage<InboundSummary> = keysetList(
  row.list,
  sql`CROSS JOIN ${inboundEmail} ON ${inboundEmail.seq} = page.seq ${inboundOwners}`,
  (read) => {
    const { at, seq, ...columns } = row.read(read);
    return { at, seq, item: toInboundSummary(columns) };
  },
);

const arm = <Args extends Readonly<Record<string, SqlValue>>>(
  index: string,
  rows: SQL,
): ((args: Args & Bounds) => Statement) =>
  prepare(sql`SELECT ${inboundEmail.seq} AS seq, ${inboundEmail.receivedAt} AS at
    FROM ${inboundEmail} INDEXED BY ${sql.identifier(index)}
    WHERE ${rows} AND ${inboundEmail.receivedAt} >= ${sql.placeholder("from")}
      AND (${inboundEmail.receivedAt}, ${inboundEmail.seq}) < (${sql.placeholder("beforeAt")}, ${sql.placeholder("beforeSeq")})`);

type ArmArgs = EmailScope & { readonly mailClass: MailClass; readonly fromAddress: string | null };
const ofClass = sql`${inboundEmail.mailClass} = ${sql.placeholder("mailClass")}`;
const fromOne = sql`${inboundEmail.correspondent} = ${sql.placeholder("fromAddress")}`;

type ThreadArgs = EmailScope & {
  readonly threadId: Id;
  readonly classes: string;
  readonly fromAddresses: string;
  readonly isFromAnyone: number;
};

const armsOf = (kind: ScopeKind) => {
  const { fromAnyone, fromOne: one } = INBOUND_LIST_INDEXES[kind];
  const scope = inScope(kind, inboundEmail);
  return {
    fromAnyone: arm<ArmArgs>(fromAnyone, sql`${scope} AND ${ofClass}`),
    fromOne: arm<ArmArgs>(one, sql`${scope} AND ${fromOne} AND ${ofClass}`),
    ofThread: arm<ThreadArgs>(
      INBOUND_LIST_INDEXES.thread,
      sql`${inboundEmail.threadId} = ${threadOf} AND ${scope} AND ${isListed(inboundEmail.mailClass, "classes")}
        AND (${sql.placeholder("isFromAnyone")} OR ${isListed(inboundEmail.correspondent, "fromAddresses")})`,
    ),
  };
};
const ARMS = { useCase: armsOf("useCase"), setup: armsOf("setup") };

/** The arms of a page after the cursor. */
export function inboundListArms(filter: InboundFilter, after: KeysetCursor | null): readonly Statement[] {
  const { workspaceId, useCaseId, setupId, threadId } = filter;
  const arms = ARMS[scopeKind(filter)];
  const common = {
    workspaceId,
    useCaseId,
    setupId,
    ...boundsOf(filter.receivedAfter, filter.receivedBefore, after),
  };
  // Each value once: an arm repeated would repeat its rows.
  const classes = [...new Set(filter.classes.length > 0 ? filter.classes : MAIL_CLASSES)];
  const senders = [...new Set(filter.fromAddresses)];
  if (threadId !== null) {
    const fromAddresses = JSON.stringify(senders);
    const isFromAnyone = senders.length === 0 ? 1 : 0;
    return [
      arms.ofThread({ ...common, threadId, classes: JSON.stringify(classes), fromAddresses, isFromAnyone }),
    ];
  }
  return classes.flatMap((mailClass) =>
    senders.length === 0
      ? arms.fromAnyone({ ...common, mailClass, fromAddress: null })
      : senders.map((fromAddress) => arms.fromOne({ ...common, mailClass, fromAddress })),
  );
}
