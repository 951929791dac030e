// What stands above a received e-mail, nearest first: the mails that it answers in the end, as chains of References name
// them. Parents may have come, or become known to be sent, long after their children were filed.
import { sql } from "drizzle-orm";
import type { Id } from "../../core/ids.ts";
import { wireMessageId } from "../../core/threading/message-id.ts";
import { type ChainParent, REFERENCES_IDS_MAX } from "../../core/threading/reply-headers.ts";
import { select } from "./columns.ts";
import type { Row, Statement } from "./database.ts";
import { workspaceSeq } from "./email-scope.ts";
import { sesSetup } from "./schema/channel.ts";
import { email } from "./schema/email.ts";
import { inboundEmail } from "./schema/inbound.ts";
import { prepare } from "./statement.ts";

const parentOf = sql`coalesce(
  (SELECT ${inboundEmail.parentEmailId} FROM ${inboundEmail} WHERE ${inboundEmail.id} = above.id),
  (SELECT ${email.inReplyToId} FROM ${email} WHERE ${email.id} = above.id))`;

const ancestor = select({
  messageId: inboundEmail.messageId,
  chain: sql<string>`coalesce(${inboundEmail.chain}, ${email.references}, '[]')`,
  providerMessageId: email.providerMessageId,
  region: sql<string | null>`${sesSetup.region}`,
});

// More than a chain names are not looked for: what stands there has the rest in a chain of its own.
export const selectAncestors: (which: { readonly workspaceId: Id; readonly id: Id }) => Statement = prepare(
  sql`WITH RECURSIVE above(distance, id) AS (
      SELECT 1, ${inboundEmail.parentEmailId} FROM ${inboundEmail}
        WHERE ${inboundEmail.id} = ${sql.placeholder("id")} AND ${inboundEmail.workspaceSeq} = ${workspaceSeq}
      UNION ALL SELECT above.distance + 1, ${parentOf} FROM above WHERE above.id IS NOT NULL
      LIMIT ${sql.raw(String(REFERENCES_IDS_MAX))})
    SELECT ${ancestor.list} FROM above
      LEFT JOIN ${inboundEmail} ON ${inboundEmail.id} = above.id
      LEFT JOIN ${email} ON ${email.id} = above.id
      LEFT JOIN ${sesSetup} ON ${sesSetup.seq} = ${email.setupSeq}
    WHERE above.id IS NOT NULL ORDER BY above.distance`,
);

/** What `selectAncestors` answered. */
export const ancestorsFromRows = (rows: readonly Row[] = []): readonly ChainParent[] =>
  rows.map((row) => {
    const { messageId, chain, providerMessageId, region } = ancestor.read(row);
    const onWire =
      providerMessageId === null || region === null ? null : wireMessageId(providerMessageId, region);
    return { chain: JSON.parse(chain) as readonly string[], messageId: messageId ?? onWire };
  });
