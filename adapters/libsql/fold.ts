// E-mails recomputed from their ledger, in SQL built from core's tables (settle.ts), so that the rule has one home. Three
// statements, each over any number of mails: adopt, attach, settle; then their recipients' suppressions
// (suppression-fold.ts), the replies that were faster than they (late-parents.ts) and the counters of their cohorts
// (cohort-fold.ts). Nothing is read in between, and running them again changes nothing. An event belongs to the mail that
// has its provider message id; a mail that has none yet adopts the id of an event that carries our tag. `rebuild` is the
// same over a slice of all mails.
import { type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import {
  BOUNCE_SEVERITY,
  type CountedAs,
  type Derivation,
  DERIVATIONS,
  EVENT_CONDITIONS,
  type EventCondition,
  type EventMembers,
  STATE_BEFORE_EVENTS,
  STATE_PRECEDENCE,
} from "../../core/email/settle.ts";
import type { SettledEmail } from "../../core/email/email.ts";
import type { Id } from "../../core/ids.ts";
import { foldCohorts, recountCohorts } from "./cohort-fold.ts";
import type { SqlValue, Statement } from "./database.ts";
import { setUpdatedAt } from "./email-rows.ts";
import { joinWaiting } from "./late-parents.ts";
import { email, emailEvent } from "./schema/email.ts";
import { bare, bareList, commas, prepare } from "./statement.ts";
import { foldSuppressions } from "./suppression-fold.ts";

const event = alias(emailEvent, "event");
const other = alias(emailEvent, "other");

// IS, not =: most members are null in most rows, and a truth that is null would hide the event.
const has = (members: EventMembers): SQL =>
  sql.join(
    Object.entries(members).map(([member, wanted]) => {
      const column = event[member as keyof EventMembers];
      return sql`(${sql.join(
        [wanted].flat().map((value) => sql`${column} IS ${value}`),
        sql` OR `,
      )})`;
    }),
    sql` AND `,
  );

/** The truth that a ledger row, as `event`, counts as this. */
function counts(as: CountedAs): SQL {
  const { type, having, unless = [] }: EventCondition = EVENT_CONDITIONS[as];
  const clauses = [sql`${event.type} = ${type}`];
  if (having) clauses.push(has(having));
  for (const exception of unless) {
    const besides = exception.besides
      ? sql` AND EXISTS (SELECT 1 FROM ${emailEvent} AS ${other}
          WHERE ${other.emailSeq} = ${event.emailSeq} AND ${other.type} = ${exception.besides})`
      : sql``;
    clauses.push(sql`NOT (${has(exception.having)}${besides})`);
  }
  return sql.join(clauses, sql` AND `);
}

const firstOf = (as: CountedAs): SQL => sql`min(${event.occurredAt}) FILTER (WHERE ${counts(as)})`;

const state = sql`CASE ${sql.join(
  STATE_PRECEDENCE.map(({ state, after }) => sql`WHEN ${firstOf(after)} IS NOT NULL THEN ${state}`),
  sql` `,
)} ELSE ${STATE_BEFORE_EVENTS} END`;

const severity = sql`CASE ${sql.join(
  BOUNCE_SEVERITY.map((type, rank) => sql`WHEN ${event.bounceType} IS ${type} THEN ${rank}`),
  sql` `,
)} END`;

/** A member as an aggregate over the ledger rows of the mail in `email`. */
function derive(how: Derivation): SQL {
  switch (how.take) {
    case "count":
      return sql`count(*) FILTER (WHERE ${counts(how.of)})`;
    case "first":
      return firstOf(how.of);
    case "last":
      return sql`max(${event.occurredAt}) FILTER (WHERE ${counts(how.of)})`;
    case "of_worst":
      // A query of its own, whose `event` hides the outer one.
      return sql`(SELECT ${event[how.member]} FROM ${emailEvent} AS ${event}
        WHERE ${event.emailSeq} = ${email.seq} AND ${counts(how.of)}
        ORDER BY ${severity}, ${event.occurredAt}, ${event.naturalKey} LIMIT 1)`;
  }
}

const settledMembers = [
  { column: email.state, value: state },
  ...Object.entries(DERIVATIONS).map(([member, how]) => ({
    column: email[member as keyof SettledEmail],
    value: derive(how),
  })),
];
const settledColumns = bareList(settledMembers.map(({ column }) => column));
const settled = sql`(SELECT ${commas(settledMembers.map(({ value }) => value))}
  FROM ${emailEvent} AS ${event} WHERE ${event.emailSeq} = ${email.seq})`;

/**
 * Mails whose send was unknown, or not yet answered, are known to be sent by an event that carries their id. Should two
 * message ids claim one mail the first recorded is taken; should one id be claimed twice (OR IGNORE) its first mail keeps
 * it. SES gives neither.
 */
function adopt(which: SQL): SQL {
  const claims = sql`FROM ${emailEvent} AS ${event}
    WHERE ${event.taggedEmailId} = ${email.id} AND ${event.emailSeq} IS NULL`;
  return sql`UPDATE OR IGNORE ${email} SET ${bare(email.sendOutcome)} = 'sent', ${setUpdatedAt},
      (${bareList([email.providerMessageId, email.sentAt])}) =
        (SELECT ${event.providerMessageId}, ${event.mailSentAt} ${claims} ORDER BY ${event.seq} LIMIT 1)
    WHERE ${which} AND ${email.providerMessageId} IS NULL AND EXISTS (SELECT 1 ${claims})
    RETURNING ${email.seq} AS seq`;
}

/** Events that waited for these mails, or came just now, become theirs, with the scopes they are listed by. */
const attach = (which: SQL): SQL => sql`UPDATE ${emailEvent}
  SET (${bareList([emailEvent.emailSeq, emailEvent.workspaceSeq, emailEvent.setupSeq, emailEvent.useCaseSeq])}) =
    (SELECT ${email.seq}, ${email.workspaceSeq}, ${email.setupSeq}, ${email.useCaseSeq} FROM ${email}
      WHERE ${email.providerMessageId} = ${emailEvent.providerMessageId})
  WHERE ${emailEvent.emailSeq} IS NULL
    AND ${emailEvent.providerMessageId} IN (SELECT ${email.providerMessageId} FROM ${email} WHERE ${which})
  RETURNING ${emailEvent.emailSeq} AS seq`;

/** These mails become what their ledger says; those that are it already are not written. */
const settle = (which: SQL): SQL => sql`UPDATE ${email} SET ${setUpdatedAt}, (${settledColumns}) = ${settled}
  WHERE ${which} AND (${settledColumns}) IS NOT ${settled} RETURNING ${email.seq} AS seq`;

/** `at`: the earliest time a mail that changes may then show as its last update. */
type FoldArgs<Which> = Which & { readonly at: number };

// Each row answered is a mail, or a suppression, that was not what it should be. UPDATE ... FROM would read better and takes 15 times as
// long for a single mail: SQLite builds a table for it each time.
function foldOf<Which extends Readonly<Record<string, SqlValue>>>(
  which: SQL,
  { adopting = which, more = [] }: { readonly adopting?: SQL; readonly more?: readonly SQL[] } = {},
): (args: FoldArgs<Which>) => readonly Statement[] {
  const statements = [
    adopt(adopting),
    attach(which),
    settle(which),
    ...foldSuppressions(which),
    joinWaiting(which),
    ...foldCohorts(which),
    ...more,
  ].map((statement) => prepare<FoldArgs<Which>>(statement.inlineParams()));
  return (args) => statements.map((statement) => statement(args));
}

/** After an event was put into the ledger. `emailId`: its tag. */
export const foldEvent = foldOf<{ readonly emailId: Id | null; readonly providerMessageId: string }>(
  sql`${email.providerMessageId} = ${sql.placeholder("providerMessageId")}`,
  { adopting: sql`${email.id} = ${sql.placeholder("emailId")}` },
);

/** After a mail's provider message id became known. */
export const foldMail = foldOf<{ readonly id: Id }>(sql`${email.id} = ${sql.placeholder("id")}`);

const inSlice = sql`${email.seq} > ${sql.placeholder("afterSeq")} AND ${email.seq} <= (
  SELECT max(seq) FROM (SELECT ${email.seq} AS seq FROM ${email} WHERE ${email.seq} > ${sql.placeholder("afterSeq")}
    ORDER BY ${email.seq} LIMIT ${sql.placeholder("limit")}))`;

/** The first `limit` mails after `afterSeq`. */
export const foldSlice = foldOf<{ readonly afterSeq: number; readonly limit: number }>(inSlice, {
  more: [recountCohorts(inSlice)],
});
