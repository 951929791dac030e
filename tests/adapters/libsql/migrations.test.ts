// The generated module is what migrations/ holds, and the migrated tables are what schema/ says.
import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { readMigrations } from "../../../adapters/libsql/bundle-migrations.ts";
import { isMigrated, type Migration } from "../../../adapters/libsql/migrate.ts";
import { MIGRATIONS } from "../../../adapters/libsql/migrations.ts";
import { openEmbedded } from "../../../adapters/libsql/embedded/bun-sqlite.ts";
import { makeTestFolder, openTestDatabase } from "../../support/databases.ts";

const SCHEMA_FOLDER = new URL("../../../adapters/libsql/schema/", import.meta.url);

test("migrations.ts is what `bun run migrations` makes of migrations/", async () => {
  expect<readonly Migration[]>(MIGRATIONS).toEqual(await readMigrations());
});

test("a new file is not migrated", async () => {
  const database = await openEmbedded(`${await makeTestFolder()}/new.db`);
  expect(await isMigrated(database)).toBe(false);
  await database.close();
});

test("a migrated database has the tables, columns and indexes of the schema", async () => {
  const database = await openTestDatabase();
  const statement = {
    sql: `SELECT m.name || '.' || c.name AS name FROM sqlite_schema m, pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name <> 'migration'
      UNION ALL SELECT tbl_name || '.' || name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND name NOT LIKE '%_unique'`,
    args: [],
  };
  const [rows = []] = await database.read([statement]);
  const expected: string[] = [];
  for (const file of await readdir(SCHEMA_FOLDER)) {
    const exported = Object.values(
      (await import(new URL(file, SCHEMA_FOLDER).href)) as Record<string, unknown>,
    );
    for (const table of exported.filter((value) => is(value, SQLiteTable))) {
      const { name, columns, indexes } = getTableConfig(table);
      const named = [...columns, ...indexes.map((index) => index.config)];
      expected.push(...named.map((part) => `${name}.${part.name}`));
    }
  }
  expect(rows.map((row) => String(row["name"])).toSorted()).toEqual(expected.toSorted());
});
