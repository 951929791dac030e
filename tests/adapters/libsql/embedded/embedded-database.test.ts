// What only a database in a file promises: durability, locks between processes, a failing disk. The rest is the contract.
import { Database as BunSqlite } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { OutageError } from "../../../../core/outage.ts";
import type { Database, SqlValue, WriteOperation } from "../../../../adapters/libsql/database.ts";
import { bunSqlite, openEmbedded } from "../../../../adapters/libsql/embedded/bun-sqlite.ts";
import { openEmbeddedDatabase } from "../../../../adapters/libsql/embedded/embedded-database.ts";
import { migrate } from "../../../../adapters/libsql/migrate.ts";
import { ConstraintError } from "../../../../adapters/libsql/storage-error.ts";
import { NODE_BINARY } from "../../../support/contract.ts";
import { makeTestFolder, openTestDatabase } from "../../../support/databases.ts";

const WRITER = new URL("../../../support/durable-writer.ts", import.meta.url).pathname;
const RUNTIMES = [
  ["Bun", process.execPath],
  ["Node", NODE_BINARY],
] as const;

const plain = (...statements: string[]): WriteOperation<null> => ({
  statements: statements.map((sql) => ({ sql, args: [] })),
  outcome: () => null,
});
const insert = (id: string): string => `INSERT INTO workspace (id, name, created_at) VALUES ('${id}', '', 0)`;
const values = async (database: Database, sql: string): Promise<SqlValue[]> => {
  const [rows = []] = await database.read([{ sql, args: [] }]);
  return rows.map((row) => Object.values(row)[0] ?? null);
};
const ids = (database: Database): Promise<SqlValue[]> =>
  values(database, "SELECT id FROM workspace ORDER BY id");

async function openMigrated(): Promise<{ database: Database; path: string }> {
  const path = join(await makeTestFolder(), "test.db");
  const database = await openEmbedded(path);
  await migrate(database);
  return { database, path };
}

describe("connections", () => {
  test("use WAL, a full sync on commit, and foreign keys", async () => {
    const database = await openTestDatabase();
    expect(await values(database, "PRAGMA journal_mode")).toEqual(["wal"]);
    const FULL = 2;
    expect(await values(database, "PRAGMA synchronous")).toEqual([FULL]);
    expect(await values(database, "PRAGMA foreign_keys")).toEqual([1]);
    const pragmas = await database.write({
      statements: ["synchronous", "foreign_keys"].map((name) => ({ sql: `PRAGMA ${name}`, args: [] })),
      outcome: (results) => results.flatMap(([row]) => Object.values(row ?? {})),
    });
    expect(pragmas).toEqual([FULL, 1]);
  });

  test("a read cannot write", async () => {
    const database = await openTestDatabase();
    const refused = await database.read([{ sql: insert("a"), args: [] }]).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Error);
    expect(await ids(database)).toEqual([]);
  });

  test("a folder that is not there, and a file that is no database, are outages", async () => {
    const folder = await makeTestFolder();
    await writeFile(
      join(folder, "text.db"),
      "this is a text, not a database, and long enough to be read as a header".repeat(20),
    );
    for (const name of ["nowhere/test.db", "text.db"]) {
      const refused = await openEmbedded(join(folder, name)).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(OutageError);
      expect((refused as OutageError).outage).toMatchObject({ service: "storage", cause: "unavailable" });
    }
  });
});

describe("a group that fails as a whole", () => {
  test("disk full: none of the group is reported or stored, and later writes work", async () => {
    const database = await openTestDatabase();
    await database.write(plain(insert("before"), "PRAGMA max_page_count = 1"));
    const large = `INSERT INTO installation (name, value) VALUES ('large', hex(zeroblob(1000000)))`;
    const settled = await Promise.allSettled(
      [plain(insert("a")), plain(large), plain(insert("b"))].map(database.write),
    );
    for (const result of settled) {
      expect(result.status === "rejected" && result.reason).toBeInstanceOf(OutageError);
    }
    await database.write(plain("PRAGMA max_page_count = 1000000"));
    expect(await ids(database)).toEqual(["before"]);
    await database.write(plain(large, insert("after")));
    expect(await ids(database)).toEqual(["after", "before"]);
  });

  test("COMMIT refused: every operation of the group rejects and nothing of it is stored", async () => {
    const database = await openTestDatabase();
    const orphan =
      "INSERT INTO api_key (id, workspace_seq, name, secret_sha256, permissions, created_at) VALUES ('k', 99, '', '', '', 0)";
    // A deferred foreign key is checked by COMMIT, not by the statement.
    const settled = await Promise.allSettled(
      [plain(insert("a")), plain("PRAGMA defer_foreign_keys = ON", orphan), plain(insert("b"))].map(
        database.write,
      ),
    );
    for (const result of settled) {
      expect(result.status === "rejected" && result.reason).toBeInstanceOf(ConstraintError);
    }
    expect(await ids(database)).toEqual([]);
    await database.write(plain(insert("c")));
    expect(await ids(database)).toEqual(["c"]);
  });
});

describe("another process holds the lock", () => {
  test("a write waits for it while reads go on, and is done when it is free", async () => {
    const { database, path } = await openMigrated();
    const other = new BunSqlite(path);
    other.run("BEGIN IMMEDIATE");
    other.run(insert("theirs"));
    const write = database.write(plain(insert("ours")));
    expect(await ids(database)).toEqual([]);
    other.run("COMMIT");
    other.close();
    await write;
    expect(await ids(database)).toEqual(["ours", "theirs"]);
    await database.close();
  });

  test("a lock that is not given back is an outage `busy`", async () => {
    const locked = { isLock: true };
    let held = false;
    const database = await openEmbeddedDatabase(
      {
        open(path) {
          const connection = bunSqlite.open(path);
          const prepare: typeof connection.prepare = (sql) => {
            const statement = connection.prepare(sql);
            if (sql !== "BEGIN IMMEDIATE") return statement;
            const all: typeof statement.all = (args) => {
              if (held) throw locked;
              return statement.all(args);
            };
            return { ...statement, all };
          };
          return { ...connection, prepare };
        },
        resultCode: (error) => (error === locked ? 5 : bunSqlite.resultCode(error)),
      },
      join(await makeTestFolder(), "test.db"),
    );
    await migrate(database);
    held = true;
    const refused = await database.write(plain(insert("a"))).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OutageError);
    expect((refused as OutageError).outage).toEqual({
      service: "storage",
      cause: "busy",
      retryAfterSeconds: 1,
    });
    held = false;
    await database.write(plain(insert("b")));
    expect(await ids(database)).toEqual(["b"]);
    await database.close();
  });
});

describe("processes", () => {
  for (const [runtime, binary] of RUNTIMES) {
    if (binary === null) {
      test.skip(`${runtime}: its package is not installed here (Linux on x64 only)`, () => {});
      continue;
    }
    test(`${runtime}: what a process had acknowledged when it was killed is there`, async () => {
      const { database, path } = await openMigrated();
      const writer = spawn(
        binary,
        ["--no-warnings", WRITER, path, "k"].filter((arg) => runtime === "Node" || arg !== "--no-warnings"),
        {
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
      const acknowledged: string[] = [];
      const KILL_AFTER = 100;
      for await (const line of createInterface(writer.stdout)) {
        if (acknowledged.push(line) === KILL_AFTER) writer.kill("SIGKILL");
      }
      expect(acknowledged.length).toBeGreaterThanOrEqual(KILL_AFTER);
      const stored = new Set(await ids(database));
      expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
      expect(await values(database, "PRAGMA integrity_check")).toEqual(["ok"]);
      await database.close();
    });
  }

  test("two processes and this one write to one file at the same time: every acknowledged write is there", async () => {
    const { database, path } = await openMigrated();
    const COUNT = 150;
    const writers = RUNTIMES.flatMap(([runtime, binary]) =>
      binary === null ? [] : [[runtime, binary] as const],
    );
    const outputs = writers.map(async ([prefix, binary]) => {
      const writer = spawn(binary, [WRITER, path, prefix, String(COUNT)], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      const [output, [code]] = await Promise.all([
        text(writer.stdout),
        once(writer, "exit") as Promise<[number]>,
      ]);
      expect(code).toBe(0);
      return output.trim().split("\n");
    });
    const ours = Array.from({ length: COUNT }, (_, index) => `here${index}`);
    for (const id of ours) await database.write(plain(insert(id)));
    const all = [...ours, ...(await Promise.all(outputs)).flat()];
    expect(all).toHaveLength(COUNT * (writers.length + 1));
    expect(new Set(await ids(database))).toEqual(new Set(all));
    await database.close();
  });
});
