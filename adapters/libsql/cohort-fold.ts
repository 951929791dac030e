// The counters of cohorts kept by the fold, in SQL built from core's table of what a mail counts as (mail-counts.ts). A mail
// remembers what the counters hold of it: a fold adds the difference to what it is by now, wakes the reviews that this
// concerns, and remembers. So nothing is counted twice, in whatever order and however often folds run, and an event that
// changes no count writes nothing here. `recountCohorts` counts whole cohorts anew, from what their mails remember.
import { type Column, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { COUNTED_WHEN, type Counter, COUNTERS, NOT_COUNTED } from "../../core/reputation/mail-counts.ts";
import { useCase } from "./schema/channel.ts";
import { email } from "./schema/email.ts";
import { cohort, standing } from "./schema/reputation.ts";
import { bare, bareList, commas, prepare } from "./statement.ts";
import { wakeTasks } from "./task-statements.ts";

const mate = alias(email, "mate");
const newest = alias(email, "newest");
const own = alias(standing, "own");
const reviewed = alias(standing, "reviewed");

type CountingMember = NonNullable<(typeof COUNTED_WHEN)[Counter]["isThere"]>;

/** Neither null nor 0. */
const isThere = (member: CountingMember): SQL => sql`coalesce(${email[member]}, 0) <> 0`;
const isAnyThere = (members: readonly CountingMember[]): SQL =>
  sql`(${sql.join(members.map(isThere), sql` OR `)})`;
const isNotCounted = sql`(${isAnyThere(NOT_COUNTED.isThere)} AND NOT ${isAnyThere(NOT_COUNTED.isAbsent)})`;

/** The truth that the mail in `email`, unless it is not counted, counts as this by now. */
function countsAs(name: Counter): SQL {
  const { sendOutcome, isThere: member } = COUNTED_WHEN[name];
  const clauses = [
    ...(sendOutcome ? [sql`${email.sendOutcome} = ${sendOutcome}`] : []),
    ...(member ? [isThere(member)] : []),
  ];
  return clauses.length === 0 ? sql`1` : sql.join(clauses, sql` AND `);
}

const place = (name: Counter): SQL => sql.raw(String(COUNTERS.indexOf(name)));
const bit = (name: Counter, bits: Column | SQL): SQL => sql`(${bits} >> ${place(name)} & 1)`;
const countsByNow = sql`iif(${isNotCounted}, 0, ${sql.join(
  COUNTERS.map((name) => sql`((${countsAs(name)}) << ${place(name)})`),
  sql` | `,
)})`;

/**
 * The mails of `which`, a condition on `email`, that count otherwise than the counters hold: `held` before, `now` from here
 * on. Without the LIMIT, which limits nothing, SQLite would copy `now` to wherever it is used.
 */
const differing = (
  which: SQL,
  now: SQL,
): SQL => sql`(SELECT ${email.useCaseSeq} AS use_case_seq, ${email.cohortAt} AS cohort_at,
    coalesce(${email.countedAs}, 0) AS held, ${now} AS now FROM ${email}
  WHERE ${which} AND ${email.cohortAt} IS NOT NULL AND ${email.countedAs} IS NOT ${now} LIMIT -1) AS differing`;
const held = sql`differing.held`;
const now = sql`differing.now`;

const columns = COUNTERS.map((name) => cohort[name]);
const cohortKey = bareList([cohort.useCaseSeq, cohort.startsAt]);
const excluded = (column: Column): SQL => sql`excluded.${bare(column)}`;

/** Adds to the cohorts what these mails count more, or less. */
const addDifference = (mails: SQL): SQL => sql`INSERT INTO ${cohort} (${cohortKey}, ${bareList(columns)})
  SELECT differing.use_case_seq, differing.cohort_at, ${commas(
    COUNTERS.map((name) => sql`${bit(name, now)} - ${bit(name, held)}`),
  )}
  FROM ${mails} WHERE true ON CONFLICT (${cohortKey}) DO UPDATE
    SET ${commas(columns.map((column) => sql`${bare(column)} = ${column} + ${excluded(column)}`))}`;

const isNew = (name: Counter): SQL => sql`${bit(name, now)} > ${bit(name, held)}`;
/** The bounces and complaints of a use case that is gone count for those that share its domain still. */
const concerned = (mails: SQL): SQL => sql`SELECT ${useCase.id} FROM ${mails}
  CROSS JOIN ${standing} AS ${own} ON ${own.useCaseSeq} = differing.use_case_seq
  CROSS JOIN ${standing} AS ${reviewed} ON ${reviewed.workspaceSeq} = ${own.workspaceSeq}
    AND ${reviewed.domainIdentity} = ${own.domainIdentity}
    AND (${reviewed.seq} = ${own.seq} OR EXISTS (SELECT 1 FROM ${useCase}
      WHERE ${useCase.seq} = ${own.useCaseSeq} AND ${useCase.deletedAt} IS NOT NULL))
  CROSS JOIN ${useCase} ON ${useCase.seq} = ${reviewed.useCaseSeq} AND ${useCase.status} = 'ready'
  WHERE ${isNew("bounced")} OR ${isNew("complained")}`;

const remember = (which: SQL): SQL => sql`UPDATE ${email} SET ${bare(email.countedAs)} = ${countsByNow}
  WHERE ${which} AND ${email.cohortAt} IS NOT NULL AND ${email.countedAs} IS NOT ${countsByNow} RETURNING ${email.seq} AS seq`;

/** After the mails chosen by `which`, a condition on `email`, have been settled. */
export const foldCohorts = (which: SQL): readonly SQL[] => [
  addDifference(differing(which, countsByNow)),
  wakeTasks("review_tier", concerned(differing(which, countsByNow))),
  remember(which),
];

/** After the mails of `which` were written, before the provider is called: no event is theirs yet that would be folded. */
export const countWritten = (which: SQL): readonly SQL[] => [
  addDifference(differing(which, countsByNow)),
  remember(which),
];

/** Before the mails of `which` are removed: as if they had never counted. */
export const uncount = (which: SQL): SQL => addDifference(differing(which, sql`0`));

// A word before the seq, so that `rebuild` tells a cohort that differed from a mail that did.
const told = sql`RETURNING 'cohort ' || ${bare(cohort.seq)} AS seq`;

/** Counts the cohorts whose last mail is among those of `which` anew: along all mails, each cohort once. */
export const recountCohorts = (
  which: SQL,
): SQL => sql`INSERT INTO ${cohort} (${cohortKey}, ${bareList(columns)})
  SELECT ${email.useCaseSeq}, ${email.cohortAt}, ${commas(
    COUNTERS.map((name) => sql`sum(${bit(name, sql`coalesce(${mate.countedAs}, 0)`)})`),
  )}
  FROM ${email} CROSS JOIN ${email} AS ${mate}
    ON ${mate.useCaseSeq} = ${email.useCaseSeq} AND ${mate.cohortAt} = ${email.cohortAt}
  WHERE ${which} AND ${email.seq} = (SELECT max(${newest.seq}) FROM ${email} AS ${newest}
    WHERE ${newest.useCaseSeq} = ${email.useCaseSeq} AND ${newest.cohortAt} = ${email.cohortAt})
  GROUP BY ${email.seq}
  ON CONFLICT (${cohortKey}) DO UPDATE SET (${bareList(columns)}) = (${commas(columns.map(excluded))})
    WHERE (${bareList(columns)}) IS NOT (${commas(columns.map(excluded))}) ${told}`;

/** Cohorts without a mail count nothing. */
export const emptyCohorts = prepare<Record<never, never>>(
  sql`UPDATE ${cohort} SET (${bareList(columns)}) = (${commas(columns.map(() => sql`0`))})
    WHERE (${bareList(columns)}) IS NOT (${commas(columns.map(() => sql`0`))})
      AND NOT EXISTS (SELECT 1 FROM ${email}
        WHERE ${email.useCaseSeq} = ${cohort.useCaseSeq} AND ${email.cohortAt} = ${cohort.startsAt}) ${told}`.inlineParams(),
);
