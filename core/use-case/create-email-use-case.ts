// Creates an e-mail use case: a sender address at a verified setup's domain, with a configuration set of its own at the
// mail provider. The store decides about names before the provider is asked. What fails for good is undone at once; out of
// time, the same request may go on when it is repeated, or the task undoes it (undo-use-case.ts). Which fields are valid
// is decided at the edge.
import { assert } from "../assert.ts";
import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { AddrSpec } from "../message/address.ts";
import type { IdSource } from "../ports/id-source.ts";
import type { Sha256 } from "../ports/sha256.ts";
import type { UseCaseInWork, UseCaseStore, UseCaseTaken } from "../ports/use-case-store.ts";
import type { ReputationStore } from "../ports/reputation-store.ts";
import { beginStanding } from "../reputation/begin-standing.ts";
import type { TierPolicy } from "../reputation/tier-policy.ts";
import { err, ok, type Result } from "../result.ts";
import { recheck, type RecheckPorts } from "../setup/check-setup.ts";
import { endFailedCreation } from "../setup/failed-creation.ts";
import { findSetup, type SetupNotFound, type StandingSetup } from "../setup/find-setup.ts";
import { type ProviderRefused, takeSteps } from "../setup/provider-steps.ts";
import type { SetupSharing } from "../setup/ses-setup.ts";
import { WORK_MS } from "../tasks/task.ts";
import { configurationSetName, configurationSetSeed } from "./configuration-set.ts";
import { EMAIL_USE_CASE_STEPS, workOnUseCase } from "./email-use-case-steps.ts";
import { senderAddressFault, type SenderAddressRefused } from "./sender-address.ts";
import type { PoolMode } from "./sending-pool.ts";
import type { EmailType, EmailUseCase, Tier, UnsubscribeScope } from "./use-case.ts";

export type CreateEmailUseCasePorts = RecheckPorts & {
  readonly useCases: UseCaseStore;
  readonly sha256: Sha256;
  readonly ids: IdSource;
  readonly reputation: ReputationStore;
  readonly settings: {
    readonly setupSharing: SetupSharing;
    readonly installation: string;
    readonly pools: PoolMode;
    readonly tierPolicy: TierPolicy;
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
const UNSUBSCRIBE_SCOPE_DEFAULT: UnsubscribeScope = "use_case";

/** The new use case, ready to send. */
export async function createEmailUseCase(
  ports: CreateEmailUseCasePorts,
  command: CreateEmailUseCase,
): Promise<Result<EmailUseCase, CreateEmailUseCaseRefused>> {
  const startBy = ports.clock.now() + WORK_MS;
  const verified = await findVerifiedSetup(ports, command);
  if (!verified.ok) return verified;
  const setup = verified.value;
  const fault = senderAddressFault(command.sender, setup.domainIdentity);
  if (fault) return err(fault);
  const begun = await begin(ports, command, setup);
  return begun.ok ? make(ports, begun.value, setup, startBy) : begun;
}

/** Reserves the names, or takes over what an earlier request for the same use case has left. */
async function begin(
  ports: CreateEmailUseCasePorts,
  command: CreateEmailUseCase,
  { domainIdentity }: StandingSetup,
): Promise<Result<UseCaseInWork, UseCaseTaken | ClaimLost>> {
  const { useCases, clock, settings } = ports;
  const createdAt = clock.now();
  const sender = { workspaceId: command.workspaceId, domainIdentity };
  const beginning = await beginStanding(ports.reputation, settings.tierPolicy, sender, createdAt);
  const drafted = await draft(ports, command, beginning.standing.tier, createdAt);
  const reserved = await useCases.reserveEmail(drafted, command.claim, beginning);
  if (reserved.ok || reserved.error.kind !== "use_case_name_taken") return reserved;
  const { workspaceId, entityName, name } = drafted;
  const unfinished = await useCases.findUnfinished(workspaceId, entityName, name);
  if (unfinished === null || !isSame(unfinished, drafted)) return reserved;
  const taken = await useCases.takeOver(unfinished, command.claim, clock.now());
  return taken ? ok(taken) : reserved;
}

/** The same in everything a caller asks for. */
const isSame = (one: EmailUseCase, other: EmailUseCase): boolean =>
  ASKED_FOR.every((member) => one[member] === other[member]);

const ASKED_FOR = [
  "entityName",
  "name",
  "description",
  "setupId",
  "senderEmailAddress",
  "senderDisplayName",
  "emailType",
  "unsubscribeScope",
] as const satisfies readonly (keyof EmailUseCase)[];

async function make(
  ports: CreateEmailUseCasePorts,
  { useCase, task }: UseCaseInWork,
  setup: StandingSetup,
  startBy: number,
): Promise<Result<EmailUseCase, UseCaseTaken | ProviderRefused>> {
  const { useCases, clock } = ports;
  const provider = ports.mailProvider.startingBy(startBy, { calls: EMAIL_USE_CASE_STEPS.length });
  const begun = workOnUseCase(provider, ports.settings, useCase, setup);
  const ended = await takeSteps(EMAIL_USE_CASE_STEPS, begun);
  assert(ended.kind !== "lost", "nothing was recorded between the steps");

  if (ended.kind === "done") {
    const readyAt = clock.now();
    // False: somebody else's by now, this took so long that the lease ran out.
    return (await useCases.recordProvisioned(task, readyAt))
      ? ok({ ...useCase, status: "ready", updatedAt: Math.max(useCase.updatedAt, readyAt) })
      : err({ kind: "provider_timed_out" });
  }

  return err(await endFailedCreation(EMAIL_USE_CASE_STEPS, ended, task, { reservations: useCases, clock }));
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
  const checked = !dnsVerified && outOfDate ? await recheck(ports, found.value, "verify") : found;
  if (!checked.ok) return checked;
  return checked.value.dnsVerified ? checked : err({ kind: "dns_not_verified" });
}

async function draft(
  { ids, sha256 }: CreateEmailUseCasePorts,
  command: CreateEmailUseCase,
  tier: Tier,
  createdAt: number,
): Promise<EmailUseCase> {
  const { workspaceId, setupId, description, sender, emailType } = command;
  const entityName = command.entityName.normalize("NFC");
  const name = command.name.normalize("NFC");
  const digest = await sha256.digest(configurationSetSeed(workspaceId, entityName, name));
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
    tier,
    createdAt,
    updatedAt: createdAt,
  };
}
