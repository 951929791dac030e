// The application with what a webhook of a call needs and nothing else: a use case with a number, reached at a public address
// that its requests do not show, as behind a proxy that ends TLS.
import { makeIdSource } from "../../adapters/system/id-source.ts";
import { twilioWebhookSignatures } from "../../adapters/twilio/webhook-signatures.ts";
import { makeSecretBox } from "../../adapters/webcrypto/secret-box.ts";
import type { Database } from "../../adapters/libsql/database.ts";
import { tokenPurpose } from "../../core/voice/twilio-setup.ts";
import { makeApp } from "../../edge/app.ts";
import type { Ports } from "../../edge/ports.ts";
import { makeBodyBudget } from "../../edge/request-body.ts";
import { addWorkspace, makeChannelStores, SAMPLE_TIME, valueOf } from "./channel-samples.ts";
import { addNumber, addTwilioUseCase, sampleTwilioSetup } from "./voice-samples.ts";

const clock = { now: () => SAMPLE_TIME + 60_000 };

export async function makeVoiceHookApp(database: Database, publicUrl: string, authToken: string) {
  const stores = makeChannelStores(database);
  const { id } = await addWorkspace(stores, 1);
  const secretBox = makeSecretBox([{ id: "k1", secret: new Uint8Array(32).fill(1) }]);
  const sample = sampleTwilioSetup(id, 1);
  const sealedToken = await secretBox.seal(tokenPurpose(sample.id), authToken);
  const setup = valueOf(await stores.twilioSetups.create({ ...sample, sealedToken }, null));
  const useCase = await addTwilioUseCase(stores, setup);
  const number = await addNumber(stores, useCase);
  // Only these are asked for under /hooks/twilio/.
  const ports = {
    voiceWebhooks: stores.voiceWebhooks,
    webhookSignatures: twilioWebhookSignatures,
    secretBox,
    clock,
    ids: makeIdSource(clock),
    bodyBudget: makeBodyBudget(1024 * 1024, () => clock.now()),
    settings: { publicUrl },
  } as unknown as Ports;
  const app = makeApp({
    portsFor: () => ports,
    log: () => undefined,
    docsAssets: { script: () => Promise.resolve(null) },
  });
  return { app, setup, useCase, number };
}
