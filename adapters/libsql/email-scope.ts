// Where lists look: the rows of a use case, of a setup, or of a use case if it is on that setup, always within one
// workspace. Resolved by scalar subselects inside the one statement: an unknown or foreign scope compares with null and
// the page is empty. Deleted use cases and setups are still rows, so they are still scopes.
import { type Column, type SQL, sql } from "drizzle-orm";
import type { EmailScope } from "../../core/ports/email-store.ts";
import { workspace } from "./schema/access.ts";
import { sesSetup, useCase } from "./schema/channel.ts";

const workspaceId = sql.placeholder("workspaceId");
const useCaseId = sql.placeholder("useCaseId");
const setupId = sql.placeholder("setupId");

export const workspaceSeq = sql`(SELECT ${workspace.seq} FROM ${workspace} WHERE ${workspace.id} = ${workspaceId})`;
export const setupSeq = sql`(SELECT ${sesSetup.seq} FROM ${sesSetup} WHERE ${sesSetup.id} = ${setupId})`;
export const useCaseSeq = sql`(SELECT ${useCase.seq} FROM ${useCase} WHERE ${useCase.id} = ${useCaseId}
  AND ${useCase.workspaceSeq} = ${workspaceSeq} AND (${setupId} IS NULL OR ${useCase.setupSeq} = ${setupSeq}))`;

type Scoped = { readonly workspaceSeq: Column; readonly setupSeq: Column; readonly useCaseSeq: Column };

export type ScopeKind = "useCase" | "setup";

/** Which index serves the scope: a use case has exactly one setup, so naming both only adds a check. */
export const scopeKind = (scope: EmailScope): ScopeKind => (scope.useCaseId === null ? "setup" : "useCase");

/** The rows of the scope, over the leading columns of that index. Filled from the members of an EmailScope. */
export function inScope(kind: ScopeKind, rows: Scoped): SQL {
  if (kind === "useCase") return sql`${rows.useCaseSeq} = ${useCaseSeq}`;
  return sql`${rows.workspaceSeq} = ${workspaceSeq} AND ${rows.setupSeq} = ${setupSeq}`;
}
