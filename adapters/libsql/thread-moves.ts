// Putting a message into its thread, with what moves with it. The one statement that asks whether the view is still the
// same leaves the message, received or sent, without any thread; those that follow look for it in that state, so that
// they happen all or not at all; the last one gives it its thread. Nobody sees what is between.
import { type Column, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Id } from "../../core/ids.ts";
import type { Placement } from "../../core/threading/place-in-thread.ts";
import type { Statement } from "./database.ts";
import { email } from "./schema/email.ts";
import { inboundAwait, inboundEmail } from "./schema/inbound.ts";
import { bare, prepare } from "./statement.ts";

const own = alias(inboundAwait, "own");

/** The thread of a message that is being placed: no id is empty. */
export const NO_THREAD_YET = sql`''`;

/** For a WHERE: the message `id` among these is being placed. */
export const isBeingPlaced = (rows: typeof email | typeof inboundEmail): SQL =>
  sql`${rows.id} = ${sql.placeholder("id")} AND ${rows.threadId} = ${NO_THREAD_YET}`;

/** For a WHERE: one of a JSON array. */
export const isListed = (column: Column, name: string): SQL =>
  sql`${column} IN (SELECT value FROM json_each(${sql.placeholder(name)}))`;

type Moves = Pick<Placement, "threadId" | "adopts" | "absorbs">;
type MoveArgs = {
  readonly id: Id;
  readonly threadId: Id;
  readonly adopts: string;
  readonly absorbs: string;
};

/** The statements after the first for a parent among these rows; `key` is what its children cite. */
function movesOf(
  rows: typeof email | typeof inboundEmail,
  key: Column,
): (id: Id, moves: Moves) => Statement[] {
  const placing = sql`EXISTS (SELECT 1 FROM ${rows} WHERE ${isBeingPlaced(rows)})`;
  const toItsThread = sql`${bare(inboundEmail.threadId)} = ${sql.placeholder("threadId")}`;
  const awaited = (member: Column, child: Column): SQL => sql`(SELECT ${member} FROM ${inboundAwait} AS ${own}
    WHERE ${own.emailSeq} = ${child} AND ${own.key} = (SELECT ${key} FROM ${rows} WHERE ${rows.id} = ${sql.placeholder("id")}))`;

  const adopt = prepare<MoveArgs>(
    sql`UPDATE ${inboundEmail} SET ${bare(inboundEmail.parentEmailId)} = ${sql.placeholder("id")},
        ${bare(inboundEmail.matchedBy)} = ${awaited(own.matchedBy, inboundEmail.seq)}
      WHERE ${isListed(inboundEmail.id, "adopts")} AND ${placing}`,
  );
  const endWaiting = prepare<MoveArgs>(
    sql`DELETE FROM ${inboundAwait} WHERE ${inboundAwait.emailSeq} IN
        (SELECT ${inboundEmail.seq} FROM ${inboundEmail} WHERE ${isListed(inboundEmail.id, "adopts")})
      AND ${inboundAwait.rank} >= ${awaited(own.rank, inboundAwait.emailSeq)} AND ${placing}`,
  );
  const absorb = [email, inboundEmail].map((moved) =>
    prepare<MoveArgs>(
      sql`UPDATE ${moved} SET ${toItsThread} WHERE ${isListed(moved.threadId, "absorbs")} AND ${placing}`,
    ),
  );
  const noteFirst = prepare<MoveArgs>(
    sql`UPDATE ${email} SET ${toItsThread} WHERE ${email.threadId} IS NULL AND ${placing}
      AND ${email.id} IN (SELECT ${sql.placeholder("threadId")} UNION ALL SELECT value FROM json_each(${sql.placeholder("absorbs")}))`,
  );
  const place = prepare<MoveArgs>(sql`UPDATE ${rows} SET ${toItsThread} WHERE ${isBeingPlaced(rows)}`);

  return (id, { threadId, adopts, absorbs }) => {
    const args = { id, threadId, adopts: JSON.stringify(adopts), absorbs: JSON.stringify(absorbs) };
    return [
      ...(adopts.length > 0 ? [adopt(args), endWaiting(args)] : []),
      ...(absorbs.length > 0 ? absorb.map((statement) => statement(args)) : []),
      noteFirst(args),
      place(args),
    ];
  };
}

export const moveWithReceived = movesOf(inboundEmail, inboundEmail.messageKey);
export const moveWithSent = movesOf(email, email.providerMessageId);
