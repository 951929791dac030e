// SIGTERM, as a supervisor sends it: what is under way is finished, what only waits does not hold the program.
import { afterAll, beforeAll, expect } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import {
  OPERATOR_KEY,
  type Program,
  startProgram,
  startSandboxProgram,
  temporaryFolder,
} from "../support/program.ts";
import { PROGRAM_TEST_MS_MAX, testOn } from "../support/test-on.ts";
import { until } from "../support/until.ts";
import { makeWorld } from "../support/world.ts";

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

for (const runtime of ["bun", "deno", "node"] as const)
  testOn(runtime)(
    "a send under way is answered, an idle connection is closed, and the exit code is 0",
    async () => {
      const dataDir = join(folder.path, runtime);
      const program = await startProgram({ runtime, sandboxUrl: sandbox.url, dataDir });
      const world = makeWorld({
        url: program.url,
        sandboxUrl: sandbox.url,
        operatorKey: OPERATOR_KEY,
        runtime,
        countBlobs: async () => 0,
      });
      const sender = await (await world.newWorkspace()).sender();
      const { hostname, port, host } = new URL(program.url);
      const idle = connect(Number(port), hostname);
      idle.write(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      await once(idle, "data");

      await world.sandbox.withFaults({ ses: { latency_ms: 500 } }, async () => {
        const sending = sender.post();
        await until(
          "the send is under way",
          () => sender.emails({ send_outcome: "pending" }),
          ({ emails }) => emails.length === 1,
        );
        const code = program.stop();
        expect((await sending).status).toBe(201);
        expect(await code).toBe(0);
      });
      idle.destroy();
    },
  );
