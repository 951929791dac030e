// Workspaces, setups and use cases for tests: values that differ only by a number, and the stores to keep them in.
// Imported by Node as well: no bun:test here.
import assert from "node:assert/strict";
import { makeApiKeyStore } from "../../adapters/libsql/api-key-store.ts";
import type { Database } from "../../adapters/libsql/database.ts";
import { makeIdempotencyStore } from "../../adapters/libsql/idempotency-store.ts";
import { makePhoneNumberStore } from "../../adapters/libsql/phone-number-store.ts";
import { makeSetupStore } from "../../adapters/libsql/setup-store.ts";
import { makeTaskStore } from "../../adapters/libsql/task-store.ts";
import { makeTwilioSetupStore } from "../../adapters/libsql/twilio-setup-store.ts";
import { makeUseCaseStore } from "../../adapters/libsql/use-case-store.ts";
import { makeVoiceWebhookStore } from "../../adapters/libsql/voice-webhook-store.ts";
import { makeWorkspaceStore } from "../../adapters/libsql/workspace-store.ts";
import type { ApiKey } from "../../core/access/api-key.ts";
import type { Workspace } from "../../core/access/workspace.ts";
import type { IdempotencyClaim } from "../../core/idempotency/idempotency.ts";
import type { Id } from "../../core/ids.ts";
import type { SetupReservation } from "../../core/ports/setup-store.ts";
import type { UseCaseBeginning } from "../../core/ports/use-case-store.ts";
import type { Standing } from "../../core/reputation/standing.ts";
import type { Result } from "../../core/result.ts";
import type { DkimKeys, SesSetup } from "../../core/setup/ses-setup.ts";
import type { EmailUseCase } from "../../core/use-case/use-case.ts";

export const makeChannelStores = (database: Database) => ({
  workspaces: makeWorkspaceStore(database),
  apiKeys: makeApiKeyStore(database),
  idempotency: makeIdempotencyStore(database),
  setups: makeSetupStore(database),
  useCases: makeUseCaseStore(database),
  tasks: makeTaskStore(database),
  twilioSetups: makeTwilioSetupStore(database),
  phoneNumbers: makePhoneNumberStore(database),
  voiceWebhooks: makeVoiceWebhookStore(database),
});
export type ChannelStores = ReturnType<typeof makeChannelStores>;

/** 2026-01-01T00:00:00Z: when the samples begin. */
export const SAMPLE_TIME = 1_767_225_600_000;

const sampleId = (kind: number, n: number): Id =>
  `00000000-0000-7000-800${kind}-${String(n).padStart(12, "0")}`;

export const sampleWorkspace = (n: number): Workspace => ({
  id: sampleId(1, n),
  name: `Clinic ${n}`,
  createdAt: SAMPLE_TIME + n,
});

export const sampleApiKey = (workspaceId: Id, n: number): ApiKey => ({
  id: sampleId(2, n),
  workspaceId,
  name: `Key ${n}`,
  permissions: ["Channel.view", "Channel.send"],
  createdAt: SAMPLE_TIME + n,
  expiresAt: null,
  lastUsedAt: null,
});

export const sampleReservation = (workspaceId: Id, n: number): SetupReservation => ({
  id: sampleId(3, n),
  workspaceId,
  tenantName: `clinic-${n}`,
  domainIdentity: `mail${n}.example`,
  region: "eu-central-1",
  releasedSetupId: null,
  createdAt: SAMPLE_TIME + n,
});

export const SAMPLE_DKIM: DkimKeys = {
  tokens: ["one", "two", "three"],
  signingHostedZone: "dkim.amazonses.com",
};

/** What the provider answered for the sample, and how far its making has come. */
export const SAMPLE_STANDING = {
  tenantArn: "arn:aws:ses:eu-central-1:000000000000:tenant/sample/tn-1",
  dkim: SAMPLE_DKIM,
  stepsDone: 2,
};

/** A name without digits: `a` for 0, `b` for 1, ..., `ba` for 10. */
const letters = (n: number): string =>
  String(n).replaceAll(/\d/g, (digit) => String.fromCharCode(97 + Number(digit)));

export const sampleUseCase = (setup: { id: Id; workspaceId: Id }, n: number): EmailUseCase => ({
  id: sampleId(4, n),
  workspaceId: setup.workspaceId,
  entityName: "Clinic",
  name: `Reminders ${letters(n)}`,
  description: null,
  status: "provisioning",
  createdAt: SAMPLE_TIME + n,
  updatedAt: SAMPLE_TIME + n,
  channel: "email",
  setupId: setup.id,
  configurationSetName: `clinic-reminders-${n}`,
  senderEmailAddress: `reminders${n}@mail1.example`,
  senderDisplayName: null,
  emailType: "transactional",
  unsubscribeScope: "use_case",
  tier: "onboarding",
});

const BEGINNER: Standing = {
  tier: "onboarding",
  tierSince: SAMPLE_TIME,
  countsFrom: SAMPLE_TIME,
  capacity: 1_000_000,
  suspension: null,
  carried: { dayStartsAt: SAMPLE_TIME, taken: 0 },
  cameFrom: null,
  movingTo: null,
};

/** Where a new use case stands that may send as much as a test likes. */
export const sampleBeginning = (changes: Partial<Standing> = {}): UseCaseBeginning => ({
  standing: { ...BEGINNER, ...changes },
  change: null,
});

export const sampleClaim = (key = "key-1"): IdempotencyClaim => ({
  key,
  fingerprint: `fingerprint of ${key}`,
});

export async function addWorkspace(stores: ChannelStores, n: number): Promise<Workspace> {
  return valueOf(await stores.workspaces.create(sampleWorkspace(n), null));
}

/** A setup that is `ready`. */
export async function addSetup(
  stores: ChannelStores,
  workspaceId: Id,
  n: number,
  given: Partial<SetupReservation> = {},
): Promise<SesSetup> {
  const { setup: begun, task } = valueOf(
    await stores.setups.reserve({ ...sampleReservation(workspaceId, n), ...given }, null),
  );
  const setup = await stores.setups.recordStanding(task, SAMPLE_STANDING, begun.createdAt);
  assert(setup !== null);
  return setup;
}

/** A use case that is `ready`. */
export async function addUseCase(
  stores: ChannelStores,
  setup: { id: Id; workspaceId: Id },
  n: number,
  begins = sampleBeginning(),
): Promise<EmailUseCase> {
  const reserved = { ...sampleUseCase(setup, n), tier: begins.standing.tier };
  const { useCase, task } = valueOf(await stores.useCases.reserveEmail(reserved, null, begins));
  await stores.useCases.recordProvisioned(task, useCase.createdAt);
  return { ...useCase, status: "ready" };
}

/** Deletes a setup as its owner does, once nothing refers to it. */
export async function burySetup(stores: ChannelStores, id: Id, at: number): Promise<void> {
  const begun = await stores.setups.beginDelete(id, at);
  if (begun.ok) await stores.setups.bury(begun.value, at);
}

export async function buryUseCase(stores: ChannelStores, id: Id, at: number): Promise<void> {
  const begun = await stores.useCases.beginDelete(id, at);
  if (begun.ok) await stores.useCases.bury(begun.value, at);
}

export function valueOf<T>(result: Result<T, unknown>): T {
  assert(result.ok, JSON.stringify(result));
  return result.value;
}
