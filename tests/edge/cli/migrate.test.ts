// `bun run migrate` as a deployment runs it: a program of its own that is told nothing but the database.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { openEmbedded } from "../../../adapters/libsql/embedded/bun-sqlite.ts";
import { isMigrated } from "../../../adapters/libsql/migrate.ts";
import { openRemote } from "../../../adapters/libsql/remote.ts";
import { freePort } from "../../support/free-port.ts";
import { type LibsqlServer, startLibsqlServer, WHY_NO_LIBSQL_SERVER } from "../../support/libsql-server.ts";
import { runCommand, temporaryFolder } from "../../support/program.ts";
import { PROGRAM_TEST_MS_MAX, skipReason } from "../../support/test-on.ts";

const migrate = (environment: Record<string, string>) => runCommand("edge/cli/migrate.ts", environment);
const DONE = { code: 0, output: "The database is up to date.\n", complaint: "" };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

describe("a file", () => {
  test("is made and migrated, and again nothing happens", async () => {
    const path = join(folder.path, "new/folder/postrider.db");
    expect(await migrate({ DATABASE_URL: `file:${path}` })).toEqual(DONE);
    expect(await migrate({ DATABASE_URL: `file:${path}` })).toEqual(DONE);
    const database = await openEmbedded(path);
    expect(await isMigrated(database)).toBe(true);
    await database.close();
  });

  test("is migrated by two at once", async () => {
    const DATABASE_URL = `file:${join(folder.path, "two.db")}`;
    expect(await Promise.all([migrate({ DATABASE_URL }), migrate({ DATABASE_URL })])).toEqual([DONE, DONE]);
  });
});

describe("a libSQL server", () => {
  const reason = skipReason(WHY_NO_LIBSQL_SERVER);
  if (reason !== null) {
    test.skip(`is migrated (${reason})`, () => undefined);
    return;
  }
  let server: LibsqlServer;
  beforeAll(async () => {
    server = await startLibsqlServer();
  }, PROGRAM_TEST_MS_MAX);
  afterAll(() => server.stop());

  test("is migrated, by two at once and once more", async () => {
    const settings = { DATABASE_URL: server.url };
    expect(await Promise.all([migrate(settings), migrate(settings)])).toEqual([DONE, DONE]);
    expect(await migrate(settings)).toEqual(DONE);
    const database = openRemote({ url: server.url, grouped: true });
    expect(await isMigrated(database)).toBe(true);
    await database.close();
  });
});

describe("it says in a sentence what is wrong", () => {
  test("no database is named", async () => {
    const { code, output, complaint } = await migrate({});
    expect({ code, output }).toEqual({ code: 1, output: "" });
    expect(complaint).toBe(
      "DATABASE_URL must name the database: file:/path or the URL of a libSQL server.\n",
    );
  });

  test("nobody answers at the address", async () => {
    const DATABASE_URL = `http://127.0.0.1:${await freePort()}`;
    expect(await migrate({ DATABASE_URL })).toEqual({
      code: 1,
      output: "",
      complaint: "The database server cannot be reached.\n",
    });
  });

  test("the address is no database's", async () => {
    const { code, complaint } = await migrate({ DATABASE_URL: "mysql://127.0.0.1/postrider" });
    expect(code).toBe(1);
    expect(complaint).toMatch(/^[^\n]*"mysql:"[^\n]*\n$/);
  });

  test("the file cannot be opened", async () => {
    const { code, complaint } = await migrate({ DATABASE_URL: `file:${folder.path}` });
    expect(code).toBe(1);
    expect(complaint).toBe("The database file cannot be opened.\n");
  });
});
