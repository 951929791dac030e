// Runs a contract over a database that does every write twice and answers what the second run found: as when the answer
// of the first was lost and the write was sent again. What holds here holds for replays. On bun:sqlite only: the SQL is
// the same everywhere, and contract.ts runs each case once on every database.
import { describe, test } from "bun:test";
import type { Database } from "../../adapters/libsql/database.ts";
import { openEmbedded } from "../../adapters/libsql/embedded/bun-sqlite.ts";
import type { Contract } from "./contract.ts";
import { makeEmbeddedPlace } from "./database-place.ts";

const writeTwice = (database: Database): Database => ({
  ...database,
  async write(operation) {
    await database.write(operation);
    return database.write(operation);
  },
});

/** Declares every case of the contract as a test in which each write is sent twice. */
export function runReplays<Subject>(contract: Contract<Subject>): void {
  describe(`${contract.name}, each write sent twice`, () => {
    for (const each of contract.cases) {
      test(each.name, async () => {
        const place = await makeEmbeddedPlace(openEmbedded);
        try {
          await each.run(await contract.open(writeTwice(place.database)), place);
        } finally {
          await place.dispose();
        }
      });
    }
  });
}
