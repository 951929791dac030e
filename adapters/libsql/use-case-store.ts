// Use cases. Three unique indexes over the living rows decide who gets a name pair, a configuration set name and a
// sender address; a setup that is being deleted takes none. The writes of whoever makes or deletes one ask for their
// task's fence.
import { type SQL, sql } from "drizzle-orm";
import { assert } from "../../core/assert.ts";
import { canonicalAddress } from "../../core/email/address.ts";
import type { ClaimLost } from "../../core/idempotency/idempotency.ts";
import type { Id } from "../../core/ids.ts";
import type {
  UseCaseDeletionNotBegun,
  UseCaseFilter,
  UseCaseInWork,
  UseCaseStore,
  UseCaseTaken,
} from "../../core/ports/use-case-store.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { SetupStatus } from "../../core/setup/ses-setup.ts";
import type { Task } from "../../core/tasks/task.ts";
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
import { phoneNumber } from "./schema/phone-number.ts";
import { twilioSetup } from "./schema/twilio-setup.ts";
import { insertChange, insertStanding, removeStanding } from "./standing-statements.ts";
import { bare, prepare } from "./statement.ts";
import {
  type ClaimTaskArgs,
  claimTask,
  completeTask,
  heldArgs,
  holds,
  insertTask,
  isHeld,
  newClaim,
  postponeTask,
  removeTasks,
  selectClaimed,
  taskFromRow,
} from "./task-statements.ts";
import { createTwilioUseCase } from "./twilio-use-case.ts";
import { joinedUseCase, useCaseColumns, useCaseFromRow } from "./use-case-row.ts";

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

const isThere = (condition: SQL) =>
  sql`EXISTS (SELECT 1 FROM ${useCase} WHERE ${thisUseCase} AND ${condition})`;

/** `null` for the argument lets everything pass: for filters that no index walks. */
const whenGiven = (name: string, condition: SQL) => sql`(${sql.placeholder(name)} IS NULL OR ${condition})`;

const selectOne = prepare<{ id: Id; workspaceId: Id | null }>(
  sql`SELECT ${useCaseColumns.list} FROM ${joinedUseCase}
    WHERE ${thisUseCase} AND ${living} AND ${whenGiven("workspaceId", sql`${workspace.id} = ${workspaceId}`)}`,
);

// ---- making one

type ReserveArgs = EmailUseCase &
  ClaimArgs &
  ClaimTaskArgs & { entityNameFolded: string; nameFolded: string; senderCanonical: string };

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
const insertProvision = insertTask("provision_use_case", isThere(provisioning));
const addChange = insertChange<{ id: Id }>();
const insertReview = insertTask("review_tier", isThere(status("ready")));
const claimProvision = claimTask("provision_use_case", isThere(provisioning));

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

type NamesArgs = { workspaceId: Id; entityNameFolded: string; nameFolded: string };
const selectUnfinished = prepare<NamesArgs>(
  sql`SELECT ${useCaseColumns.list} FROM ${joinedUseCase} WHERE ${provisioning} AND ${workspace.id} = ${workspaceId}
    AND ${useCase.entityNameFolded} = ${sql.placeholder("entityNameFolded")}
    AND ${useCase.nameFolded} = ${sql.placeholder("nameFolded")}`,
);

type Held = ReturnType<typeof heldArgs>;
const releasable = sql`${provisioning} AND ${holds("provision_use_case")}`;
const recordProvisioned = prepare<Held & { at: number }>(
  sql`UPDATE ${useCase} SET ${setStatus("ready")}, ${changed} WHERE ${thisUseCase} AND ${releasable}`,
);
const selectReady = prepare<{ id: Id }>(
  sql`SELECT 1 FROM ${useCase} WHERE ${thisUseCase} AND ${status("ready")}`,
);

const releaseKey = releaseClaim(useCase.id, releasable);
const releaseStanding = removeStanding<Held>(releasable);
const release = prepare<Held>(sql`DELETE FROM ${useCase} WHERE ${thisUseCase} AND ${releasable}`);
const removeTasksOfGone = removeTasks(sql`NOT ${isThere(living)}`);

// ---- list: along the index of a setup of either kind, the workspace's, or the table; what else is asked is filtered on the way

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
    sql`SELECT ${useCaseColumns.list} FROM ${joinedUseCase} WHERE ${walked} AND ${living} AND NOT ${provisioning}
      AND ${whenGiven("channel", sql`${useCase.channel} = ${sql.placeholder("channel")}`)}
      AND ${whenGiven("entityNameFolded", sql`${useCase.entityNameFolded} = ${sql.placeholder("entityNameFolded")}`)}
      AND ${whenGiven("twilioSetupId", sql`${twilioSetup.id} = ${sql.placeholder("twilioSetupId")}`)}
      ORDER BY ${useCase.seq} LIMIT ${sql.placeholder("limit")}`,
  );

const ofSetup = sql`${useCase.setupSeq} = (SELECT ${sesSetup.seq} FROM ${sesSetup} WHERE ${sesSetup.id} = ${setupId})`;
const listOfSetup = listAlong(sql`${ofSetup} AND ${whenGiven("workspaceId", inWorkspace)}`);
const ofTwilioSetup = sql`${useCase.twilioSetupSeq} = (
  SELECT ${twilioSetup.seq} FROM ${twilioSetup} WHERE ${twilioSetup.id} = ${sql.placeholder("twilioSetupId")})`;
const listOfTwilioSetup = listAlong(sql`${ofTwilioSetup} AND ${whenGiven("workspaceId", inWorkspace)}`);
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
  if (args.twilioSetupId !== null) return listOfTwilioSetup(args);
  return args.workspaceId === null ? listOfAll(args) : listOfWorkspace(args);
}

// ---- deletion

const standing = sql`(${status("ready")} OR ${status("deleting")})`;
/** No phone number serves it, in whatever status it is. */
const unserved = sql`NOT EXISTS (SELECT 1 FROM ${phoneNumber}
  WHERE ${phoneNumber.useCaseSeq} = ${useCase.seq} AND ${phoneNumber.releasedAt} IS NULL)`;
const deletable = sql`${standing} AND ${unserved}`;
const insertDeletion = insertTask("delete_use_case", isThere(deletable));
const claimDeletion = claimTask("delete_use_case", isThere(deletable));
const beginDelete = prepare<{ id: Id; at: number }>(
  sql`UPDATE ${useCase} SET ${setStatus("deleting")}, ${changed}
    WHERE ${thisUseCase} AND ${status("ready")} AND ${unserved} AND ${isHeld("delete_use_case")}`,
);
const obstacle = select({
  isStanding: sql<number>`${isThere(standing)}`,
  isUnserved: sql<number>`${isThere(unserved)}`,
});
const selectObstacle = prepare<{ id: Id }>(sql`SELECT ${obstacle.list}`);

function toDeletion(
  claimed: readonly Row[] = [],
  obstacles: readonly Row[] = [],
): Result<Task<"delete_use_case">, UseCaseDeletionNotBegun> {
  const task = claimed[0] && taskFromRow(claimed[0]);
  if (task) return ok({ ...task, kind: "delete_use_case" });
  assert(obstacles[0] !== undefined, "a SELECT without FROM answers one row");
  const { isStanding, isUnserved } = obstacle.read(obstacles[0]);
  if (isStanding === 0) return err({ kind: "use_case_not_found" });
  return err({ kind: isUnserved === 0 ? "phone_numbers_assigned" : "deletion_in_progress" });
}

const heldDeletion = sql`${status("deleting")} AND ${holds("delete_use_case")}`;
const restore = prepare<Held & { at: number }>(
  sql`UPDATE ${useCase} SET ${setStatus("ready")}, ${changed} WHERE ${thisUseCase} AND ${heldDeletion}`,
);
const bury = prepare<Held & { at: number }>(
  sql`UPDATE ${useCase} SET ${setStatus("deleted")}, ${bare(useCase.deletedAt)} = ${at}, ${changed}
    WHERE ${thisUseCase} AND ${heldDeletion}`,
);
const selectLiving = prepare<{ id: Id }>(sql`SELECT 1 FROM ${useCase} WHERE ${thisUseCase} AND ${living}`);

export function makeUseCaseStore(database: Database): UseCaseStore {
  const run = (...statements: readonly Statement[]): Promise<void> =>
    database.write({ statements, outcome: () => undefined });
  /** Runs them, and answers whether the use case is gone then. */
  const runAndMiss = (id: Id, ...statements: readonly Statement[]): Promise<boolean> =>
    database.write({
      statements: [...statements, selectLiving({ id })],
      outcome: (results) => results.at(-1)?.length === 0,
    });

  return {
    reserveEmail(reserved, claim, begins) {
      const { id, workspaceId, createdAt } = reserved;
      const args: ReserveArgs = {
        ...reserved,
        ...claimArgs(workspaceId, claim, id, createdAt),
        entityNameFolded: foldName(reserved.entityName),
        nameFolded: foldName(reserved.name),
        senderCanonical: canonicalAddress(reserved.senderEmailAddress),
        ...newClaim(),
      };
      return database.write({
        statements: [
          ...takeClaim(args),
          insert(args),
          insertStanding(id, begins.standing),
          ...(begins.change === null ? [] : [addChange({ id }, begins.change, begins.standing)]),
          insertProvision(args),
          claimProvision(args),
          ...returnKey(args),
          selectClaimed(args),
          selectRefusal(args),
          selectOne({ id, workspaceId }),
        ],
        outcome: (results) => {
          const stored = storedOrRefused(results, emailUseCaseFromRow, toRefusal);
          return stored.ok ? ok(toWork(stored.value, results.at(-3))) : stored;
        },
      });
    },
    async findUnfinished(workspaceId, entityName, name) {
      const args = { workspaceId, entityNameFolded: foldName(entityName), nameFolded: foldName(name) };
      const [rows] = await database.read([selectUnfinished(args)]);
      return rows?.[0] === undefined ? null : emailUseCaseFromRow(rows[0]);
    },
    takeOver(useCase, claim, at) {
      const args = { id: useCase.id, ...newClaim() };
      return database.write({
        statements: [
          claimProvision(args),
          ...takeClaim(claimArgs(useCase.workspaceId, claim, useCase.id, at)),
          selectClaimed(args),
        ],
        outcome: (results) => (results.at(-1)?.[0] === undefined ? null : toWork(useCase, results.at(-1))),
      });
    },
    recordProvisioned(task, at) {
      const held = heldArgs(task);
      return database.write({
        statements: [
          recordProvisioned({ ...held, at }),
          insertReview(held),
          completeTask(held),
          selectReady(held),
        ],
        outcome: (results) => results.at(-1)?.[0] !== undefined,
      });
    },
    letGo(task, runAt) {
      const held = heldArgs(task);
      return run(releaseKey(held), postponeTask({ ...held, runAt, attempts: task.attempts }));
    },
    release(task) {
      const held = heldArgs(task);
      return runAndMiss(
        held.id,
        releaseKey(held),
        ...releaseStanding(held),
        release(held),
        removeTasksOfGone(held),
      );
    },
    createTwilio: (created, claim) => database.write(createTwilioUseCase(created, claim)),
    async find(id, workspaceId) {
      const [rows] = await database.read([selectOne({ id, workspaceId })]);
      return rows?.[0] === undefined ? null : useCaseFromRow(rows[0]);
    },
    async list(filter, limit) {
      const [rows = []] = await database.read([listStatement(filter, limit)]);
      return rows.map(useCaseFromRow);
    },
    beginDelete(id, at) {
      const claim = newClaim();
      return database.write({
        statements: [
          insertDeletion({ id }),
          claimDeletion({ id, ...claim }),
          beginDelete({ id, at }),
          selectClaimed(claim),
          selectObstacle({ id }),
        ],
        outcome: ([, , , claimed, obstacles]) => toDeletion(claimed, obstacles),
      });
    },
    abortDelete(task, at) {
      const held = heldArgs(task);
      return run(restore({ ...held, at }), completeTask(held));
    },
    bury(task, at) {
      const held = heldArgs(task);
      return runAndMiss(held.id, bury({ ...held, at }), removeTasksOfGone(held));
    },
  };
}

function toWork(useCase: EmailUseCase, taskRows: readonly Row[] = []): UseCaseInWork {
  assert(taskRows[0] !== undefined, "a use case was stored without its task");
  return { useCase, task: { ...taskFromRow(taskRows[0]), kind: "provision_use_case" } };
}

function emailUseCaseFromRow(row: Row): EmailUseCase {
  const stored = useCaseFromRow(row);
  assert(stored.channel === "email", `use case ${stored.id} was stored for another channel`);
  return stored;
}
