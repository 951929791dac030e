// A program and a sandbox of a test file's own, for what the shared ones cannot do: other settings, a look into what the
// program writes, or its sudden end.
import { afterAll } from "bun:test";
import { join } from "node:path";
import {
  OPERATOR_KEY,
  type Program,
  type ProgramOptions,
  startProgram,
  startSandboxProgram,
  temporaryFolder,
} from "./program.ts";
import { makeWorld, type World } from "./world.ts";

export type OwnProgram = {
  readonly world: World;
  readonly outputFile: string;
  readonly dataDir: string;
  /** Without warning. */
  kill(): Promise<void>;
  /** On the same port, with the same data. */
  restart(): Promise<void>;
};

export type OwnProgramOptions = Pick<ProgramOptions, "environment" | "runtime">;

/** Stopped when the test file ends. */
export async function startOwnProgram(options: OwnProgramOptions = {}): Promise<OwnProgram> {
  const folder = await temporaryFolder();
  const outputFile = join(folder.path, "output");
  const sandbox = await startSandboxProgram(join(folder.path, "sandbox"));
  const dataDir = join(folder.path, "data");
  const started = { ...options, sandboxUrl: sandbox.url, dataDir, outputFile };
  let program: Program = await startProgram(started);
  const { url } = program;
  const port = Number(new URL(url).port);
  afterAll(async () => {
    await program.stop();
    await sandbox.stop();
    await folder.remove();
  });
  return {
    world: makeWorld({
      url,
      sandboxUrl: sandbox.url,
      operatorKey: OPERATOR_KEY,
      runtime: options.runtime ?? "bun",
      countBlobs: () => Promise.resolve(0),
    }),
    outputFile,
    dataDir,
    kill: () => program.kill(),
    restart: async () => {
      program = await startProgram({ ...started, port });
    },
  };
}
