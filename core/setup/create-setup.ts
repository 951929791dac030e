// Creates a setup: reserves its names, makes tenant and identity at the mail provider, and answers the setup with the
// keys its seven records follow from; what else it needs there is made after the answer, by the task that was stored with
// the names. The store decides about names before the provider is asked. What fails for good is undone at once; out of
// time, the same workspace may go on by repeating the same names, or the task undoes it (provision-setup.ts).
import { assert } from "../assert.ts";
import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { Background } from "../ports/background.ts";
import type { DnsResolver } from "../ports/dns-resolver.ts";
import type { IdSource } from "../ports/id-source.ts";
import type { SetupInWork, SetupNameTaken } from "../ports/setup-store.ts";
import { err, ok, type Result } from "../result.ts";
import type { CarryOutPorts } from "../tasks/carry-out.ts";
import { WORK_MS } from "../tasks/task.ts";
import { endFailedCreation } from "./failed-creation.ts";
import { isStanding, type StandingSetup } from "./find-setup.ts";
import { type ProviderRefused, takeSteps } from "./provider-steps.ts";
import { provisionNow, type ProvisionSetupPorts } from "./provision-setup.ts";
import { dkimRecords, mustHaveLeft, stillStands } from "./released-domain.ts";
import type { SesSetup } from "./ses-setup.ts";
import { STANDING_STEPS, workOn } from "./setup-steps.ts";

export type CreateSetupPorts = ProvisionSetupPorts &
  CarryOutPorts & {
    readonly dns: DnsResolver;
    readonly ids: IdSource;
    readonly background: Background;
    readonly settings: { readonly region: string };
  };

export type CreateSetup = {
  readonly workspaceId: Id;
  /** Without `tenantNameFault`. */
  readonly tenantName: string;
  /** As `parseDomainName` answers it. */
  readonly domainIdentity: string;
  readonly claim: IdempotencyClaim | null;
};

export type CreateSetupRefused = SetupNameTaken | ProviderRefused | ClaimLost;

const LOOKUP_MS = 3000;

/** The new setup, its records still to be published. */
export async function createSetup(
  ports: CreateSetupPorts,
  command: CreateSetup,
): Promise<Result<StandingSetup, CreateSetupRefused>> {
  const startBy = ports.clock.now() + WORK_MS;
  const begun = await begin(ports, command);
  return begun.ok ? make(ports, begun.value, startBy) : begun;
}

/** Reserves the names, or takes over what an earlier request of the workspace for the same names has left. */
async function begin(
  ports: CreateSetupPorts,
  command: CreateSetup,
): Promise<Result<SetupInWork, SetupNameTaken | ClaimLost>> {
  const { setups, clock } = ports;
  const { workspaceId, tenantName, domainIdentity, claim } = command;
  const released = await setups.findReleased(domainIdentity);
  if (mustHaveLeft(released, workspaceId) && !(await hasLeft(ports.dns, released)))
    return err({ kind: "domain_recently_released" });

  const reservation = {
    id: ports.ids.newId(),
    workspaceId,
    tenantName,
    domainIdentity,
    region: ports.settings.region,
    releasedSetupId: released?.id ?? null,
    createdAt: clock.now(),
  };
  const reserved = await setups.reserve(reservation, claim);
  if (reserved.ok || reserved.error.kind === "claim_lost") return reserved;
  const unfinished = await setups.findUnfinished(workspaceId, tenantName, domainIdentity);
  const taken = unfinished && (await setups.takeOver(unfinished, claim, clock.now()));
  return taken ? ok(taken) : reserved;
}

/** Looks the former holder's DKIM records up, live. */
async function hasLeft(dns: DnsResolver, released: SesSetup): Promise<boolean> {
  const records = dkimRecords(released);
  const observed = await Promise.all(
    records.map(async ({ address: name, type }) => ({
      name,
      type,
      answers: await dns.lookup(name, type, LOOKUP_MS),
    })),
  );
  return !stillStands(records, observed);
}

async function make(
  ports: CreateSetupPorts,
  { setup, task }: SetupInWork,
  startBy: number,
): Promise<Result<StandingSetup, ProviderRefused | SetupNameTaken>> {
  const { setups, clock, background } = ports;
  const provider = ports.mailProvider.startingBy(startBy, { calls: STANDING_STEPS.length });
  const ended = await takeSteps(STANDING_STEPS, workOn(provider, ports.settings.installation, setup));
  assert(ended.kind !== "lost", "nothing was recorded between the steps");

  if (ended.kind === "done") {
    const { tenantArn, dkim } = ended.work;
    assert(tenantArn !== null && dkim !== null, "every step was taken, and one left nothing");
    const standing = { tenantArn, dkim, stepsDone: STANDING_STEPS.length };
    const stored = await setups.recordStanding(task, standing, clock.now());
    // Somebody else's by now: this took so long that the lease ran out.
    if (stored === null || !isStanding(stored)) return err({ kind: "provider_timed_out" });
    background.after(provisionNow(ports, stored).catch(() => undefined));
    return ok(stored);
  }

  return err(await endFailedCreation(STANDING_STEPS, ended, task, { reservations: setups, clock }));
}
