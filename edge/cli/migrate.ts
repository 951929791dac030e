// `bun run migrate`: brings the database of the settings up to this version. Safe to run twice and from two machines.
// Needed where the program does not migrate by itself at its start: before Workers of a new version are deployed.
import { migrate } from "../../adapters/libsql/migrate.ts";
import { explain } from "../runtime/run-or-explain.ts";
import { openNamedDatabase } from "./named-database.ts";

try {
  const database = await openNamedDatabase();
  await migrate(database);
  await database.close();
  console.log("The database is up to date.");
} catch (fault) {
  explain(fault);
}
