// What a send decides on, in one read: the use case and its setup, what suppresses the recipient, and what its idempotency
// key already stands for; and the e-mail that is to be answered, with what stands above it.
import { sql } from "drizzle-orm";
import { assert } from "../../core/assert.ts";
import type { Id } from "../../core/ids.ts";
import type { SendContext, SendQuestion } from "../../core/ports/email-store.ts";
import type { Channel, UseCaseStatus } from "../../core/use-case/use-case.ts";
import { select } from "./columns.ts";
import type { Row, Statement } from "./database.ts";
import { emailFromRows, selectEmail } from "./email-rows.ts";
import { selectClaim, toIdempotencyRecord } from "./idempotency-statements.ts";
import { inboundFromRows, selectInbound } from "./inbound-rows.ts";
import { idempotencyKey, workspace } from "./schema/access.ts";
import { sesSetup, useCase } from "./schema/channel.ts";
import { email } from "./schema/email.ts";
import { standing } from "./schema/reputation.ts";
import { setupColumns, setupFromRow } from "./setup-row.ts";
import { prepare } from "./statement.ts";
import { suppressionsMet } from "./suppression-reach.ts";
import { suppressionRecord, toSuppression } from "./suppression-rows.ts";
import { ancestorsFromRows, selectAncestors } from "./thread-ancestors.ts";
import { joinedUseCase, useCaseColumns, useCaseFromRow } from "./use-case-row.ts";

const ofWorkspace = sql`(SELECT ${workspace.seq} FROM ${workspace} WHERE ${workspace.id} = ${sql.placeholder("workspaceId")})`;
const sendable = sql`${useCase.id} = ${sql.placeholder("useCaseId")} AND ${useCase.workspaceSeq} = ${ofWorkspace}
  AND ${useCase.channel} = ${"email" satisfies Channel} AND ${useCase.status} = ${"ready" satisfies UseCaseStatus}`;
const withSetup = sql`${useCase} JOIN ${sesSetup} ON ${sesSetup.seq} = ${useCase.setupSeq}`;

const stop = select({ isSendingStopped: standing.isStopped });
const selectUseCase = prepare<{ readonly workspaceId: Id; readonly useCaseId: Id }>(
  sql`SELECT ${useCaseColumns.list}, ${stop.list} FROM ${joinedUseCase}
    JOIN ${standing} ON ${standing.useCaseSeq} = ${useCase.seq} WHERE ${sendable}`,
);
// Under shared setups its owner is another workspace than the use case's.
const selectSetup = prepare<{ readonly workspaceId: Id; readonly useCaseId: Id }>(
  sql`SELECT ${setupColumns.list} FROM ${withSetup} JOIN ${workspace} ON ${workspace.seq} = ${sesSetup.workspaceSeq}
    WHERE ${sendable}`,
);
const selectSuppressions = prepare<{
  readonly useCaseId: Id;
  readonly recipient: string;
  readonly now: number;
}>(
  sql`SELECT ${suppressionRecord.list} ${suppressionsMet({
    useCaseId: sql.placeholder("useCaseId"),
    recipient: sql.placeholder("recipient"),
    now: sql.placeholder("now"),
  })}`,
);
const selectClaimedEmail = selectEmail<{ readonly scopeId: Id; readonly key: string }>(
  sql`${email.id} = (SELECT ${idempotencyKey.resourceId} FROM ${idempotencyKey}
    WHERE ${idempotencyKey.scopeId} = ${sql.placeholder("scopeId")} AND ${idempotencyKey.key} = ${sql.placeholder("key")})`,
);

export function selectSendContext(
  { workspaceId, useCaseId, recipient, idempotencyKey: key, inReplyToId }: SendQuestion,
  now: number,
): readonly Statement[] {
  const answered = inReplyToId === null ? null : { workspaceId, id: inReplyToId };
  return [
    selectUseCase({ workspaceId, useCaseId }),
    selectSetup({ workspaceId, useCaseId }),
    selectSuppressions({ useCaseId, recipient, now }),
    ...(answered === null ? [] : [...selectInbound(answered), selectAncestors(answered)]),
    ...(key === null
      ? []
      : [selectClaim(workspaceId, key, now), ...selectClaimedEmail({ scopeId: workspaceId, key })]),
  ];
}

/** What the statements of `selectSendContext` answered. */
export function sendContextFromRows(
  { inReplyToId }: SendQuestion,
  results: readonly (readonly Row[])[],
): SendContext {
  const [useCaseRows, setupRows, suppressionRows = [], ...more] = results;
  const [answeredRows, fileRows, ancestorRows] = inReplyToId === null ? [] : more.splice(0, 3);
  const inReplyTo = inboundFromRows(answeredRows, fileRows);
  const ancestors = ancestorsFromRows(ancestorRows);
  const [claimRows, emailRows, attachmentRows] = more;
  const claimed = toIdempotencyRecord(claimRows?.[0]);
  // A forgotten key still has its row until it is swept out.
  const claimedEmail = claimed && emailFromRows(emailRows, attachmentRows);
  const [useCaseRow] = useCaseRows ?? [];
  const [setupRow] = setupRows ?? [];
  if (useCaseRow === undefined || setupRow === undefined)
    return {
      useCase: null,
      setup: null,
      isSendingStopped: false,
      suppressions: [],
      inReplyTo,
      ancestors,
      claimed,
      claimedEmail,
    };
  const found = useCaseFromRow(useCaseRow);
  assert(found.channel === "email", "a query for e-mail use cases answered another");
  const suppressions = suppressionRows.map((row) => toSuppression(suppressionRecord.read(row)));
  return {
    useCase: found,
    setup: setupFromRow(setupRow),
    ...stop.read(useCaseRow),
    suppressions,
    inReplyTo,
    ancestors,
    claimed,
    claimedEmail,
  };
}
