// Creates a setup: reserves its names, makes tenant and identity at the mail provider, and answers the setup with the
// keys its seven records follow from. The names are decided by the store before the provider is asked; a fault there
// takes down what was made and gives the names back, so that a refusal leaves nothing behind.
// Not done here: going on after a crash, pacing, and the rules for domains that somebody else used before.
import { assert } from "../assert.ts";
import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { IdSource } from "../ports/id-source.ts";
import type { MailProvider } from "../ports/mail-provider.ts";
import type { SetupNameTaken, SetupStore } from "../ports/setup-store.ts";
import { err, ok, type Result } from "../result.ts";
import { isStanding, type StandingSetup } from "./find-setup.ts";
import { callBudget, makeInSteps, type ProviderRefused } from "./provider-steps.ts";
import { SETUP_STEPS } from "./setup-steps.ts";

export type CreateSetupPorts = {
  readonly setups: SetupStore;
  readonly mailProvider: MailProvider;
  readonly ids: IdSource;
  readonly clock: Clock;
  /** `installation`: the id its objects at the provider are tagged with. */
  readonly settings: { readonly region: string; readonly installation: string };
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

/** The new setup, its records still to be published. */
export async function createSetup(
  { setups, mailProvider, ids, clock, settings }: CreateSetupPorts,
  { workspaceId, tenantName, domainIdentity, claim }: CreateSetup,
): Promise<Result<StandingSetup, CreateSetupRefused>> {
  const fits = callBudget(clock);
  const id = ids.newId();
  const names = { id, workspaceId, tenantName, domainIdentity };
  const reserved = await setups.reserve({ ...names, region: settings.region, createdAt: clock.now() }, claim);
  if (!reserved.ok) return reserved;

  const tags = { installation: settings.installation, owner: id, attempt: ids.newId() };
  const begun = { provider: mailProvider, tags, tenantName, domainIdentity, tenantArn: null, dkim: null };
  const made = await makeInSteps(SETUP_STEPS, begun, fits);
  if (!made.ok) {
    await setups.release(id);
    return err(made.error);
  }

  const { tenantArn, dkim } = made.value;
  assert(tenantArn !== null && dkim !== null, "every step was taken, and one left nothing");
  await setups.recordTenant(id, tenantArn);
  const setup = await setups.recordProvisioned(id, dkim, clock.now());
  assert(setup !== null && isStanding(setup), "a setup that was being made is gone");
  return ok(setup);
}
