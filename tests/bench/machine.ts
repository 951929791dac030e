// What the figures were taken on. The time of a synced commit is part of it: grouping writes gains what syncing costs, so
// that a disk which syncs in no time makes a bare insert look better than any disk of a customer would.
import { Database } from "bun:sqlite";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { diskFolder } from "./program-under-test.ts";
import { median } from "./rounds.ts";

const COMMITS = 500;

export async function describeMachine(): Promise<string> {
  const load = loadavg().map((average) => average.toFixed(1));
  const commit = Math.round(await syncedCommitMicroseconds());
  return (
    `Bun ${Bun.version} on ${availableParallelism()} cores of ${cpus()[0]?.model ?? "an unknown processor"}; ` +
    `load average ${load.join(" ")}; a synced commit of SQLite takes ${commit} µs`
  );
}

async function syncedCommitMicroseconds(): Promise<number> {
  const folder = await diskFolder();
  const database = new Database(join(folder.path, "commit.db"), { create: true });
  try {
    database.run("PRAGMA journal_mode = WAL");
    database.run("PRAGMA synchronous = FULL");
    database.run("CREATE TABLE line (text TEXT)");
    const insert = database.prepare<unknown, [string]>("INSERT INTO line VALUES (?)");
    return median(
      Array.from({ length: COMMITS }, () => {
        const startedAt = performance.now();
        insert.run("x".repeat(200));
        return (performance.now() - startedAt) * 1000;
      }),
    );
  } finally {
    database.close();
    await folder.remove();
  }
}
