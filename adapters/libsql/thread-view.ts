// What is stored about a message to be placed in a thread, as one JSON text that one SQL expression makes. It is read, and
// named again by the write that follows from it: so that write needs no read of its own and happens only where nothing of
// this has changed, whoever else writes. Everything is looked for in one setup and workspace, along an index; and what is
// answered is bounded, however many messages bear or cite one id.
import { type Column, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Id } from "../../core/ids.ts";
import type { LateParent, ParentChain, ThreadQuestion } from "../../core/ports/inbound-store.ts";
import { wireMessageId } from "../../core/threading/message-id.ts";
import {
  type CitedMessage,
  type StoredMessage,
  type ThreadView,
  WAITING_MAX,
  type WaitingMessage,
} from "../../core/threading/place-in-thread.ts";
import { setupSeq, workspaceSeq } from "./email-scope.ts";
import { sesSetup, useCase } from "./schema/channel.ts";
import { email } from "./schema/email.ts";
import { inboundAwait, inboundEmail } from "./schema/inbound.ts";

/** Upwards from what is cited. Conversations are shorter; and only this walk, which ends, would meet a longer circle. */
const ANCESTORS_MAX = 1_000;

const sent = alias(email, "sent");
const received = alias(inboundEmail, "received");
const wrote = alias(inboundEmail, "wrote");
const waits = alias(inboundEmail, "waits");

/** A message of which there may be a thread. */
type Message = {
  readonly id: Column;
  readonly threadId: SQL;
  readonly useCaseSeq: Column;
  readonly correspondent: Column;
};
const ofSent = (rows: typeof email): Message => ({
  id: rows.id,
  threadId: sql`coalesce(${rows.threadId}, ${rows.id})`,
  useCaseSeq: rows.useCaseSeq,
  correspondent: rows.toCanonical,
});
const ofReceived = (rows: typeof received): Message => ({
  id: rows.id,
  threadId: sql`${rows.threadId}`,
  useCaseSeq: rows.useCaseSeq,
  correspondent: rows.correspondent,
});

/** A JSON array of objects. The order of their rows is kept; ORDER BY within an aggregate is not known to every server. */
const listOf = (members: SQL, rows: SQL): SQL =>
  sql`json((SELECT json_group_array(json(member)) FROM (SELECT json_object(${members}) AS member ${rows})))`;
const truth = (condition: SQL): SQL => sql`json(iif(${condition}, 'true', 'false'))`;

// Who takes part in a thread: whoever was written to in it, or wrote in it as one who takes part.
const isWrittenTo = (thread: SQL, who: SQL): SQL =>
  sql`EXISTS (SELECT 1 FROM ${email} AS ${sent} WHERE ${sent.threadId} = ${thread} AND ${sent.toCanonical} ${who})`;
const hasWritten = (thread: SQL, who: SQL): SQL => sql`EXISTS (SELECT 1 FROM ${inboundEmail} AS ${wrote}
  WHERE ${wrote.threadId} = ${thread} AND ${wrote.knownSender} AND ${wrote.correspondent} ${who})`;
const takesPart = (thread: SQL, who: SQL): SQL =>
  sql`(${isWrittenTo(thread, who)} OR ${hasWritten(thread, who)})`;

/** Somebody else would stand before or after him in the index: so thousands of his own messages are not walked. */
const isOwned = ({ threadId, correspondent: own }: Message): SQL => sql`(${own} IS NOT NULL
  AND NOT ${takesPart(threadId, sql`< ${own}`)} AND NOT ${takesPart(threadId, sql`> ${own}`)}
  AND NOT ${hasWritten(threadId, sql`IS NULL`)})`;

/** The members of a StoredMessage, for json_object. */
const storedMembers = (message: Message): SQL => sql`'id', ${message.id}, 'threadId', ${message.threadId},
  'useCaseId', (SELECT ${useCase.id} FROM ${useCase} WHERE ${useCase.seq} = ${message.useCaseSeq}),
  'correspondent', ${message.correspondent}, 'ownsThread', ${truth(isOwned(message))}`;

/** `ancestor`: the ids these SELECTs answer and those of whatever stands above them. */
const withAncestors = (beginning: SQL): SQL => sql`WITH RECURSIVE ancestor(id) AS (${beginning}
  UNION SELECT coalesce(
    (SELECT ${inboundEmail.parentEmailId} FROM ${inboundEmail} WHERE ${inboundEmail.id} = ancestor.id),
    (SELECT ${email.inReplyToId} FROM ${email} WHERE ${email.id} = ancestor.id))
  FROM ancestor WHERE ancestor.id IS NOT NULL LIMIT ${sql.raw(String(ANCESTORS_MAX))})`;

type Awaited = {
  readonly setupSeq: SQL;
  readonly workspaceSeq: SQL;
  readonly key: SQL;
  readonly correspondent: SQL;
};

/** Others' messages never become its children: they are not looked at, so that no number of them hides these. */
const waitingSeqs = (parent: Awaited): SQL => sql`SELECT ${inboundAwait.emailSeq} FROM ${inboundAwait}
  CROSS JOIN ${inboundEmail} AS ${waits} ON ${waits.seq} = ${inboundAwait.emailSeq}
  WHERE ${inboundAwait.setupSeq} = ${parent.setupSeq} AND ${inboundAwait.key} = ${parent.key}
    AND ${waits.workspaceSeq} = ${parent.workspaceSeq} AND ${waits.correspondent} = ${parent.correspondent}`;

const waiting = (parent: Awaited): SQL =>
  listOf(
    sql`${storedMembers(ofReceived(received))}, 'leadsToCited',
      ${truth(sql`${received.id} IN (SELECT id FROM ancestor WHERE id IS NOT NULL)`)}`,
    sql`FROM ${inboundEmail} AS ${received} WHERE ${received.seq} IN (${waitingSeqs(parent)}
      ORDER BY ${inboundAwait.emailSeq} LIMIT ${sql.raw(String(WAITING_MAX))}) ORDER BY ${received.seq}`,
  );

// ---- a message to be placed

const sender = sql`${sql.placeholder("correspondent")}`;
const cites = sql`json_each(${sql.placeholder("cites")}) AS cite`;

// The + keeps SQLite from walking all that was sent or received there (sqlite.org/optoverview.html, "Disqualifying WHERE
// Clause Terms Using Unary-+").
const isCitedSent = sql`${email.providerMessageId} IN (SELECT cite.value FROM ${cites})
  AND +${email.setupSeq} = ${setupSeq} AND +${email.workspaceSeq} = ${workspaceSeq}`;

/** Of many messages that bear one id: the first that came, and the sender's own. */
const firstWithCitedKey = (
  besides: SQL,
): SQL => sql`SELECT (SELECT min(${wrote.seq}) FROM ${inboundEmail} AS ${wrote}
  WHERE ${wrote.setupSeq} = ${setupSeq} AND ${wrote.messageKey} = cite.value${besides}) FROM ${cites}`;
const isCitedReceived = sql`${received.seq} IN (${firstWithCitedKey(sql``)}
    UNION ALL ${firstWithCitedKey(sql` AND ${wrote.correspondent} = ${sender}`)})
  AND +${received.workspaceSeq} = ${workspaceSeq}`;

const senderTakesPart = ({ threadId }: Message): SQL => takesPart(threadId, sql`= ${sender}`);

/** As a CitedMessage, and its part of a chain. */
const citedMembers = (message: Message, key: Column, takesPart: SQL, chain: SQL): SQL =>
  sql`'cited', json_object(${storedMembers(message)}, 'key', ${key}, 'senderTakesPart', ${truth(takesPart)}), ${chain}`;

// A mail that is alone does not name its thread: whom it went to takes part in it all the same.
const citedSent = listOf(
  citedMembers(
    ofSent(email),
    email.providerMessageId,
    sql`${email.toCanonical} = ${sender} OR ${senderTakesPart(ofSent(email))}`,
    sql`'chain', json(coalesce(${email.references}, '[]')), 'providerMessageId', ${email.providerMessageId}`,
  ),
  sql`FROM ${email} WHERE ${isCitedSent} ORDER BY ${email.seq}`,
);
const citedReceived = listOf(
  citedMembers(
    ofReceived(received),
    received.messageKey,
    senderTakesPart(ofReceived(received)),
    sql`'chain', json(${received.chain}), 'messageId', ${received.messageId}`,
  ),
  sql`FROM ${inboundEmail} AS ${received} WHERE ${isCitedReceived} ORDER BY ${received.seq}`,
);

const addressedUseCase = sql`(SELECT ${useCase.id} FROM json_each(${sql.placeholder("recipients")}) AS recipient
  CROSS JOIN ${useCase} ON ${useCase.senderCanonical} = recipient.value AND ${useCase.deletedAt} IS NULL
  WHERE ${useCase.setupSeq} = ${setupSeq} AND ${useCase.workspaceSeq} = ${workspaceSeq}
  ORDER BY recipient.key LIMIT 1)`;

export type ViewArgs = {
  readonly setupId: Id;
  readonly workspaceId: Id;
  readonly cites: string;
  readonly correspondent: string | null;
  readonly key: string | null;
  readonly recipients: string;
};

export const viewArgs = ({ message, recipients, setupId, workspaceId, key }: ThreadQuestion): ViewArgs => ({
  setupId,
  workspaceId,
  cites: JSON.stringify(message.cites),
  correspondent: message.correspondent,
  key,
  recipients: JSON.stringify(recipients),
});

/** Filled from ViewArgs. */
export const threadView: SQL<string> = sql`(${withAncestors(
  sql`SELECT ${email.id} FROM ${email} WHERE ${isCitedSent}
    UNION SELECT ${received.id} FROM ${inboundEmail} AS ${received} WHERE ${isCitedReceived}`,
)} SELECT json_object(
  'region', (SELECT ${sesSetup.region} FROM ${sesSetup} WHERE ${sesSetup.seq} = ${setupSeq}),
  'sent', ${citedSent}, 'received', ${citedReceived},
  'waiting', ${waiting({ setupSeq, workspaceSeq, key: sql`${sql.placeholder("key")}`, correspondent: sender })},
  'addressedUseCaseId', ${addressedUseCase}))`;

type Cited = { readonly cited: CitedMessage; readonly chain: ParentChain["chain"] };
type Told = {
  readonly region: string;
  readonly sent: readonly (Cited & { readonly providerMessageId: string })[];
  readonly received: readonly (Cited & Pick<ParentChain, "messageId">)[];
  readonly waiting: readonly WaitingMessage[];
  readonly addressedUseCaseId: Id | null;
};

/** What `threadView` answered. */
export function threadViewFrom(
  version: string,
): ThreadView & { readonly parents: ReadonlyMap<Id, ParentChain> } {
  const { region, sent, received, waiting, addressedUseCaseId } = JSON.parse(version) as Told;
  const onWire = sent.map(({ providerMessageId, ...mail }) => ({
    ...mail,
    messageId: wireMessageId(providerMessageId, region),
  }));
  const all = [...onWire, ...received];
  return {
    version,
    cited: all.map(({ cited }) => cited),
    waiting,
    addressedUseCaseId,
    parents: new Map(all.map(({ cited, chain, messageId }) => [cited.id, { chain, messageId }])),
  };
}

// ---- an e-mail sent that others cite, and whose message id became known after they came

const thisEmail = sql`${email.id} = ${sql.placeholder("id")}`;

const asParent: Awaited = {
  setupSeq: sql`${email.setupSeq}`,
  workspaceSeq: sql`${email.workspaceSeq}`,
  key: sql`${email.providerMessageId}`,
  correspondent: sql`${email.toCanonical}`,
};

/** For a WHERE: somebody waits for the mail in `email`. Most often there is nobody, and this is one look into an index. */
export const isAwaited: SQL = sql`EXISTS (${waitingSeqs(asParent)})`;

/** Null where it is not known to be sent or nobody waits for it. Filled from its `id`. */
export const lateView: SQL<string | null> = sql`(${withAncestors(
  sql`SELECT ${email.inReplyToId} FROM ${email} WHERE ${thisEmail}`,
)} SELECT json_object('message', json_object(${storedMembers(ofSent(email))}), 'waiting', ${waiting(asParent)})
  FROM ${email} WHERE ${thisEmail} AND ${isAwaited})`;

/** What `lateView` answered. */
export function lateParentFrom(version: string): LateParent {
  const { message, waiting } = JSON.parse(version) as {
    message: StoredMessage;
    waiting: readonly WaitingMessage[];
  };
  return { message, view: { version, cited: [], waiting, addressedUseCaseId: null } };
}
