// The start of a long-lived program (Bun, Deno, Node), in order: settings, sandbox, database and migrations, what the first
// start settles, ports, application, server. What stops it is an Error with a sentence for whoever started it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { openFileBlobStore } from "../../adapters/files/blob-store.ts";
import type { Database } from "../../adapters/libsql/database.ts";
import { migrate } from "../../adapters/libsql/migrate.ts";
import { openRemote } from "../../adapters/libsql/remote.ts";
import { nodeChunkDigest } from "../../adapters/system/chunk-digest-node.ts";
import type { KnownLengthBody, WholeBody } from "../../adapters/system/known-length-body.ts";
import { systemPause } from "../../adapters/system/pause.ts";
import { makeSharedWork } from "../../adapters/system/shared-work.ts";
import { makeQueuedSlots } from "../../adapters/system/slots.ts";
import { RECEIVING_AT_ONCE_MAX, RECEIVING_WAITING_MAX } from "../../core/inbound/receive-inbound.ts";
import { makeApp } from "../app.ts";
import { composePorts, composeShared, settleInstallation } from "../compose.ts";
import { type Config, type Environment, loadConfig } from "../config.ts";
import { BODIES_IN_FLIGHT_BYTES_MAX } from "../request-body.ts";
import type { LogLine } from "../request-log.ts";
import { banner, operatorKeyNotice } from "./banner.ts";
import { connectSandbox } from "./connect-sandbox.ts";
import { installedDocsAssets } from "./installed-docs-assets.ts";
import { byTimer, type Schedule, tickAndLog } from "./ticking.ts";

export type Listen = {
  /** The sandbox stays on this machine; a live installation is reached through a proxy or a load balancer. */
  readonly hostname: string;
  readonly port: number;
  readonly fetch: (request: Request) => Response | Promise<Response>;
};

/** Lets requests under way end. */
export type Stop = () => Promise<void>;

export type LongLivedPlatform = {
  readonly openEmbedded: (path: string) => Promise<Database>;
  readonly knownLengthBody: KnownLengthBody;
  readonly wholeBody: WholeBody;
  /** Resolves when the server listens; rejects with the runtime's own error when it cannot. */
  readonly serve: (listen: Listen) => Promise<Stop>;
  /** What calls for background work; null: a timer of ours. */
  readonly schedule: Schedule | null;
  /** Null where the sandbox cannot run in this process. */
  readonly startSandbox: ((options: { dataDir: string; port: number }) => Promise<void>) | null;
};

/** Private files of ours are read by nobody else on this machine. */
const OWNER_ONLY = 0o600;
const SIGNING_SECRET_BYTES = 32;
const OPERATOR_KEY_BYTES = 24;
/** A stop waits so long for what goes on after answers. What takes longer is taken up at the next start. */
const WORK_UNDER_WAY_MS_MAX = 5_000;

/** Starts the program; answers how to stop it. */
export async function start(environment: Environment, platform: LongLivedPlatform): Promise<Stop> {
  const loaded = loadConfig(environment);
  if (!loaded.ok) throw new Error(loaded.error.join("\n"));
  const config = loaded.value;
  const isSandbox = config.sandbox.mode !== "off";
  await mkdir(config.dataDir, { recursive: true });
  await startSandbox(config, platform);

  const database = await openDatabase(config, platform);
  await migrate(database);
  const generatedKey = `op_${randomText(OPERATOR_KEY_BYTES)}`;
  const installation = await settleInstallation(config, database, config.operatorApiKey ?? generatedKey);
  // In the sandbox the key guards nothing, and a newcomer's second terminal needs it.
  const keyFile = isSandbox && config.operatorApiKey === null ? `${config.dataDir}/operator-key` : null;
  if (installation.isFirstStart) {
    // At once: a start that fails after this line would have settled a key that nobody knows.
    console.log(operatorKeyNotice(config, generatedKey));
    if (keyFile !== null) await writeFile(keyFile, generatedKey, { mode: OWNER_ONLY });
  }

  const shared = await composeShared(config, await signingKeysOf(config), {
    chunkDigest: nodeChunkDigest,
    knownLengthBody: platform.knownLengthBody,
    wholeBody: platform.wholeBody,
    bodiesInFlightBytesMax: BODIES_IN_FLIGHT_BYTES_MAX,
    sharedWork: makeSharedWork(),
    receivingSlots: makeQueuedSlots(RECEIVING_AT_ONCE_MAX, RECEIVING_WAITING_MAX),
    openFolder: (folder, publicUrl, signer) => openFileBlobStore({ folder, publicUrl }, signer),
  });
  const underWay = new Set<Promise<unknown>>();
  const background = {
    after(work: Promise<unknown>): void {
      const ended = work.catch(() => undefined).finally(() => underWay.delete(ended));
      underWay.add(ended);
    },
  };
  const log = (line: LogLine): void => console.log(JSON.stringify({ at: new Date().toISOString(), ...line }));
  const ports = composePorts(config, shared, installation, database, background);
  const app = makeApp({
    portsFor: () => ports,
    log,
    docsAssets: installedDocsAssets(),
  });

  const hostname = isSandbox ? "127.0.0.1" : "0.0.0.0";
  const stopServing = await unlessTaken("PORT", config.port, () =>
    platform.serve({ hostname, port: config.port, fetch: app.fetch }),
  );
  const isConnected = await connectSandbox(config);
  console.log(banner(config, { keyFile, isConnected }));
  const stopTicking = (platform.schedule ?? byTimer)(() => tickAndLog(ports, log));
  return async () => {
    stopTicking();
    await stopServing();
    await Promise.race([Promise.all(underWay), systemPause(WORK_UNDER_WAY_MS_MAX)]);
    await database.close();
  };
}

async function startSandbox({ sandbox, dataDir }: Config, platform: LongLivedPlatform): Promise<void> {
  if (sandbox.mode !== "start") return;
  const { port } = sandbox;
  const { startSandbox } = platform;
  if (!startSandbox)
    throw new Error(
      "The sandbox runs on Bun: start it with `bun run sandbox` and set SANDBOX_URL to its address.",
    );
  await unlessTaken("SANDBOX_PORT", port, () => startSandbox({ dataDir, port }));
}

async function openDatabase({ database }: Config, platform: LongLivedPlatform): Promise<Database> {
  if (database.kind === "remote")
    return openRemote({
      url: database.url,
      grouped: true,
      ...(database.authToken === null ? {} : { authToken: database.authToken }),
    });
  await mkdir(dirname(database.path), { recursive: true });
  return platform.openEmbedded(database.path);
}

/** The keys from the settings, or those kept beside the database, made at the first start. */
async function signingKeysOf({ signingKeys, dataDir }: Config): Promise<string> {
  if (signingKeys !== null) return signingKeys;
  const path = `${dataDir}/signing-keys`;
  const secret = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(SIGNING_SECRET_BYTES))));
  // `wx` fails when the file is there: of two first starts one writes, both read.
  await writeFile(path, `k1:${secret}`, { mode: OWNER_ONLY, flag: "wx" }).catch(() => undefined);
  return (await readFile(path, "utf8")).trim();
}

/** What a server answers, with a taken port said in words; each runtime has its own. */
async function unlessTaken<T>(setting: string, port: number, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (fault) {
    if (!(fault instanceof Error && "code" in fault && fault.code === "EADDRINUSE")) throw fault;
    throw new Error(`Port ${port} is taken by another program: stop that one, or set ${setting}.`, {
      cause: fault,
    });
  }
}

const randomText = (octets: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(octets)), (octet) =>
    octet.toString(16).padStart(2, "0"),
  ).join("");
