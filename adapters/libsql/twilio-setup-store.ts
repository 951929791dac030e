// Twilio setups. The unique index over the living rows decides who gets an account; a setup is buried only where no use
// case is left, in the one statement that also keeps new ones out (twilio-use-case.ts asks for one that lives).
import { type SQL, sql } from "drizzle-orm";
import { assert } from "../../core/assert.ts";
import type { ClaimLost } from "../../core/idempotency/idempotency.ts";
import type { Id } from "../../core/ids.ts";
import { CLOCK_JUMP_MS } from "../../core/ports/clock.ts";
import type { OffsetWindow } from "../../core/ports/offset-page.ts";
import type { TwilioSetupStore } from "../../core/ports/twilio-setup-store.ts";
import type { TwilioSetup } from "../../core/voice/twilio-setup.ts";
import { insertSelect, select } from "./columns.ts";
import type { Database, Row, Statement } from "./database.ts";
import {
  type ClaimArgs,
  claimArgs,
  claimHeld,
  claimLost,
  returnClaim,
  storedOrRefused,
  takeClaim,
} from "./idempotency-statements.ts";
import { readPage, total } from "./offset-page.ts";
import { workspace } from "./schema/access.ts";
import { useCase } from "./schema/channel.ts";
import { twilioSetup } from "./schema/twilio-setup.ts";
import { bare, prepare } from "./statement.ts";
import { insertTask, removeTasks } from "./task-statements.ts";

const id = sql.placeholder("id");
const workspaceId = sql.placeholder("workspaceId");
const at = sql.placeholder("at");
const accountSid = sql.placeholder("accountSid");
const checkedAt = sql.placeholder("checkedAt");
const profileStatus = sql.placeholder("customerProfileStatus");

const thisSetup = sql`${twilioSetup.id} = ${id}`;
const living = sql`${twilioSetup.deletedAt} IS NULL`;
const isThere = (condition: SQL) =>
  sql`EXISTS (SELECT 1 FROM ${twilioSetup} WHERE ${thisSetup} AND ${condition})`;

/** Needs `twilio_setup` joined with its `workspace`. */
export const twilioSetupColumns = select({
  id: twilioSetup.id,
  workspaceId: workspace.id,
  friendlyName: twilioSetup.friendlyName,
  accountSid: twilioSetup.accountSid,
  customerProfileSid: twilioSetup.customerProfileSid,
  sealedToken: twilioSetup.sealedToken,
  customerProfileStatus: twilioSetup.customerProfileStatus,
  customerProfileCheckedAt: twilioSetup.customerProfileCheckedAt,
  createdAt: twilioSetup.createdAt,
  updatedAt: twilioSetup.updatedAt,
});
const fromRow = (row: Row): TwilioSetup => twilioSetupColumns.read(row);

const withWorkspace = sql`${twilioSetup} JOIN ${workspace} ON ${workspace.seq} = ${twilioSetup.workspaceSeq}`;
const selectOne = prepare<{ id: Id; workspaceId: Id | null }>(
  sql`SELECT ${twilioSetupColumns.list} FROM ${withWorkspace}
    WHERE ${thisSetup} AND ${living} AND (${workspaceId} IS NULL OR ${workspace.id} = ${workspaceId})`,
);

type CreateArgs = TwilioSetup & ClaimArgs;
const insert = prepare<CreateArgs>(
  sql`${insertSelect(twilioSetup, {
    id,
    workspaceSeq: workspace.seq,
    friendlyName: sql.placeholder("friendlyName"),
    accountSid,
    customerProfileSid: sql.placeholder("customerProfileSid"),
    sealedToken: sql.placeholder("sealedToken"),
    customerProfileStatus: profileStatus,
    customerProfileCheckedAt: sql.placeholder("customerProfileCheckedAt"),
    createdAt: sql.placeholder("createdAt"),
    updatedAt: sql.placeholder("updatedAt"),
  })} FROM ${workspace} WHERE ${workspace.id} = ${workspaceId} AND ${claimHeld} ON CONFLICT DO NOTHING`,
);
const returnKey = returnClaim(twilioSetup.id);
/** The first look of its own comes a day after the setup was made. */
const insertCheck = insertTask("check_twilio_setup", isThere(living), { dueIn: sql`86400000` });
const removeTasksOfGone = removeTasks(sql`NOT ${isThere(living)}`);

const refusal = select({
  claimLost,
  accountTaken: sql<number>`EXISTS (
    SELECT 1 FROM ${twilioSetup} WHERE ${twilioSetup.accountSid} = ${accountSid} AND ${living})`,
});
const selectRefusal = prepare<CreateArgs>(sql`SELECT ${refusal.list}`);

function toRefusal(row: Row): { readonly kind: "twilio_account_taken" } | ClaimLost {
  const why = refusal.read(row);
  if (why.claimLost === 1) return { kind: "claim_lost" };
  assert(
    why.accountTaken === 1,
    "a Twilio setup was not stored, and nothing stood in its way: is there its workspace?",
  );
  return { kind: "twilio_account_taken" };
}

// ---- list

const ofWorkspace = sql`${workspace.id} = ${workspaceId} AND ${living}`;
const inWindow = sql`ORDER BY ${twilioSetup.seq} LIMIT ${sql.placeholder("limit")} OFFSET ${sql.placeholder("offset")}`;
const pageOfWorkspace = prepare<OffsetWindow & { workspaceId: Id }>(
  sql`SELECT ${twilioSetupColumns.list} FROM ${withWorkspace} WHERE ${ofWorkspace} ${inWindow}`,
);
const countOfWorkspace = prepare<{ workspaceId: Id }>(
  sql`SELECT ${total.list} FROM ${withWorkspace} WHERE ${ofWorkspace}`,
);
const pageOfAll = prepare<OffsetWindow>(
  sql`SELECT ${twilioSetupColumns.list} FROM ${withWorkspace} WHERE ${living} ${inWindow}`,
);
const countOfAll = prepare<Record<never, never>>(
  sql`SELECT ${total.list} FROM ${twilioSetup} WHERE ${living}`,
);

// ---- changes: times come from several clocks, and never make a row look older

const later = (column: typeof twilioSetup.updatedAt, time: ReturnType<typeof sql.placeholder>) =>
  sql`max(${column}, ${time})`;
const recordProfile = prepare<{ id: Id; customerProfileStatus: string; checkedAt: number }>(
  sql`UPDATE ${twilioSetup} SET ${bare(twilioSetup.updatedAt)} = CASE
      WHEN ${twilioSetup.customerProfileStatus} = ${profileStatus} THEN ${twilioSetup.updatedAt}
      ELSE ${later(twilioSetup.updatedAt, checkedAt)} END,
      ${bare(twilioSetup.customerProfileStatus)} = ${profileStatus},
      ${bare(twilioSetup.customerProfileCheckedAt)} = ${checkedAt}
    WHERE ${thisSetup} AND ${living} AND (${twilioSetup.customerProfileCheckedAt} <= ${checkedAt}
      OR ${twilioSetup.customerProfileCheckedAt} > ${checkedAt} + ${CLOCK_JUMP_MS})`,
);
const recordToken = prepare<{ id: Id; sealedToken: string; expected: string | null; at: number }>(
  sql`UPDATE ${twilioSetup} SET ${bare(twilioSetup.sealedToken)} = ${sql.placeholder("sealedToken")},
      ${bare(twilioSetup.updatedAt)} = ${later(twilioSetup.updatedAt, at)}
    WHERE ${thisSetup} AND ${living} AND ${twilioSetup.sealedToken} = coalesce(${sql.placeholder("expected")}, ${twilioSetup.sealedToken})`,
);

const unused = sql`NOT EXISTS (
  SELECT 1 FROM ${useCase} WHERE ${useCase.twilioSetupSeq} = ${twilioSetup.seq} AND ${useCase.deletedAt} IS NULL)`;
const bury = prepare<{ id: Id; at: number }>(
  sql`UPDATE ${twilioSetup} SET ${bare(twilioSetup.deletedAt)} = ${at}, ${bare(twilioSetup.sealedToken)} = '',
      ${bare(twilioSetup.updatedAt)} = ${later(twilioSetup.updatedAt, at)}
    WHERE ${thisSetup} AND ${living} AND ${unused}`,
);

export function makeTwilioSetupStore(database: Database): TwilioSetupStore {
  /** Runs them, and answers the setup as it stands then. */
  const runAndRead = (setupId: Id, ...statements: readonly Statement[]): Promise<TwilioSetup | null> =>
    database.write({
      statements: [...statements, selectOne({ id: setupId, workspaceId: null })],
      outcome: (results) => firstOf(results.at(-1)),
    });
  return {
    create(setup, claim) {
      const args = { ...setup, ...claimArgs(setup.workspaceId, claim, setup.id, setup.createdAt) };
      return database.write({
        statements: [
          ...takeClaim(args),
          insert(args),
          insertCheck(args),
          ...returnKey(args),
          selectRefusal(args),
          selectOne(args),
        ],
        outcome: (results) => storedOrRefused(results, fromRow, toRefusal),
      });
    },
    async find(setupId, ofWorkspaceId) {
      const [rows] = await database.read([selectOne({ id: setupId, workspaceId: ofWorkspaceId })]);
      return firstOf(rows);
    },
    list: (ofWorkspaceId, window) =>
      ofWorkspaceId === null
        ? readPage(database, pageOfAll(window), countOfAll({}), fromRow)
        : readPage(
            database,
            pageOfWorkspace({ ...window, workspaceId: ofWorkspaceId }),
            countOfWorkspace({ workspaceId: ofWorkspaceId }),
            fromRow,
          ),
    recordProfile: (setupId, status, seenAt) =>
      runAndRead(setupId, recordProfile({ id: setupId, customerProfileStatus: status, checkedAt: seenAt })),
    recordToken: (setupId, sealedToken, expected, now) =>
      runAndRead(setupId, recordToken({ id: setupId, sealedToken, expected, at: now })),
    async bury(setupId, now) {
      const left = await runAndRead(
        setupId,
        bury({ id: setupId, at: now }),
        removeTasksOfGone({ id: setupId }),
      );
      return left === null;
    },
  };
}

const firstOf = (rows: readonly Row[] = []): TwilioSetup | null =>
  rows[0] === undefined ? null : fromRow(rows[0]);
