// `bun run rebuild` as an operator runs it, on a file.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { join } from "node:path";
import { openEmbedded } from "../../../adapters/libsql/embedded/bun-sqlite.ts";
import { migrate } from "../../../adapters/libsql/migrate.ts";
import { addSentEmail, makeEmailStores, sampleEvent, withUseCase } from "../../support/email-samples.ts";
import { runCommand, temporaryFolder } from "../../support/program.ts";
import { PROGRAM_TEST_MS_MAX } from "../../support/test-on.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const rebuild = (path: string) => runCommand("edge/cli/rebuild.ts", { DATABASE_URL: `file:${path}` });

test(
  "mends what was tampered with, and finds nothing the second time",
  async () => {
    const path = join(folder.path, "postrider.db");
    const database = await openEmbedded(path);
    await migrate(database);
    const stores = makeEmailStores(database);
    const useCase = await withUseCase(stores);
    await addSentEmail(stores, useCase, 1);
    await addSentEmail(stores, useCase, 2);
    await stores.events.record(sampleEvent(1, 1), "{}");
    await database.close();

    const tampering = new Database(path);
    tampering.run("UPDATE email SET state = 'bounced', open_count = 7 WHERE seq = 1");
    tampering.close();

    const first = await rebuild(path);
    expect(first).toEqual({
      code: 0,
      output: "2 e-mails rebuilt; 1 differences found and mended.\n",
      complaint: "",
    });
    const again = await rebuild(path);
    expect(again.output).toBe("2 e-mails rebuilt; 0 differences found and mended.\n");
  },
  PROGRAM_TEST_MS_MAX,
);

test("says what to do about a database that is not migrated", async () => {
  const refused = await rebuild(join(folder.path, "empty.db"));
  expect(refused.code).not.toBe(0);
  expect(refused.complaint).toContain("bun run migrate");
});
