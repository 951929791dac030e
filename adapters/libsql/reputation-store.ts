// Where e-mail use cases stand: what a review reads in one go (reputation-figures.ts), and what it writes with its task's
// fence. Cohorts are kept by the fold (cohort-fold.ts), what a send takes by capacity.ts. Standings, cohorts and lines of
// the history outlive their use cases.
import { sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { assert } from "../../core/assert.ts";
import type { ReputationQuestion, ReputationStore } from "../../core/ports/reputation-store.ts";
import { ACCOUNT_HOUR_MS, type AccountQuota, accountTime } from "../../core/reputation/account-share.ts";
import type { Standing, TierChange } from "../../core/reputation/standing.ts";
import { THE_QUOTA, usedToday } from "./capacity.ts";
import { insertSelect, select } from "./columns.ts";
import type { Database, Statement } from "./database.ts";
import {
  bucketFigures,
  dayFigures,
  incidentFromRow,
  selectBuckets,
  selectDays,
  selectIncidents,
  selectIncidentsAsked,
  selectSetupBuckets,
  selectTakenByDeleted,
  taken,
} from "./reputation-figures.ts";
import { workspace } from "./schema/access.ts";
import { useCase } from "./schema/channel.ts";
import { accountQuota, accountUse, cohort, standing, tierChange } from "./schema/reputation.ts";
import {
  changeColumns,
  changeFromRow,
  insertChange,
  standingColumns,
  standingFromRow,
  updateStanding,
} from "./standing-statements.ts";
import { bare, prepare } from "./statement.ts";
import { heldArgs, holds, wakeTasks } from "./task-statements.ts";
import { joinedUseCase, useCaseColumns, useCaseFromRow } from "./use-case-row.ts";

const beside = alias(standing, "beside");
const thisUseCase = sql`${useCase.id} = ${sql.placeholder("id")}`;
const withStanding = sql`${useCase} CROSS JOIN ${standing} ON ${standing.useCaseSeq} = ${useCase.seq}`;

// ---- reading

const firstSentAt = sql<number | null>`(SELECT ${cohort.startsAt} FROM ${cohort}
  WHERE ${cohort.useCaseSeq} = ${standing.useCaseSeq} AND ${cohort.startsAt} >= ${standing.countsFrom} AND ${cohort.sent} > 0
  ORDER BY ${cohort.startsAt} LIMIT 1)`;
const own = select({ used: usedToday, firstSentAt });
const selectOne = prepare<ReputationQuestion>(
  sql`SELECT ${useCaseColumns.list}, ${standingColumns.list}, ${own.list} FROM ${joinedUseCase}
    JOIN ${standing} ON ${standing.useCaseSeq} = ${useCase.seq}
    WHERE ${useCase.id} = ${sql.placeholder("useCaseId")} AND ${useCase.deletedAt} IS NULL
      AND (${sql.placeholder("workspaceId")} IS NULL OR ${workspace.id} = ${sql.placeholder("workspaceId")})`,
);
const selectHistory = prepare<ReputationQuestion>(
  sql`SELECT ${changeColumns.list} FROM ${useCase}
    CROSS JOIN ${tierChange} ON ${tierChange.useCaseSeq} = ${useCase.seq}
    WHERE ${useCase.id} = ${sql.placeholder("useCaseId")}
    ORDER BY ${tierChange.at} DESC, ${tierChange.seq} DESC LIMIT ${sql.placeholder("historyMax")}`,
);

// ---- writing, as the holder of the review

type Held = ReturnType<typeof heldArgs>;
const isHeld = holds("review_tier");
const selectHeld = prepare<Held>(sql`SELECT 1 WHERE ${isHeld}`);

const noteMove = prepare<Held & { readonly movingTo: Standing["tier"] }>(
  sql`UPDATE ${standing} SET ${bare(standing.movingTo)} = ${sql.placeholder("movingTo")}
    WHERE ${standing.useCaseSeq} = (SELECT ${useCase.seq} FROM ${useCase} WHERE ${thisUseCase}) AND ${isHeld}`,
);
const addChange = insertChange<Held>(isHeld);
const update = updateStanding<Held>(isHeld);
const updateTier = prepare<Held & { readonly tier: Standing["tier"]; readonly at: number }>(
  sql`UPDATE ${useCase} SET ${bare(useCase.tier)} = ${sql.placeholder("tier")},
      ${bare(useCase.updatedAt)} = max(${useCase.updatedAt}, ${sql.placeholder("at")})
    WHERE ${thisUseCase} AND ${useCase.tier} <> ${sql.placeholder("tier")} AND ${isHeld}`,
);

const others = sql`SELECT ${standing.seq} AS own, ${beside.useCaseSeq} AS seq FROM ${withStanding}
  CROSS JOIN ${standing} AS ${beside} ON ${beside.workspaceSeq} = ${standing.workspaceSeq}
    AND ${beside.domainIdentity} = ${standing.domainIdentity} AND ${beside.seq} <> ${standing.seq}
  WHERE ${thisUseCase} AND ${isHeld}`;
/** After the standing is recorded. Of a setup's use cases each is then woken by the ones before it, not by those after. */
const isBehind = sql`NOT ${beside.isStopped} AND (${standing.isStopped} OR ${beside.incidentAt} IS NULL)`;
const wakeOthers = prepare<Held>(
  wakeTasks(
    "review_tier",
    sql`SELECT ${useCase.id} FROM (${others} AND ${isBehind}) AS other CROSS JOIN ${useCase} ON ${useCase.seq} = other.seq
      AND ${useCase.status} = 'ready'`,
  ),
);
const endOfDeleted = prepare<Held>(
  sql`UPDATE ${standing} SET ${bare(standing.incidentAt)} = NULL, ${bare(standing.offence)} = NULL,
      ${bare(standing.suspendedUntil)} = NULL, ${bare(standing.isStopped)} = 0
    WHERE ${standing.incidentAt} IS NOT NULL AND ${standing.useCaseSeq} IN (SELECT ${useCase.seq}
      FROM (${others}) AS other CROSS JOIN ${useCase} ON ${useCase.seq} = other.seq AND ${useCase.deletedAt} IS NOT NULL)`,
);

/** The line, and what it means for the others of the workspace and domain. */
function changeStatements(held: Held, change: TierChange, after: Standing): readonly Statement[] {
  const line = addChange(held, change, after);
  if (change.figures.some(({ scope }) => scope === "setup")) return [line, wakeOthers(held)];
  return change.why === "operator_resumed" ? [line, endOfDeleted(held)] : [line];
}

const keepQuota = prepare<AccountQuota & { readonly saidAt: number }>(
  sql`${insertSelect(accountQuota, {
    seq: THE_QUOTA,
    mailsIn24Hours: sql.placeholder("mailsIn24Hours"),
    mailsPerSecond: sql.placeholder("mailsPerSecond"),
    saidAt: sql.placeholder("saidAt"),
  })} WHERE true ON CONFLICT (${bare(accountQuota.seq)}) DO UPDATE
    SET ${bare(accountQuota.mailsIn24Hours)} = excluded.${bare(accountQuota.mailsIn24Hours)},
      ${bare(accountQuota.mailsPerSecond)} = excluded.${bare(accountQuota.mailsPerSecond)},
      ${bare(accountQuota.saidAt)} = excluded.${bare(accountQuota.saidAt)}
    WHERE excluded.${bare(accountQuota.saidAt)} >= ${accountQuota.saidAt}`,
);

/** A quick statement; a quarter of an hour's worth for as many workspaces. */
const FORGOTTEN_MAX = 5_000;
/** What no window reaches any more, with an hour to spare for clocks that are behind. */
const forgetUse = prepare<{ readonly before: number }>(
  sql`DELETE FROM ${accountUse} WHERE ${bare(accountUse.seq)} IN (SELECT ${accountUse.seq} FROM ${accountUse}
    WHERE ${accountUse.hourStartsAt} < ${sql.placeholder("before")} LIMIT ${sql.raw(String(FORGOTTEN_MAX))})`,
);

export function makeReputationStore(database: Database): ReputationStore {
  /** Runs them, and answers whether the lease is the holder's. */
  const runHeld = (held: Held, ...statements: readonly Statement[]): Promise<boolean> =>
    database.write({
      statements: [...statements, selectHeld(held)],
      outcome: (results) => results.at(-1)?.[0] !== undefined,
    });

  return {
    async find(question) {
      const [rows, days = [], buckets = [], setupBuckets = [], incidents = [], history = []] =
        await database.read([
          selectOne(question),
          selectDays(question),
          selectBuckets(question),
          selectSetupBuckets(question),
          selectIncidents(question),
          selectHistory(question),
        ]);
      const row = rows?.[0];
      if (row === undefined) return null;
      const useCase = useCaseFromRow(row);
      assert(useCase.channel === "email", `use case ${useCase.id} of another channel has a standing`);
      return {
        useCase,
        standing: standingFromRow(useCase.tier, row),
        ...own.read(row),
        days: days.map(dayFigures.read),
        buckets: buckets.map(bucketFigures.read),
        setupBuckets: setupBuckets.map(bucketFigures.read),
        incidents: incidents.map(incidentFromRow),
        history: history.map(changeFromRow),
      };
    },

    async inheritance(workspaceId, domainIdentity, times) {
      const args = { ...times, workspaceId, domainIdentity };
      const [incidents = [], sums] = await database.read([
        selectIncidentsAsked(args),
        selectTakenByDeleted(args),
      ]);
      assert(sums?.[0] !== undefined, "a sum answers one row");
      return { incidents: incidents.map(incidentFromRow), ...taken.read(sums[0]) };
    },

    begin(task, movingTo) {
      const held = heldArgs(task);
      return runHeld(held, noteMove({ ...held, movingTo }));
    },

    record(task, next, change) {
      const held = heldArgs(task);
      return runHeld(
        held,
        update(held, next),
        updateTier({ ...held, tier: next.tier, at: change?.at ?? 0 }),
        ...(change === null ? [] : changeStatements(held, change, next)),
      );
    },

    recordQuota(quota, at) {
      const before = accountTime(at).windowStartsAt - ACCOUNT_HOUR_MS;
      const statements = [keepQuota({ ...quota, saidAt: at }), forgetUse({ before })];
      return database.write({ statements, outcome: () => undefined });
    },
  };
}
