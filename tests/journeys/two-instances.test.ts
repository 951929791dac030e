// Two programs on one database, and a crowd of setups asked for at once of both, while the provider takes one call a second
// from both together: never two calls in one second, and each creation is made, or refused so that the
// same request goes on. In the end all stand, whole, and nothing else does.
import { expect, test } from "bun:test";
import assert from "node:assert/strict";
import { type Api, type ApiAnswer, apiClient } from "../support/api-client.ts";
import { freePort } from "../support/free-port.ts";
import { startLibsqlServer, WHY_NO_LIBSQL_SERVER } from "../support/libsql-server.ts";
import {
  OPERATOR_KEY,
  type Program,
  startProgram,
  startSandboxProgram,
  temporaryFolder,
} from "../support/program.ts";
import { promised, settle, standing } from "../support/provisioned.ts";
import { assertProblem } from "../support/refusals.ts";
import { skipReason } from "../support/test-on.ts";
import { makeWorld, type World } from "../support/world.ts";

/** SES's own limit, and the programs' default. */
const SLOW = 1;
/** What is left over after that is made by programs that may call more often, or the test would take minutes. */
const QUICK = 50;
const ROUNDS_MAX = 4;
/** Turns are further apart than a second by what a busy machine may delay a call. */
const BETWEEN_CALLS_MS_MIN = 1000;
const CROWD_MS_MAX = 180_000;

type Place = {
  readonly sandboxUrl: string;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly ports: readonly number[];
};

/** Programs on one database, with everything else in common that has to be. */
const startPrograms = (place: Place, callsPerSecond: number): Promise<readonly Program[]> =>
  Promise.all(
    place.ports.map((port) =>
      startProgram({
        sandboxUrl: place.sandboxUrl,
        dataDir: place.dataDir,
        port,
        environment: {
          DATABASE_URL: place.databaseUrl,
          SIGNING_KEYS: `k1:${btoa("s".repeat(32))}`,
          SES_CALLS_PER_SECOND: String(callsPerSecond),
        },
      }),
    ),
  );

const stopAll = (programs: readonly Program[]) => Promise.all(programs.map((program) => program.stop()));

/** Asks for all of them at once, each program for its share, and answers those that were not made. */
async function createAll(instances: readonly Api[], names: readonly string[]): Promise<readonly string[]> {
  const create = (name: string, index: number): Promise<ApiAnswer> => {
    const api = instances[index % instances.length];
    assert.ok(api);
    return api.call("POST", "/v1/ses-setup", {
      json: { tenant_name: name, domain_identity: `${name}.example` },
    });
  };
  const answers = await Promise.all(names.map(create));
  for (const answer of answers)
    if (answer.status !== 201) assertProblem(answer, { status: 504, code: "provider_timed_out" });
  return names.filter((_, index) => answers[index]?.status !== 201);
}

/** How long after one another the provider was called for anything but sends. */
async function gapsBetweenCalls({ sandbox }: World): Promise<readonly number[]> {
  const calls = (await sandbox.calls()).filter(
    ({ service, operation }) => service === "ses" && operation !== "SendEmail",
  );
  const times = calls.map(({ at }) => Date.parse(at)).toSorted((a, b) => a - b);
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

async function crowd(setups: number, givenDatabaseUrl?: string): Promise<void> {
  const folder = await temporaryFolder();
  const sandbox = await startSandboxProgram(`${folder.path}/sandbox`);
  const place = {
    sandboxUrl: sandbox.url,
    dataDir: `${folder.path}/data`,
    databaseUrl: givenDatabaseUrl ?? `file:${folder.path}/postrider.db`,
    ports: [await freePort(), await freePort()],
  };
  let programs = await startPrograms(place, SLOW);
  const urls = programs.map(({ url }) => url);
  try {
    const world = makeWorld({
      url: urls[0] ?? "",
      sandboxUrl: sandbox.url,
      operatorKey: OPERATOR_KEY,
      runtime: "bun",
      countBlobs: () => Promise.resolve(0),
    });
    const workspace = await world.newWorkspace();
    const instances = urls.map((url) => apiClient(url, workspace.api.key));
    const names = Array.from({ length: setups }, (_, index) => `crowd-${index}`);

    await world.sandbox.setFaults({ ses: { throttle_per_second: SLOW } });
    let left = await createAll(instances, names);
    const gaps = await gapsBetweenCalls(world);
    expect(Math.min(...gaps), JSON.stringify(gaps)).toBeGreaterThanOrEqual(BETWEEN_CALLS_MS_MIN);
    // Some of a crowd are always served: who has begun is not held up by those who have not.
    expect(left.length).toBeLessThanOrEqual(setups - 4);

    await stopAll(programs);
    await world.sandbox.setFaults({ ses: { throttle_per_second: QUICK } });
    programs = await startPrograms(place, QUICK);
    for (let round = 1; left.length > 0 && round <= ROUNDS_MAX; round++)
      left = await createAll(instances, left);
    expect(left).toEqual([]);

    await settle(world);
    const listed = await promised(workspace);
    expect(listed.tenants).toHaveLength(setups);
    expect(await standing(workspace)).toEqual(listed);
  } finally {
    await stopAll(programs);
    await sandbox.stop();
    await folder.remove();
  }
}

test("twenty setups at once on one database file", () => crowd(20), CROWD_MS_MAX);

const reason = skipReason(WHY_NO_LIBSQL_SERVER);
if (reason === null)
  test(
    "five at once on a libSQL server",
    async () => {
      const server = await startLibsqlServer();
      try {
        await crowd(5, server.url);
      } finally {
        await server.stop();
      }
    },
    CROWD_MS_MAX,
  );
else test.skip(`five at once on a libSQL server (${reason})`, () => undefined);
