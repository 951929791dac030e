// A workspace that may send, without asking for it over HTTP: its setup verified, its use case ready, a key that may do everything. Written straight into
// the stores, for where provisioning is not what is looked at. Imported outside of tests as well: no bun:test here.
import assert from "node:assert/strict";
import { API_KEY_RANDOM_OCTETS, formatApiKey } from "../../core/access/api-key-text.ts";
import { PERMISSIONS } from "../../core/access/permission.ts";
import type { Id } from "../../core/ids.ts";
import { webSha256 } from "../../adapters/webcrypto/sha256.ts";
import {
  addSetup,
  addUseCase,
  addWorkspace,
  type ChannelStores,
  SAMPLE_DKIM,
  sampleApiKey,
} from "./channel-samples.ts";
import type { EmailUseCase } from "../../core/use-case/use-case.ts";

export type Sender = {
  readonly workspaceId: Id;
  readonly useCase: EmailUseCase;
  readonly apiKey: string;
  /** A second key of the same kind, for where a key has to be new to the program. */
  readonly unusedApiKey: string;
};

const FAR_AWAY = Date.UTC(2200, 0);

/** In a fresh database of a sandbox. */
export async function addSender(stores: ChannelStores): Promise<Sender> {
  const { id: workspaceId } = await addWorkspace(stores, 1);
  const setup = await addSetup(stores, workspaceId, 1);
  await stores.setups.recordCheck(setup.id, {
    verdicts: [],
    dnsVerified: true,
    dnsLostAt: null,
    dkim: SAMPLE_DKIM,
    checkedAt: Date.now(),
  });
  const useCase = await addUseCase(stores, setup, 1);
  const [apiKey, unusedApiKey] = [
    await addApiKey(stores, workspaceId, 1),
    await addApiKey(stores, workspaceId, 2),
  ];
  return { workspaceId, useCase, apiKey, unusedApiKey };
}

/** Used, as far as anyone can tell, until long after today: no request of the key stops to note its use. */
async function addApiKey(stores: ChannelStores, workspaceId: Id, n: number): Promise<string> {
  const secret = formatApiKey("test", new Uint8Array(API_KEY_RANDOM_OCTETS).fill(n));
  const key = { ...sampleApiKey(workspaceId, n), permissions: PERMISSIONS, lastUsedAt: FAR_AWAY };
  assert(await stores.apiKeys.create(key, await webSha256.hex(secret), n));
  return secret;
}
