// Received e-mails and threads. What arrives and where to: inbound-arrivals.ts. Placing an e-mail is a read (thread-view.ts)
// and a write that happens only where that reading still holds, with all that it moves (thread-moves.ts).
import { type SQL, sql } from "drizzle-orm";
import type { MatchedBy } from "../../core/inbound/inbound-email.ts";
import type { Id } from "../../core/ids.ts";
import type { InboundStore, NewInboundEmail } from "../../core/ports/inbound-store.ts";
import { insertSelect, select } from "./columns.ts";
import type { Database, SqlValue } from "./database.ts";
import { makeInboundArrivals } from "./inbound-arrivals.ts";
import { inboundListArms, readInboundPage } from "./inbound-list.ts";
import { inboundFromRows, selectInbound } from "./inbound-rows.ts";
import { workspace } from "./schema/access.ts";
import { sesSetup, useCase } from "./schema/channel.ts";
import { email } from "./schema/email.ts";
import { inboundAwait, inboundEmail, inboundFile } from "./schema/inbound.ts";
import { bare, prepare } from "./statement.ts";
import { isBeingPlaced, moveWithReceived, moveWithSent, NO_THREAD_YET } from "./thread-moves.ts";
import { readThreadPage } from "./thread-page.ts";
import {
  lateParentFrom,
  lateView,
  threadView,
  threadViewFrom,
  type ViewArgs,
  viewArgs,
} from "./thread-view.ts";

const id = sql.placeholder("id");
const version = sql.placeholder("version");

const view = select({ version: threadView });
const selectView = prepare<ViewArgs>(sql`SELECT ${view.list}`);

// ---- an e-mail, as placed

type NewColumns = { readonly [Member in keyof Omit<NewInboundEmail, "files">]: SqlValue };
type EmailArgs = ViewArgs &
  NewColumns & {
    readonly version: string;
    readonly useCaseId: Id | null;
    readonly parentEmailId: Id | null;
    readonly matchedBy: MatchedBy;
    readonly knownSender: number;
    readonly chain: string;
  };

const insertEmail = prepare<EmailArgs>(
  sql`${insertSelect(inboundEmail, {
    id,
    workspaceSeq: workspace.seq,
    setupSeq: sesSetup.seq,
    useCaseSeq: sql`(SELECT ${useCase.seq} FROM ${useCase} WHERE ${useCase.id} = ${sql.placeholder("useCaseId")})`,
    providerMessageId: sql.placeholder("providerMessageId"),
    fromAddress: sql.placeholder("fromAddress"),
    correspondent: sql.placeholder("correspondent"),
    toAddresses: sql.placeholder("toAddresses"),
    subject: sql.placeholder("subject"),
    receivedAt: sql.placeholder("receivedAt"),
    mailClass: sql.placeholder("mailClass"),
    threadId: NO_THREAD_YET,
    parentEmailId: sql.placeholder("parentEmailId"),
    matchedBy: sql.placeholder("matchedBy"),
    knownSender: sql.placeholder("knownSender"),
    hasAttachment: sql.placeholder("hasAttachment"),
    messageId: sql.placeholder("messageId"),
    messageKey: sql.placeholder("key"),
    inReplyTo: sql.placeholder("inReplyTo"),
    references: sql.placeholder("references"),
    chain: sql.placeholder("chain"),
    verdicts: sql.placeholder("verdicts"),
    parseStatus: sql.placeholder("parseStatus"),
    rawSizeBytes: sql.placeholder("rawSizeBytes"),
    hasHtml: sql.placeholder("hasHtml"),
    hasText: sql.placeholder("hasText"),
  })} FROM ${workspace} CROSS JOIN ${sesSetup}
    WHERE ${workspace.id} = ${sql.placeholder("workspaceId")} AND ${sesSetup.id} = ${sql.placeholder("setupId")}
      AND ${threadView} = ${version} ON CONFLICT DO NOTHING`,
);

const fileMember = (name: string): SQL => sql`json_extract(listed.value, ${sql.raw(`'$.${name}'`)})`;

// One statement for all: a message has up to a thousand parts.
const insertFiles = prepare<{ readonly id: Id; readonly files: string }>(
  sql`${insertSelect(inboundFile, {
    emailSeq: inboundEmail.seq,
    position: sql`listed.key`,
    filename: fileMember("filename"),
    contentType: fileMember("contentType"),
    sizeBytes: fileMember("sizeBytes"),
    sha256: fileMember("sha256"),
    contentId: fileMember("contentId"),
    isInline: fileMember("isInline"),
  })} FROM ${inboundEmail} CROSS JOIN json_each(${sql.placeholder("files")}) AS listed
    WHERE ${isBeingPlaced(inboundEmail)}`,
);

const insertAwaits = prepare<{
  readonly id: Id;
  readonly awaits: string;
  readonly inReplyToCount: number;
}>(
  sql`${insertSelect(inboundAwait, {
    setupSeq: inboundEmail.setupSeq,
    key: sql`listed.value`,
    emailSeq: inboundEmail.seq,
    rank: sql`listed.key`,
    matchedBy: sql`iif(listed.key < ${sql.placeholder("inReplyToCount")},
      ${"in_reply_to" satisfies MatchedBy}, ${"references" satisfies MatchedBy})`.inlineParams(),
  })} FROM ${inboundEmail} CROSS JOIN json_each(${sql.placeholder("awaits")}) AS listed
    WHERE ${isBeingPlaced(inboundEmail)}`,
);

const recorded = select({
  isThere: sql<number>`EXISTS (SELECT 1 FROM ${inboundEmail} WHERE ${inboundEmail.id} = ${id}
    OR (${inboundEmail.providerMessageId} = ${sql.placeholder("providerMessageId")}
      AND ${inboundEmail.setupSeq} = (SELECT ${sesSetup.seq} FROM ${sesSetup} WHERE ${sesSetup.id} = ${sql.placeholder("setupId")})))`,
});
const selectRecorded = prepare<{ id: Id; providerMessageId: string; setupId: Id }>(
  sql`SELECT ${recorded.list}`,
);

// ---- an e-mail sent, known late

const late = select({ version: lateView });
const selectLate = prepare<{ readonly id: Id }>(sql`SELECT ${late.list}`);
const beginJoin = prepare<{ readonly id: Id; readonly version: string }>(
  sql`UPDATE ${email} SET ${bare(email.threadId)} = ${NO_THREAD_YET} WHERE ${email.id} = ${id} AND ${lateView} = ${version}`,
);
/** Also when it is asked again, or somebody else has done it. */
const joined = select({
  isDone: sql<number>`NOT EXISTS (SELECT 1 FROM json_each(${sql.placeholder("adopts")}) AS listed
    CROSS JOIN ${inboundEmail} ON ${inboundEmail.id} = listed.value WHERE ${inboundEmail.parentEmailId} IS NOT ${id})`,
});
const selectJoined = prepare<{ readonly id: Id; readonly adopts: string }>(sql`SELECT ${joined.list}`);

export function makeInboundStore(database: Database): InboundStore {
  return {
    ...makeInboundArrivals(database),

    async view(question) {
      const [[row] = []] = await database.read([selectView(viewArgs(question))]);
      if (row === undefined) throw new Error("a SELECT without FROM answers one row");
      return threadViewFrom(view.read(row).version);
    },

    record({ files, ...mail }, { placement, chain, question, version }) {
      const { id, providerMessageId, setupId } = mail;
      const { useCaseId, parentId, matchedBy, knownSender, awaits } = placement;
      return database.write({
        statements: [
          insertEmail({
            ...viewArgs(question),
            ...mail,
            toAddresses: JSON.stringify(mail.toAddresses),
            inReplyTo: JSON.stringify(mail.inReplyTo),
            references: JSON.stringify(mail.references),
            verdicts: JSON.stringify(mail.verdicts),
            hasAttachment: Number(mail.hasAttachment),
            hasHtml: Number(mail.hasHtml),
            hasText: Number(mail.hasText),
            version,
            useCaseId,
            parentEmailId: parentId,
            matchedBy,
            knownSender: Number(knownSender),
            chain: JSON.stringify(chain),
          }),
          insertFiles({ id, files: JSON.stringify(files) }),
          insertAwaits({
            id,
            awaits: JSON.stringify(awaits),
            inReplyToCount: question.message.inReplyToCount,
          }),
          ...moveWithReceived(id, placement),
          selectRecorded({ id, providerMessageId, setupId }),
        ],
        outcome: (results) => {
          const [row] = results.at(-1) ?? [];
          return row !== undefined && recorded.read(row).isThere === 1;
        },
      });
    },

    async findLateParent(emailId) {
      const [[row] = []] = await database.read([selectLate({ id: emailId })]);
      const version = row === undefined ? null : late.read(row).version;
      return version === null ? null : lateParentFrom(version);
    },

    joinLate({ message: { id }, view }, moves) {
      return database.write({
        statements: [
          beginJoin({ id, version: view.version }),
          ...moveWithSent(id, moves),
          selectJoined({ id, adopts: JSON.stringify(moves.adopts) }),
        ],
        outcome: (results) => {
          const [row] = results.at(-1) ?? [];
          return row !== undefined && joined.read(row).isDone === 1;
        },
      });
    },

    async find(workspaceId, id) {
      const [rows, fileRows] = await database.read(selectInbound({ workspaceId, id }));
      return inboundFromRows(rows, fileRows);
    },

    list: (filter, window) => readInboundPage(database, inboundListArms(filter, window.after), window),

    thread: (workspaceId, threadId, window) => readThreadPage(database, { workspaceId, threadId }, window),
  };
}
