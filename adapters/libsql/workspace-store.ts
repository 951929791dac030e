// Workspaces. Names are free: two may have the same, so only the claim can refuse a create.
import { sql } from "drizzle-orm";
import type { Workspace } from "../../core/access/workspace.ts";
import { OPERATOR_CLAIM_SCOPE } from "../../core/idempotency/idempotency.ts";
import type { Id } from "../../core/ids.ts";
import type { OffsetWindow } from "../../core/ports/offset-page.ts";
import type { WorkspaceStore } from "../../core/ports/workspace-store.ts";
import { err, ok } from "../../core/result.ts";
import { insertSelect, select } from "./columns.ts";
import type { Database } from "./database.ts";
import { type ClaimArgs, claimArgs, claimHeld, returnClaim, takeClaim } from "./idempotency-statements.ts";
import { readPage, total } from "./offset-page.ts";
import { workspace } from "./schema/access.ts";
import { prepare } from "./statement.ts";

const id = sql.placeholder("id");
const columns = select({ id: workspace.id, name: workspace.name, createdAt: workspace.createdAt });

const insert = prepare<Workspace & ClaimArgs>(
  sql`${insertSelect(workspace, {
    id,
    name: sql.placeholder("name"),
    createdAt: sql.placeholder("createdAt"),
  })} WHERE ${claimHeld} ON CONFLICT DO NOTHING`,
);

const returnKey = returnClaim(workspace.id);

const selectOne = prepare<{ id: Id }>(
  sql`SELECT ${columns.list} FROM ${workspace} WHERE ${workspace.id} = ${id}`,
);

const selectPage = prepare<OffsetWindow>(
  sql`SELECT ${columns.list} FROM ${workspace} ORDER BY ${workspace.seq}
    LIMIT ${sql.placeholder("limit")} OFFSET ${sql.placeholder("offset")}`,
);

const countAll = prepare<Record<never, never>>(sql`SELECT ${total.list} FROM ${workspace}`);

export function makeWorkspaceStore(database: Database): WorkspaceStore {
  return {
    create(created, claim) {
      const args = { ...created, ...claimArgs(OPERATOR_CLAIM_SCOPE, claim, created.id, created.createdAt) };
      return database.write({
        statements: [...takeClaim(args), insert(args), ...returnKey(args), selectOne({ id: created.id })],
        outcome: (results) => {
          const row = results.at(-1)?.[0];
          return row === undefined ? err({ kind: "claim_lost" }) : ok(columns.read(row));
        },
      });
    },
    async find(id) {
      const [rows] = await database.read([selectOne({ id })]);
      return rows?.[0] === undefined ? null : columns.read(rows[0]);
    },
    list: (window) => readPage(database, selectPage(window), countAll({}), columns.read),
  };
}
