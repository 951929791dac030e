// What a review decides on, as statements and as rows: sums of cohorts, and the incidents of a workspace and domain. Each
// walks an index of its use case, or of its workspace and domain, from a time on; only the sums are sorted, because a
// sending day may be of any length.
import { type Column, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Id } from "../../core/ids.ts";
import { INCIDENTS_MAX, type ReputationQuestion } from "../../core/ports/reputation-store.ts";
import type { Counter } from "../../core/reputation/mail-counts.ts";
import type { Incident, TierChangeReason } from "../../core/reputation/standing.ts";
import { select } from "./columns.ts";
import type { Row, SqlValue } from "./database.ts";
import { workspace } from "./schema/access.ts";
import { useCase } from "./schema/channel.ts";
import { cohort, standing, tierChange } from "./schema/reputation.ts";
import { toSuspension } from "./standing-statements.ts";
import { prepare } from "./statement.ts";

const beside = alias(standing, "beside");
const gone = alias(useCase, "gone");
const running = alias(standing, "running");
const hardest = alias(standing, "hardest");

/** The use case `useCaseId` with its standing. */
const thisOne = sql`${useCase} CROSS JOIN ${standing} ON ${standing.useCaseSeq} = ${useCase.seq}`;
const isThis = sql`${useCase.id} = ${sql.placeholder("useCaseId")}`;

/** A workspace and a domain; its rows are found by both. */
type Realm = { readonly [Name in "workspaceSeq" | "domainIdentity"]: Column | SQL };
const isOf = (rows: { readonly [Name in keyof Realm]: Column }, realm: Realm): SQL =>
  sql`${rows.workspaceSeq} = ${realm.workspaceSeq} AND ${rows.domainIdentity} = ${realm.domainIdentity}`;

// ---- cohorts

const sums: { readonly [Name in Counter]: SQL<number> } = {
  taken: sql`sum(${cohort.taken})`,
  sent: sql`sum(${cohort.sent})`,
  delivered: sql`sum(${cohort.delivered})`,
  bounced: sql`sum(${cohort.bounced})`,
  complained: sql`sum(${cohort.complained})`,
};
const dayStartsAt = sql<number>`${cohort.startsAt} - ${cohort.startsAt} % CAST(${sql.placeholder("dayMs")} AS INTEGER)`;
export const dayFigures = select({ startsAt: dayStartsAt, ...sums });
export const bucketFigures = select({ startsAt: cohort.startsAt, ...sums });

/** Sums, from a time on, over the cohorts of the use cases that `rows` are the standings of. */
const selectSums = (columns: SQL, rows: SQL, useCaseSeq: Column, from: SQL) =>
  prepare<ReputationQuestion>(
    sql`SELECT ${columns} FROM ${rows} CROSS JOIN ${cohort} ON ${cohort.useCaseSeq} = ${useCaseSeq}
      AND ${cohort.startsAt} >= ${from} AND ${cohort.taken} > 0
      WHERE ${isThis} GROUP BY "startsAt" ORDER BY "startsAt"`,
  );

export const selectDays = selectSums(
  dayFigures.list,
  thisOne,
  standing.useCaseSeq,
  sql`max(${sql.placeholder("daysFrom")}, ${standing.countsFrom})`,
);

const bucketsFrom = sql.placeholder("bucketsFrom");
const lastRelease = sql`coalesce((SELECT max(${tierChange.releasedFrom}) FROM ${tierChange}
  WHERE ${isOf(tierChange, standing)} AND ${tierChange.releasedFrom} IS NOT NULL), 0)`;
const withBeside = sql`${thisOne} CROSS JOIN ${standing} AS ${beside} ON ${isOf(beside, standing)}`;
const isOwn = sql`${beside.seq} = ${standing.seq}`;
const isPredecessor = sql`EXISTS (SELECT 1 FROM ${useCase} AS ${gone}
  WHERE ${gone.seq} = ${beside.useCaseSeq} AND ${gone.deletedAt} <= ${useCase.createdAt})`;
export const selectBuckets = selectSums(
  bucketFigures.list,
  sql`${withBeside} AND (${isOwn} OR ${isPredecessor})`,
  beside.useCaseSeq,
  sql`max(${bucketsFrom}, iif(${isOwn}, ${standing.countsFrom}, ${lastRelease}))`,
);
export const selectSetupBuckets = selectSums(
  bucketFigures.list,
  withBeside,
  beside.useCaseSeq,
  sql`max(${bucketsFrom}, ${lastRelease})`,
);

/** What deleted use cases of a workspace and domain took of the day. */
export const taken = select({ taken: sql<number>`coalesce(sum(${cohort.taken}), 0)` });

// ---- incidents

const incident = select({
  startedAt: sql<number>`${tierChange.incidentAt}`,
  isSetupWide: sql<number>`max(${tierChange.why} = ${"setup_limit_exceeded" satisfies TierChangeReason})`,
  incidentAt: running.incidentAt,
  offence: running.offence,
  suspendedUntil: running.suspendedUntil,
  isStopped: running.isStopped,
});

export function incidentFromRow(row: Row): Incident {
  const { startedAt, isSetupWide, ...suspension } = incident.read(row);
  return { startedAt, isSetupWide: isSetupWide === 1, running: toSuspension(suspension) };
}

const hardestRunning = sql`(SELECT ${hardest.seq} FROM ${standing} AS ${hardest}
  WHERE ${isOf(hardest, tierChange)} AND ${hardest.incidentAt} = ${tierChange.incidentAt}
    AND (${hardest.suspendedUntil} IS NULL OR ${hardest.suspendedUntil} > ${sql.placeholder("now")})
  ORDER BY ${hardest.isStopped} DESC, ${hardest.suspendedUntil} IS NULL DESC, ${hardest.suspendedUntil} DESC LIMIT 1)`;

const incidentsOf = <Args extends Readonly<Record<string, SqlValue>>>(realm: Realm) =>
  prepare<Args>(
    sql`SELECT ${incident.list} FROM ${tierChange} LEFT JOIN ${standing} AS ${running} ON ${running.seq} = ${hardestRunning}
      WHERE ${isOf(tierChange, realm)} AND ${tierChange.incidentAt} IS NOT NULL GROUP BY ${tierChange.incidentAt}
      HAVING ${tierChange.incidentAt} >= ${sql.placeholder("incidentsFrom")} OR ${running.seq} IS NOT NULL
      ORDER BY ${tierChange.incidentAt} DESC LIMIT ${sql.raw(String(INCIDENTS_MAX))}`,
  );

const ofThis = (column: Column): SQL => sql`(SELECT ${column} FROM ${thisOne} WHERE ${isThis})`;
export const selectIncidents = incidentsOf<ReputationQuestion>({
  workspaceSeq: ofThis(standing.workspaceSeq),
  domainIdentity: ofThis(standing.domainIdentity),
});

// ---- what a new use case inherits

type InheritanceArgs = Pick<ReputationQuestion, "now" | "dayStartsAt" | "incidentsFrom"> & {
  readonly workspaceId: Id;
  readonly domainIdentity: string;
};
const asked: Realm = {
  workspaceSeq: sql`(SELECT ${workspace.seq} FROM ${workspace} WHERE ${workspace.id} = ${sql.placeholder("workspaceId")})`,
  domainIdentity: sql`${sql.placeholder("domainIdentity")}`,
};
export const selectIncidentsAsked = incidentsOf<InheritanceArgs>(asked);
export const selectTakenByDeleted = prepare<InheritanceArgs>(
  sql`SELECT ${taken.list} FROM ${standing} CROSS JOIN ${useCase} ON ${useCase.seq} = ${standing.useCaseSeq}
    CROSS JOIN ${cohort} ON ${cohort.useCaseSeq} = ${useCase.seq} AND ${cohort.startsAt} >= ${sql.placeholder("dayStartsAt")}
    WHERE ${isOf(standing, asked)} AND ${useCase.deletedAt} IS NOT NULL`,
);
