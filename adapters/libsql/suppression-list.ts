// The list of suppressions: one arm per (address,) reason and place. A setup's list is all that came of its mail; a use
// case's is its own ones and those for its whole setup. Expired ones, and other workspaces', are left out as they are met.
import { type SQL, sql } from "drizzle-orm";
import type { Id } from "../../core/ids.ts";
import type { KeysetCursor } from "../../core/ports/keyset-page.ts";
import type { SuppressionFilter } from "../../core/ports/suppression-store.ts";
import {
  type Suppression,
  SUPPRESSION_REASONS,
  type SuppressionReason,
} from "../../core/suppression/suppression.ts";
import { select } from "./columns.ts";
import type { Statement } from "./database.ts";
import { scopeKind, setupSeq, useCaseSeq, workspaceSeq } from "./email-scope.ts";
import { type Bounds, boundsOf, keysetList, type ReadPage } from "./keyset-list.ts";
import { useCase } from "./schema/channel.ts";
import { suppression, SUPPRESSION_LIST_INDEXES } from "./schema/suppression.ts";
import { prepare } from "./statement.ts";
import { suppressionColumns, suppressionOwners, toSuppression } from "./suppression-rows.ts";

const row = select({ ...suppressionColumns, at: sql<number>`page.at`, seq: sql<number>`page.seq` });

export const readSuppressionPage: ReadPage<Suppression> = keysetList(
  row.list,
  sql`CROSS JOIN ${suppression} ON ${suppression.seq} = page.seq ${suppressionOwners}`,
  (read) => {
    const { at, seq, ...columns } = row.read(read);
    return { at, seq, item: toSuppression(columns) };
  },
);

type ArmArgs = Bounds & {
  readonly workspaceId: Id;
  readonly useCaseId: Id | null;
  readonly setupId: Id | null;
  readonly address: string | null;
  readonly reason: SuppressionReason;
  readonly now: number;
};

const arm = (index: keyof typeof SUPPRESSION_LIST_INDEXES, rows: SQL): ((args: ArmArgs) => Statement) =>
  prepare<ArmArgs>(sql`SELECT ${suppression.seq} AS seq, ${suppression.since} AS at
    FROM ${suppression} INDEXED BY ${sql.identifier(SUPPRESSION_LIST_INDEXES[index])}
    WHERE ${rows} AND ${suppression.reason} = ${sql.placeholder("reason")} AND ${suppression.since} IS NOT NULL
      AND ${suppression.since} >= ${sql.placeholder("from")}
      AND (${suppression.since}, ${suppression.seq}) < (${sql.placeholder("beforeAt")}, ${sql.placeholder("beforeSeq")})
      AND ${suppression.workspaceSeq} = ${workspaceSeq}
      AND (${suppression.expiresAt} IS NULL OR ${suppression.expiresAt} > ${sql.placeholder("now")})`);

const ownSetup = sql`(SELECT ${useCase.setupSeq} FROM ${useCase} WHERE ${useCase.seq} = ${useCaseSeq})`;
const ofSetup = sql`${suppression.setupSeq} = ${setupSeq}`;
const forWholeSetup = sql`${suppression.setupSeq} = ${ownSetup} AND ${suppression.useCaseSeq} IS NULL`;
const ofUseCase = sql`${suppression.useCaseSeq} = ${useCaseSeq}`;
const toAddress = sql`${suppression.address} = ${sql.placeholder("address")}`;

const ARMS = {
  setup: {
    toAnyone: [arm("ofSetup", ofSetup)],
    toOne: [arm("toOne", sql`${toAddress} AND ${ofSetup}`)],
  },
  useCase: {
    toAnyone: [arm("ofUseCase", ofUseCase), arm("forWholeSetup", forWholeSetup)],
    toOne: [
      arm("toOne", sql`${toAddress} AND ${suppression.setupSeq} = ${ownSetup} AND ${ofUseCase}`),
      arm("toOne", sql`${toAddress} AND ${forWholeSetup}`),
    ],
  },
};

/** The arms of a page after the cursor. */
export function suppressionListArms(
  { workspaceId, useCaseId, setupId, addresses, reasons }: SuppressionFilter,
  after: KeysetCursor | null,
  now: number,
): readonly Statement[] {
  const { toAnyone, toOne } = ARMS[scopeKind({ workspaceId, useCaseId, setupId })];
  const common = { workspaceId, useCaseId, setupId, now, ...boundsOf(null, null, after) };
  // Each value once: an arm repeated would repeat its rows.
  return [...new Set(reasons.length > 0 ? reasons : SUPPRESSION_REASONS)].flatMap((reason) =>
    addresses.length === 0
      ? toAnyone.map((rows) => rows({ ...common, reason, address: null }))
      : [...new Set(addresses)].flatMap((address) =>
          toOne.map((rows) => rows({ ...common, reason, address })),
        ),
  );
}
