// The embedded database on Bun, by bun:sqlite.
import { Database as BunSqlite, SQLiteError } from "bun:sqlite";
import type { Database, Row } from "../database.ts";
import { openEmbeddedDatabase } from "./embedded-database.ts";
import type { SqliteDriver } from "./sqlite-driver.ts";

export const bunSqlite: SqliteDriver = {
  open(path) {
    const sqlite = new BunSqlite(path, { create: true });
    return {
      prepare(sql) {
        const statement = sqlite.prepare(sql);
        return { all: (args) => statement.all(...args) as Row[], finalize: () => statement.finalize() };
      },
      exec: (sql) => sqlite.run(sql),
      close: () => sqlite.close(),
    };
  },
  resultCode: (error) => (error instanceof SQLiteError ? error.errno : null),
};

/** Opens (or makes) the file; the folder must exist. Throws OutageError (`storage`) when that fails. */
export const openEmbedded = (path: string): Promise<Database> => openEmbeddedDatabase(bunSqlite, path);
