// Where an e-mail use case stands and the lines of its history, as rows, and the statements that write them: when it is
// made (use-case-store.ts) and when it is reviewed (reputation-store.ts). A suspension is four columns of either row.
import { type Column, type SQL, sql } from "drizzle-orm";
import type { Id } from "../../core/ids.ts";
import type { Check } from "../../core/reputation/checks.ts";
import type { Standing, Suspension, TierChange } from "../../core/reputation/standing.ts";
import { insertSelect, select } from "./columns.ts";
import type { Row, SqlValue, Statement } from "./database.ts";
import { sesSetup, useCase } from "./schema/channel.ts";
import { standing, tierChange } from "./schema/reputation.ts";
import { bare, commas, prepare } from "./statement.ts";

const id = sql.placeholder("id");
const thisUseCase = sql`${useCase.id} = ${id}`;

type SuspensionRow = {
  readonly incidentAt: number | null;
  readonly offence: number | null;
  readonly suspendedUntil: number | null;
  readonly isStopped: boolean | null;
};

/** Null where the row holds none. */
export function toSuspension(row: SuspensionRow): Suspension | null {
  const { incidentAt, offence, suspendedUntil: until, isStopped } = row;
  if (incidentAt === null || offence === null || isStopped === null) return null;
  return { incidentAt, offence, until, isStopped };
}

const suspensionArgs = (suspension: Suspension | null) => ({
  incidentAt: suspension?.incidentAt ?? null,
  offence: suspension?.offence ?? null,
  suspendedUntil: suspension?.until ?? null,
  isStopped: Number(suspension?.isStopped ?? false),
});

/** Each member from the argument of its name. */
const placeholders = (members: Readonly<Record<string, Column>>) =>
  Object.fromEntries(Object.keys(members).map((name) => [name, sql.placeholder(name)]));

// ---- standings

/** Of `standing`; the tier is the use case's. */
const standingMembers = {
  tierSince: standing.tierSince,
  cameFrom: standing.cameFrom,
  countsFrom: standing.countsFrom,
  capacity: standing.capacity,
  incidentAt: standing.incidentAt,
  offence: standing.offence,
  suspendedUntil: standing.suspendedUntil,
  isStopped: standing.isStopped,
  carriedDayStartsAt: standing.carriedDayStartsAt,
  carriedTaken: standing.carriedTaken,
  movingTo: standing.movingTo,
};
export const standingColumns = select(standingMembers);

export function standingFromRow(tier: Standing["tier"], row: Row): Standing {
  const columns = standingColumns.read(row);
  const { tierSince, cameFrom, countsFrom, capacity, movingTo } = columns;
  const carried = { dayStartsAt: columns.carriedDayStartsAt, taken: columns.carriedTaken };
  const suspension = toSuspension(columns);
  return { tier, tierSince, cameFrom, countsFrom, capacity, suspension, carried, movingTo };
}

type StandingArgs = { readonly [Member in keyof typeof standingMembers]: SqlValue };
const standingArgs = ({ suspension, carried, ...rest }: Standing): StandingArgs => ({
  ...rest,
  ...suspensionArgs(suspension),
  carriedDayStartsAt: carried.dayStartsAt,
  carriedTaken: carried.taken,
});

const insert = prepare<StandingArgs & { readonly id: Id }>(
  sql`${insertSelect(standing, {
    useCaseSeq: useCase.seq,
    workspaceSeq: useCase.workspaceSeq,
    domainIdentity: sesSetup.domainIdentity,
    ...placeholders(standingMembers),
  })} FROM ${useCase} CROSS JOIN ${sesSetup} ON ${sesSetup.seq} = ${useCase.setupSeq}
    WHERE ${thisUseCase} ON CONFLICT DO NOTHING`,
);

/** After the use case's INSERT: nothing if it was refused. */
export const insertStanding = (id: Id, begun: Standing): Statement => insert({ id, ...standingArgs(begun) });

/** Where `allowed` holds. Call it once at module load. */
export function updateStanding<Args extends Readonly<Record<string, SqlValue>>>(allowed: SQL) {
  const update = prepare<Args & StandingArgs>(
    sql`UPDATE ${standing} SET ${commas(
      Object.entries(standingMembers).map(
        ([name, column]) => sql`${bare(column)} = ${sql.placeholder(name)}`,
      ),
    )} WHERE ${standing.useCaseSeq} = (SELECT ${useCase.seq} FROM ${useCase} WHERE ${thisUseCase}) AND ${allowed}`,
  );
  return (args: Args, next: Standing): Statement => update({ ...args, ...standingArgs(next) });
}

// ---- the history

const changeMembers = {
  at: tierChange.at,
  from: tierChange.from,
  to: tierChange.to,
  why: tierChange.why,
  figures: tierChange.figures,
  capacity: tierChange.capacity,
  incidentAt: tierChange.incidentAt,
  offence: tierChange.offence,
  suspendedUntil: tierChange.suspendedUntil,
  isStopped: tierChange.isStopped,
};
export const changeColumns = select(changeMembers);

export function changeFromRow(row: Row): TierChange {
  const columns = changeColumns.read(row);
  const { at, from, to, why, capacity } = columns;
  const figures = JSON.parse(columns.figures) as readonly Check[];
  return { at, from, to, why, figures, capacity, suspension: toSuspension(columns) };
}

type ChangeArgs = { readonly [Member in keyof typeof changeMembers | "releasedFrom"]: SqlValue };

/** `standing`: as the change left it. A suspension that ended let the counters begin anew. */
const changeArgs = ({ suspension, figures, ...rest }: TierChange, { countsFrom }: Standing): ChangeArgs => ({
  ...rest,
  figures: JSON.stringify(figures),
  ...suspensionArgs(suspension),
  releasedFrom: rest.from === "suspended" && rest.to !== "suspended" ? countsFrom : null,
});

/** Adds a line after its standing is there, where `allowed` holds, unless it is in the history. Call it once at module load. */
export function insertChange<Args extends { readonly id: Id }>(allowed: SQL = sql`true`) {
  const add = prepare<Args & ChangeArgs>(
    sql`${insertSelect(tierChange, {
      useCaseSeq: standing.useCaseSeq,
      workspaceSeq: standing.workspaceSeq,
      domainIdentity: standing.domainIdentity,
      ...placeholders(changeMembers),
      releasedFrom: sql.placeholder("releasedFrom"),
    })} FROM ${useCase} CROSS JOIN ${standing} ON ${standing.useCaseSeq} = ${useCase.seq}
      WHERE ${thisUseCase} AND ${allowed} AND NOT EXISTS (SELECT 1 FROM ${tierChange}
        WHERE ${tierChange.useCaseSeq} = ${useCase.seq} AND ${tierChange.at} = ${sql.placeholder("at")}
          AND ${tierChange.why} = ${sql.placeholder("why")})`,
  );
  return (args: Args, change: TierChange, after: Standing): Statement =>
    add({ ...args, ...changeArgs(change, after) });
}

/** Before a use case is removed as if it had never been, where `removable` holds of it. Filled from `id` and what that asks. */
export function removeStanding<Args extends Readonly<Record<string, SqlValue>>>(removable: SQL) {
  const ofIt = sql`(SELECT ${useCase.seq} FROM ${useCase} WHERE ${thisUseCase} AND ${removable})`;
  const statements = [
    prepare<Args>(sql`DELETE FROM ${tierChange} WHERE ${tierChange.useCaseSeq} = ${ofIt}`),
    prepare<Args>(sql`DELETE FROM ${standing} WHERE ${standing.useCaseSeq} = ${ofIt}`),
  ];
  return (args: Args): readonly Statement[] => statements.map((statement) => statement(args));
}
