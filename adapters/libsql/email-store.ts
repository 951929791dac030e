// E-mails. A send is three round trips: everything it decides on in one read, the row before the provider is called,
// and what the provider said after. Whatever makes a mail's message id known also folds the events that waited for it.
import { type SQL, sql } from "drizzle-orm";
import { assert } from "../../core/assert.ts";
import { canonicalAddress } from "../../core/email/address.ts";
import type { SendOutcomeKind } from "../../core/email/email-state.ts";
import type { Email, EmailAttachment, NewEmail } from "../../core/email/email.ts";
import type { Id } from "../../core/ids.ts";
import type { CapacityTaken, EmailStore, WriteAheadRefused } from "../../core/ports/email-store.ts";
import { err, ok, type Result } from "../../core/result.ts";
import {
  areHoursUsedUp,
  type CapacityArgs,
  capacityArgs,
  giveBackToAccount,
  isDayUsedUp,
  isSecondUsedUp,
  takeOfAccount,
  usedToday,
  withCapacity,
} from "./capacity.ts";
import { countWritten, uncount } from "./cohort-fold.ts";
import { insertSelect, select } from "./columns.ts";
import type { Database, Row, SqlValue, Statement } from "./database.ts";
import { emailListArms, readEmailPage } from "./email-list.ts";
import { emailFromRows, selectEmail, setUpdatedAt } from "./email-rows.ts";
import { foldMail } from "./fold.ts";
import {
  type ClaimArgs,
  claimArgs,
  claimHeld,
  claimLost,
  releaseClaim,
  returnClaim,
  takeClaim,
} from "./idempotency-statements.ts";
import { workspace } from "./schema/access.ts";
import { sesSetup, useCase } from "./schema/channel.ts";
import { email, emailAttachment } from "./schema/email.ts";
import { inboundEmail } from "./schema/inbound.ts";
import { standing } from "./schema/reputation.ts";
import { selectSendContext, sendContextFromRows } from "./send-context.ts";
import { bare, prepare } from "./statement.ts";
import { nothingStops } from "./suppression-reach.ts";

const id = sql.placeholder("id");
const thisEmail = sql`${email.id} = ${id}`;
const outcome = (kind: SendOutcomeKind): SQL => sql`${kind}`.inlineParams();
const notSent = sql`${email.sendOutcome} <> ${outcome("sent")}`;

const selectOne = selectEmail<{ readonly id: Id }>(thisEmail);
const selectOfWorkspace = selectEmail<{ readonly workspaceId: Id; readonly id: Id }>(
  sql`${thisEmail} AND ${email.workspaceSeq} =
    (SELECT ${workspace.seq} FROM ${workspace} WHERE ${workspace.id} = ${sql.placeholder("workspaceId")})`,
);

// ---- written ahead

type Columns = { readonly [Member in keyof Omit<NewEmail, "attachments">]: SqlValue };
type EmailArgs = ClaimArgs &
  CapacityArgs &
  Columns & {
    readonly toCanonical: string;
    readonly hasAttachment: number;
  };

const notSuppressed = nothingStops(
  {
    useCaseId: sql.placeholder("useCaseId"),
    recipient: sql.placeholder("toCanonical"),
    now: sql.placeholder("writtenAt"),
  },
  sql.placeholder("answersHumanMailAt"),
);

const cohortAt = sql.placeholder("cohortAt");
const lacks = (isUsedUp: SQL<number>): SQL<number> => sql`(${cohortAt} IS NOT NULL AND ${isUsedUp})`;
const lacksDay = lacks(isDayUsedUp);
const lacksHours = lacks(areHoursUsedUp);
const lacksSecond = lacks(isSecondUsedUp);

const inUseCase = sql`${workspace} CROSS JOIN ${useCase} ${withCapacity}`;
const thisUseCase = sql`${workspace.id} = ${sql.placeholder("workspaceId")} AND ${useCase.id} = ${sql.placeholder("useCaseId")}`;

// Only the id may be there already: this very write, run again.
const insert = prepare<EmailArgs>(
  sql`${insertSelect(email, {
    id,
    workspaceSeq: workspace.seq,
    setupSeq: sesSetup.seq,
    useCaseSeq: useCase.seq,
    fromAddress: sql.placeholder("fromAddress"),
    toAddress: sql.placeholder("toAddress"),
    toCanonical: sql.placeholder("toCanonical"),
    subject: sql.placeholder("subject"),
    hasAttachment: sql.placeholder("hasAttachment"),
    emailType: sql.placeholder("emailType"),
    tier: sql.placeholder("tier"),
    unsubscribeScope: sql.placeholder("unsubscribeScope"),
    sendOutcome: outcome("sending"),
    writtenAt: sql.placeholder("writtenAt"),
    updatedAt: sql.placeholder("writtenAt"),
    threadId: sql`(SELECT ${inboundEmail.threadId} FROM ${inboundEmail}
      WHERE ${inboundEmail.id} = ${sql.placeholder("inReplyToId")})`,
    inReplyToId: sql.placeholder("inReplyToId"),
    references: sql.placeholder("references"),
    cohortAt,
  })} FROM ${inUseCase} CROSS JOIN ${sesSetup}
    WHERE ${thisUseCase} AND ${sesSetup.id} = ${sql.placeholder("setupId")} AND ${claimHeld} AND ${notSuppressed}
      AND NOT ${lacksDay} AND NOT ${lacksHours} AND NOT ${lacksSecond}
  ON CONFLICT (${bare(email.id)}) DO NOTHING`,
);

const insertAttachment = prepare<EmailAttachment & { readonly emailId: Id; readonly position: number }>(
  sql`${insertSelect(emailAttachment, {
    id,
    emailSeq: email.seq,
    position: sql.placeholder("position"),
    filename: sql.placeholder("filename"),
    contentType: sql.placeholder("contentType"),
    sizeBytes: sql.placeholder("sizeBytes"),
    sha256: sql.placeholder("sha256"),
  })} FROM ${email} WHERE ${email.id} = ${sql.placeholder("emailId")}
  ON CONFLICT (${bare(emailAttachment.id)}) DO NOTHING`,
);

/** Asked only where the mail is not there. */
const unlessStored = (hindrance: SQL<number>) => sql<number>`(${email.seq} IS NULL AND ${hindrance})`;
const written = select({
  isStored: sql<number>`${email.seq} IS NOT NULL`,
  claimLost: unlessStored(claimLost),
  isSuppressed: unlessStored(sql`NOT ${notSuppressed}`),
  lacksDay: unlessStored(lacksDay),
  lacksHours: unlessStored(lacksHours),
  lacksSecond: unlessStored(lacksSecond),
  capacity: standing.capacity,
  used: usedToday,
});
const selectWritten = prepare<EmailArgs>(
  sql`SELECT ${written.list} FROM ${inUseCase} LEFT JOIN ${email} ON ${thisEmail} WHERE ${thisUseCase}`,
);
const countThis = countWritten(thisEmail).map((statement) =>
  prepare<{ readonly id: Id }>(statement.inlineParams()),
);
const returnKey = returnClaim(email.id);

// ---- what became of it

// A mail has a message id exactly when it is known to be sent.
const recordSent = prepare<{ readonly id: Id; readonly providerMessageId: string; readonly at: number }>(
  sql`UPDATE ${email} SET ${bare(email.sendOutcome)} = ${outcome("sent")},
      ${bare(email.providerMessageId)} = ${sql.placeholder("providerMessageId")},
      ${bare(email.sentAt)} = ${sql.placeholder("at")}, ${setUpdatedAt}
    WHERE ${thisEmail} AND ${email.providerMessageId} IS NULL`,
);

const recordUnknown = prepare<{ readonly id: Id; readonly at: number }>(
  sql`UPDATE ${email} SET ${bare(email.sendOutcome)} = ${outcome("unknown")}, ${setUpdatedAt}
    WHERE ${thisEmail} AND ${email.sendOutcome} = ${outcome("sending")}`,
);

const isWithdrawn = sql`${thisEmail} AND ${notSent}`;
const withdrawal = [
  releaseClaim(email.id, notSent),
  ...[
    uncount(isWithdrawn),
    giveBackToAccount(isWithdrawn),
    sql`DELETE FROM ${emailAttachment} WHERE ${emailAttachment.emailSeq} =
      (SELECT ${email.seq} FROM ${email} WHERE ${isWithdrawn})`,
    sql`DELETE FROM ${email} WHERE ${isWithdrawn}`,
  ].map((statement) => prepare<{ readonly id: Id }>(statement)),
];

export function makeEmailStore(database: Database): EmailStore {
  /** Runs the statements on one mail and answers the mail as it then is. */
  const change = (id: Id, statements: readonly Statement[]): Promise<Email> =>
    database.write({ statements: [...statements, ...selectOne({ id })], outcome: lastEmail });

  return {
    async sendContext(question, now) {
      return sendContextFromRows(question, await database.read(selectSendContext(question, now)));
    },

    writeAhead(mail, claim, asked) {
      const { attachments, ...columns } = mail;
      const args = {
        ...columns,
        references: mail.references.length > 0 ? JSON.stringify(mail.references) : null,
        ...capacityArgs(asked),
        ...claimArgs(mail.workspaceId, claim, mail.id, mail.writtenAt),
        toCanonical: canonicalAddress(mail.toAddress),
        hasAttachment: Number(attachments.length > 0),
      };
      return database.write({
        statements: [
          ...takeClaim(args),
          insert(args),
          ...attachments.map((file, position) => insertAttachment({ ...file, emailId: mail.id, position })),
          takeOfAccount(args),
          ...countThis.map((statement) => statement({ id: mail.id })),
          ...returnKey(args),
          selectWritten(args),
        ],
        outcome: (results) => toWritten(mail, results.at(-1)?.[0]),
      });
    },

    recordSent: (id, providerMessageId, at) =>
      change(id, [recordSent({ id, providerMessageId, at }), ...foldMail({ id, at })]),

    recordUnknown: (id, at) => change(id, [recordUnknown({ id, at })]),

    withdraw: (id) =>
      database.write({
        statements: withdrawal.map((statement) => statement({ id })),
        outcome: () => undefined,
      }),

    async find(workspaceId, id) {
      const [rows, attachmentRows] = await database.read(selectOfWorkspace({ workspaceId, id }));
      return emailFromRows(rows, attachmentRows);
    },

    list: (filter, window, now) => readEmailPage(database, emailListArms(filter, window.after, now), window),
  };
}

function toWritten(mail: NewEmail, row: Row | undefined): Result<CapacityTaken | null, WriteAheadRefused> {
  assert(row !== undefined, "an e-mail was not stored: are there its workspace and use case?");
  const { isStored, capacity, used, ...why } = written.read(row);
  if (isStored === 1) return ok(mail.cohortAt === null ? null : { capacity, used });
  if (why.claimLost === 1) return err({ kind: "claim_lost" });
  if (why.isSuppressed === 1) return err({ kind: "recipient_suppressed" });
  if (why.lacksDay === 1) return err({ kind: "daily_capacity_exceeded", capacity, used });
  if (why.lacksHours === 1) return err({ kind: "account_capacity_exceeded", window: "24_hours" });
  assert(
    why.lacksSecond === 1,
    "an e-mail was not stored, and nothing stood in its way: is there its setup?",
  );
  return err({ kind: "account_capacity_exceeded", window: "second" });
}

/** The e-mail that the last two statements read. */
function lastEmail(results: readonly (readonly Row[])[]): Email {
  const found = emailFromRows(results.at(-2), results.at(-1));
  assert(found !== null, "the e-mail to change is not there");
  return found;
}
