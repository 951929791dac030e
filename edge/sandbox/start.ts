// Starts a sandbox in this process, on Bun: opens its file, serves on 127.0.0.1, takes up the deliveries that a former
// run left. Importable, so that a product that starts without an AWS account can bring its own stand-in along.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { makeSandboxApp } from "./app.ts";
import { makeBoundedLog } from "./bounded-log.ts";
import { makeFaults } from "./faults.ts";
import { makeMailbox } from "./mailbox.ts";
import { openRecords } from "./records.ts";
import type { RecordedCall, Sandbox } from "./sandbox.ts";
import { makeSendRate } from "./ses/send-rate.ts";
import { receiveFromTheStart } from "./ses/ses-query-api.ts";
import { makeDeliveryQueue, type PostedDelivery } from "./sns/delivery-queue.ts";
import { openSigningKey, type SigningKey } from "./sns/signing-key.ts";
import { openStore } from "./store.ts";

const CALLS_MAX = 20_000;
/** They hold whole bodies. */
const POSTED_DELIVERIES_MAX = 1_000;
/** Seconds a silent connection is kept: longer than any time-out one may ask the sandbox to play. */
const IDLE_SECONDS_MAX = 120;
/** Each service has its own limit below this. */
const REQUEST_OCTETS_MAX = 128 * 1_048_576;

export type SandboxOptions = {
  /** 0 is any free one. */
  readonly port: number;
  /** Where `sandbox.db` lies; without it everything is forgotten at the end. */
  readonly dataDir?: string;
};

export type RunningSandbox = {
  /** Without a slash at the end. */
  readonly url: string;
  /** Resolves when no notification is on its way any more. */
  settled(): Promise<void>;
  /** Stops serving and posting; what waits is kept for the next start, if there is a file. */
  stop(): Promise<void>;
};

/** Throws when the port is taken or the file cannot be opened. */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  if (options.dataDir !== undefined) mkdirSync(options.dataDir, { recursive: true });
  const store = openStore(options.dataDir === undefined ? ":memory:" : join(options.dataDir, "sandbox.db"));
  const starting: { fetch: (request: Request) => Response | Promise<Response> } = {
    fetch: () => new Response(null, { status: 503 }),
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: options.port,
    idleTimeout: IDLE_SECONDS_MAX,
    maxRequestBodySize: REQUEST_OCTETS_MAX,
    fetch: (request) => starting.fetch(request),
  });
  const port = Number(server.port);

  const records = openRecords(store);
  const faults = makeFaults(store);
  const postedDeliveries = makeBoundedLog<PostedDelivery>(POSTED_DELIVERIES_MAX);
  let key: Promise<SigningKey> | undefined;
  const signingKey = (): Promise<SigningKey> => (key ??= openSigningKey(store));
  const clock = (): number => Date.now();
  let lastTime = 0;
  const deliveries = makeDeliveryQueue({
    pending: records.deliveries,
    faults,
    log: postedDeliveries,
    signingKey,
    port,
    clock,
  });
  const sandbox: Sandbox = {
    port,
    clock,
    uniqueTime: () => (lastTime = Math.max(clock(), lastTime + 1)),
    store,
    records,
    faults,
    calls: makeBoundedLog<RecordedCall>(CALLS_MAX),
    signingKey,
    deliveries,
    postedDeliveries,
    mailbox: makeMailbox(store, records),
    takeSendRate: makeSendRate(clock),
  };
  receiveFromTheStart(sandbox);
  const app = makeSandboxApp(sandbox);
  starting.fetch = (request) => app.fetch(request);
  return {
    url: `http://127.0.0.1:${port}`,
    settled: () => deliveries.settled(),
    async stop() {
      await server.stop(true);
      await deliveries.stop();
      store.close();
    },
  };
}
