// Runs in Node 24, started by contract.ts: every case of one contract on node:sqlite, a line of JSON for each.
import { openEmbedded } from "../../adapters/libsql/embedded/node-sqlite.ts";
import type { Contract, NodeOutcome } from "./contract.ts";
import { makeEmbeddedPlace } from "./database-place.ts";

const { contract } = (await import(String(process.argv[2]))) as { contract: Contract<unknown> };

for (const { name, run } of contract.cases) {
  const outcome: NodeOutcome = { name, failure: await failureOf(run) };
  console.log(JSON.stringify(outcome));
}

async function failureOf(run: Contract<unknown>["cases"][number]["run"]): Promise<string | null> {
  try {
    const place = await makeEmbeddedPlace(openEmbedded);
    try {
      await run(await contract.open(place.database), place);
    } finally {
      await place.dispose();
    }
    return null;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
