// Setups. Two unique indexes over the living rows decide who gets a tenant name and a domain; `deleting` begins only
// where no use case is left, in the one statement that also keeps new ones out (`use-case-store.ts` asks for `ready`).
// The writes of whoever makes or deletes one ask for their task's fence. What is checked: setup-checks.ts.
import { type SQL, sql } from "drizzle-orm";
import { assert } from "../../core/assert.ts";
import type { ClaimLost } from "../../core/idempotency/idempotency.ts";
import type { Id } from "../../core/ids.ts";
import type { OffsetWindow } from "../../core/ports/offset-page.ts";
import type {
  DeletionNotBegun,
  SetupInWork,
  SetupNameTaken,
  SetupReservation,
  SetupStore,
} from "../../core/ports/setup-store.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { ancestorDomains } from "../../core/setup/domain-name.ts";
import type { SesSetup, SetupStatus } from "../../core/setup/ses-setup.ts";
import { LEASE_MS, type Task, WHOLE_INSTALLATION } from "../../core/tasks/task.ts";
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
import { makeSetupChecks } from "./setup-checks.ts";
import { dkimToJson, setupColumns, setupFromRow } from "./setup-row.ts";
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
  renewTask,
  selectClaimed,
  taskFromRow,
} from "./task-statements.ts";

const id = sql.placeholder("id");
const workspaceId = sql.placeholder("workspaceId");
const at = sql.placeholder("at");
const domainIdentity = sql.placeholder("domainIdentity");

const status = (wanted: SetupStatus) => sql`${sesSetup.status} = ${wanted}`;
const thisSetup = sql`${sesSetup.id} = ${id}`;
const living = sql`${sesSetup.deletedAt} IS NULL`;
const provisioning = status("provisioning");
const provisioned = sql`(${status("ready")} OR ${status("deleting")})`;
const shown = sql`${living} AND NOT ${provisioning}`;
const setStatus = (next: SetupStatus) => sql`${bare(sesSetup.status)} = ${next}`;
/** Times come from several clocks: a change never makes a row look older. */
const changed = sql`${bare(sesSetup.updatedAt)} = max(${sesSetup.updatedAt}, ${at})`;
const isThere = (condition: SQL) =>
  sql`EXISTS (SELECT 1 FROM ${sesSetup} WHERE ${thisSetup} AND ${condition})`;

const withWorkspace = sql`${sesSetup} JOIN ${workspace} ON ${workspace.seq} = ${sesSetup.workspaceSeq}`;

const selectOne = prepare<{ id: Id }>(
  sql`SELECT ${setupColumns.list} FROM ${withWorkspace} WHERE ${thisSetup} AND ${living}`,
);

/** Who had the domain last: the youngest tombstone. */
const released = sql`${sesSetup.domainIdentity} = ${domainIdentity} AND ${sesSetup.deletedAt} IS NOT NULL
  ORDER BY ${sesSetup.deletedAt} DESC, ${sesSetup.seq} DESC LIMIT 1`;
const selectReleased = prepare<{ domainIdentity: string }>(
  sql`SELECT ${setupColumns.list} FROM ${withWorkspace} WHERE NOT EXISTS (SELECT 1 FROM ${sesSetup}
    WHERE ${sesSetup.domainIdentity} = ${domainIdentity} AND ${living}) AND ${released}`,
);

// ---- making one

type ReserveArgs = SetupReservation & ClaimArgs & ClaimTaskArgs & { ancestors: string };

const foreign = sql`${sesSetup.workspaceSeq} IS NOT
  (SELECT ${workspace.seq} FROM ${workspace} WHERE ${workspace.id} = ${workspaceId})`;
/** Another workspace has a domain above it (`ancestors`, as JSON) or below it. */
const domainConflict = sql<number>`EXISTS (SELECT 1 FROM ${sesSetup} WHERE ${living} AND ${foreign}
  AND (${sesSetup.domainIdentity} IN (SELECT value FROM json_each(${sql.placeholder("ancestors")}))
    OR substr(${sesSetup.domainIdentity}, -length(${domainIdentity}) - 1) = '.' || ${domainIdentity}))`;

/** Another workspace had the domain last, and its release is not the one that was looked at. */
const unseenRelease = sql<number>`EXISTS (SELECT 1 FROM ${sesSetup} WHERE ${foreign}
  AND ${sesSetup.seq} = (SELECT ${sesSetup.seq} FROM ${sesSetup} WHERE ${released})
  AND ${sesSetup.id} IS NOT ${sql.placeholder("releasedSetupId")})`;

const insert = prepare<ReserveArgs>(
  sql`${insertSelect(sesSetup, {
    id,
    workspaceSeq: workspace.seq,
    tenantName: sql.placeholder("tenantName"),
    domainIdentity,
    region: sql.placeholder("region"),
    status: sql`${"provisioning" satisfies SetupStatus}`,
    createdAt: sql.placeholder("createdAt"),
    updatedAt: sql.placeholder("createdAt"),
  })} FROM ${workspace} WHERE ${workspace.id} = ${workspaceId} AND ${claimHeld} AND NOT ${domainConflict}
    AND NOT ${unseenRelease} ON CONFLICT DO NOTHING`,
);

const returnKey = returnClaim(sesSetup.id);
const insertProvision = insertTask("provision_setup", isThere(provisioning));
const claimProvision = claimTask("provision_setup", isThere(provisioning));

const isTaken = (column: typeof sesSetup.tenantName | typeof sesSetup.domainIdentity, name: string) =>
  sql<number>`EXISTS (SELECT 1 FROM ${sesSetup} WHERE ${column} = ${sql.placeholder(name)} AND ${living})`;
const refusal = select({
  claimLost,
  tenantNameTaken: isTaken(sesSetup.tenantName, "tenantName"),
  domainIdentityTaken: isTaken(sesSetup.domainIdentity, "domainIdentity"),
  domainConflict,
  unseenRelease,
});
const selectRefusal = prepare<ReserveArgs>(sql`SELECT ${refusal.list}`);

function toRefusal(row: Row): SetupNameTaken | ClaimLost {
  const why = refusal.read(row);
  if (why.claimLost === 1) return { kind: "claim_lost" };
  if (why.tenantNameTaken === 1) return { kind: "tenant_name_taken" };
  if (why.domainIdentityTaken === 1) return { kind: "domain_identity_taken" };
  if (why.domainConflict === 1) return { kind: "domain_conflict" };
  assert(
    why.unseenRelease === 1,
    "a setup was not stored, and nothing stood in its way: is there its workspace?",
  );
  return { kind: "domain_recently_released" };
}

type UnfinishedArgs = { workspaceId: Id; tenantName: string; domainIdentity: string };
const selectUnfinished = prepare<UnfinishedArgs>(
  sql`SELECT ${setupColumns.list} FROM ${withWorkspace} WHERE ${provisioning} AND ${workspace.id} = ${workspaceId}
    AND ${sesSetup.tenantName} = ${sql.placeholder("tenantName")} AND ${sesSetup.domainIdentity} = ${domainIdentity}`,
);

type Held = ReturnType<typeof heldArgs>;
const heldProvision = holds("provision_setup");

const recordStanding = prepare<Held & { tenantArn: string; dkim: string; stepsDone: number; at: number }>(
  sql`UPDATE ${sesSetup} SET ${setStatus("ready")}, ${bare(sesSetup.tenantArn)} = ${sql.placeholder("tenantArn")},
      ${bare(sesSetup.dkim)} = ${sql.placeholder("dkim")},
      ${bare(sesSetup.stepsDone)} = ${sql.placeholder("stepsDone")}, ${changed}
    WHERE ${thisSetup} AND ${provisioning} AND ${heldProvision}`,
);
const selectStanding = prepare<{ id: Id; tenantArn: string }>(
  sql`SELECT ${setupColumns.list} FROM ${withWorkspace}
    WHERE ${thisSetup} AND ${status("ready")} AND ${sesSetup.tenantArn} = ${sql.placeholder("tenantArn")}`,
);
const recordStep = prepare<Held & { stepsDone: number }>(
  sql`UPDATE ${sesSetup} SET ${bare(sesSetup.stepsDone)} = ${sql.placeholder("stepsDone")}
    WHERE ${thisSetup} AND ${status("ready")} AND ${heldProvision}`,
);
const selectStep = prepare<Held & { stepsDone: number }>(
  sql`SELECT 1 FROM ${sesSetup} WHERE ${thisSetup} AND ${status("ready")} AND ${heldProvision}`,
);
/** The first look comes a minute after: earlier ones are the customer's own. */
const insertCheck = insertTask("check_setup", isThere(status("ready")), { dueIn: sql`60000` });
const ofAll = { subject: sql`${WHOLE_INSTALLATION}` };
const insertReview = insertTask("review_tenants", isThere(status("ready")), ofAll);
const insertAccountReading = insertTask("read_account", isThere(status("ready")), ofAll);
const insertReconciliation = insertTask("reconcile_inbound", isThere(status("ready")), ofAll);

const releasable = sql`${provisioning} AND ${heldProvision}`;
const releaseKey = releaseClaim(sesSetup.id, releasable);
const release = prepare<Held>(sql`DELETE FROM ${sesSetup} WHERE ${thisSetup} AND ${releasable}`);
const removeTasksOfGone = removeTasks(sql`NOT ${isThere(living)}`);

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

// ---- deletion

const unused = sql`NOT EXISTS (
  SELECT 1 FROM ${useCase} WHERE ${useCase.setupSeq} = ${sesSetup.seq} AND ${useCase.deletedAt} IS NULL)`;
const deletable = sql`${provisioned} AND ${unused}`;

const insertDeletion = insertTask("delete_setup", isThere(deletable));
// Not while its task may bind what is about to be deleted; a task that begins later finds it `deleting`.
const claimDeletion = claimTask(
  "delete_setup",
  sql`${isThere(deletable)} AND NOT ${isHeld("provision_setup")}`,
);
const beginDelete = prepare<{ id: Id; at: number }>(
  sql`UPDATE ${sesSetup} SET ${setStatus("deleting")}, ${changed}
    WHERE ${thisSetup} AND ${status("ready")} AND ${unused} AND ${isHeld("delete_setup")}`,
);
const obstacle = select({
  isStanding: sql<number>`${isThere(provisioned)}`,
  isUnused: sql<number>`${isThere(unused)}`,
});
const selectObstacle = prepare<{ id: Id }>(sql`SELECT ${obstacle.list}`);

function toDeletion(
  claimed: readonly Row[] = [],
  obstacles: readonly Row[] = [],
): Result<Task<"delete_setup">, DeletionNotBegun> {
  const task = claimed[0] && taskFromRow(claimed[0]);
  if (task) return ok({ ...task, kind: "delete_setup" });
  assert(obstacles[0] !== undefined, "a SELECT without FROM answers one row");
  const { isStanding, isUnused } = obstacle.read(obstacles[0]);
  if (isStanding === 0) return err({ kind: "setup_not_found" });
  return err({ kind: isUnused === 0 ? "setup_in_use" : "setup_busy" });
}

const heldDeletion = sql`${status("deleting")} AND ${holds("delete_setup")}`;
const restore = prepare<Held & { at: number }>(
  sql`UPDATE ${sesSetup} SET ${setStatus("ready")}, ${changed} WHERE ${thisSetup} AND ${heldDeletion}`,
);
const bury = prepare<Held & { at: number }>(
  sql`UPDATE ${sesSetup} SET ${setStatus("deleted")}, ${bare(sesSetup.deletedAt)} = ${at}, ${changed}
    WHERE ${thisSetup} AND ${heldDeletion}`,
);
const selectLiving = prepare<{ id: Id }>(sql`SELECT 1 FROM ${sesSetup} WHERE ${thisSetup} AND ${living}`);

export function makeSetupStore(database: Database): SetupStore {
  const run = (...statements: readonly Statement[]): Promise<void> =>
    database.write({ statements, outcome: () => undefined });
  const toSetup = (row: Row | undefined): SesSetup | null => (row === undefined ? null : setupFromRow(row));
  const readOne = async (statement: Statement): Promise<SesSetup | null> => {
    const [rows] = await database.read([statement]);
    return toSetup(rows?.[0]);
  };
  /** Runs them, and answers whether the setup is gone then. */
  const runAndMiss = (id: Id, ...statements: readonly Statement[]): Promise<boolean> =>
    database.write({
      statements: [...statements, selectLiving({ id })],
      outcome: (results) => results.at(-1)?.length === 0,
    });

  return {
    reserve(reservation, claim) {
      const { id, workspaceId, createdAt } = reservation;
      const args: ReserveArgs = {
        ...reservation,
        ...claimArgs(workspaceId, claim, id, createdAt),
        ancestors: JSON.stringify(ancestorDomains(reservation.domainIdentity)),
        ...newClaim(),
      };
      return database.write({
        statements: [
          ...takeClaim(args),
          insert(args),
          insertProvision(args),
          claimProvision(args),
          ...returnKey(args),
          selectClaimed(args),
          selectRefusal(args),
          selectOne({ id }),
        ],
        outcome: (results) => {
          const stored = storedOrRefused(results, setupFromRow, toRefusal);
          return stored.ok ? ok(toWork(stored.value, results.at(-3))) : stored;
        },
      });
    },
    findUnfinished: (workspaceId, tenantName, domainIdentity) =>
      readOne(selectUnfinished({ workspaceId, tenantName, domainIdentity })),
    takeOver(setup, claim, at) {
      const args = { id: setup.id, ...newClaim() };
      return database.write({
        statements: [
          claimProvision(args),
          ...takeClaim(claimArgs(setup.workspaceId, claim, setup.id, at)),
          selectClaimed(args),
        ],
        outcome: (results) => (results.at(-1)?.[0] === undefined ? null : toWork(setup, results.at(-1))),
      });
    },
    recordStanding(task, { tenantArn, dkim, stepsDone }, at) {
      const held = heldArgs(task);
      const { id } = held;
      return database.write({
        statements: [
          recordStanding({ ...held, tenantArn, dkim: dkimToJson(dkim), stepsDone, at }),
          insertCheck({ id }),
          insertReview({ id }),
          insertAccountReading({ id }),
          insertReconciliation({ id }),
          postponeTask({ ...held, runAt: 0, attempts: 0 }),
          selectStanding({ id, tenantArn }),
        ],
        outcome: (results) => toSetup(results.at(-1)?.[0]),
      });
    },
    recordStep(task, stepsDone) {
      const held = heldArgs(task);
      return database.write({
        statements: [
          recordStep({ ...held, stepsDone }),
          renewTask({ ...held, leaseMs: LEASE_MS }),
          selectStep({ ...held, stepsDone }),
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
      return runAndMiss(held.id, releaseKey(held), release(held), removeTasksOfGone(held));
    },
    find: (id) => readOne(selectOne({ id })),
    findReleased: (domainIdentity) => readOne(selectReleased({ domainIdentity })),
    list: (workspaceId, window) =>
      workspaceId === null
        ? readPage(database, pageOfAll(window), countOfAll({}), setupFromRow)
        : readPage(
            database,
            pageOfWorkspace({ ...window, workspaceId }),
            countOfWorkspace({ workspaceId }),
            setupFromRow,
          ),
    ...makeSetupChecks(database),
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

function toWork(setup: SesSetup, taskRows: readonly Row[] = []): SetupInWork {
  assert(taskRows[0] !== undefined, "a setup was stored without its task");
  return { setup, task: { ...taskFromRow(taskRows[0]), kind: "provision_setup" } };
}
