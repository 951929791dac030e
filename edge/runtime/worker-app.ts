// The application as Workers need it: ports are made for each request, on that request's own database client. No promise,
// client or queue outlives a request: workerd ends the I/O of a request with it, and whoever waits on it then hangs.
import type { Database } from "../../adapters/libsql/database.ts";
import { isMigrated } from "../../adapters/libsql/migrate.ts";
import { openRemote } from "../../adapters/libsql/remote.ts";
import { makeWriteTurns } from "../../adapters/libsql/write-turns.ts";
import { nodeChunkDigest } from "../../adapters/system/chunk-digest-node.ts";
import { fixedLengthBody, plainBody } from "../../adapters/system/known-length-body.ts";
import { unsharedWork } from "../../adapters/system/shared-work.ts";
import { makeLapsingSlots } from "../../adapters/system/slots.ts";
import { RECEIVING_AT_ONCE_MAX_ON_WORKERS } from "../../core/inbound/receive-inbound.ts";
import { LEASE_MS } from "../../core/tasks/task.ts";
import { OutageError } from "../../core/outage.ts";
import { makeApp } from "../app.ts";
import {
  composePorts,
  composeShared,
  type Installation,
  settleInstallation,
  type Shared,
} from "../compose.ts";
import { type Config, loadConfig } from "../config.ts";
import type { Ports } from "../ports.ts";
import { BODIES_IN_FLIGHT_BYTES_MAX_ON_WORKERS } from "../request-body.ts";
import type { LogLine } from "../request-log.ts";
import { tickAndLog } from "./ticking.ts";

/** Settings are text bindings; ASSETS serves the documentation's script. */
export type WorkerEnvironment = Readonly<Record<string, unknown>> & {
  readonly ASSETS?: { fetch(request: Request): Promise<Response> };
};
export type WorkerExecution = {
  waitUntil(work: Promise<unknown>): void;
  passThroughOnException(): void;
  readonly props: unknown;
};

/** Throws with a sentence when the settings contradict themselves, or one is missing that others make for themselves. */
export function makeWorkerApp(environment: WorkerEnvironment) {
  const config = workerConfig(environment);
  // Plain values, filled by the first requests; of two that come at once both use what the earlier one kept.
  let shared: Shared | undefined;
  let installation: Installation | undefined;
  const writeTurns = makeWriteTurns();

  const portsFor = async (execution: unknown): Promise<Ports> => {
    const { url, authToken } = config.database;
    const database = writeTurns.taking(
      openRemote({ url, grouped: false, ...(authToken === null ? {} : { authToken }) }),
    );
    const composed = shared ?? (await compose(config));
    shared ??= composed;
    installation ??= await settle(config, database);
    const background = { after: (work: Promise<unknown>) => (execution as WorkerExecution).waitUntil(work) };
    return composePorts(config, shared, installation, database, background);
  };
  const log = (line: LogLine): void => console.log(JSON.stringify(line));
  const app = makeApp({
    portsFor: (_request, execution) => portsFor(execution),
    log,
    docsAssets: { script: () => docsScript(environment) },
  });
  return {
    fetch: app.fetch,
    /** A share of the background work. */
    async tick(execution: WorkerExecution): Promise<void> {
      await tickAndLog(await portsFor(execution), log);
    },
  };
}

const compose = (config: WorkerConfig): Promise<Shared> =>
  composeShared(config, config.signingKeys, {
    chunkDigest: nodeChunkDigest,
    knownLengthBody: fixedLengthBody,
    wholeBody: plainBody,
    bodiesInFlightBytesMax: BODIES_IN_FLIGHT_BYTES_MAX_ON_WORKERS,
    sharedWork: unsharedWork,
    receivingSlots: makeLapsingSlots(RECEIVING_AT_ONCE_MAX_ON_WORKERS, LEASE_MS, Date.now),
    openFolder: null,
  });

/** Workers do not migrate: until the command has, the storage is not ready. */
async function settle(config: WorkerConfig, database: Database): Promise<Installation> {
  if (!(await isMigrated(database)))
    throw new OutageError(
      { service: "storage", cause: "unavailable", retryAfterSeconds: null },
      "The database lacks migrations of this version: run `bun run migrate`.",
    );
  return settleInstallation(config, database, config.operatorApiKey);
}

type WorkerConfig = Config & {
  readonly database: Extract<Config["database"], { kind: "remote" }>;
  readonly signingKeys: string;
  readonly operatorApiKey: string;
};

function workerConfig(environment: WorkerEnvironment): WorkerConfig {
  const texts = Object.entries(environment).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const loaded = loadConfig(Object.fromEntries(texts));
  if (!loaded.ok) throw new Error(loaded.error.join("\n"));
  const { database, blobStore, sandbox, signingKeys, operatorApiKey } = loaded.value;
  if (sandbox.mode === "start")
    throw new Error("Workers start no sandbox: set SANDBOX_URL to one that runs, or SANDBOX=false.");
  if (
    database.kind !== "remote" ||
    blobStore.kind !== "s3" ||
    signingKeys === null ||
    operatorApiKey === null
  )
    throw new Error(
      "On Workers DATABASE_URL (a libSQL server), BLOB_STORE (s3://bucket/prefix), SIGNING_KEYS and OPERATOR_API_KEY must be set.",
    );
  return { ...loaded.value, database, signingKeys, operatorApiKey };
}

async function docsScript({ ASSETS }: WorkerEnvironment): Promise<ReadableStream<Uint8Array> | null> {
  const answer = await ASSETS?.fetch(new Request("https://assets.invalid/rapidoc.js"));
  return answer?.ok ? answer.body : null;
}
