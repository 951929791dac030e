// Suppressions recomputed from the ledger, in SQL built from core's tables (founding.ts). Two statements that join the fold
// of e-mails: those whose events no longer found them end, and what the events found is put in force. Both look at
// whatever the recipients of the touched mails got from the same setup, and write only what changes.
import { type Column, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import {
  EVENT_BORN_REASONS,
  type EventBornReason,
  FOUNDING_EVENTS,
  type FoundingEvent,
  type FoundingReason,
  OUTCOME_STATES,
  SOFT_BOUNCE_STREAK,
  TROUBLED_STATES,
} from "../../core/suppression/founding.ts";
import { sesSetup } from "./schema/channel.ts";
import { email, emailEvent } from "./schema/email.ts";
import { suppression } from "./schema/suppression.ts";
import { bare, bareList, commas } from "./statement.ts";
import { inlined } from "./suppression-reach.ts";

const mail = alias(email, "mail");
const cause = alias(emailEvent, "cause");
const founding = alias(emailEvent, "founding");
const source = alias(email, "source");
const streak = [alias(email, "newest"), alias(email, "second"), alias(email, "third")] as const;
const lifted = alias(suppression, "lifted");

/** A setup and an address that it mailed. */
type Pair = { readonly setupSeq: SQL; readonly address: SQL };
const pair: Pair = { setupSeq: sql`pair.setup_seq`, address: sql`pair.address` };

const touchedPairs = (which: SQL): SQL =>
  sql`SELECT ${email.setupSeq} AS setup_seq, ${email.toCanonical} AS address FROM ${email} WHERE ${which}`;

const isOf = (rows: typeof mail, { setupSeq, address }: Pair): SQL =>
  sql`${rows.setupSeq} = ${setupSeq} AND ${rows.toCanonical} = ${address}`;

/** What happened until then does not count any more. */
const liftedAt = (reason: EventBornReason, { setupSeq, address }: Pair): SQL =>
  sql`coalesce((SELECT ${lifted.liftedAt} FROM ${suppression} AS ${lifted} WHERE ${lifted.setupSeq} = ${setupSeq}
    AND ${lifted.address} = ${address} AND ${lifted.reason} = ${reason} AND ${lifted.useCaseSeq} IS NULL),
    ${Number.MIN_SAFE_INTEGER})`;

/** The FROM and WHERE of the events that found the suppression. */
function foundingEvents(reason: FoundingReason, of: Pair): SQL {
  const { type, bounceType, unless }: FoundingEvent = FOUNDING_EVENTS[reason];
  const excepted = unless.map(
    ({ member, words }) => sql` AND coalesce(${cause[member]}, '') NOT IN (${inlined(words)})`,
  );
  return sql`FROM ${email} AS ${mail}
    CROSS JOIN ${emailEvent} AS ${cause} ON ${cause.emailSeq} = ${mail.seq} AND ${cause.type} = ${type}
    WHERE ${isOf(mail, of)} AND ${mail.listedState} IN (${inlined(TROUBLED_STATES)})
      AND ${cause.bounceType} IS ${bounceType}${sql.join(excepted)} AND ${cause.occurredAt} > ${liftedAt(reason, of)}`;
}

/** The first of them, by its seq; none: no row. */
const foundingEvent = (reason: FoundingReason, of: Pair): SQL => sql`(SELECT ${cause.seq}
  ${foundingEvents(reason, of)} ORDER BY ${cause.occurredAt}, ${cause.naturalKey} LIMIT 1)`;

/** The n-th of the last mails to the address that came to something. One arm a state, merged along the index. */
function nthLast(n: number, of: Pair): SQL {
  const arms = OUTCOME_STATES.map(
    (state) => sql`SELECT ${mail.seq} AS seq, ${mail.listedAt} AS at FROM ${email} AS ${mail}
      WHERE ${isOf(mail, of)} AND ${mail.listedState} = ${state}`,
  );
  return sql`(SELECT seq FROM (${sql.join(arms, sql` UNION ALL `)} ORDER BY at DESC, seq DESC LIMIT 1 OFFSET ${n}))`;
}

type Bounced = { readonly [Name in "state" | "bounceType" | "bounceSubtype" | "bouncedAt"]: Column };

const bouncedSoftly = (rows: Bounced, of: Pair): SQL => sql`${rows.state} = ${SOFT_BOUNCE_STREAK.state}
  AND ${rows.bounceType} = ${SOFT_BOUNCE_STREAK.bounceType}
  AND ${rows.bounceSubtype} IN (${inlined(SOFT_BOUNCE_STREAK.bounceSubtypes)})
  AND ${rows.bouncedAt} > ${liftedAt("soft_bounce", of)}`;

/** Joins the streak's mails, newest first: no row unless all of them bounced softly. The first that did not ends the search. */
const streakMails = (of: Pair): SQL =>
  sql.join(
    streak.map(
      (rows, n) =>
        sql`CROSS JOIN ${email} AS ${rows} ON ${rows.seq} = ${nthLast(n, of)} AND ${bouncedSoftly(rows, of)}`,
    ),
    sql` `,
  );

const [newest] = streak;
const streakSince = sql`max(${commas(streak.map((rows) => sql`${rows.bouncedAt}`))})`;

const FOUNDED_COLUMNS = [
  suppression.id,
  suppression.workspaceSeq,
  suppression.setupSeq,
  suppression.address,
  suppression.reason,
  suppression.since,
  suppression.lastAt,
  suppression.expiresAt,
  suppression.sourceEmailId,
];
/** Their values. Named by the event that founds it, so that no id is made here. */
const founded = (reason: EventBornReason, since: SQL, lastAt: SQL, expiresAt: SQL): SQL =>
  sql`SELECT ${founding.id}, ${sesSetup.workspaceSeq}, ${sesSetup.seq}, ${pair.address}, ${reason},
    ${since}, ${lastAt}, ${expiresAt}, ${source.id}`;

/** A mail that is in no trouble founds nothing, neither by itself nor as one of a streak. */
const troubledPairs = (which: SQL): SQL =>
  sql`(${touchedPairs(which)} AND ${email.listedState} IN (${inlined(TROUBLED_STATES)})) AS pair`;
const ownerOfPair = sql`CROSS JOIN ${sesSetup} ON ${sesSetup.seq} = ${pair.setupSeq}`;

function foundByEvent(reason: FoundingReason, which: SQL): SQL {
  const newestAt = sql`(SELECT max(${cause.occurredAt}) ${foundingEvents(reason, pair)})`;
  return sql`${founded(reason, sql`${founding.occurredAt}`, newestAt, sql`NULL`)} FROM ${troubledPairs(which)}
    CROSS JOIN ${emailEvent} AS ${founding} ON ${founding.seq} = ${foundingEvent(reason, pair)}
    CROSS JOIN ${email} AS ${source} ON ${source.seq} = ${founding.emailSeq} ${ownerOfPair}`;
}

function foundByStreak(which: SQL): SQL {
  const expiresAt = sql`${streakSince} + ${SOFT_BOUNCE_STREAK.lastsMs}`;
  return sql`${founded("soft_bounce", streakSince, streakSince, expiresAt)} FROM ${troubledPairs(which)}
    ${streakMails(pair)}
    CROSS JOIN ${email} AS ${source} ON ${source.seq} = ${newest.seq}
    CROSS JOIN ${emailEvent} AS ${founding} ON ${founding.seq} = (SELECT ${cause.seq} FROM ${emailEvent} AS ${cause}
      WHERE ${cause.emailSeq} = ${newest.seq} AND ${cause.type} = 'Bounce'
      ORDER BY ${cause.occurredAt}, ${cause.naturalKey} LIMIT 1) ${ownerOfPair}`;
}

const told = [suppression.since, suppression.lastAt, suppression.expiresAt, suppression.sourceEmailId];
const excluded = commas(told.map((column) => sql`excluded.${bare(column)}`));

// A negative seq, so that `rebuild` tells a suppression that differed from a mail that did.
const found = (which: SQL): SQL => sql`INSERT INTO ${suppression} (${bareList(FOUNDED_COLUMNS)})
  ${foundByEvent("complaint", which)} UNION ALL ${foundByEvent("hard_bounce", which)}
  UNION ALL ${foundByStreak(which)} WHERE true
  ON CONFLICT (${bareList([suppression.setupSeq, suppression.address, suppression.reason])})
    WHERE ${bare(suppression.useCaseSeq)} IS NULL
  DO UPDATE SET (${bareList(told)}) = (${excluded}) WHERE (${bareList(told)}) IS NOT (${excluded})
  RETURNING -${bare(suppression.seq)} AS seq`;

const ofRow: Pair = { setupSeq: sql`${suppression.setupSeq}`, address: sql`${suppression.address}` };
const stillFounded: { readonly [Reason in EventBornReason]: SQL } = {
  complaint: sql`EXISTS ${foundingEvent("complaint", ofRow)}`,
  hard_bounce: sql`EXISTS ${foundingEvent("hard_bounce", ofRow)}`,
  soft_bounce: sql`EXISTS (SELECT 1 FROM (SELECT 1) ${streakMails(ofRow)})`,
};

/** One whose source mail is no longer known has outlived its events: it stays. */
const end = (which: SQL): SQL => sql`UPDATE ${suppression}
  SET (${bareList(told)}) = (${commas(told.map(() => sql`NULL`))})
  WHERE (${suppression.setupSeq}, ${suppression.address}) IN (${touchedPairs(which)})
    AND ${suppression.useCaseSeq} IS NULL AND ${suppression.since} IS NOT NULL
    AND EXISTS (SELECT 1 FROM ${email} AS ${source} WHERE ${source.id} = ${suppression.sourceEmailId})
    AND NOT CASE ${suppression.reason} ${sql.join(
      EVENT_BORN_REASONS.map((reason) => sql`WHEN ${reason} THEN ${stillFounded[reason]}`),
      sql` `,
    )} ELSE true END
  RETURNING -${bare(suppression.seq)} AS seq`;

/** After the mails chosen by `which`, a condition on `email`, have been settled. */
export const foldSuppressions = (which: SQL): readonly SQL[] => [end(which), found(which)];
