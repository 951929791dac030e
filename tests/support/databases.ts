// Databases for `bun test`, removed when the running test has finished: call these inside a test or a beforeEach.
import { onTestFinished } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../../adapters/libsql/database.ts";
import { openEmbedded } from "../../adapters/libsql/embedded/bun-sqlite.ts";
import { makeEmbeddedPlace } from "./database-place.ts";

/** A fresh, migrated database file on bun:sqlite. */
export async function openTestDatabase(): Promise<Database> {
  const place = await makeEmbeddedPlace(openEmbedded);
  onTestFinished(place.dispose);
  return place.database;
}

/** A new empty folder. */
export async function makeTestFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "postrider-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
