// Creates an e-mail use case: a sender address at a verified setup's domain, with a configuration set of its own at the
// mail provider. The store decides the names before the provider is asked; a fault there takes down what was made and
// gives the names back, so that a refusal leaves nothing behind. Which fields are valid is decided at the edge.
import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { AddrSpec } from "../message/address.ts";
import type { IdSource } from "../ports/id-source.ts";
import type { Sha256 } from "../ports/sha256.ts";
import type { UseCaseStore, UseCaseTaken } from "../ports/use-case-store.ts";
import { err, ok, type Result } from "../result.ts";
import { type CheckSetupPorts, recheck } from "../setup/check-setup.ts";
import { findSetup, type SetupNotFound, type StandingSetup } from "../setup/find-setup.ts";
import { callBudget, makeInSteps, type ProviderRefused } from "../setup/provider-steps.ts";
import { tenantOf } from "../setup/setup-steps.ts";
import type { SetupSharing } from "../setup/ses-setup.ts";
import { configurationSetName, configurationSetSeed } from "./configuration-set.ts";
import { EMAIL_USE_CASE_STEPS } from "./email-use-case-steps.ts";
import { senderAddressFault, type SenderAddressRefused } from "./sender-address.ts";
import { type PoolMode, sendingPool } from "./sending-pool.ts";
import type { EmailType, EmailUseCase, Tier, UnsubscribeScope } from "./use-case.ts";

export type CreateEmailUseCasePorts = Omit<CheckSetupPorts, "settings"> & {
  readonly useCases: UseCaseStore;
  readonly sha256: Sha256;
  readonly ids: IdSource;
  readonly settings: {
    readonly setupSharing: SetupSharing;
    readonly installation: string;
    readonly pools: PoolMode;
  };
};

export type CreateEmailUseCase = {
  readonly workspaceId: Id;
  readonly setupId: Id;
  /** Both names without `useCaseNameFault`. */
  readonly entityName: string;
  readonly name: string;
  readonly description: string | null;
  readonly sender: AddrSpec;
  /** Without `displayNameFault`. */
  readonly senderDisplayName: string | null;
  readonly emailType: EmailType;
  /** Null: the default, the use case alone. */
  readonly unsubscribeScope: UnsubscribeScope | null;
  readonly claim: IdempotencyClaim | null;
};

export type CreateEmailUseCaseRefused =
  | SetupNotFound
  | { readonly kind: "dns_not_verified" }
  | SenderAddressRefused
  | UseCaseTaken
  | ProviderRefused
  | ClaimLost;

/** A "no" older than this is asked again: the customer may have published the records since. */
const UNVERIFIED_MS_MAX = 60_000;
const FIRST_TIER: Tier = "onboarding";
const UNSUBSCRIBE_SCOPE_DEFAULT: UnsubscribeScope = "use_case";

/** The new use case, ready to send. */
export async function createEmailUseCase(
  ports: CreateEmailUseCasePorts,
  command: CreateEmailUseCase,
): Promise<Result<EmailUseCase, CreateEmailUseCaseRefused>> {
  const { useCases, mailProvider, ids, clock, settings } = ports;
  const fits = callBudget(clock);
  const verified = await findVerifiedSetup(ports, command);
  if (!verified.ok) return verified;
  const setup = verified.value;
  const fault = senderAddressFault(command.sender, setup.domainIdentity);
  if (fault) return err(fault);

  const reserved = await useCases.reserveEmail(await draft(ports, command), command.claim);
  if (!reserved.ok) return reserved;
  const { id, configurationSetName, emailType, tier } = reserved.value;

  const made = await makeInSteps(
    EMAIL_USE_CASE_STEPS,
    {
      provider: mailProvider,
      tags: { installation: settings.installation, owner: id, attempt: ids.newId() },
      tenant: tenantOf(setup),
      configurationSetName,
      pool: sendingPool(settings.pools, emailType, tier),
    },
    fits,
  );
  if (!made.ok) {
    await useCases.release(id);
    return err(made.error);
  }
  const readyAt = clock.now();
  await useCases.recordProvisioned(id, readyAt);
  return ok({ ...reserved.value, status: "ready", updatedAt: Math.max(reserved.value.updatedAt, readyAt) });
}

/** The setup, if mail may be bound to it; a "no" that may be out of date is checked live first. */
async function findVerifiedSetup(
  ports: CreateEmailUseCasePorts,
  { workspaceId, setupId }: CreateEmailUseCase,
): Promise<Result<StandingSetup, SetupNotFound | { readonly kind: "dns_not_verified" }>> {
  const found = await findSetup(ports, { workspaceId, setupId, action: "bind" });
  if (!found.ok) return found;
  const { dnsVerified, dnsCheckedAt } = found.value;
  const outOfDate = dnsCheckedAt === null || ports.clock.now() - dnsCheckedAt > UNVERIFIED_MS_MAX;
  const checked = !dnsVerified && outOfDate ? await recheck(ports, found.value) : found;
  if (!checked.ok) return checked;
  return checked.value.dnsVerified ? checked : err({ kind: "dns_not_verified" });
}

async function draft(
  { ids, clock, sha256 }: CreateEmailUseCasePorts,
  command: CreateEmailUseCase,
): Promise<EmailUseCase> {
  const { workspaceId, setupId, description, sender, emailType } = command;
  const entityName = command.entityName.normalize("NFC");
  const name = command.name.normalize("NFC");
  const digest = await sha256.digest(configurationSetSeed(workspaceId, entityName, name));
  const createdAt = clock.now();
  return {
    id: ids.newId(),
    workspaceId,
    channel: "email",
    entityName,
    name,
    description,
    status: "provisioning",
    setupId,
    configurationSetName: configurationSetName(entityName, name, digest),
    senderEmailAddress: `${sender.local}@${sender.domain}`,
    senderDisplayName: command.senderDisplayName?.normalize("NFC") ?? null,
    emailType,
    unsubscribeScope: command.unsubscribeScope ?? UNSUBSCRIBE_SCOPE_DEFAULT,
    tier: FIRST_TIER,
    createdAt,
    updatedAt: createdAt,
  };
}
