// API keys, found by the SHA-256 of their text through its unique index. Revoked keys stay as rows; they are in no list
// and no count.
import { sql } from "drizzle-orm";
import type { ApiKey } from "../../core/access/api-key.ts";
import type { Permission } from "../../core/access/permission.ts";
import type { Id } from "../../core/ids.ts";
import type { ApiKeyStore } from "../../core/ports/api-key-store.ts";
import { insertSelect, select } from "./columns.ts";
import type { Database, Row } from "./database.ts";
import { apiKey, workspace } from "./schema/access.ts";
import { bare, prepare } from "./statement.ts";

const id = sql.placeholder("id");
const workspaceId = sql.placeholder("workspaceId");
const at = sql.placeholder("at");
const living = sql`${apiKey.revokedAt} IS NULL`;

const columns = select({
  id: apiKey.id,
  workspaceId: workspace.id,
  name: apiKey.name,
  permissions: apiKey.permissions,
  createdAt: apiKey.createdAt,
  expiresAt: apiKey.expiresAt,
  lastUsedAt: apiKey.lastUsedAt,
});

function fromRow(row: Row): ApiKey {
  const { permissions, ...rest } = columns.read(row);
  return { ...rest, permissions: JSON.parse(permissions) as readonly Permission[] };
}

// Only the id may be there already (this very write, run again): a secret that is would be a bug, and must not pass.
const insert = prepare<
  Omit<ApiKey, "permissions"> & { permissions: string; secret: string; keysMax: number }
>(
  sql`${insertSelect(apiKey, {
    id,
    workspaceSeq: workspace.seq,
    name: sql.placeholder("name"),
    secretSha256: sql.placeholder("secret"),
    permissions: sql.placeholder("permissions"),
    createdAt: sql.placeholder("createdAt"),
    expiresAt: sql.placeholder("expiresAt"),
    lastUsedAt: sql.placeholder("lastUsedAt"),
  })} FROM ${workspace} WHERE ${workspace.id} = ${workspaceId} AND ${sql.placeholder("keysMax")} > (
    SELECT count(*) FROM ${apiKey} WHERE ${apiKey.workspaceSeq} = ${workspace.seq} AND ${living})
  ON CONFLICT (${bare(apiKey.id)}) DO NOTHING`,
);

const isStored = prepare<{ id: Id }>(sql`SELECT 1 FROM ${apiKey} WHERE ${apiKey.id} = ${id}`);

const withWorkspace = sql`${apiKey} JOIN ${workspace} ON ${workspace.seq} = ${apiKey.workspaceSeq}`;

const selectBySecret = prepare<{ secret: string }>(
  sql`SELECT ${columns.list} FROM ${withWorkspace}
    WHERE ${apiKey.secretSha256} = ${sql.placeholder("secret")} AND ${living}`,
);

const selectOfWorkspace = prepare<{ workspaceId: Id }>(
  sql`SELECT ${columns.list} FROM ${withWorkspace}
    WHERE ${workspace.id} = ${workspaceId} AND ${living} ORDER BY ${apiKey.seq}`,
);

// A key revoked at this very time counts as revoked by this write: run again, it answers the same.
const ofWorkspace = sql`${apiKey.id} = ${id}
  AND ${apiKey.workspaceSeq} = (SELECT ${workspace.seq} FROM ${workspace} WHERE ${workspace.id} = ${workspaceId})`;

const revoke = prepare<{ workspaceId: Id; id: Id; at: number }>(
  sql`UPDATE ${apiKey} SET ${bare(apiKey.revokedAt)} = ${at} WHERE ${ofWorkspace} AND ${living}`,
);

const isRevokedAt = prepare<{ workspaceId: Id; id: Id; at: number }>(
  sql`SELECT 1 FROM ${apiKey} WHERE ${ofWorkspace} AND ${apiKey.revokedAt} = ${at}`,
);

const touch = prepare<{ id: Id; at: number }>(
  sql`UPDATE ${apiKey} SET ${bare(apiKey.lastUsedAt)} = ${at}
    WHERE ${apiKey.id} = ${id} AND (${apiKey.lastUsedAt} IS NULL OR ${apiKey.lastUsedAt} < ${at})`,
);

export function makeApiKeyStore(database: Database): ApiKeyStore {
  return {
    create(key, secretSha256, keysMax) {
      const permissions = JSON.stringify(key.permissions);
      return database.write({
        statements: [
          insert({ ...key, permissions, secret: secretSha256, keysMax }),
          isStored({ id: key.id }),
        ],
        outcome: ([, stored]) => stored?.length === 1,
      });
    },
    async findBySecret(secretSha256) {
      const [rows] = await database.read([selectBySecret({ secret: secretSha256 })]);
      return rows?.[0] === undefined ? null : fromRow(rows[0]);
    },
    async list(workspaceId) {
      const [rows = []] = await database.read([selectOfWorkspace({ workspaceId })]);
      return rows.map(fromRow);
    },
    revoke(workspaceId, id, at) {
      const args = { workspaceId, id, at };
      return database.write({
        statements: [revoke(args), isRevokedAt(args)],
        outcome: ([, revoked]) => revoked?.length === 1,
      });
    },
    touch: (id, at) => database.write({ statements: [touch({ id, at })], outcome: () => undefined }),
  };
}
