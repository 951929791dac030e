// Postrider itself for a row: the started program on a database file that holds someone who can send, and a provider that
// answers at once, each a process of its own.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "../../adapters/libsql/database.ts";
import { openEmbedded } from "../../adapters/libsql/embedded/bun-sqlite.ts";
import { migrate } from "../../adapters/libsql/migrate.ts";
import { type EmailStores, makeEmailStores } from "../support/email-samples.ts";
import { startProgram } from "../support/program.ts";
import { addSender, type Sender } from "../support/seeded-sender.ts";
import { type Serving, startBenchProgram } from "./bench-program.ts";

export type ProgramUnderTest = {
  readonly url: string;
  readonly providerUrl: string;
  /** On a disk like any data of ours: a temporary folder in memory would make every sync free. */
  readonly folder: string;
  readonly sender: Sender;
  stop(): Promise<void>;
};

/** Each send takes of its capacity as ever; there is enough of it for all rounds. */
const ENVIRONMENT = { TIER_POLICY: JSON.stringify({ onboarding: { capacities: [50_000] } }) };

const DATA = join(import.meta.dir, "../../data");

/** `seed` adds what the row needs before the program starts. */
export async function startProgramUnderTest(
  seed: (stores: EmailStores, sender: Sender) => Promise<void> = async () => undefined,
): Promise<ProgramUnderTest> {
  const { path: folder, remove } = await diskFolder();
  const sender = await withDatabase(join(folder, "postrider.db"), async (database) => {
    const stores = makeEmailStores(database);
    const added = await addSender(stores);
    await seed(stores, added);
    return added;
  });
  const provider = await startBenchProgram<Serving>("provider-stub");
  const program = await startProgram({
    sandboxUrl: provider.ready.url,
    dataDir: folder,
    environment: ENVIRONMENT,
  });
  return {
    url: program.url,
    providerUrl: provider.ready.url,
    folder,
    sender,
    async stop() {
      await program.kill();
      await provider.stop();
      await remove();
    },
  };
}

/** A new folder where data lies by default. */
export async function diskFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  await mkdir(DATA, { recursive: true });
  const path = await mkdtemp(join(DATA, "bench-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A new migrated database file, open for as long as `use` takes. */
export async function withDatabase<T>(path: string, use: (database: Database) => Promise<T>): Promise<T> {
  const database = await openEmbedded(path);
  try {
    await migrate(database);
    return await use(database);
  } finally {
    await database.close();
  }
}
