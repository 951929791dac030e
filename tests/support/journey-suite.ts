// Declares journeys as tests against one program and one sandbox, one after the other, on any runtime.
import { afterAll, beforeAll, describe, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type LongLivedRuntime,
  OPERATOR_KEY,
  startProgram,
  startSandboxProgram,
  temporaryFolder,
  whyNotInstalled,
} from "./program.ts";
import { PROGRAM_TEST_MS_MAX, skipReason } from "./test-on.ts";
import { WHY_NO_LIBSQL_SERVER } from "./libsql-server.ts";
import { startWorker } from "./worker.ts";
import { type Journey, makeWorld, type World } from "./world.ts";

/** A started program as journeys need it. */
export type JourneyPlace = {
  readonly url: string;
  /** How many contents are stored, bodies and files. */
  countBlobs(): Promise<number>;
  stop(): Promise<unknown>;
};

export type JourneySuite = {
  readonly runtime: string;
  /** What is not installed, as a reason to skip; null when all is there. */
  readonly missing: string | null;
  /** `folder` is gone afterwards. */
  start(sandboxUrl: string, folder: string): Promise<JourneyPlace>;
  readonly journeys: readonly Journey[];
};

export function runJourneys({ runtime, missing, start, journeys }: JourneySuite): void {
  describe(`journeys on ${runtime}`, () => {
    const reason = skipReason(missing);
    if (reason !== null) {
      for (const { name } of journeys) test.skip(`${name} (${reason})`, () => undefined);
      return;
    }
    let world: World;
    const ends: (() => Promise<unknown>)[] = [];

    beforeAll(async () => {
      if (missing !== null) throw new Error(missing);
      const folder = await temporaryFolder();
      ends.unshift(folder.remove);
      const sandbox = await startSandboxProgram(join(folder.path, "sandbox"));
      ends.unshift(sandbox.stop);
      const place = await start(sandbox.url, join(folder.path, "data"));
      ends.unshift(place.stop);
      const { url, countBlobs } = place;
      world = makeWorld({ url, sandboxUrl: sandbox.url, operatorKey: OPERATOR_KEY, runtime, countBlobs });
    }, PROGRAM_TEST_MS_MAX);

    afterAll(async () => {
      for (const end of ends) await end();
    });

    for (const journey of journeys) test(journey.name, () => journey.run(world), PROGRAM_TEST_MS_MAX);
  });
}

/** The journeys on a runtime that keeps its database and its contents in a folder. */
export function runLongLivedJourneys(runtime: LongLivedRuntime, journeys: readonly Journey[]): void {
  runJourneys({
    journeys,
    runtime,
    missing: whyNotInstalled(runtime),
    start: async (sandboxUrl, dataDir) => {
      const program = await startProgram({ runtime, sandboxUrl, dataDir });
      return { ...program, countBlobs: () => countFiles(join(dataDir, "blobs")) };
    },
  });
}

/** The journeys on workerd, which keeps its contents in the sandbox. */
export function runWorkerJourneys(journeys: readonly Journey[]): void {
  runJourneys({
    journeys,
    runtime: "workerd",
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
}

/** Temporary files are being written or left over from a crash; they are no stored contents. */
async function countFiles(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).length;
}
