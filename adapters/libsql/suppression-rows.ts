// Suppressions in force as rows: what is read, and what it is joined with.
import { type SQL, sql } from "drizzle-orm";
import { assert } from "../../core/assert.ts";
import type { Suppression } from "../../core/suppression/suppression.ts";
import { type Selected, select } from "./columns.ts";
import { workspace } from "./schema/access.ts";
import { sesSetup, useCase } from "./schema/channel.ts";
import { suppression } from "./schema/suppression.ts";

/** Of `suppression` and `suppressionOwners`. */
export const suppressionColumns = {
  id: suppression.id,
  workspaceId: workspace.id,
  setupId: sesSetup.id,
  /** Null for the whole setup: then the join has no use case. */
  useCaseId: useCase.id,
  address: suppression.address,
  reason: suppression.reason,
  since: suppression.since,
  lastAt: suppression.lastAt,
  expiresAt: suppression.expiresAt,
  sourceEmailId: suppression.sourceEmailId,
};

export const suppressionOwners: SQL = sql`CROSS JOIN ${workspace} ON ${workspace.seq} = ${suppression.workspaceSeq}
  CROSS JOIN ${sesSetup} ON ${sesSetup.seq} = ${suppression.setupSeq}
  LEFT JOIN ${useCase} ON ${useCase.seq} = ${suppression.useCaseSeq}`;

export const suppressionRecord = select(suppressionColumns);

export function toSuppression({
  since,
  lastAt,
  useCaseId,
  ...row
}: Selected<typeof suppressionColumns>): Suppression {
  assert(since !== null && lastAt !== null, "a suppression was read that is not in force");
  const ofUseCase: string | null = useCaseId;
  return { ...row, useCaseId: ofUseCase, scope: ofUseCase === null ? "setup" : "use_case", since, lastAt };
}
