// Setups. Two unique indexes over the living rows decide who gets a tenant name and a domain; `deleting` begins only
// where no use case is left, in the one statement that also keeps new ones out (`use-case-store.ts` asks for `ready`).
import { sql } from "drizzle-orm";
import { assert } from "../../core/assert.ts";
import type { ClaimLost } from "../../core/idempotency/idempotency.ts";
import type { Id } from "../../core/ids.ts";
import type { OffsetWindow } from "../../core/ports/offset-page.ts";
import type { SetupNameTaken, SetupReservation, SetupStore } from "../../core/ports/setup-store.ts";
import { err, ok } from "../../core/result.ts";
import type { SesSetup, SetupStatus } from "../../core/setup/ses-setup.ts";
import { insertSelect, select } from "./columns.ts";
import type { Database, Row, Statement } from "./database.ts";
import {
  type ClaimArgs,
  claimArgs,
  claimHeld,
  claimLost,
  releaseClaim,
  returnClaim,
  storedOrRefused,
  takeClaim,
} from "./idempotency-statements.ts";
import { readPage, total } from "./offset-page.ts";
import { workspace } from "./schema/access.ts";
import { sesSetup, useCase } from "./schema/channel.ts";
import { dkimToJson, setupColumns, setupFromRow, verdictsToJson } from "./setup-row.ts";
import { bare, prepare } from "./statement.ts";

const id = sql.placeholder("id");
const workspaceId = sql.placeholder("workspaceId");
const at = sql.placeholder("at");

const status = (wanted: SetupStatus) => sql`${sesSetup.status} = ${wanted}`;
const thisSetup = sql`${sesSetup.id} = ${id}`;
const living = sql`${sesSetup.deletedAt} IS NULL`;
const provisioning = status("provisioning");
const provisioned = sql`(${status("ready")} OR ${status("deleting")})`;
const shown = sql`${living} AND NOT ${provisioning}`;
const setStatus = (next: SetupStatus) => sql`${bare(sesSetup.status)} = ${next}`;
/** Times come from several clocks: a change never makes a row look older. */
const changed = sql`${bare(sesSetup.updatedAt)} = max(${sesSetup.updatedAt}, ${at})`;

const withWorkspace = sql`${sesSetup} JOIN ${workspace} ON ${workspace.seq} = ${sesSetup.workspaceSeq}`;

const selectOne = prepare<{ id: Id }>(
  sql`SELECT ${setupColumns.list} FROM ${withWorkspace} WHERE ${thisSetup} AND ${living}`,
);

// ---- reserve, provisioned or released

const insert = prepare<SetupReservation & ClaimArgs>(
  sql`${insertSelect(sesSetup, {
    id,
    workspaceSeq: workspace.seq,
    tenantName: sql.placeholder("tenantName"),
    domainIdentity: sql.placeholder("domainIdentity"),
    region: sql.placeholder("region"),
    status: sql`${"provisioning" satisfies SetupStatus}`,
    createdAt: sql.placeholder("createdAt"),
    updatedAt: sql.placeholder("createdAt"),
  })} FROM ${workspace} WHERE ${workspace.id} = ${workspaceId} AND ${claimHeld} ON CONFLICT DO NOTHING`,
);

const returnKey = returnClaim(sesSetup.id);

const isTaken = (column: typeof sesSetup.tenantName | typeof sesSetup.domainIdentity, name: string) =>
  sql<number>`EXISTS (SELECT 1 FROM ${sesSetup} WHERE ${column} = ${sql.placeholder(name)} AND ${living})`;
const refusal = select({
  claimLost,
  tenantNameTaken: isTaken(sesSetup.tenantName, "tenantName"),
  domainIdentityTaken: isTaken(sesSetup.domainIdentity, "domainIdentity"),
});
const selectRefusal = prepare<SetupReservation & ClaimArgs>(sql`SELECT ${refusal.list}`);

function toRefusal(row: Row): SetupNameTaken | ClaimLost {
  const { claimLost, tenantNameTaken, domainIdentityTaken } = refusal.read(row);
  if (claimLost === 1) return { kind: "claim_lost" };
  if (tenantNameTaken === 1) return { kind: "tenant_name_taken" };
  assert(
    domainIdentityTaken === 1,
    "a setup was not stored, and nothing stood in its way: is there its workspace?",
  );
  return { kind: "domain_identity_taken" };
}

const recordTenant = prepare<{ id: Id; tenantArn: string }>(
  sql`UPDATE ${sesSetup} SET ${bare(sesSetup.tenantArn)} = ${sql.placeholder("tenantArn")}
    WHERE ${thisSetup} AND ${living}`,
);

const recordProvisioned = prepare<{ id: Id; dkim: string; at: number }>(
  sql`UPDATE ${sesSetup} SET ${setStatus("ready")}, ${bare(sesSetup.dkim)} = ${sql.placeholder("dkim")}, ${changed}
    WHERE ${thisSetup} AND ${provisioning}`,
);

const releaseKey = releaseClaim(sesSetup.id, provisioning);
const release = prepare<{ id: Id }>(sql`DELETE FROM ${sesSetup} WHERE ${thisSetup} AND ${provisioning}`);

// ---- list

const ofWorkspace = sql`${workspace.id} = ${workspaceId} AND ${shown}`;
const inWindow = sql`ORDER BY ${sesSetup.seq} LIMIT ${sql.placeholder("limit")} OFFSET ${sql.placeholder("offset")}`;

const pageOfWorkspace = prepare<OffsetWindow & { workspaceId: Id }>(
  sql`SELECT ${setupColumns.list} FROM ${withWorkspace} WHERE ${ofWorkspace} ${inWindow}`,
);
const countOfWorkspace = prepare<{ workspaceId: Id }>(
  sql`SELECT ${total.list} FROM ${withWorkspace} WHERE ${ofWorkspace}`,
);
const pageOfAll = prepare<OffsetWindow>(
  sql`SELECT ${setupColumns.list} FROM ${withWorkspace} WHERE ${shown} ${inWindow}`,
);
const countOfAll = prepare<Record<never, never>>(sql`SELECT ${total.list} FROM ${sesSetup} WHERE ${shown}`);

// ---- checks

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
    WHERE ${thisSetup} AND ${living} AND (${sesSetup.dnsCheckedAt} IS NULL OR ${sesSetup.dnsCheckedAt} <= ${at})`,
);

// ---- deletion

const unused = sql`NOT EXISTS (
  SELECT 1 FROM ${useCase} WHERE ${useCase.setupSeq} = ${sesSetup.seq} AND ${useCase.deletedAt} IS NULL)`;

const selectInUse = prepare<{ id: Id }>(sql`SELECT 1 FROM ${sesSetup} WHERE ${thisSetup} AND NOT ${unused}`);

const beginDelete = prepare<{ id: Id; at: number }>(
  sql`UPDATE ${sesSetup} SET ${setStatus("deleting")}, ${changed}
    WHERE ${thisSetup} AND ${provisioned} AND ${unused}`,
);
const abortDelete = prepare<{ id: Id; at: number }>(
  sql`UPDATE ${sesSetup} SET ${setStatus("ready")}, ${changed} WHERE ${thisSetup} AND ${status("deleting")}`,
);
const bury = prepare<{ id: Id; at: number }>(
  sql`UPDATE ${sesSetup} SET ${setStatus("deleted")}, ${bare(sesSetup.deletedAt)} = ${at}, ${changed}
    WHERE ${thisSetup} AND ${provisioned} AND ${unused}`,
);

export function makeSetupStore(database: Database): SetupStore {
  const run = (...statements: readonly Statement[]): Promise<void> =>
    database.write({ statements, outcome: () => undefined });
  const toSetup = (row: Row | undefined): SesSetup | null => (row === undefined ? null : setupFromRow(row));
  const runAndFind = (id: Id, statement: Statement): Promise<SesSetup | null> =>
    database.write({
      statements: [statement, selectOne({ id })],
      outcome: ([, rows]) => toSetup(rows?.[0]),
    });

  return {
    reserve(reservation, claim) {
      const { id, workspaceId, createdAt } = reservation;
      const args = { ...reservation, ...claimArgs(workspaceId, claim, id, createdAt) };
      return database.write({
        statements: [
          ...takeClaim(args),
          insert(args),
          ...returnKey(args),
          selectRefusal(args),
          selectOne({ id }),
        ],
        outcome: (results) => storedOrRefused(results, setupFromRow, toRefusal),
      });
    },
    recordTenant: (id, tenantArn) => run(recordTenant({ id, tenantArn })),
    recordProvisioned: (id, dkim, at) =>
      runAndFind(id, recordProvisioned({ id, dkim: dkimToJson(dkim), at })),
    release: (id) => run(releaseKey({ id }), release({ id })),
    async find(id) {
      const [rows] = await database.read([selectOne({ id })]);
      return toSetup(rows?.[0]);
    },
    list: (workspaceId, window) =>
      workspaceId === null
        ? readPage(database, pageOfAll(window), countOfAll({}), setupFromRow)
        : readPage(
            database,
            pageOfWorkspace({ ...window, workspaceId }),
            countOfWorkspace({ workspaceId }),
            setupFromRow,
          ),
    recordCheck: (id, check) =>
      runAndFind(
        id,
        recordCheck({
          id,
          verdicts: verdictsToJson(check.verdicts),
          dnsVerified: check.dnsVerified ? 1 : 0,
          dnsLostAt: check.dnsLostAt,
          dkim: dkimToJson(check.dkim),
          at: check.checkedAt,
        }),
      ),
    beginDelete: (id, at) =>
      database.write({
        statements: [beginDelete({ id, at }), selectInUse({ id })],
        outcome: ([, rows]) => (rows?.length === 0 ? ok(undefined) : err({ kind: "setup_in_use" })),
      }),
    abortDelete: (id, at) => run(abortDelete({ id, at })),
    bury: (id, at) => run(bury({ id, at })),
  };
}
