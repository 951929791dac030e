// Which suppressions a mail meets: those of its recipient for its use case and for its setup, also where these are
// successors of deleted ones: a setup of the same workspace on the same domain, a use case of the same names on it. What
// somebody opted out of does not begin anew under another id. The rule whether one stops the mail is core's.
import { type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { REASON_RULES, SUPPRESSION_REASONS } from "../../core/suppression/suppression.ts";
import { sesSetup, useCase } from "./schema/channel.ts";
import { suppression } from "./schema/suppression.ts";
import { commas } from "./statement.ts";
import { suppressionOwners } from "./suppression-rows.ts";

const sending = alias(useCase, "sending");
const domain = alias(sesSetup, "domain");

type Placeholder = ReturnType<typeof sql.placeholder>;
type Mail = { readonly useCaseId: Placeholder; readonly recipient: Placeholder; readonly now: Placeholder };

/** The FROM and WHERE of the suppressions in force that the mail meets, with what `suppressionColumns` names. */
export const suppressionsMet = ({ useCaseId, recipient, now }: Mail): SQL => sql`FROM ${useCase} AS ${sending}
  CROSS JOIN ${sesSetup} AS ${domain} ON ${domain.seq} = ${sending.setupSeq}
  CROSS JOIN ${suppression} ON ${suppression.address} = ${recipient} AND ${suppression.since} IS NOT NULL
  ${suppressionOwners}
  WHERE ${sending.id} = ${useCaseId}
    AND ${sesSetup.workspaceSeq} = ${domain.workspaceSeq} AND ${sesSetup.domainIdentity} = ${domain.domainIdentity}
    AND (${suppression.useCaseSeq} IS NULL OR (${useCase.workspaceSeq} = ${sending.workspaceSeq}
      AND ${useCase.entityNameFolded} = ${sending.entityNameFolded} AND ${useCase.nameFolded} = ${sending.nameFolded}))
    AND (${suppression.expiresAt} IS NULL OR ${suppression.expiresAt} > ${now})`;

const yielding = SUPPRESSION_REASONS.filter((reason) => REASON_RULES[reason].yieldsToNewerHumanMail);

/** The truth that nothing stops the mail: `explainSend` in SQL, from its table. */
export const nothingStops = (mail: Mail, answersHumanMailAt: Placeholder): SQL => sql`NOT EXISTS (SELECT 1
  ${suppressionsMet(mail)}
    AND NOT (${answersHumanMailAt} IS NOT NULL AND ${suppression.lastAt} < ${answersHumanMailAt}
      AND ${suppression.reason} IN (${inlined(yielding)})))`;

/** Words of ours as literals, for IN. */
export const inlined = (words: readonly string[]): SQL =>
  commas(words.map((word) => sql`${word}`.inlineParams()));
