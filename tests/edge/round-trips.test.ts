// How often a request goes to a remote database: the composed application on a real libSQL server, its requests counted.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type CountedApp, startCountedApp } from "../support/counted-app.ts";
import { WHY_NO_LIBSQL_SERVER } from "../support/libsql-server.ts";
import { ROUND_TRIPS, send, type SentEmail } from "../support/round-trips.ts";
import { skipReason } from "../support/test-on.ts";

const reason = skipReason(WHY_NO_LIBSQL_SERVER);

describe.skipIf(reason !== null)(
  `round trips to the database${reason === null ? "" : ` (${reason})`}`,
  () => {
    let app: CountedApp;
    let email: SentEmail;
    beforeAll(async () => {
      app = await startCountedApp();
      email = await send(app);
    });
    afterAll(() => app.stop());

    test.each(ROUND_TRIPS.map((row) => [row.name, row] as const))("%s", async (_name, row) => {
      expect(await app.roundTrips(() => row.run(app, email))).toBe(row.departs?.trips ?? row.allowed);
    });
  },
);
