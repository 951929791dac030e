// Use cases. Three unique indexes over the living rows decide who gets a name pair, a configuration set name and a
// sender address; a setup that is being deleted takes none.
import { type SQL, sql } from "drizzle-orm";
import { assert } from "../../core/assert.ts";
import { canonicalAddress } from "../../core/email/address.ts";
import type { ClaimLost } from "../../core/idempotency/idempotency.ts";
import type { Id } from "../../core/ids.ts";
import type { UseCaseFilter, UseCaseStore, UseCaseTaken } from "../../core/ports/use-case-store.ts";
import type { SetupStatus } from "../../core/setup/ses-setup.ts";
import { foldName } from "../../core/use-case/use-case-name.ts";
import type { EmailUseCase, UseCaseStatus } from "../../core/use-case/use-case.ts";
import { insertSelect, select } from "./columns.ts";
import type { Database, Row, SqlValue, Statement } from "./database.ts";
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
import { workspace } from "./schema/access.ts";
import { sesSetup, useCase } from "./schema/channel.ts";
import { bare, prepare } from "./statement.ts";
import { useCaseColumns, useCaseFromRow } from "./use-case-row.ts";

const id = sql.placeholder("id");
const workspaceId = sql.placeholder("workspaceId");
const setupId = sql.placeholder("setupId");
const at = sql.placeholder("at");

const status = (wanted: UseCaseStatus) => sql`${useCase.status} = ${wanted}`;
const thisUseCase = sql`${useCase.id} = ${id}`;
const living = sql`${useCase.deletedAt} IS NULL`;
const provisioning = status("provisioning");
const setStatus = (next: UseCaseStatus) => sql`${bare(useCase.status)} = ${next}`;
/** Times come from several clocks: a change never makes a row look older. */
const changed = sql`${bare(useCase.updatedAt)} = max(${useCase.updatedAt}, ${at})`;

/** `null` for the argument lets everything pass: for filters that no index walks. */
const whenGiven = (name: string, condition: SQL) => sql`(${sql.placeholder(name)} IS NULL OR ${condition})`;

const joined = sql`${useCase} JOIN ${workspace} ON ${workspace.seq} = ${useCase.workspaceSeq}
  LEFT JOIN ${sesSetup} ON ${sesSetup.seq} = ${useCase.setupSeq}`;

const selectOne = prepare<{ id: Id; workspaceId: Id | null }>(
  sql`SELECT ${useCaseColumns.list} FROM ${joined}
    WHERE ${thisUseCase} AND ${living} AND ${whenGiven("workspaceId", sql`${workspace.id} = ${workspaceId}`)}`,
);

// ---- reserve, provisioned or released

type ReserveArgs = EmailUseCase &
  ClaimArgs & { entityNameFolded: string; nameFolded: string; senderCanonical: string };

const setupStands = sql`${sesSetup.id} = ${setupId} AND ${sesSetup.status} = ${"ready" satisfies SetupStatus}`;

const insert = prepare<ReserveArgs>(
  sql`${insertSelect(useCase, {
    id,
    workspaceSeq: workspace.seq,
    setupSeq: sesSetup.seq,
    channel: sql.placeholder("channel"),
    entityName: sql.placeholder("entityName"),
    name: sql.placeholder("name"),
    entityNameFolded: sql.placeholder("entityNameFolded"),
    nameFolded: sql.placeholder("nameFolded"),
    description: sql.placeholder("description"),
    status: sql`${"provisioning" satisfies UseCaseStatus}`,
    configurationSetName: sql.placeholder("configurationSetName"),
    senderEmailAddress: sql.placeholder("senderEmailAddress"),
    senderCanonical: sql.placeholder("senderCanonical"),
    senderDisplayName: sql.placeholder("senderDisplayName"),
    emailType: sql.placeholder("emailType"),
    unsubscribeScope: sql.placeholder("unsubscribeScope"),
    tier: sql.placeholder("tier"),
    createdAt: sql.placeholder("createdAt"),
    updatedAt: sql.placeholder("updatedAt"),
  })} FROM ${workspace}, ${sesSetup}
  WHERE ${workspace.id} = ${workspaceId} AND ${setupStands} AND ${claimHeld} ON CONFLICT DO NOTHING`,
);

const returnKey = returnClaim(useCase.id);

const isTaken = (condition: SQL) =>
  sql<number>`EXISTS (SELECT 1 FROM ${useCase} WHERE ${living} AND ${condition})`;
const refusal = select({
  claimLost,
  setupStands: sql<number>`EXISTS (SELECT 1 FROM ${sesSetup} WHERE ${setupStands})`,
  nameTaken: isTaken(sql`${useCase.entityNameFolded} = ${sql.placeholder("entityNameFolded")}
    AND ${useCase.nameFolded} = ${sql.placeholder("nameFolded")}
    AND ${useCase.workspaceSeq} = (SELECT ${workspace.seq} FROM ${workspace} WHERE ${workspace.id} = ${workspaceId})`),
  configurationSetTaken: isTaken(
    sql`${useCase.configurationSetName} = ${sql.placeholder("configurationSetName")}`,
  ),
  senderTaken: isTaken(sql`${useCase.senderCanonical} = ${sql.placeholder("senderCanonical")}`),
});
const selectRefusal = prepare<ReserveArgs>(sql`SELECT ${refusal.list}`);

function toRefusal(row: Row): UseCaseTaken | ClaimLost {
  const why = refusal.read(row);
  if (why.claimLost === 1) return { kind: "claim_lost" };
  if (why.setupStands === 0) return { kind: "setup_not_found" };
  if (why.nameTaken === 1) return { kind: "use_case_name_taken" };
  if (why.configurationSetTaken === 1) return { kind: "configuration_set_name_taken" };
  assert(
    why.senderTaken === 1,
    "a use case was not stored, and nothing stood in its way: is there its workspace?",
  );
  return { kind: "sender_address_taken" };
}

const recordProvisioned = prepare<{ id: Id; at: number }>(
  sql`UPDATE ${useCase} SET ${setStatus("ready")}, ${changed} WHERE ${thisUseCase} AND ${provisioning}`,
);

const releaseKey = releaseClaim(useCase.id, provisioning);
const release = prepare<{ id: Id }>(sql`DELETE FROM ${useCase} WHERE ${thisUseCase} AND ${provisioning}`);

// ---- list: along the setup's index, the workspace's, or the table; what else is asked is filtered on the way

type ListArgs = {
  workspaceId: Id | null;
  setupId: Id | null;
  twilioSetupId: Id | null;
  channel: string | null;
  entityNameFolded: string | null;
  limit: number;
};

const inWorkspace = sql`${workspace.id} = ${workspaceId}`;

const listAlong = (walked: SQL) =>
  prepare<ListArgs & Record<string, SqlValue>>(
    sql`SELECT ${useCaseColumns.list} FROM ${joined} WHERE ${walked} AND ${living} AND NOT ${provisioning}
      AND ${whenGiven("channel", sql`${useCase.channel} = ${sql.placeholder("channel")}`)}
      AND ${whenGiven("entityNameFolded", sql`${useCase.entityNameFolded} = ${sql.placeholder("entityNameFolded")}`)}
      AND ${whenGiven("twilioSetupId", sql`${useCase.twilioSetupId} = ${sql.placeholder("twilioSetupId")}`)}
      ORDER BY ${useCase.seq} LIMIT ${sql.placeholder("limit")}`,
  );

const ofSetup = sql`${useCase.setupSeq} = (SELECT ${sesSetup.seq} FROM ${sesSetup} WHERE ${sesSetup.id} = ${setupId})`;
const listOfSetup = listAlong(sql`${ofSetup} AND ${whenGiven("workspaceId", inWorkspace)}`);
const listOfWorkspace = listAlong(inWorkspace);
const listOfAll = listAlong(sql`true`);

function listStatement(filter: UseCaseFilter, limit: number): Statement {
  const args: ListArgs = {
    workspaceId: filter.workspaceId,
    setupId: filter.setupId ?? null,
    twilioSetupId: filter.twilioSetupId ?? null,
    channel: filter.channel ?? null,
    entityNameFolded: filter.entityName === undefined ? null : foldName(filter.entityName),
    limit,
  };
  if (args.setupId !== null) return listOfSetup(args);
  return args.workspaceId === null ? listOfAll(args) : listOfWorkspace(args);
}

// ---- deletion

const beginDelete = prepare<{ id: Id; at: number }>(
  sql`UPDATE ${useCase} SET ${setStatus("deleting")}, ${changed}
    WHERE ${thisUseCase} AND (${status("ready")} OR ${status("deleting")})`,
);
const abortDelete = prepare<{ id: Id; at: number }>(
  sql`UPDATE ${useCase} SET ${setStatus("ready")}, ${changed} WHERE ${thisUseCase} AND ${status("deleting")}`,
);
const bury = prepare<{ id: Id; at: number }>(
  sql`UPDATE ${useCase} SET ${setStatus("deleted")}, ${bare(useCase.deletedAt)} = ${at}, ${changed}
    WHERE ${thisUseCase} AND ${living} AND NOT ${provisioning}`,
);

export function makeUseCaseStore(database: Database): UseCaseStore {
  const run = (...statements: readonly Statement[]): Promise<void> =>
    database.write({ statements, outcome: () => undefined });

  return {
    reserveEmail(reserved, claim) {
      const { id, workspaceId, createdAt } = reserved;
      const args: ReserveArgs = {
        ...reserved,
        ...claimArgs(workspaceId, claim, id, createdAt),
        entityNameFolded: foldName(reserved.entityName),
        nameFolded: foldName(reserved.name),
        senderCanonical: canonicalAddress(reserved.senderEmailAddress),
      };
      return database.write({
        statements: [
          ...takeClaim(args),
          insert(args),
          ...returnKey(args),
          selectRefusal(args),
          selectOne({ id, workspaceId }),
        ],
        outcome: (results) => storedOrRefused(results, emailUseCaseFromRow, toRefusal),
      });
    },
    recordProvisioned: (id, at) => run(recordProvisioned({ id, at })),
    release: (id) => run(releaseKey({ id }), release({ id })),
    async find(id, workspaceId) {
      const [rows] = await database.read([selectOne({ id, workspaceId })]);
      return rows?.[0] === undefined ? null : useCaseFromRow(rows[0]);
    },
    async list(filter, limit) {
      const [rows = []] = await database.read([listStatement(filter, limit)]);
      return rows.map(useCaseFromRow);
    },
    beginDelete: (id, at) => run(beginDelete({ id, at })),
    abortDelete: (id, at) => run(abortDelete({ id, at })),
    bury: (id, at) => run(bury({ id, at })),
  };
}

function emailUseCaseFromRow(row: Row): EmailUseCase {
  const stored = useCaseFromRow(row);
  assert(stored.channel === "email", `use case ${stored.id} was stored for another channel`);
  return stored;
}
