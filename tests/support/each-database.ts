// The three kinds of database that a program keeps its data in: SQLite by Bun, SQLite by Node, and a libSQL server. What is
// declared for each starts its own program with the options given (own-program.ts).
import { afterAll, test } from "bun:test";
import { startLibsqlServer, WHY_NO_LIBSQL_SERVER } from "./libsql-server.ts";
import type { OwnProgramOptions } from "./own-program.ts";
import { whyNotInstalled } from "./program.ts";
import { skipReason } from "./test-on.ts";

/** What a program is started with when nothing is said. */
export const USUAL_DATABASE: OwnProgramOptions = {};

type Declare = (where: string, options: OwnProgramOptions) => Promise<void>;

/** Declares the tests on each; where a program is not installed, one that is skipped and says why. */
export async function onEachDatabase(declare: Declare): Promise<void> {
  await declare("on Bun, in a file", USUAL_DATABASE);
  await declareUnless(whyNotInstalled("node"), "on Node, in a file", (where) =>
    declare(where, { runtime: "node" }),
  );
  await declareUnless(WHY_NO_LIBSQL_SERVER, "on Bun, on a libSQL server", async (where) => {
    const server = await startLibsqlServer();
    afterAll(() => server.stop());
    const SIGNING_KEYS = `k1:${btoa("s".repeat(32))}`;
    await declare(where, { environment: { DATABASE_URL: server.url, SIGNING_KEYS } });
  });
}

async function declareUnless(
  missing: string | null,
  where: string,
  declare: (where: string) => Promise<void>,
): Promise<void> {
  const reason = skipReason(missing);
  if (reason === null) await declare(where);
  else test.skip(`${where} (${reason})`, () => undefined);
}
