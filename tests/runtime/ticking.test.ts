// Background work that nobody asks for: by the program's own timer, and on Workers by the cron trigger. What it does is seen
// by a call that only it makes: which tenants are paused is asked for each setup once, as soon as there is one.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { WHY_NO_LIBSQL_SERVER } from "../support/libsql-server.ts";
import {
  type LongLivedRuntime,
  OPERATOR_KEY,
  type Program,
  type ProgramOptions,
  startProgram,
  startSandboxProgram,
  temporaryFolder,
} from "../support/program.ts";
import { PROGRAM_TEST_MS_MAX, skipReason, testOn } from "../support/test-on.ts";
import { until } from "../support/until.ts";
import { startWorker } from "../support/worker.ts";
import { makeWorld, type World } from "../support/world.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let sandbox: Program;

beforeAll(async () => {
  folder = await temporaryFolder();
  sandbox = await startSandboxProgram(join(folder.path, "sandbox"));
}, PROGRAM_TEST_MS_MAX);

afterAll(async () => {
  await sandbox.stop();
  await folder.remove();
});

async function worldWithSetup(url: string, runtime: string): Promise<World> {
  const countBlobs = (): Promise<number> => Promise.resolve(0);
  const world = makeWorld({ url, sandboxUrl: sandbox.url, operatorKey: OPERATOR_KEY, runtime, countBlobs });
  await world.sandbox.clearCalls();
  await (await world.newWorkspace()).newSetup();
  return world;
}

const reviews = ({ sandbox }: World) => sandbox.calls("ListReputationEntities");

/** Makes work with one program, and waits until a second one has done it. */
async function leaveToTheNext(options: ProgramOptions & { readonly runtime: LongLivedRuntime }) {
  const first = await startProgram(options);
  const world = await worldWithSetup(first.url, options.runtime);
  await first.stop();
  const next = await startProgram(options);
  await until(
    "the tenants are reviewed",
    () => reviews(world),
    (calls) => calls.length > 0,
  );
  expect(await next.stop()).toBe(0);
}

for (const runtime of ["bun", "deno", "node"] as const)
  testOn(runtime)("what a program left to do is done by the next one, by itself", () =>
    leaveToTheNext({ runtime, sandboxUrl: sandbox.url, dataDir: join(folder.path, runtime) }),
  );

testOn("deno")("where it has a cron, that calls for the work, every minute", async () => {
  const outputFile = join(folder.path, "deno-cron-output");
  await leaveToTheNext({
    runtime: "deno",
    flags: ["--unstable-cron", "--preload", join(import.meta.dir, "../support/deno-cron-at-once.ts")],
    sandboxUrl: sandbox.url,
    dataDir: join(folder.path, "deno-cron"),
    outputFile,
  });
  expect(await Bun.file(outputFile).text()).toContain("cron: tick * * * * *\n");
});

const reason = skipReason(WHY_NO_LIBSQL_SERVER);
if (reason === null)
  test(
    "workerd: what is due is done when the cron trigger is",
    async () => {
      const worker = await startWorker({ sandboxUrl: sandbox.url });
      try {
        const world = await worldWithSetup(worker.url, "workerd");
        expect(await reviews(world)).toEqual([]);
        await worker.cronIsDue();
        expect(await reviews(world)).toHaveLength(1);
      } finally {
        await worker.stop();
      }
    },
    PROGRAM_TEST_MS_MAX,
  );
else test.skip(`workerd: what is due is done when the cron trigger is (${reason})`, () => undefined);
