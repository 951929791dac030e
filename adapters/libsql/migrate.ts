// Brings a database's tables up to this build. Each migration is one write: its record first, then its statements, so that
// of two programs that start at once the second one's transaction fails as a whole on the record's primary key. That is
// the lock, on every runtime and on a remote database alike. Migrations only go forward.
import type { Database, Row, Statement } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";
import { ConstraintError } from "./storage-error.ts";

export type Migration = {
  readonly name: string;
  /** Of the SQL file: a released migration is never edited. */
  readonly sha256: string;
  readonly statements: readonly string[];
};

// Not in schema/: this table must be there before the first migration.
const CREATE_RECORDS = plain(
  "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL)",
);
const SELECT_RECORDS = plain("SELECT name, sha256 FROM migration");
const SELECT_RECORDS_TABLE = plain("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migration'");

/**
 * Applies the migrations that are missing, in order. Safe when several programs do it at once. Throws an Error with a
 * sentence for the operator when one that was applied has another content here; OutageError when storage does not answer.
 * Records of a newer build's migrations are left alone, so that an older build can be started again.
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  await database.write({ statements: [CREATE_RECORDS], outcome: () => null });
  const applied = await appliedMigrations(database);
  for (const migration of migrations) {
    const sha256 = applied.get(migration.name) ?? (await apply(database, migration));
    if (sha256 !== migration.sha256) {
      throw new Error(
        `Migration ${migration.name} was applied to this database with another content. A released migration ` +
          "must not be edited: restore its file and put the change into a new one.",
      );
    }
  }
}

/** Whether all migrations of this build are in. Changes nothing. Throws OutageError when storage does not answer. */
export async function isMigrated(
  database: Database,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<boolean> {
  const [tables] = await database.read([SELECT_RECORDS_TABLE]);
  if (tables?.length !== 1) return false;
  const applied = await appliedMigrations(database);
  return migrations.every(({ name, sha256 }) => applied.get(name) === sha256);
}

/** Applies one and answers the hash now on record: another's, if another program was first. */
async function apply(
  database: Database,
  { name, sha256, statements }: Migration,
): Promise<string | undefined> {
  const record = { sql: "INSERT INTO migration (name, sha256) VALUES (?, ?)", args: [name, sha256] };
  try {
    await database.write({ statements: [record, ...statements.map(plain)], outcome: () => null });
  } catch (error) {
    if (!(error instanceof ConstraintError)) throw error;
    const recorded = (await appliedMigrations(database)).get(name);
    // No record: the constraint that failed is one of the migration's own.
    if (recorded === undefined) throw error;
    return recorded;
  }
  return sha256;
}

async function appliedMigrations(database: Database): Promise<ReadonlyMap<string, string>> {
  const [rows = []] = await database.read([SELECT_RECORDS]);
  return new Map(rows.map((row: Row) => [String(row["name"]), String(row["sha256"])]));
}

function plain(sql: string): Statement {
  return { sql, args: [] };
}
