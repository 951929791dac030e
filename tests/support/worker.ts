// The Worker on workerd, as Cloudflare runs it: the built module under miniflare, a real libSQL server behind it, the
// sandbox for S3, SES, SNS and DNS. Nothing is downloaded: workerd is the binary of its package.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { Miniflare, Response as AssetAnswer } from "miniflare";
import { migrate } from "../../adapters/libsql/migrate.ts";
import { openRemote } from "../../adapters/libsql/remote.ts";
import { buildWorker, WORKER_COMPATIBILITY } from "../../edge/cli/build-worker.ts";
import { loadConfig } from "../../edge/config.ts";
import { connectSandbox } from "../../edge/runtime/connect-sandbox.ts";
import { freePort } from "./free-port.ts";
import { startLibsqlServer } from "./libsql-server.ts";
import { OPERATOR_KEY, type Program, temporaryFolder, UNHURRIED } from "./program.ts";

export type WorkerOptions = {
  readonly sandboxUrl: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** False leaves the database as it is made: empty. */
  readonly migrated?: boolean;
};

export type RunningWorker = Pick<Program, "url"> & {
  /** Of its database. */
  readonly databaseUrl: string;
  /** Does what the platform does when its cron trigger is due. */
  cronIsDue(): Promise<void>;
  /** Ends it without a goodbye, as isolates end; its database goes with it. */
  stop(): Promise<void>;
};

const SIGNING_SECRET = Buffer.alloc(32, "signing-secret-of-the-tests").toString("base64");

/** Builds the Worker, starts its database and the Worker itself, and connects it to the sandbox. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const folder = await temporaryFolder();
  const [server, built, port] = await Promise.all([
    startLibsqlServer(),
    buildWorker(folder.path),
    freePort(),
  ]);
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    PUBLIC_URL: url,
    SANDBOX_URL: options.sandboxUrl,
    DATABASE_URL: server.url,
    BLOB_STORE: "s3://postrider/blobs",
    SIGNING_KEYS: `k1:${SIGNING_SECRET}`,
    OPERATOR_API_KEY: OPERATOR_KEY,
    SES_CALLS_PER_SECOND: UNHURRIED,
    ...options.environment,
  };
  if (options.migrated ?? true) await migrateServer(server.url);
  const script = await readFile(join(folder.path, "assets/rapidoc.js"));
  const worker = new Miniflare({
    name: "postrider",
    modules: [{ type: "ESModule", path: built.path }],
    modulesRoot: folder.path,
    compatibilityDate: WORKER_COMPATIBILITY.compatibility_date,
    compatibilityFlags: [...WORKER_COMPATIBILITY.compatibility_flags],
    bindings: environment,
    serviceBindings: { ASSETS: () => new AssetAnswer(script) },
    host: "127.0.0.1",
    port,
    // Gives the cron trigger a path of its own.
    unsafeTriggerHandlers: true,
    // Facts about the client as Cloudflare gives them: miniflare would ask the network for them.
    cf: false,
    // Its log lines, and what it says about connections that end with it.
    handleRuntimeStdio: (...streams: Readable[]) => void streams.map((stream) => stream.resume()),
  });
  await worker.ready;

  const config = loadConfig(environment);
  if (!config.ok) throw new Error(config.error.join("\n"));
  if ((options.migrated ?? true) && !(await connectSandbox(config.value)))
    throw new Error(`the sandbox does not reach ${url}`);
  return {
    url,
    databaseUrl: server.url,
    async cronIsDue() {
      const answer = await fetch(`${url}/cdn-cgi/handler/scheduled`);
      if (!answer.ok) throw new Error(`the cron trigger ended with ${await answer.text()}`);
    },
    async stop() {
      await worker.dispose();
      await server.stop();
      await folder.remove();
    },
  };
}

async function migrateServer(url: string): Promise<void> {
  const database = openRemote({ url, grouped: true });
  await migrate(database);
  await database.close();
}
