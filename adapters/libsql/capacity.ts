// What a mail takes when it is written: of its use case's day, and of its workspace's share of the account at the mail
// provider. The guards join the mail's one INSERT, so that however many write at once none passes a limit. Its use case's
// day is the sum of cohorts, which the fold keeps; what the account gives is counted here.
import { type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Id } from "../../core/ids.ts";
import type { CapacityAsked } from "../../core/ports/email-store.ts";
import { ACCOUNT_HOUR_MS, WORKSPACE_SHARE } from "../../core/reputation/account-share.ts";
import { insertSelect } from "./columns.ts";
import { workspace } from "./schema/access.ts";
import { useCase } from "./schema/channel.ts";
import { email } from "./schema/email.ts";
import { accountQuota, accountUse, cohort, standing } from "./schema/reputation.ts";
import { bare, bareList, prepare } from "./statement.ts";

/** Seq of the only row of `account_quota`. */
export const THE_QUOTA = 1;

const theirs = alias(accountUse, "theirs");
const dayStartsAt = sql.placeholder("dayStartsAt");
const windowStartsAt = sql.placeholder("windowStartsAt");
const hourStartsAt = sql.placeholder("hourStartsAt");
const secondStartsAt = sql.placeholder("secondStartsAt");
const latelyFrom = sql.placeholder("latelyFrom");

export type CapacityArgs = Omit<CapacityAsked, "account"> & CapacityAsked["account"];
export const capacityArgs = ({ dayStartsAt, account }: CapacityAsked): CapacityArgs => ({
  dayStartsAt,
  ...account,
});

/** Joins what the rest of this file reads to a `use_case` and its `workspace`. */
export const withCapacity = sql`CROSS JOIN ${standing} ON ${standing.useCaseSeq} = ${useCase.seq}
  LEFT JOIN ${accountQuota} ON ${accountQuota.seq} = ${sql.raw(String(THE_QUOTA))}`;

/** What the use case in `standing` has used of the day that begins at `dayStartsAt`. */
export const usedToday = sql<number>`(coalesce((SELECT sum(${cohort.taken}) FROM ${cohort}
    WHERE ${cohort.useCaseSeq} = ${standing.useCaseSeq} AND ${cohort.startsAt} >= ${dayStartsAt}), 0)
  + iif(${standing.carriedDayStartsAt} = ${dayStartsAt}, ${standing.carriedTaken}, 0))`;

const othersTook = (when: SQL): SQL => sql`EXISTS (SELECT 1 FROM ${accountUse} AS ${theirs}
  WHERE ${when} AND ${theirs.workspaceSeq} <> ${workspace.seq} AND ${theirs.taken} > 0)`;
const othersSend = othersTook(sql`${theirs.hourStartsAt} >= ${windowStartsAt}`);
// By index from the hour on in which such a second may lie.
const othersSendNow =
  othersTook(sql`${theirs.hourStartsAt} > ${latelyFrom} - ${sql.raw(String(ACCOUNT_HOUR_MS))}
  AND ${theirs.secondStartsAt} >= ${latelyFrom}`);
const own24Hours = sql`coalesce((SELECT sum(${accountUse.taken}) FROM ${accountUse}
  WHERE ${accountUse.workspaceSeq} = ${workspace.seq} AND ${accountUse.hourStartsAt} >= ${windowStartsAt}), 0)`;
// Clocks differ between instances: what one took in a later second counts against this one as well.
const ownSecond = sql`coalesce((SELECT ${accountUse.takenInSecond} FROM ${accountUse}
  WHERE ${accountUse.workspaceSeq} = ${workspace.seq} AND ${accountUse.hourStartsAt} = ${hourStartsAt}
    AND ${accountUse.secondStartsAt} >= ${secondStartsAt}), 0)`;

/** The workspace's own share is taken, where there is a limit, and somebody else sends. */
const isOver = (
  own: SQL,
  limit: typeof accountQuota.mailsIn24Hours | typeof accountQuota.mailsPerSecond,
  others: SQL,
) =>
  sql<number>`(${limit} IS NOT NULL AND ${own} >= max(1, CAST(${limit} * ${sql.raw(String(WORKSPACE_SHARE))} AS INTEGER))
    AND ${others})`;

/** What stands in the way of a mail that takes any. */
export const isDayUsedUp = sql<number>`(${usedToday} >= ${standing.capacity})`;
export const areHoursUsedUp = isOver(own24Hours, accountQuota.mailsIn24Hours, othersSend);
export const isSecondUsedUp = isOver(ownSecond, accountQuota.mailsPerSecond, othersSendNow);

const takenAt = bareList([accountUse.workspaceSeq, accountUse.hourStartsAt]);
const newSecond = sql`excluded.${bare(accountUse.secondStartsAt)}`;

/** Between the mail's INSERT and its place in its cohort: until then it is not counted. */
export const takeOfAccount = prepare<CapacityArgs & { readonly id: Id }>(
  sql`${insertSelect(accountUse, {
    workspaceSeq: email.workspaceSeq,
    hourStartsAt,
    taken: 1,
    secondStartsAt,
    takenInSecond: 1,
  })} FROM ${email} WHERE ${email.id} = ${sql.placeholder("id")}
      AND ${email.cohortAt} IS NOT NULL AND ${email.countedAs} IS NULL
    ON CONFLICT (${takenAt}) DO UPDATE SET ${bare(accountUse.taken)} = ${accountUse.taken} + 1,
      ${bare(accountUse.takenInSecond)} = iif(${newSecond} > ${accountUse.secondStartsAt}, 0, ${accountUse.takenInSecond}) + 1,
      ${bare(accountUse.secondStartsAt)} = max(${newSecond}, ${accountUse.secondStartsAt})`,
);

const beganAt = (ms: number) => sql`${email.writtenAt} - ${email.writtenAt} % ${sql.raw(String(ms))}`;

/** Before the mail is removed that `which`, a condition on `email`, chooses. */
export const giveBackToAccount = (which: SQL) => {
  const ofMail = sql`FROM ${email} WHERE ${which} AND ${email.countedAs} IS NOT NULL`;
  return sql`UPDATE ${accountUse} SET ${bare(accountUse.taken)} = ${accountUse.taken} - 1,
      ${bare(accountUse.takenInSecond)} = ${accountUse.takenInSecond}
        - (${accountUse.secondStartsAt} = (SELECT ${beganAt(1000)} ${ofMail}))
    WHERE (${accountUse.workspaceSeq}, ${accountUse.hourStartsAt}) =
      (SELECT ${email.workspaceSeq}, ${beganAt(ACCOUNT_HOUR_MS)} ${ofMail})`;
};
