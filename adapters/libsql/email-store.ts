// E-mails. A send is three round trips: everything it decides on in one read, the row before the provider is called,
// and what the provider said after. Whatever makes a mail's message id known also folds the events that waited for it.
import { type SQL, sql } from "drizzle-orm";
import { assert } from "../../core/assert.ts";
import { canonicalAddress } from "../../core/email/address.ts";
import type { SendOutcomeKind } from "../../core/email/email-state.ts";
import type { Email, EmailAttachment, NewEmail } from "../../core/email/email.ts";
import type { Id } from "../../core/ids.ts";
import type { EmailStore } from "../../core/ports/email-store.ts";
import { err, ok } from "../../core/result.ts";
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

type EmailArgs = ClaimArgs & { readonly [Member in keyof Omit<NewEmail, "attachments">]: SqlValue } & {
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
  })} FROM ${workspace} CROSS JOIN ${useCase} CROSS JOIN ${sesSetup}
    WHERE ${workspace.id} = ${sql.placeholder("workspaceId")} AND ${useCase.id} = ${sql.placeholder("useCaseId")}
      AND ${sesSetup.id} = ${sql.placeholder("setupId")} AND ${claimHeld} AND ${notSuppressed}
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

const written = select({
  claimLost,
  stored: sql<number>`EXISTS (SELECT 1 FROM ${email} WHERE ${thisEmail})`,
  isSuppressed: sql<number>`NOT EXISTS (SELECT 1 FROM ${email} WHERE ${thisEmail}) AND NOT ${notSuppressed}`,
});
const NOTHING_WRITTEN = { stored: 0, claimLost: 0, isSuppressed: 0 };
const selectWritten = prepare<EmailArgs>(sql`SELECT ${written.list}`);
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

const releaseKey = releaseClaim(email.id, notSent);
const deleteAttachments = prepare<{ readonly id: Id }>(
  sql`DELETE FROM ${emailAttachment} WHERE ${emailAttachment.emailSeq} =
    (SELECT ${email.seq} FROM ${email} WHERE ${thisEmail} AND ${notSent})`,
);
const deleteEmail = prepare<{ readonly id: Id }>(sql`DELETE FROM ${email} WHERE ${thisEmail} AND ${notSent}`);

export function makeEmailStore(database: Database): EmailStore {
  /** Runs the statements on one mail and answers the mail as it then is. */
  const change = (id: Id, statements: readonly Statement[]): Promise<Email> =>
    database.write({ statements: [...statements, ...selectOne({ id })], outcome: lastEmail });

  return {
    async sendContext(question, now) {
      return sendContextFromRows(await database.read(selectSendContext(question, now)));
    },

    writeAhead(mail, claim) {
      const { attachments, ...columns } = mail;
      const args = {
        ...columns,
        ...claimArgs(mail.workspaceId, claim, mail.id, mail.writtenAt),
        toCanonical: canonicalAddress(mail.toAddress),
        hasAttachment: Number(attachments.length > 0),
      };
      return database.write({
        statements: [
          ...takeClaim(args),
          insert(args),
          ...attachments.map((file, position) => insertAttachment({ ...file, emailId: mail.id, position })),
          ...foldMail({ id: mail.id, at: mail.writtenAt }),
          ...returnKey(args),
          selectWritten(args),
        ],
        outcome: (results) => {
          const row = results.at(-1)?.[0];
          const { stored, claimLost, isSuppressed } = row ? written.read(row) : NOTHING_WRITTEN;
          if (stored === 1) return ok(undefined);
          if (claimLost === 1) return err({ kind: "claim_lost" });
          assert(
            isSuppressed === 1,
            "an e-mail was not stored: are there its workspace, use case and setup?",
          );
          return err({ kind: "recipient_suppressed" });
        },
      });
    },

    recordSent: (id, providerMessageId, at) =>
      change(id, [recordSent({ id, providerMessageId, at }), ...foldMail({ id, at })]),

    recordUnknown: (id, at) => change(id, [recordUnknown({ id, at })]),

    withdraw: (id) =>
      database.write({
        statements: [releaseKey({ id }), deleteAttachments({ id }), deleteEmail({ id })],
        outcome: () => undefined,
      }),

    async find(workspaceId, id) {
      const [rows, attachmentRows] = await database.read(selectOfWorkspace({ workspaceId, id }));
      return emailFromRows(rows, attachmentRows);
    },

    list: (filter, window, now) => readEmailPage(database, emailListArms(filter, window.after, now), window),
  };
}

/** The e-mail that the last two statements read. */
function lastEmail(results: readonly (readonly Row[])[]): Email {
  const found = emailFromRows(results.at(-2), results.at(-1));
  assert(found !== null, "the e-mail to change is not there");
  return found;
}
