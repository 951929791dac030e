// What every store may rely on, on every implementation of `Database`: the two verbs, values, errors, migrations.
import assert from "node:assert/strict";
import { OutageError } from "../../core/outage.ts";
import type { Database, Row, SqlValue, Statement, WriteOperation } from "../../adapters/libsql/database.ts";
import { isMigrated, migrate, type Migration } from "../../adapters/libsql/migrate.ts";
import { MIGRATIONS } from "../../adapters/libsql/migrations.ts";
import { ConstraintError } from "../../adapters/libsql/storage-error.ts";
import type { Contract } from "../support/contract.ts";

const sql = (text: string, ...args: SqlValue[]): Statement => ({ sql: text, args });
const operation = (...statements: Statement[]): WriteOperation<readonly (readonly Row[])[]> => ({
  statements,
  outcome: (results) => results,
});
const insert = (id: string): Statement =>
  sql("INSERT INTO workspace (id, name, created_at) VALUES (?, 'name', 0)", id);
// Rows come as plain objects on one runtime and without a prototype on another: compared by their members.
const members = (rows: readonly Row[] = []): Record<string, SqlValue>[] => rows.map((row) => ({ ...row }));
async function ids(database: Database): Promise<SqlValue[]> {
  const [rows = []] = await database.read([sql("SELECT id FROM workspace ORDER BY id")]);
  return rows.map((row) => row["id"] ?? null);
}

const ADD_TOTAL: Migration = {
  name: "9000_total",
  sha256: "first",
  statements: ["CREATE TABLE total (amount INTEGER NOT NULL)", "INSERT INTO total VALUES (7)"],
};
const WITH_TOTAL = [...MIGRATIONS, ADD_TOTAL];

export const contract: Contract<Database> = {
  name: "database",
  open: (database) => database,
  cases: [
    {
      name: "a write answers the rows of each statement in order, and its outcome decides the value",
      async run(database) {
        const answer = await database.write({
          statements: [
            sql(
              "INSERT INTO workspace (id, name, created_at) VALUES ('a', 'A', 1) RETURNING name, created_at",
            ),
            insert("b"),
            sql("SELECT id FROM workspace ORDER BY id"),
          ],
          outcome: (results) => results.map(members),
        });
        assert.deepEqual(answer, [[{ name: "A", created_at: 1 }], [], [{ id: "a" }, { id: "b" }]]);
      },
    },
    {
      name: "a read answers the rows of each statement in order",
      async run(database) {
        const results = await database.read([
          sql("SELECT 1 AS a"),
          sql("SELECT 2 AS b WHERE 0"),
          sql("SELECT ? AS c", 3),
        ]);
        assert.deepEqual(results.map(members), [[{ a: 1 }], [], [{ c: 3 }]]);
      },
    },
    {
      name: "no statements are no error",
      async run(database) {
        assert.deepEqual(await database.read([]), []);
        assert.deepEqual(await database.write(operation()), []);
      },
    },
    {
      name: "a write is done as a whole or not at all",
      async run(database) {
        await database.write(operation(insert("b")));
        await assert.rejects(database.write(operation(insert("a"), insert("b"))), ConstraintError);
        assert.deepEqual(await ids(database), ["b"]);
      },
    },
    {
      name: "an operation that fails rejects alone: those that ran with it are done",
      async run(database) {
        await database.write(operation(insert("taken")));
        const names = Array.from({ length: 20 }, (_, index) => `w${String(index).padStart(2, "0")}`);
        const answers = await Promise.allSettled(
          names.map((name, index) =>
            database.write(operation(insert(name), insert(index % 7 === 3 ? "taken" : `${name}+`))),
          ),
        );
        const failed = names.filter((_, index) => index % 7 === 3);
        for (const [index, answer] of answers.entries()) {
          assert.equal(answer.status, index % 7 === 3 ? "rejected" : "fulfilled");
          if (answer.status === "rejected") assert.ok(answer.reason instanceof ConstraintError);
        }
        const done = names.filter((name) => !failed.includes(name)).flatMap((name) => [name, `${name}+`]);
        assert.deepEqual(await ids(database), ["taken", ...done].toSorted());
      },
    },
    {
      name: "unique, foreign key and NOT NULL refusals are ConstraintErrors that say which",
      async run(database) {
        await database.write(operation(insert("a")));
        const refused: readonly [Statement, RegExp][] = [
          [insert("a"), /^UNIQUE constraint failed: workspace.id$/],
          [
            sql("INSERT INTO workspace (id, name, created_at) VALUES ('c', NULL, 0)"),
            /^NOT NULL constraint failed: workspace.name$/,
          ],
          [
            sql(
              "INSERT INTO api_key (id, workspace_seq, name, secret_sha256, permissions, created_at) VALUES ('k', 99, '', '', '', 0)",
            ),
            /^FOREIGN KEY constraint failed$/,
          ],
        ];
        for (const [statement, message] of refused) {
          await assert.rejects(database.write(operation(statement)), { name: "ConstraintError", message });
        }
      },
    },
    {
      name: "SQL that is wrong is a bug, not an outage, and harms no other write",
      async run(database) {
        const [wrong, right] = await Promise.allSettled([
          database.write(operation(insert("x"), sql("SELECT * FROM nowhere"))),
          database.write(operation(insert("y"))),
        ]);
        assert.equal(wrong.status, "rejected");
        if (wrong.status === "rejected") {
          assert.ok(!(wrong.reason instanceof OutageError) && !(wrong.reason instanceof ConstraintError));
        }
        assert.equal(right.status, "fulfilled");
        assert.deepEqual(await ids(database), ["y"]);
        await assert.rejects(
          database.read([sql("SELECT * FROM nowhere")]),
          (error) => !(error instanceof OutageError),
        );
      },
    },
    {
      name: "an outcome that throws rejects its own write only",
      async run(database) {
        const thrown = new Error("from the outcome");
        const [bad, good] = await Promise.allSettled([
          database.write({
            statements: [insert("a")],
            outcome: () => {
              throw thrown;
            },
          }),
          database.write(operation(insert("b"))),
        ]);
        assert.ok(bad.status === "rejected" && bad.reason === thrown);
        assert.equal(good.status, "fulfilled");
      },
    },
    {
      name: "integers, reals, texts, blobs and null come back as they went, and integers are integers in SQL",
      async run(database) {
        const values: SqlValue[] = [
          0,
          -1,
          2 ** 31,
          2 ** 40,
          Number.MAX_SAFE_INTEGER,
          Number.MIN_SAFE_INTEGER,
          1.5,
          -0.25,
        ];
        values.push("", "Ünïcödé 日本 🎉 '\"\n", null, new Uint8Array([0, 255, 1]), new Uint8Array(0));
        const types = values.map((value) => {
          if (typeof value === "number") return Number.isInteger(value) ? "integer" : "real";
          return typeof value === "string" ? "text" : value === null ? "null" : "blob";
        });
        const results = await database.read(
          values.map((value) => sql("SELECT ? AS value, typeof(?) AS type", value, value)),
        );
        const came = results.map(([row]) => row?.["value"]);
        assert.deepEqual(
          came.map((value) => (value instanceof Uint8Array ? [...value] : value)),
          values.map((value) => (value instanceof Uint8Array ? [...value] : value)),
        );
        assert.deepEqual(
          came.map((value) => value instanceof Uint8Array),
          values.map((value) => value instanceof Uint8Array),
        );
        assert.deepEqual(
          results.map(([row]) => row?.["type"]),
          types,
        );
      },
    },
    {
      name: "a text of a megabyte comes back whole",
      async run(database) {
        const text = "aä漢🎉".repeat(2 ** 17);
        await database.write(
          operation(sql("INSERT INTO installation (name, value) VALUES ('large', ?)", text)),
        );
        const [rows] = await database.read([sql("SELECT value FROM installation WHERE name = 'large'")]);
        assert.ok(rows?.[0]?.["value"] === text);
      },
    },
    {
      name: "what a write has answered, a read sees, on any connection",
      async run(database, place) {
        const other = await place.openAnother();
        await database.write(operation(insert("a")));
        assert.deepEqual(await ids(database), ["a"]);
        assert.deepEqual(await ids(other), ["a"]);
      },
    },
    {
      name: "a read sees one snapshot over all its statements",
      async run(database, place) {
        const other = await place.openAnother();
        await database.write(
          operation(sql("INSERT INTO installation (name, value) VALUES ('left', 1000), ('right', 0)")),
        );
        const move = operation(
          sql("UPDATE installation SET value = value - 1 WHERE name = 'left'"),
          sql("UPDATE installation SET value = value + 1 WHERE name = 'right'"),
        );
        const amount = (name: string): Statement =>
          sql("SELECT CAST(value AS INTEGER) AS n FROM installation WHERE name = ?", name);
        const readTotal = async (): Promise<number> => {
          const results = await database.read([amount("left"), amount("right")]);
          return results.reduce((total, [row]) => total + Number(row?.["n"]), 0);
        };
        const writes = Array.from({ length: 40 }, () => other.write(move));
        const totals = await Promise.all(Array.from({ length: 40 }, readTotal));
        await Promise.all(writes);
        assert.deepEqual(new Set([...totals, await readTotal()]), new Set([1000]));
      },
    },
    {
      name: "a thousand writes at once all answer and are there",
      async run(database) {
        const names = Array.from({ length: 1_000 }, (_, index) => `w${String(index).padStart(4, "0")}`);
        const seqs = await Promise.all(
          names.map((name) =>
            database.write({
              statements: [insert(name), sql("SELECT seq FROM workspace WHERE id = ?", name)],
              outcome: (results) => results[1]?.[0]?.["seq"],
            }),
          ),
        );
        assert.equal(new Set(seqs).size, names.length);
        assert.deepEqual(await ids(database), names);
      },
    },
    {
      name: "two connections may write at the same time",
      async run(database, place) {
        const other = await place.openAnother();
        const names = Array.from({ length: 100 }, (_, index) => String(index).padStart(3, "0"));
        await Promise.all(
          names.flatMap((name) => [
            database.write(operation(insert(`a${name}`))),
            other.write(operation(insert(`b${name}`))),
          ]),
        );
        assert.deepEqual(await ids(database), [
          ...names.map((name) => `a${name}`),
          ...names.map((name) => `b${name}`),
        ]);
      },
    },
    {
      name: "after close both verbs reject with an outage; closing again is no error",
      async run(database) {
        await database.close();
        await database.close();
        await assert.rejects(database.read([sql("SELECT 1")]), OutageError);
        await assert.rejects(database.write(operation(insert("a"))), OutageError);
      },
    },
    {
      name: "two programs that migrate at once apply each migration once",
      async run(database, place) {
        assert.equal(await isMigrated(database), true);
        assert.equal(await isMigrated(database, WITH_TOTAL), false);
        const others = await Promise.all([place.openAnother(), place.openAnother(), place.openAnother()]);
        await Promise.all([database, ...others].map((program) => migrate(program, WITH_TOTAL)));
        const [rows] = await database.read([sql("SELECT amount FROM total")]);
        assert.deepEqual(members(rows), [{ amount: 7 }]);
        assert.equal(await isMigrated(database, WITH_TOTAL), true);
      },
    },
    {
      name: "a migration that fails leaves nothing of itself, and can be applied when it is mended",
      async run(database) {
        const broken = {
          ...ADD_TOTAL,
          statements: [...ADD_TOTAL.statements, "INSERT INTO total VALUES (NULL)"],
        };
        await assert.rejects(migrate(database, [...MIGRATIONS, broken]), ConstraintError);
        assert.equal(await isMigrated(database, [...MIGRATIONS, broken]), false);
        await migrate(database, WITH_TOTAL);
        assert.equal(await isMigrated(database, WITH_TOTAL), true);
      },
    },
    {
      name: "a released migration with another content is refused; one of a newer build is left alone",
      async run(database) {
        await migrate(database, WITH_TOTAL);
        const edited = [...MIGRATIONS, { ...ADD_TOTAL, sha256: "second" }];
        await assert.rejects(
          migrate(database, edited),
          /Migration 9000_total was applied .* with another content/,
        );
        assert.equal(await isMigrated(database, edited), false);
        await migrate(database, MIGRATIONS);
        assert.equal(await isMigrated(database, MIGRATIONS), true);
      },
    },
  ],
};
