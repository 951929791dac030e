// The embedded database on Node 24 and Deno, by node:sqlite.
import { DatabaseSync } from "node:sqlite";
import type { Database, SqlValue } from "../database.ts";
import { openEmbeddedDatabase } from "./embedded-database.ts";
import type { SqliteDriver } from "./sqlite-driver.ts";

// node:sqlite binds every number as REAL: an integer must be a BigInt to arrive as INTEGER.
const bindable = (value: SqlValue): SqlValue =>
  typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value;

const nodeSqlite: SqliteDriver = {
  open(path) {
    const sqlite = new DatabaseSync(path);
    return {
      prepare(sql) {
        const statement = sqlite.prepare(sql);
        return {
          all: (args) => statement.all(...args.map(bindable)),
          // node:sqlite finalizes a statement when it is collected; there is nothing to call.
          finalize: () => {},
        };
      },
      exec: (sql) => sqlite.exec(sql),
      close: () => sqlite.close(),
    };
  },
  resultCode: (error) =>
    error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : null,
};

/** Opens (or makes) the file; the folder must exist. Throws OutageError (`storage`) when that fails. */
export const openEmbedded = (path: string): Promise<Database> => openEmbeddedDatabase(nodeSqlite, path);
