// The database a command works on. Only DATABASE_URL and DATABASE_AUTH_TOKEN are looked at: such a command often runs
// where the program's other settings are not known.
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import type { Database } from "../../adapters/libsql/database.ts";
import { openEmbedded } from "../../adapters/libsql/embedded/bun-sqlite.ts";
import { openRemote } from "../../adapters/libsql/remote.ts";

/** Opens it; a file's folder is made. Throws an Error with a sentence when no database is named. */
export async function openNamedDatabase(): Promise<Database> {
  const url = process.env["DATABASE_URL"]?.trim() ?? "";
  const authToken = process.env["DATABASE_AUTH_TOKEN"]?.trim();
  if (url === "")
    throw new Error("DATABASE_URL must name the database: file:/path or the URL of a libSQL server.");
  if (!url.startsWith("file:"))
    return openRemote({ url, grouped: true, ...(authToken ? { authToken } : {}) });
  const path = url.slice("file:".length);
  await mkdir(dirname(path), { recursive: true });
  return openEmbedded(path);
}
