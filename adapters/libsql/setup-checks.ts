// What is found out about setups that stand: verdicts on their records, when the provider was told to search again, and
// which tenants it has paused. Part of the setup store.
import { type Column, sql } from "drizzle-orm";
import type { Id } from "../../core/ids.ts";
import { CLOCK_JUMP_MS } from "../../core/ports/clock.ts";
import type { SearchedRecord, SetupStore } from "../../core/ports/setup-store.ts";
import type { Database } from "./database.ts";
import { workspace } from "./schema/access.ts";
import { sesSetup } from "./schema/channel.ts";
import { dkimToJson, setupColumns, setupFromRow, verdictsToJson } from "./setup-row.ts";
import { bare, prepare } from "./statement.ts";

const id = sql.placeholder("id");
const at = sql.placeholder("at");
const thisSetup = sql`${sesSetup.id} = ${id}`;
const living = sql`${sesSetup.deletedAt} IS NULL`;

const selectOne = prepare<{ id: Id }>(
  sql`SELECT ${setupColumns.list} FROM ${sesSetup} JOIN ${workspace} ON ${workspace.seq} = ${sesSetup.workspaceSeq}
    WHERE ${thisSetup} AND ${living}`,
);

type CheckArgs = {
  id: Id;
  verdicts: string;
  dnsVerified: number;
  dnsLostAt: number | null;
  dkim: string;
  at: number;
};

const found = [
  { column: sesSetup.verdicts, value: sql.placeholder("verdicts") },
  { column: sesSetup.dnsVerified, value: sql.placeholder("dnsVerified") },
  { column: sesSetup.dnsLostAt, value: sql.placeholder("dnsLostAt") },
  { column: sesSetup.dkim, value: sql.placeholder("dkim") },
];
const sameAsStored = sql.join(
  found.map(({ column, value }) => sql`${column} IS ${value}`),
  sql` AND `,
);
const recordCheck = prepare<CheckArgs>(
  sql`UPDATE ${sesSetup} SET ${sql.join(
    found.map(({ column, value }) => sql`${bare(column)} = ${value}`),
    sql`, `,
  )}, ${bare(sesSetup.dnsCheckedAt)} = ${at},
      ${bare(sesSetup.updatedAt)} = CASE WHEN ${sameAsStored} THEN ${sesSetup.updatedAt}
        ELSE max(${sesSetup.updatedAt}, ${at}) END
    WHERE ${thisSetup} AND ${living} AND (${sesSetup.dnsCheckedAt} IS NULL OR ${sesSetup.dnsCheckedAt} <= ${at}
      OR ${sesSetup.dnsCheckedAt} > ${at} + ${sql.raw(String(CLOCK_JUMP_MS))})`,
);

const REARMED_AT: Readonly<Record<SearchedRecord, Column>> = {
  dkim: sesSetup.dkimRearmedAt,
  mail_from: sesSetup.mailFromRearmedAt,
};
const rearmOf = (record: SearchedRecord) => {
  const column = REARMED_AT[record];
  return {
    claim: prepare<{ id: Id; at: number; notSince: number }>(
      sql`UPDATE ${sesSetup} SET ${bare(column)} = ${at} WHERE ${thisSetup} AND ${living}
        AND (${column} IS NULL OR ${column} <= ${sql.placeholder("notSince")} OR ${column} > ${at})`,
    ),
    isClaimed: prepare<{ id: Id; at: number }>(
      sql`SELECT 1 FROM ${sesSetup} WHERE ${thisSetup} AND ${living} AND ${column} = ${at}`,
    ),
    forget: prepare<{ id: Id }>(sql`UPDATE ${sesSetup} SET ${bare(column)} = NULL WHERE ${thisSetup}`),
  };
};
const REARMS = { dkim: rearmOf("dkim"), mail_from: rearmOf("mail_from") };

/** Each row: a tenant's ARN and the cause of its pause. */
const paused = sql`json_each(${sql.placeholder("paused")})`;
const cause = sql`(SELECT json_extract(value, '$.cause') FROM ${paused}
  WHERE json_extract(value, '$.tenantArn') = ${sesSetup.tenantArn})`;
const recordPauses = prepare<{ paused: string }>(
  sql`UPDATE ${sesSetup} SET ${bare(sesSetup.sendingPausedCause)} = ${cause}
    WHERE ${living} AND ${sesSetup.sendingPausedCause} IS NOT ${cause}`,
);

type SetupChecks = Pick<SetupStore, "recordCheck" | "claimRearm" | "returnRearm" | "recordPauses">;

export const makeSetupChecks = (database: Database): SetupChecks => ({
  recordCheck: (id, check) =>
    database.write({
      statements: [
        recordCheck({
          id,
          verdicts: verdictsToJson(check.verdicts),
          dnsVerified: check.dnsVerified ? 1 : 0,
          dnsLostAt: check.dnsLostAt,
          dkim: dkimToJson(check.dkim),
          at: check.checkedAt,
        }),
        selectOne({ id }),
      ],
      outcome: ([, rows]) => (rows?.[0] === undefined ? null : setupFromRow(rows[0])),
    }),
  claimRearm: (id, record, at, notSince) =>
    database.write({
      statements: [REARMS[record].claim({ id, at, notSince }), REARMS[record].isClaimed({ id, at })],
      outcome: ([, rows]) => rows?.[0] !== undefined,
    }),
  returnRearm: (id, record) =>
    database.write({ statements: [REARMS[record].forget({ id })], outcome: () => undefined }),
  recordPauses: (paused) =>
    database.write({
      statements: [recordPauses({ paused: JSON.stringify(paused) })],
      outcome: () => undefined,
    }),
});
