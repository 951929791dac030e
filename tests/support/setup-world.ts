// What the operations on setups and use cases need, for their tests: real stores on a fresh database, a provider and a
// zone of maps, and a clock that moves when it is told to. Imported by Node as well: no bun:test here.
import { makeInboundStore } from "../../adapters/libsql/inbound-store.ts";
import { makeReputationStore } from "../../adapters/libsql/reputation-store.ts";
import { makeSuppressionStore } from "../../adapters/libsql/suppression-store.ts";
import { messageParser } from "../../adapters/mime/parse-message.ts";
import { sesArrivalReader } from "../../adapters/ses/received-header.ts";
import { makeIdentityMemory } from "../../adapters/system/identity-memory.ts";
import { makeIdSource } from "../../adapters/system/id-source.ts";
import { makeSharedWork } from "../../adapters/system/shared-work.ts";
import { makeSecretBox } from "../../adapters/webcrypto/secret-box.ts";
import { makeQueuedSlots } from "../../adapters/system/slots.ts";
import { webSha256 } from "../../adapters/webcrypto/sha256.ts";
import { makeUnsubscribeTokens } from "../../adapters/webcrypto/unsubscribe-tokens.ts";
import type { Database } from "../../adapters/libsql/database.ts";
import type { Id } from "../../core/ids.ts";
import type { Result } from "../../core/result.ts";
import { checkSetup } from "../../core/setup/check-setup.ts";
import { LEASE_MS } from "../../core/tasks/task.ts";
import { tick } from "../../core/tasks/tick.ts";
import { createSetup } from "../../core/setup/create-setup.ts";
import { deriveDnsRecords } from "../../core/setup/dns-records.ts";
import { isStanding, type StandingSetup } from "../../core/setup/find-setup.ts";
import type { SetupSharing } from "../../core/setup/ses-setup.ts";
import { TIER_POLICY } from "../../core/reputation/read-tier-policy.ts";
import type { TierPolicy } from "../../core/reputation/tier-policy.ts";
import type { PoolMode } from "../../core/use-case/sending-pool.ts";
import { addWorkspace, makeChannelStores } from "./channel-samples.ts";
import { FakeDns } from "./fake-dns.ts";
import { FakeMailProvider } from "./fake-mail-provider.ts";
import { FakeBlobStore, FakeInboundMailbox } from "./fake-storage.ts";
import { FakeVoiceProvider } from "./fake-voice-provider.ts";

const SIGNING_KEYS = [{ id: "k1", secret: new Uint8Array(32) }] as const;

export const PUBLIC_URL = "https://postrider.example";

export class MovableClock {
  /** The database has a clock of its own, by which leases run out: this one begins where that one is. */
  at = Date.now();
  now(): number {
    return this.at;
  }
  pass(ms: number): void {
    this.at += ms;
  }
}

export type SetupWorldSettings = {
  readonly setupSharing?: SetupSharing;
  readonly pools?: PoolMode;
  readonly tierPolicy?: TierPolicy;
};

export async function setupWorldOn(database: Database, settings: SetupWorldSettings = {}) {
  const stores = {
    ...makeChannelStores(database),
    reputation: makeReputationStore(database),
    inbound: makeInboundStore(database),
    suppressions: makeSuppressionStore(database),
  };
  const clock = new MovableClock();
  const mailProvider = new FakeMailProvider();
  mailProvider.clock = clock;
  const voiceProvider = new FakeVoiceProvider();
  voiceProvider.clock = clock;
  const background: Promise<unknown>[] = [];
  const ports = {
    ...stores,
    mailProvider,
    identityMemory: makeIdentityMemory(),
    sharedWork: makeSharedWork(),
    receivingSlots: makeQueuedSlots(4, 100),
    background: { after: (work: Promise<unknown>): void => void background.push(work) },
    // Time passes by waiting; what waits elsewhere goes on meanwhile.
    pause: async (ms: number): Promise<void> => {
      clock.pass(ms);
      await new Promise((resolve) => setTimeout(resolve, 1));
    },
    dns: new FakeDns(),
    clock,
    ids: makeIdSource(clock),
    sha256: webSha256,
    voiceProvider,
    secretBox: makeSecretBox(SIGNING_KEYS),
    unsubscribeTokens: makeUnsubscribeTokens(SIGNING_KEYS),
    inboundMailbox: new FakeInboundMailbox(),
    blobs: new FakeBlobStore(),
    arrivalReader: sesArrivalReader,
    messageParser,
    settings: {
      publicUrl: PUBLIC_URL,
      region: "eu-central-1",
      installation: "installation-1",
      setupSharing: "workspace" as SetupSharing,
      pools: "none" as PoolMode,
      tierPolicy: TIER_POLICY,
      ...settings,
    },
  };
  const workspace = await addWorkspace(stores, 1);
  const neighbour = await addWorkspace(stores, 2);
  return { ports, database, background, workspaceId: workspace.id, neighbourId: neighbour.id };
}
export type SetupWorld = Awaited<ReturnType<typeof setupWorldOn>>;

export const DOMAIN = "mail.clinic.example";

/** A setup that is complete. */
export async function createdSetup(
  { ports, workspaceId, background }: SetupWorld,
  domain = DOMAIN,
): Promise<StandingSetup> {
  const tenantName = domain.replaceAll(".", "-");
  const created = await createSetup(ports, { workspaceId, tenantName, domainIdentity: domain, claim: null });
  if (!created.ok) throw new Error(`no setup: ${created.error.kind}`);
  await Promise.all(background);
  const setup = await ports.setups.find(created.value.id);
  if (setup === null || !isStanding(setup)) throw new Error("no setup: it is gone");
  return setup;
}

/** Publishes the setup's records and lets the provider see them. */
export function publish({ ports }: SetupWorld, setup: StandingSetup): void {
  ports.dns.publish(deriveDnsRecords(setup));
  ports.mailProvider.setStatus(setup.domainIdentity, "success");
}

export async function verifiedSetup(world: SetupWorld, domain = DOMAIN): Promise<StandingSetup> {
  const setup = await createdSetup(world, domain);
  publish(world, setup);
  return checked(world, setup.id);
}

export async function checked({ ports, workspaceId }: SetupWorld, setupId: Id): Promise<StandingSetup> {
  const setup = await checkSetup(ports, { workspaceId, setupId });
  if (!setup.ok) throw new Error(`no setup: ${setup.error.kind}`);
  return setup.value;
}

/** Whoever is at work has been held up for so long that everybody's lease has run out, by the database's clock as well. */
export async function leasesRunOut({ ports, database }: SetupWorld): Promise<void> {
  ports.clock.pass(LEASE_MS);
  const sql = "UPDATE task SET claimed_until = 0 WHERE claimed_until IS NOT NULL";
  await database.write({ statements: [{ sql, args: [] }], outcome: () => undefined });
}

/** Long enough for leases, for the time in which a request may be repeated, and for the first back-offs. */
const TICKS_AFTER_MS = [61_000, 180_000, 600_000, 3_600_000, 10_800_000];

/** Lets hours of background work pass. */
export async function ticks({ ports }: SetupWorld): Promise<void> {
  const start = ports.clock.now();
  for (const ms of TICKS_AFTER_MS) await tick(ports, { at: start + ms });
}

/** What an operation came to: `done`, or the kind it was refused with. */
export const outcomeOf = (result: Result<unknown, { readonly kind: string }>): string =>
  result.ok ? "done" : result.error.kind;
