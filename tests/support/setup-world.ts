// What the operations on setups and use cases need, for their tests: real stores on a fresh database, a provider and a
// zone of maps, and a clock that moves when it is told to.
import { makeIdSource } from "../../adapters/system/id-source.ts";
import { webSha256 } from "../../adapters/webcrypto/sha256.ts";
import type { Id } from "../../core/ids.ts";
import type { Result } from "../../core/result.ts";
import { checkSetup } from "../../core/setup/check-setup.ts";
import { createSetup } from "../../core/setup/create-setup.ts";
import { deriveDnsRecords } from "../../core/setup/dns-records.ts";
import type { StandingSetup } from "../../core/setup/find-setup.ts";
import type { SetupSharing } from "../../core/setup/ses-setup.ts";
import type { PoolMode } from "../../core/use-case/sending-pool.ts";
import { addWorkspace, makeChannelStores, SAMPLE_TIME } from "./channel-samples.ts";
import { openTestDatabase } from "./databases.ts";
import { FakeDns } from "./fake-dns.ts";
import { FakeMailProvider } from "./fake-mail-provider.ts";

export class MovableClock {
  at = SAMPLE_TIME;
  now(): number {
    return this.at;
  }
  pass(ms: number): void {
    this.at += ms;
  }
}

export async function makeSetupWorld(settings: { setupSharing?: SetupSharing; pools?: PoolMode } = {}) {
  const stores = makeChannelStores(await openTestDatabase());
  const clock = new MovableClock();
  const ports = {
    ...stores,
    mailProvider: new FakeMailProvider(),
    dns: new FakeDns(),
    clock,
    ids: makeIdSource(clock),
    sha256: webSha256,
    settings: {
      region: "eu-central-1",
      installation: "installation-1",
      setupSharing: "workspace" as SetupSharing,
      pools: "none" as PoolMode,
      ...settings,
    },
  };
  const workspace = await addWorkspace(stores, 1);
  const neighbour = await addWorkspace(stores, 2);
  return { ports, workspaceId: workspace.id, neighbourId: neighbour.id };
}
export type SetupWorld = Awaited<ReturnType<typeof makeSetupWorld>>;

export const DOMAIN = "mail.clinic.example";

export async function createdSetup(
  { ports, workspaceId }: SetupWorld,
  domain = DOMAIN,
): Promise<StandingSetup> {
  const tenantName = domain.replaceAll(".", "-");
  const created = await createSetup(ports, { workspaceId, tenantName, domainIdentity: domain, claim: null });
  if (!created.ok) throw new Error(`no setup: ${created.error.kind}`);
  return created.value;
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

/** What an operation came to: `done`, or the kind it was refused with. */
export const outcomeOf = (result: Result<unknown, { readonly kind: string }>): string =>
  result.ok ? "done" : result.error.kind;
