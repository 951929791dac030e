// Suppressions by people: unsubscribed, added by hand, lifted. Those that follow from events are the fold's
// (suppression-fold.ts); a lift is remembered in the row, where the fold finds it.
import { type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Id } from "../../core/ids.ts";
import type {
  ManualSuppression,
  SuppressionStore,
  UnsubscribableMail,
} from "../../core/ports/suppression-store.ts";
import { err, ok } from "../../core/result.ts";
import {
  REASON_RULES,
  SUPPRESSION_REASONS,
  type SuppressionReason,
} from "../../core/suppression/suppression.ts";
import type { UnsubscribeScope } from "../../core/use-case/use-case.ts";
import { assert } from "../../core/assert.ts";
import { insertSelect, select } from "./columns.ts";
import type { Database, Row } from "./database.ts";
import {
  type ClaimArgs,
  claimArgs,
  claimHeld,
  claimLost,
  returnClaim,
  takeClaim,
} from "./idempotency-statements.ts";
import { workspace } from "./schema/access.ts";
import { sesSetup, useCase } from "./schema/channel.ts";
import { email } from "./schema/email.ts";
import { suppression } from "./schema/suppression.ts";
import { bare, bareList, prepare } from "./statement.ts";
import { readSuppressionPage, suppressionListArms } from "./suppression-list.ts";
import { inlined } from "./suppression-reach.ts";
import {
  suppressionColumns,
  suppressionOwners,
  suppressionRecord,
  toSuppression,
} from "./suppression-rows.ts";

const id = sql.placeholder("id");
const at = sql.placeholder("at");
const inForce = sql`${suppression.since} IS NOT NULL`;
const reasonIs = (reason: SuppressionReason): SQL => sql`${reason}`.inlineParams();

/** Asked for again: it stands since it stood, or begins anew if it had been lifted. */
const askedAgain = (where: SQL, scope: typeof suppression.setupSeq | typeof suppression.useCaseSeq): SQL =>
  sql`ON CONFLICT (${bareList([scope, suppression.address, suppression.reason])}) WHERE ${where} DO UPDATE SET
    ${bare(suppression.sourceEmailId)} = iif(${bare(suppression.since)} IS NULL, excluded.${bare(suppression.sourceEmailId)}, ${bare(suppression.sourceEmailId)}),
    ${bare(suppression.since)} = coalesce(${bare(suppression.since)}, excluded.${bare(suppression.since)}),
    ${bare(suppression.lastAt)} = max(coalesce(${bare(suppression.lastAt)}, excluded.${bare(suppression.lastAt)}), excluded.${bare(suppression.lastAt)})`;
const unlessThere = sql`${askedAgain(sql`${bare(suppression.useCaseSeq)} IS NULL`, suppression.setupSeq)}
  ${askedAgain(sql`${bare(suppression.useCaseSeq)} IS NOT NULL`, suppression.useCaseSeq)}`;

// ---- unsubscribed

const thisMail = sql`${email.id} = ${sql.placeholder("emailId")}`;
/** The scope asked for, or the one in force when the mail was sent. */
const scope = sql`coalesce(${sql.placeholder("scope")}, ${email.unsubscribeScope})`;

const unsubscribe = prepare<{
  readonly id: Id;
  readonly emailId: Id;
  readonly scope: UnsubscribeScope | null;
  readonly at: number;
}>(
  sql`${insertSelect(suppression, {
    id,
    workspaceSeq: sql`CASE ${scope} WHEN 'use_case' THEN ${email.workspaceSeq} ELSE ${sesSetup.workspaceSeq} END`,
    setupSeq: email.setupSeq,
    useCaseSeq: sql`CASE ${scope} WHEN 'use_case' THEN ${email.useCaseSeq} END`,
    address: email.toCanonical,
    reason: reasonIs("unsubscribe"),
    since: at,
    lastAt: at,
    sourceEmailId: email.id,
  })} FROM ${email} CROSS JOIN ${sesSetup} ON ${sesSetup.seq} = ${email.setupSeq} WHERE ${thisMail} ${unlessThere}`,
);

const mail = select({
  fromAddress: email.fromAddress,
  domainIdentity: sesSetup.domainIdentity,
  scope: email.unsubscribeScope,
});
const selectMail = prepare<{ readonly emailId: Id }>(
  sql`SELECT ${mail.list} FROM ${email} CROSS JOIN ${sesSetup} ON ${sesSetup.seq} = ${email.setupSeq} WHERE ${thisMail}`,
);
const toMail = (rows: readonly Row[] = []): UnsubscribableMail | null =>
  rows[0] === undefined ? null : mail.read(rows[0]);

// ---- added by hand

type AddArgs = ClaimArgs & ManualSuppression;
const ofPlace = sql`${workspace.id} = ${sql.placeholder("workspaceId")} AND ${sesSetup.id} = ${sql.placeholder("setupId")}`;

const add = prepare<AddArgs>(
  sql`${insertSelect(suppression, {
    id,
    workspaceSeq: workspace.seq,
    setupSeq: sesSetup.seq,
    useCaseSeq: useCase.seq,
    address: sql.placeholder("address"),
    reason: reasonIs("manual"),
    since: at,
    lastAt: at,
  })} FROM ${workspace} CROSS JOIN ${sesSetup} LEFT JOIN ${useCase} ON ${useCase.id} = ${sql.placeholder("useCaseId")}
    WHERE ${ofPlace} AND (${sql.placeholder("useCaseId")} IS NULL OR ${useCase.seq} IS NOT NULL) AND ${claimHeld}
  ${unlessThere}`,
);
const returnKey = returnClaim(suppression.id);
const refusal = select({ claimLost });
const selectRefusal = prepare<AddArgs>(sql`SELECT ${refusal.list}`);
const selectAdded = prepare<AddArgs>(
  sql`SELECT ${suppressionRecord.list} FROM ${suppression} ${suppressionOwners}
    WHERE ${suppression.address} = ${sql.placeholder("address")} AND ${suppression.reason} = ${reasonIs("manual")}
      AND ${inForce} AND ${sesSetup.id} = ${sql.placeholder("setupId")}
      AND ${useCase.id} IS ${sql.placeholder("useCaseId")}`,
);

// ---- lifted

const other = alias(suppression, "other");
const listed = SUPPRESSION_REASONS.filter((reason) => REASON_RULES[reason].isOnProviderList);
const liftable = select({
  ...suppressionColumns,
  tenantName: sql<string | null>`iif(${sesSetup.deletedAt} IS NULL, ${sesSetup.tenantName}, NULL)`,
  mailedAddress: sql<
    string | null
  >`(SELECT ${email.toAddress} FROM ${email} WHERE ${email.id} = ${suppression.sourceEmailId})`,
  isListedForAnother: sql<number>`EXISTS (SELECT 1 FROM ${suppression} AS ${other}
    WHERE ${other.setupSeq} = ${suppression.setupSeq} AND ${other.address} = ${suppression.address}
      AND ${other.useCaseSeq} IS NULL AND ${other.since} IS NOT NULL AND ${other.seq} <> ${suppression.seq}
      AND ${other.reason} IN (${inlined(listed)}))`,
});
const selectLiftable = prepare<{ readonly workspaceId: Id; readonly id: Id }>(
  sql`SELECT ${liftable.list} FROM ${suppression} ${suppressionOwners}
    WHERE ${suppression.id} = ${id} AND ${workspace.id} = ${sql.placeholder("workspaceId")} AND ${inForce}`,
);

// What is known of it is lifted, even if the provider's clock goes before ours.
const lift = prepare<{ readonly id: Id; readonly at: number }>(
  sql`UPDATE ${suppression} SET ${bare(suppression.liftedAt)} = max(${at}, ${suppression.lastAt}),
      (${bareList([suppression.since, suppression.lastAt, suppression.expiresAt, suppression.sourceEmailId])})
        = (NULL, NULL, NULL, NULL)
    WHERE ${suppression.id} = ${id} AND ${inForce}`,
);

export function makeSuppressionStore(database: Database): SuppressionStore {
  return {
    list: (filter, window, now) =>
      readSuppressionPage(database, suppressionListArms(filter, window.after, now), window),

    async find(workspaceId, suppressionId) {
      const [rows] = await database.read([selectLiftable({ workspaceId, id: suppressionId })]);
      if (rows?.[0] === undefined) return null;
      const { tenantName, mailedAddress, isListedForAnother, ...columns } = liftable.read(rows[0]);
      return {
        suppression: toSuppression(columns),
        tenantName,
        mailedAddress,
        isListedForAnother: isListedForAnother === 1,
      };
    },

    add(manual, claim) {
      const args = { ...claimArgs(manual.workspaceId, claim, manual.id, manual.at), ...manual };
      return database.write({
        statements: [
          ...takeClaim(args),
          add(args),
          ...returnKey(args),
          selectRefusal(args),
          selectAdded(args),
        ],
        outcome: (results) => {
          const [refusalRow, added] = results.slice(-2).map((rows) => rows[0]);
          if (refusalRow && refusal.read(refusalRow).claimLost === 1) return err({ kind: "claim_lost" });
          assert(added !== undefined, "a suppression was not stored: are there its workspace and its scope?");
          return ok(toSuppression(suppressionRecord.read(added)));
        },
      });
    },

    async findMail(emailId) {
      const [rows] = await database.read([selectMail({ emailId })]);
      return toMail(rows);
    },

    unsubscribe: (emailId, asked, newId, now) =>
      database.write({
        statements: [unsubscribe({ id: newId, emailId, scope: asked, at: now }), selectMail({ emailId })],
        outcome: ([, rows]) => toMail(rows),
      }),

    lift: (suppressionId, now) =>
      database.write({ statements: [lift({ id: suppressionId, at: now })], outcome: () => undefined }),
  };
}
