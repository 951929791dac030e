// `bun run migrate`: brings the database of the settings up to this version. Safe to run twice and from two machines.
// Needed where the program does not migrate by itself at its start: before Workers of a new version are deployed.
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import type { Database } from "../../adapters/libsql/database.ts";
import { openEmbedded } from "../../adapters/libsql/embedded/bun-sqlite.ts";
import { migrate } from "../../adapters/libsql/migrate.ts";
import { openRemote } from "../../adapters/libsql/remote.ts";
import { explain } from "../runtime/run-or-explain.ts";

// Only the database is looked at: a migration often runs where the other settings are not known.
const url = process.env["DATABASE_URL"]?.trim() ?? "";
const authToken = process.env["DATABASE_AUTH_TOKEN"]?.trim();
if (url === "")
  explain("DATABASE_URL must name the database to migrate: file:/path or the URL of a libSQL server.");

async function openDatabase(): Promise<Database> {
  if (!url.startsWith("file:"))
    return openRemote({ url, grouped: true, ...(authToken ? { authToken } : {}) });
  const path = url.slice("file:".length);
  await mkdir(dirname(path), { recursive: true });
  return openEmbedded(path);
}

try {
  const database = await openDatabase();
  await migrate(database);
  await database.close();
  console.log("The database is up to date.");
} catch (fault) {
  explain(fault);
}
