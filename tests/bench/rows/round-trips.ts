// How often a request goes to a remote database, counted on a real libSQL server. The same rows are a test.
import { startCountedApp } from "../../support/counted-app.ts";
import { WHY_NO_LIBSQL_SERVER } from "../../support/libsql-server.ts";
import { ROUND_TRIPS, send } from "../../support/round-trips.ts";
import { type BenchRow, type Figure, type NotMeasured, within } from "../figure.ts";

async function run(): Promise<readonly (Figure | NotMeasured)[]> {
  if (WHY_NO_LIBSQL_SERVER !== null) return [{ what: "round trips", missing: WHY_NO_LIBSQL_SERVER }];
  const app = await startCountedApp();
  try {
    const email = await send(app);
    const figures: Figure[] = [];
    for (const row of ROUND_TRIPS)
      figures.push(
        within(
          `round trips: ${row.name}`,
          await app.roundTrips(() => row.run(app, email)),
          row.allowed,
          "trips",
        ),
      );
    return figures;
  } finally {
    await app.stop();
  }
}

export const roundTripsRow: BenchRow = { name: "round-trips", run };
