import { JOURNEYS } from "../journeys/all.ts";
import { runJourneys } from "../support/journey-suite.ts";
import { WHY_NO_LIBSQL_SERVER } from "../support/libsql-server.ts";
import { startWorker } from "../support/worker.ts";
import { journeys as connections } from "./connections.journey.ts";

runJourneys({
  runtime: "workerd",
  journeys: [...JOURNEYS, ...connections],
  missing: WHY_NO_LIBSQL_SERVER,
  start: async (sandboxUrl) => {
    const worker = await startWorker({ sandboxUrl });
    const countObjects = async (): Promise<number> => {
      const state = await fetch(`${sandboxUrl}/_sandbox/state`);
      return ((await state.json()) as { object_count: number }).object_count;
    };
    return { ...worker, countBlobs: countObjects };
  },
});
