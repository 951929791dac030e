// The list of e-mails: one arm per (recipient,) listed state. A filter that names no state walks all of them; rows that
// are not known to be sent are found by their outcome and ordered by when they were written.
import { sql } from "drizzle-orm";
import { EMAIL_STATES, type OutcomeRows, ROWS_OF_SHOWN_OUTCOME } from "../../core/email/email-state.ts";
import type { EmailSummary } from "../../core/email/email.ts";
import type { EmailFilter, EmailScope } from "../../core/ports/email-store.ts";
import type { KeysetCursor } from "../../core/ports/keyset-page.ts";
import { select } from "./columns.ts";
import type { Statement } from "./database.ts";
import { emailOwners, summaryColumns } from "./email-rows.ts";
import { inScope, type ScopeKind, scopeKind } from "./email-scope.ts";
import { type Bounds, boundsOf, keysetList, type ReadPage, narrowed } from "./keyset-list.ts";
import { email, EMAIL_LIST_INDEXES, type ListedState } from "./schema/email.ts";
import { prepare } from "./statement.ts";

const row = select({ ...summaryColumns, at: sql<number>`page.at`, seq: sql<number>`page.seq` });

export const readEmailPage: ReadPage<EmailSummary> = keysetList(
  row.list,
  sql`CROSS JOIN ${email} ON ${email.seq} = page.seq ${emailOwners}`,
  (read) => {
    const { at, seq, ...item } = row.read(read);
    return { at, seq, item };
  },
);

type ListedRows = { readonly listedState: ListedState } & Bounds;
type ArmArgs = EmailScope & ListedRows & { readonly toAddress: string | null };

const arm = (kind: ScopeKind, to: "toAnyone" | "toOne"): ((args: ArmArgs) => Statement) =>
  prepare<ArmArgs>(sql`SELECT ${email.seq} AS seq, ${email.listedAt} AS at
    FROM ${email} INDEXED BY ${sql.identifier(EMAIL_LIST_INDEXES[kind][to])}
    WHERE ${inScope(kind, email)}${to === "toOne" ? sql` AND ${email.toCanonical} = ${sql.placeholder("toAddress")}` : sql``}
      AND ${email.listedState} = ${sql.placeholder("listedState")} AND ${email.listedAt} >= ${sql.placeholder("from")}
      AND (${email.listedAt}, ${email.seq}) < (${sql.placeholder("beforeAt")}, ${sql.placeholder("beforeSeq")})`);

const ARMS = {
  useCase: { toAnyone: arm("useCase", "toAnyone"), toOne: arm("useCase", "toOne") },
  setup: { toAnyone: arm("setup", "toAnyone"), toOne: arm("setup", "toOne") },
};

/** The arms of a page after the cursor; none when nothing can match. `now` decides which rows are still pending. */
export function emailListArms(
  filter: EmailFilter,
  after: KeysetCursor | null,
  now: number,
): readonly Statement[] {
  const { workspaceId, useCaseId, setupId } = filter;
  const rows = listedRows(filter, boundsOf(filter.sentAfter, filter.sentBefore, after), now);
  const { toAnyone, toOne } = ARMS[scopeKind(filter)];
  // Each value once: an arm repeated would repeat its rows.
  const recipients = new Set(filter.toAddresses);
  const scope = { workspaceId, useCaseId, setupId };
  if (recipients.size === 0) return rows.map((listed) => toAnyone({ ...scope, ...listed, toAddress: null }));
  return [...recipients].flatMap((toAddress) =>
    rows.map((listed) => toOne({ ...scope, ...listed, toAddress })),
  );
}

/** What is walked for the states and outcomes asked for. A mail not known to be sent has no state, so a state excludes it. */
function listedRows(filter: EmailFilter, bounds: Bounds, now: number): readonly ListedRows[] {
  const outcomes = new Set(filter.sendOutcomes.length > 0 ? filter.sendOutcomes : ["sent" as const]);
  const states = new Set(filter.states.length > 0 ? filter.states : EMAIL_STATES);
  return [...outcomes]
    .flatMap((outcome) => ROWS_OF_SHOWN_OUTCOME[outcome])
    .flatMap((rows): readonly ListedRows[] => {
      if (rows.sendOutcome === "sent") return [...states].map((listedState) => ({ listedState, ...bounds }));
      if (filter.states.length > 0) return [];
      return [{ listedState: rows.sendOutcome, ...narrowed(bounds, writtenWithin(rows, now)) }];
    });
}

/** When rows of these ages were written: the older bound is exclusive, as the age is. */
function writtenWithin({ fromAge, beforeAge }: OutcomeRows, now: number): { from?: number; before?: number } {
  return {
    ...(Number.isFinite(beforeAge) ? { from: now - beforeAge + 1 } : {}),
    ...(Number.isFinite(fromAge) ? { before: now - fromAge + 1 } : {}),
  };
}
