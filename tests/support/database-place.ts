// Where a test's database lives: a fresh, migrated one, on any runtime. Imported by Node as well: no bun:test here.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../../adapters/libsql/database.ts";
import { migrate } from "../../adapters/libsql/migrate.ts";

export type DatabasePlace = {
  readonly database: Database;
  /** A second connection to the same data, as another process would hold it. Closed with the place. */
  openAnother(): Promise<Database>;
  /** Closes all connections and removes the data. */
  dispose(): Promise<void>;
};

/** A migrated database by `open`, which each connection calls once; `remove` takes the data away afterwards. */
export async function makePlace(
  open: () => Promise<Database>,
  remove: () => Promise<void>,
): Promise<DatabasePlace> {
  const connections: Database[] = [];
  async function openAnother(): Promise<Database> {
    const connection = await open();
    connections.push(connection);
    return connection;
  }
  const database = await openAnother();
  await migrate(database);
  return {
    database,
    openAnother,
    async dispose() {
      for (const connection of connections) await connection.close();
      await remove();
    },
  };
}

/** A database file in a folder of its own. */
export async function makeEmbeddedPlace(
  openEmbedded: (path: string) => Promise<Database>,
): Promise<DatabasePlace> {
  const folder = await mkdtemp(join(tmpdir(), "postrider-test-"));
  return makePlace(
    () => openEmbedded(join(folder, "test.db")),
    () => rm(folder, { recursive: true, force: true }),
  );
}
