// Phone numbers that serve use cases. The unique index over those not released decides who gets a number; a use case that
// is being deleted takes none. The writes of whoever assigns or releases one ask for their task's fence.
import { type SQL, sql } from "drizzle-orm";
import { assert } from "../../core/assert.ts";
import type { ClaimLost } from "../../core/idempotency/idempotency.ts";
import type { Id } from "../../core/ids.ts";
import type {
  NumberInWork,
  NumberReservation,
  NumberTaken,
  PhoneNumberStore,
  ReleaseNotBegun,
} from "../../core/ports/phone-number-store.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { UseCaseStatus } from "../../core/use-case/use-case.ts";
import type { NumberTarget, PhoneNumber, PhoneNumberStatus } from "../../core/voice/phone-number.ts";
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
import { workspace } from "./schema/access.ts";
import { useCase } from "./schema/channel.ts";
import { phoneNumber, voiceWebhook } from "./schema/phone-number.ts";
import { twilioSetup } from "./schema/twilio-setup.ts";
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

const id = sql.placeholder("id");
const useCaseId = sql.placeholder("useCaseId");
const phoneNumberSid = sql.placeholder("phoneNumberSid");
const at = sql.placeholder("at");
const createdAt = sql.placeholder("createdAt");

const status = (wanted: PhoneNumberStatus) => sql`${phoneNumber.status} = ${wanted}`;
const setStatus = (next: PhoneNumberStatus) => sql`${bare(phoneNumber.status)} = ${next}`;
const thisNumber = sql`${phoneNumber.id} = ${id}`;
const living = sql`${phoneNumber.releasedAt} IS NULL`;
/** Times come from several clocks: a change never makes a row look older. */
const changed = sql`${bare(phoneNumber.updatedAt)} = max(${phoneNumber.updatedAt}, ${at})`;
const isThere = (condition: SQL) =>
  sql`EXISTS (SELECT 1 FROM ${phoneNumber} WHERE ${thisNumber} AND ${condition})`;

const columns = select({
  id: phoneNumber.id,
  workspaceId: workspace.id,
  useCaseId: useCase.id,
  twilioSetupId: twilioSetup.id,
  phoneNumberSid: phoneNumber.phoneNumberSid,
  phoneNumber: phoneNumber.phoneNumber,
  status: phoneNumber.status,
  formerTarget: phoneNumber.formerTarget,
  lastWebhookAt: sql<number | null>`(SELECT max(${voiceWebhook.receivedAt}) FROM ${voiceWebhook}
    WHERE ${voiceWebhook.phoneNumberSeq} = ${phoneNumber.seq})`,
  createdAt: phoneNumber.createdAt,
  updatedAt: phoneNumber.updatedAt,
});
const joined = sql`${phoneNumber} CROSS JOIN ${useCase} ON ${useCase.seq} = ${phoneNumber.useCaseSeq}
  CROSS JOIN ${workspace} ON ${workspace.seq} = ${useCase.workspaceSeq}
  CROSS JOIN ${twilioSetup} ON ${twilioSetup.seq} = ${useCase.twilioSetupSeq}`;

function fromRow(row: Row): PhoneNumber {
  const { formerTarget, ...rest } = columns.read(row);
  return { ...rest, formerTarget: formerTarget === null ? null : (JSON.parse(formerTarget) as NumberTarget) };
}

const selectOne = prepare<{ id: Id }>(
  sql`SELECT ${columns.list} FROM ${joined} WHERE ${thisNumber} AND ${living}`,
);
const ofUseCase = sql`${phoneNumber.useCaseSeq} = (SELECT ${useCase.seq} FROM ${useCase} WHERE ${useCase.id} = ${useCaseId})`;
const selectUnfinished = prepare<{ useCaseId: Id; phoneNumberSid: string }>(
  sql`SELECT ${columns.list} FROM ${joined} WHERE ${phoneNumber.phoneNumberSid} = ${phoneNumberSid} AND ${living}
    AND ${status("assigning")} AND ${ofUseCase}`,
);
const selectList = prepare<{ useCaseId: Id; limit: number }>(
  sql`SELECT ${columns.list} FROM ${joined} WHERE ${ofUseCase} AND ${living} AND NOT ${status("assigning")}
    ORDER BY ${phoneNumber.seq} LIMIT ${sql.placeholder("limit")}`,
);
const selectServed = prepare<{ useCaseId: Id; workspaceId: Id | null }>(
  sql`SELECT 1 FROM ${useCase} CROSS JOIN ${workspace} ON ${workspace.seq} = ${useCase.workspaceSeq}
    WHERE ${useCase.id} = ${useCaseId} AND ${useCase.deletedAt} IS NULL AND ${useCase.twilioSetupSeq} IS NOT NULL
      AND (${sql.placeholder("workspaceId")} IS NULL OR ${workspace.id} = ${sql.placeholder("workspaceId")})`,
);
const serving = select({ phoneNumberSid: phoneNumber.phoneNumberSid, useCaseId: useCase.id });
/** The SIDs as JSON. */
const selectServing = prepare<{ twilioSetupId: Id; sids: string }>(
  sql`SELECT ${serving.list} FROM ${phoneNumber} CROSS JOIN ${useCase} ON ${useCase.seq} = ${phoneNumber.useCaseSeq}
    WHERE ${phoneNumber.phoneNumberSid} IN (SELECT value FROM json_each(${sql.placeholder("sids")})) AND ${living}
    AND NOT ${status("assigning")} AND ${useCase.twilioSetupSeq} =
      (SELECT ${twilioSetup.seq} FROM ${twilioSetup} WHERE ${twilioSetup.id} = ${sql.placeholder("twilioSetupId")})`,
);

// ---- assigning

type ReserveArgs = Omit<NumberReservation, "formerTarget"> &
  ClaimArgs &
  ClaimTaskArgs & { formerTarget: string };

const useCaseStands = sql`${useCase.id} = ${useCaseId} AND ${useCase.status} = ${"ready" satisfies UseCaseStatus}
  AND ${useCase.twilioSetupSeq} IS NOT NULL`;
const insert = prepare<ReserveArgs>(
  sql`${insertSelect(phoneNumber, {
    id,
    useCaseSeq: useCase.seq,
    phoneNumberSid,
    phoneNumber: sql.placeholder("phoneNumber"),
    status: sql`${"assigning" satisfies PhoneNumberStatus}`,
    formerTarget: sql.placeholder("formerTarget"),
    createdAt,
    updatedAt: createdAt,
  })} FROM ${useCase} WHERE ${useCaseStands} AND ${claimHeld} ON CONFLICT DO NOTHING`,
);
/** Only of what is stored below: the use case stands, and the claim is held. */
const releaseMoved = prepare<ReserveArgs>(
  sql`UPDATE ${phoneNumber} SET ${setStatus("released")},
      ${bare(phoneNumber.releasedAt)} = ${createdAt}, ${bare(phoneNumber.updatedAt)} = max(${phoneNumber.updatedAt}, ${createdAt})
    WHERE ${phoneNumber.phoneNumberSid} = ${phoneNumberSid} AND ${living} AND ${status("assigned")} AND ${claimHeld}
      AND (SELECT ${useCase.twilioSetupSeq} FROM ${useCase} WHERE ${useCase.seq} = ${phoneNumber.useCaseSeq})
        <> (SELECT ${useCase.twilioSetupSeq} FROM ${useCase} WHERE ${useCaseStands})`,
);
const returnKey = returnClaim(phoneNumber.id);
const insertAssignment = insertTask("assign_phone_number", isThere(status("assigning")));
const claimAssignment = claimTask("assign_phone_number", isThere(status("assigning")));

const refusal = select({
  claimLost,
  useCaseStands: sql<number>`EXISTS (SELECT 1 FROM ${useCase} WHERE ${useCaseStands})`,
  numberTaken: sql<number>`EXISTS (
    SELECT 1 FROM ${phoneNumber} WHERE ${phoneNumber.phoneNumberSid} = ${phoneNumberSid} AND ${living})`,
});
const selectRefusal = prepare<ReserveArgs>(sql`SELECT ${refusal.list}`);

function toRefusal(row: Row): NumberTaken | ClaimLost {
  const why = refusal.read(row);
  if (why.claimLost === 1) return { kind: "claim_lost" };
  if (why.useCaseStands === 0) return { kind: "use_case_not_found" };
  assert(why.numberTaken === 1, "a phone number was not stored, and nothing stood in its way");
  return { kind: "phone_number_assigned" };
}

type Held = ReturnType<typeof heldArgs>;
const heldAssignment = sql`${status("assigning")} AND ${holds("assign_phone_number")}`;
const recordAssigned = prepare<Held & { at: number }>(
  sql`UPDATE ${phoneNumber} SET ${setStatus("assigned")}, ${bare(phoneNumber.formerTarget)} = NULL, ${changed}
    WHERE ${thisNumber} AND ${heldAssignment}`,
);
const selectAssigned = prepare<{ id: Id }>(
  sql`SELECT 1 FROM ${phoneNumber} WHERE ${thisNumber} AND ${status("assigned")}`,
);
const releaseKey = releaseClaim(phoneNumber.id, heldAssignment);
const release = prepare<Held>(sql`DELETE FROM ${phoneNumber} WHERE ${thisNumber} AND ${heldAssignment}`);
const removeTasksOfGone = removeTasks(sql`NOT ${isThere(living)}`);
const selectLiving = prepare<{ id: Id }>(sql`SELECT 1 FROM ${phoneNumber} WHERE ${thisNumber} AND ${living}`);

// ---- releasing

const releasable = sql`(${status("assigned")} OR ${status("releasing")})`;
const insertRelease = insertTask("release_phone_number", isThere(releasable));
const claimRelease = claimTask("release_phone_number", isThere(releasable));
const beginRelease = prepare<{ id: Id; at: number }>(
  sql`UPDATE ${phoneNumber} SET ${setStatus("releasing")}, ${changed}
    WHERE ${thisNumber} AND ${status("assigned")} AND ${isHeld("release_phone_number")}`,
);
const selectReleasable = prepare<{ id: Id }>(
  sql`SELECT 1 FROM ${phoneNumber} WHERE ${thisNumber} AND ${releasable}`,
);

function toRelease(
  claimed: readonly Row[] = [],
  releasables: readonly Row[] = [],
): Result<Task<"release_phone_number">, ReleaseNotBegun> {
  const task = claimed[0] && taskFromRow(claimed[0]);
  if (task) return ok({ ...task, kind: "release_phone_number" });
  return err({ kind: releasables.length === 0 ? "phone_number_not_found" : "release_in_progress" });
}

const heldRelease = sql`${status("releasing")} AND ${holds("release_phone_number")}`;
const restore = prepare<Held & { at: number }>(
  sql`UPDATE ${phoneNumber} SET ${setStatus("assigned")}, ${changed} WHERE ${thisNumber} AND ${heldRelease}`,
);
const bury = prepare<Held & { at: number }>(
  sql`UPDATE ${phoneNumber} SET ${setStatus("released")}, ${bare(phoneNumber.releasedAt)} = ${at}, ${changed}
    WHERE ${thisNumber} AND ${heldRelease}`,
);

export function makePhoneNumberStore(database: Database): PhoneNumberStore {
  const run = (...statements: readonly Statement[]): Promise<void> =>
    database.write({ statements, outcome: () => undefined });
  const readOne = async (statement: Statement): Promise<PhoneNumber | null> => {
    const [rows] = await database.read([statement]);
    return rows?.[0] === undefined ? null : fromRow(rows[0]);
  };
  /** Runs them, and answers whether the number is gone then. */
  const runAndMiss = (numberId: Id, ...statements: readonly Statement[]): Promise<boolean> =>
    database.write({
      statements: [...statements, selectLiving({ id: numberId })],
      outcome: (results) => results.at(-1)?.length === 0,
    });

  return {
    reserve(number, claim) {
      const { formerTarget, ...reserved } = number;
      const args: ReserveArgs = {
        ...reserved,
        formerTarget: JSON.stringify(formerTarget),
        ...claimArgs(number.workspaceId, claim, number.id, number.createdAt),
        ...newClaim(),
      };
      return database.write({
        statements: [
          ...takeClaim(args),
          releaseMoved(args),
          insert(args),
          insertAssignment(args),
          claimAssignment(args),
          ...returnKey(args),
          selectClaimed(args),
          selectRefusal(args),
          selectOne({ id: number.id }),
        ],
        outcome: (results) => {
          const stored = storedOrRefused(results, fromRow, toRefusal);
          return stored.ok ? ok(toWork(stored.value, results.at(-3))) : stored;
        },
      });
    },
    findUnfinished: (ofUseCaseId, sid) =>
      readOne(selectUnfinished({ useCaseId: ofUseCaseId, phoneNumberSid: sid })),
    takeOver(number, claim, now) {
      const args = { id: number.id, ...newClaim() };
      return database.write({
        statements: [
          claimAssignment(args),
          ...takeClaim(claimArgs(number.workspaceId, claim, number.id, now)),
          selectClaimed(args),
        ],
        outcome: (results) => (results.at(-1)?.[0] === undefined ? null : toWork(number, results.at(-1))),
      });
    },
    recordAssigned(task, now) {
      const held = heldArgs(task);
      return database.write({
        statements: [recordAssigned({ ...held, at: now }), completeTask(held), selectAssigned(held)],
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
    find: (numberId) => readOne(selectOne({ id: numberId })),
    async list(ofUseCaseId, workspaceId, limit) {
      const args = { useCaseId: ofUseCaseId, workspaceId, limit };
      const [served = [], rows = []] = await database.read([selectServed(args), selectList(args)]);
      return served.length === 0 ? null : rows.map(fromRow);
    },
    async listServing(twilioSetupId, sids) {
      const [rows = []] = await database.read([selectServing({ twilioSetupId, sids: JSON.stringify(sids) })]);
      return rows.map(serving.read);
    },
    beginRelease(numberId, now) {
      const claim = newClaim();
      return database.write({
        statements: [
          insertRelease({ id: numberId }),
          claimRelease({ id: numberId, ...claim }),
          beginRelease({ id: numberId, at: now }),
          selectClaimed(claim),
          selectReleasable({ id: numberId }),
        ],
        outcome: ([, , , claimed, releasables]) => toRelease(claimed, releasables),
      });
    },
    abortRelease(task, now) {
      const held = heldArgs(task);
      return run(restore({ ...held, at: now }), completeTask(held));
    },
    postponeRelease(task, runAt) {
      return run(postponeTask({ ...heldArgs(task), runAt, attempts: task.attempts }));
    },
    bury(task, now) {
      const held = heldArgs(task);
      return runAndMiss(held.id, bury({ ...held, at: now }), removeTasksOfGone(held));
    },
  };
}

function toWork(number: PhoneNumber, taskRows: readonly Row[] = []): NumberInWork {
  assert(taskRows[0] !== undefined, "a phone number was stored without its task");
  return { number, task: { ...taskFromRow(taskRows[0]), kind: "assign_phone_number" } };
}
