// The list of events: of a scope, or of some e-mails within it; one arm per (e-mail and) event type. Only matched events
// of the types a caller sees can be found: unmatched ones have no scope, and the arms name the types.
import { sql } from "drizzle-orm";
import { EVENT_TYPES, type EventType } from "../../core/email/email-state.ts";
import type { Id } from "../../core/ids.ts";
import type { EmailScope } from "../../core/ports/email-store.ts";
import type { EventFilter, ListedEvent } from "../../core/ports/event-store.ts";
import type { KeysetCursor } from "../../core/ports/keyset-page.ts";
import { select } from "./columns.ts";
import type { Statement } from "./database.ts";
import { inScope, type ScopeKind, scopeKind } from "./email-scope.ts";
import { type Bounds, boundsOf, keysetList, type ReadPage } from "./keyset-list.ts";
import { email, emailEvent } from "./schema/email.ts";
import { prepare } from "./statement.ts";

const row = select({
  id: emailEvent.id,
  emailId: email.id,
  // The arms name shown types only.
  type: sql<EventType>`${emailEvent.type}`,
  occurredAt: emailEvent.occurredAt,
  receivedAt: emailEvent.receivedAt,
  seq: emailEvent.seq,
});

export const readEventPage: ReadPage<ListedEvent> = keysetList(
  row.list,
  sql`CROSS JOIN ${emailEvent} ON ${emailEvent.seq} = page.seq CROSS JOIN ${email} ON ${email.seq} = ${emailEvent.emailSeq}`,
  (read) => {
    const { seq, ...item } = row.read(read);
    return { at: item.occurredAt, seq, item };
  },
);

type ArmArgs = EmailScope & Bounds & { readonly type: EventType; readonly emailId: Id | null };

const arm = (rows: ReturnType<typeof inScope>): ((args: ArmArgs) => Statement) =>
  prepare<ArmArgs>(sql`SELECT ${emailEvent.seq} AS seq, ${emailEvent.occurredAt} AS at FROM ${emailEvent}
    WHERE ${rows} AND ${emailEvent.type} = ${sql.placeholder("type")}
      AND ${emailEvent.occurredAt} >= ${sql.placeholder("from")}
      AND (${emailEvent.occurredAt}, ${emailEvent.seq}) < (${sql.placeholder("beforeAt")}, ${sql.placeholder("beforeSeq")})`);

const armOfEmail = (kind: ScopeKind) =>
  arm(sql`${emailEvent.emailSeq} = (SELECT ${email.seq} FROM ${email}
    WHERE ${email.id} = ${sql.placeholder("emailId")} AND ${inScope(kind, email)})`);

const armsOfScope = {
  useCase: arm(inScope("useCase", emailEvent)),
  setup: arm(inScope("setup", emailEvent)),
};
const armsOfEmail = { useCase: armOfEmail("useCase"), setup: armOfEmail("setup") };

/** The arms of a page after the cursor. */
export function eventListArms(filter: EventFilter, after: KeysetCursor | null): readonly Statement[] {
  const { workspaceId, useCaseId, setupId } = filter;
  const bounds = boundsOf(filter.eventAtAfter, filter.eventAtBefore, after);
  const kind = scopeKind(filter);
  // Each value once: an arm repeated would repeat its rows.
  const types = [...new Set(filter.eventTypes.length > 0 ? filter.eventTypes : EVENT_TYPES)];
  const emailIds = new Set(filter.emailIds);
  const common = { workspaceId, useCaseId, setupId, ...bounds };
  if (emailIds.size === 0) return types.map((type) => armsOfScope[kind]({ ...common, type, emailId: null }));
  return [...emailIds].flatMap((emailId) =>
    types.map((type) => armsOfEmail[kind]({ ...common, type, emailId })),
  );
}
