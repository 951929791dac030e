// Facts about the installation, one row each. The first write of a fact stands.
import { sql } from "drizzle-orm";
import type { InstallationFact, InstallationStore } from "../../core/ports/installation-store.ts";
import { insertSelect, select } from "./columns.ts";
import type { Database, Row } from "./database.ts";
import { installation } from "./schema/access.ts";
import { prepare } from "./statement.ts";

const name = sql.placeholder("name");
const columns = select({ value: installation.value });

const selectFact = prepare<{ name: InstallationFact }>(
  sql`SELECT ${columns.list} FROM ${installation} WHERE ${installation.name} = ${name}`,
);

const insertFact = prepare<{ name: InstallationFact; value: string }>(
  sql`${insertSelect(installation, { name, value: sql.placeholder("value") })} WHERE true ON CONFLICT DO NOTHING`,
);

const toValue = (row: Row | undefined): string | null => (row === undefined ? null : columns.read(row).value);

export function makeInstallationStore(database: Database): InstallationStore {
  return {
    async fact(name) {
      const [rows] = await database.read([selectFact({ name })]);
      return toValue(rows?.[0]);
    },
    setOnce: (name, value) =>
      database.write({
        statements: [insertFact({ name, value }), selectFact({ name })],
        outcome: ([, rows]) => toValue(rows?.[0]) ?? value,
      }),
  };
}
