// Workspaces, their API keys, idempotency keys, and facts about the installation itself.
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const workspace = sqliteTable("workspace", {
  seq: integer().primaryKey(),
  id: text().notNull().unique(),
  name: text().notNull(),
  createdAt: integer("created_at").notNull(),
});

export const apiKey = sqliteTable(
  "api_key",
  {
    seq: integer().primaryKey(),
    id: text().notNull().unique(),
    workspaceSeq: integer("workspace_seq")
      .notNull()
      .references(() => workspace.seq),
    name: text().notNull(),
    secretSha256: text("secret_sha256").notNull().unique(),
    /** JSON array of permission names. */
    permissions: text().notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at"),
    revokedAt: integer("revoked_at"),
    lastUsedAt: integer("last_used_at"),
  },
  (table) => [
    /** Revoked keys pile up for ever; counting and listing must not meet them. */
    index("api_key_workspace")
      .on(table.workspaceSeq, table.seq)
      .where(sql`revoked_at IS NULL`),
  ],
);

export const idempotencyKey = sqliteTable(
  "idempotency_key",
  {
    /** A workspace's id, or OPERATOR_CLAIM_SCOPE: no foreign key. */
    scopeId: text("scope_id").notNull(),
    key: text().notNull(),
    fingerprint: text().notNull(),
    resourceId: text("resource_id").notNull(),
    answerStatus: integer("answer_status"),
    answerBody: text("answer_body"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.scopeId, table.key] }),
    index("idempotency_key_resource").on(table.resourceId),
    index("idempotency_key_created").on(table.createdAt),
  ],
);

/** One row a fact: `mode` (sandbox or live), `installation` (id), `operator_key_sha256`, ... */
export const installation = sqliteTable("installation", {
  name: text().primaryKey(),
  value: text().notNull(),
});
