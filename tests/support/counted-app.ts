// The composed application on a real libSQL server, with every request to the database counted. Everything else answers
// at once (provider-stub.ts). Runs outside of tests as well: no bun:test here.
import assert from "node:assert/strict";
import type { Id } from "../../core/ids.ts";
import type { TwilioUseCase } from "../../core/use-case/use-case.ts";
import type { PhoneNumber } from "../../core/voice/phone-number.ts";
import { tokenPurpose, type TwilioSetup } from "../../core/voice/twilio-setup.ts";
import { nodeChunkDigest } from "../../adapters/system/chunk-digest-node.ts";
import { plainBody, streamedBody } from "../../adapters/system/known-length-body.ts";
import { migrate } from "../../adapters/libsql/migrate.ts";
import { openRemote } from "../../adapters/libsql/remote.ts";
import { makeApp } from "../../edge/app.ts";
import { makeQueuedSlots } from "../../adapters/system/slots.ts";
import { unsharedWork } from "../../adapters/system/shared-work.ts";
import { composePorts, composeShared, settleInstallation } from "../../edge/compose.ts";
import { loadConfig } from "../../edge/config.ts";
import type { Ports } from "../../edge/ports.ts";
import { BODIES_IN_FLIGHT_BYTES_MAX } from "../../edge/request-body.ts";
import { valueOf } from "./channel-samples.ts";
import { makeInboundStores, receive, sampleInbound } from "./inbound-samples.ts";
import { startLibsqlServer } from "./libsql-server.ts";
import { makeProviderStub, STUB_AUTH_TOKEN } from "./provider-stub.ts";
import { addSender, type Sender } from "./seeded-sender.ts";
import { addNumber, sampleTwilioSetup, sampleTwilioUseCase } from "./voice-samples.ts";

export const COUNTED_OPERATOR_KEY = "operator-key-of-the-counted-app-0123456789";

export type CountedApp = {
  readonly sender: Sender;
  readonly line: SeededLine;
  /** A mail that was received, with text, HTML and the file report.pdf. */
  readonly inboundId: Id;
  readonly ports: Ports;
  /** Where the stub of the provider answers. */
  readonly providerUrl: string;
  /** A request with the sender's key; throws when the answer is an error. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** How many round trips to the database `work` takes, the notes after an answer included. */
  roundTrips(work: () => Promise<unknown>): Promise<number>;
  stop(): Promise<void>;
};

const REPORT = {
  filename: "report.pdf",
  contentType: "application/pdf",
  sizeBytes: 8,
  sha256: "0".repeat(64),
  contentId: null,
  isInline: false,
} as const;

/** A voice use case of the sender's workspace, and a number that serves it. */
type SeededLine = {
  readonly setup: TwilioSetup;
  readonly useCase: TwilioUseCase;
  readonly number: PhoneNumber;
};

async function addLine(ports: Ports, workspaceId: Id): Promise<SeededLine> {
  const sample = sampleTwilioSetup(workspaceId, 1);
  const sealedToken = await ports.secretBox.seal(tokenPurpose(sample.id), STUB_AUTH_TOKEN);
  const setup = valueOf(await ports.twilioSetups.create({ ...sample, sealedToken }, null));
  const useCase = valueOf(await ports.useCases.createTwilio(sampleTwilioUseCase(setup, 2), null));
  return { setup, useCase, number: await addNumber(ports, useCase, 1) };
}

export async function startCountedApp(): Promise<CountedApp> {
  const server = await startLibsqlServer();
  const provider = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: makeProviderStub() });
  const providerUrl = `http://127.0.0.1:${provider.port}`;
  let trips = 0;
  const database = openRemote({
    url: server.url,
    grouped: true,
    fetch: (request, init) => {
      trips += 1;
      return fetch(request, init);
    },
  });
  await migrate(database);
  const stores = makeInboundStores(database);
  const sender = await addSender(stores);
  const inbound = await receive(stores, sampleInbound(sender.useCase, 1, { hasText: true, files: [REPORT] }));

  const loaded = loadConfig({
    DATABASE_URL: server.url,
    SANDBOX_URL: providerUrl,
    BLOB_STORE: "s3://bucket/prefix",
    SIGNING_KEYS: `k1:${btoa("s".repeat(32))}`,
    OPERATOR_API_KEY: COUNTED_OPERATOR_KEY,
  });
  assert(loaded.ok, JSON.stringify(loaded));
  const config = loaded.value;
  const shared = await composeShared(config, config.signingKeys ?? "", {
    chunkDigest: nodeChunkDigest,
    knownLengthBody: streamedBody,
    wholeBody: plainBody,
    bodiesInFlightBytesMax: BODIES_IN_FLIGHT_BYTES_MAX,
    sharedWork: unsharedWork,
    receivingSlots: makeQueuedSlots(1, 0),
    openFolder: null,
  });
  const installation = await settleInstallation(config, database, COUNTED_OPERATOR_KEY);
  let afterwards: Promise<unknown>[] = [];
  const background = { after: (work: Promise<unknown>) => void afterwards.push(work) };
  const ports = composePorts(config, shared, installation, database, background);
  const line = await addLine(ports, sender.workspaceId);
  const app = makeApp({
    portsFor: () => ports,
    log: () => undefined,
    docsAssets: { script: () => Promise.resolve(null) },
  });

  return {
    sender,
    line,
    inboundId: inbound.id,
    ports,
    providerUrl,
    async ask(path, init = {}) {
      const headers = new Headers(init.headers);
      if (!headers.has("authorization")) headers.set("authorization", `Bearer ${sender.apiKey}`);
      const answer = await app.request(path, { ...init, headers });
      assert(answer.status < 400, `${path}: ${answer.status} ${await answer.clone().text()}`);
      return answer;
    },
    async roundTrips(work) {
      const before = trips;
      await work();
      await Promise.all(afterwards);
      afterwards = [];
      return trips - before;
    },
    async stop() {
      await database.close();
      await provider.stop(true);
      await server.stop();
    },
  };
}
