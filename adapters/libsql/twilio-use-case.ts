// How a use case of a Twilio channel is stored: at once, because nothing is made for it elsewhere. The names are unique
// together with those of e-mail use cases, by the same index.
import { sql } from "drizzle-orm";
import { assert } from "../../core/assert.ts";
import type { ClaimLost, IdempotencyClaim } from "../../core/idempotency/idempotency.ts";
import type { TwilioUseCaseTaken } from "../../core/ports/use-case-store.ts";
import type { Result } from "../../core/result.ts";
import { foldName } from "../../core/use-case/use-case-name.ts";
import type { TwilioUseCase } from "../../core/use-case/use-case.ts";
import { insertSelect, select } from "./columns.ts";
import type { Row, WriteOperation } from "./database.ts";
import {
  type ClaimArgs,
  claimArgs,
  claimHeld,
  claimLost,
  returnClaim,
  storedOrRefused,
  takeClaim,
} from "./idempotency-statements.ts";
import { workspace } from "./schema/access.ts";
import { useCase } from "./schema/channel.ts";
import { twilioSetup } from "./schema/twilio-setup.ts";
import { prepare } from "./statement.ts";
import { joinedUseCase, useCaseColumns, useCaseFromRow } from "./use-case-row.ts";

type CreateArgs = TwilioUseCase & ClaimArgs & { entityNameFolded: string; nameFolded: string };

const id = sql.placeholder("id");
const ofWorkspace = sql`${workspace.id} = ${sql.placeholder("workspaceId")}`;
/** Its own workspace's, and not deleted. */
const setupStands = sql`${twilioSetup.id} = ${sql.placeholder("twilioSetupId")} AND ${twilioSetup.deletedAt} IS NULL
  AND ${twilioSetup.workspaceSeq} = ${workspace.seq} AND ${ofWorkspace}`;

const insert = prepare<CreateArgs>(
  sql`${insertSelect(useCase, {
    id,
    workspaceSeq: workspace.seq,
    twilioSetupSeq: twilioSetup.seq,
    channel: sql.placeholder("channel"),
    entityName: sql.placeholder("entityName"),
    name: sql.placeholder("name"),
    entityNameFolded: sql.placeholder("entityNameFolded"),
    nameFolded: sql.placeholder("nameFolded"),
    description: sql.placeholder("description"),
    status: sql.placeholder("status"),
    createdAt: sql.placeholder("createdAt"),
    updatedAt: sql.placeholder("updatedAt"),
  })} FROM ${workspace}, ${twilioSetup} WHERE ${setupStands} AND ${claimHeld} ON CONFLICT DO NOTHING`,
);
const returnKey = returnClaim(useCase.id);

const refusal = select({
  claimLost,
  setupStands: sql<number>`EXISTS (SELECT 1 FROM ${workspace}, ${twilioSetup} WHERE ${setupStands})`,
  nameTaken: sql<number>`EXISTS (SELECT 1 FROM ${useCase} WHERE ${useCase.deletedAt} IS NULL
    AND ${useCase.workspaceSeq} = (SELECT ${workspace.seq} FROM ${workspace} WHERE ${ofWorkspace})
    AND ${useCase.entityNameFolded} = ${sql.placeholder("entityNameFolded")}
    AND ${useCase.nameFolded} = ${sql.placeholder("nameFolded")})`,
});
const selectRefusal = prepare<CreateArgs>(sql`SELECT ${refusal.list}`);
const selectOne = prepare<CreateArgs>(
  sql`SELECT ${useCaseColumns.list} FROM ${joinedUseCase} WHERE ${useCase.id} = ${id}`,
);

function toRefusal(row: Row): TwilioUseCaseTaken | ClaimLost {
  const why = refusal.read(row);
  if (why.claimLost === 1) return { kind: "claim_lost" };
  if (why.setupStands === 0) return { kind: "twilio_setup_not_found" };
  assert(why.nameTaken === 1, "a use case was not stored, and nothing stood in its way");
  return { kind: "use_case_name_taken" };
}

function fromRow(row: Row): TwilioUseCase {
  const stored = useCaseFromRow(row);
  assert(stored.channel !== "email", `use case ${stored.id} was stored for another channel`);
  return stored;
}

export function createTwilioUseCase(
  created: TwilioUseCase,
  claim: IdempotencyClaim | null,
): WriteOperation<Result<TwilioUseCase, TwilioUseCaseTaken | ClaimLost>> {
  const args: CreateArgs = {
    ...created,
    ...claimArgs(created.workspaceId, claim, created.id, created.createdAt),
    entityNameFolded: foldName(created.entityName),
    nameFolded: foldName(created.name),
  };
  return {
    statements: [...takeClaim(args), insert(args), ...returnKey(args), selectRefusal(args), selectOne(args)],
    outcome: (results) => storedOrRefused(results, fromRow, toRefusal),
  };
}
