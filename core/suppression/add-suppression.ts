// Suppresses an address by hand: for one use case, or for all mail from a setup. Ours is stored first, because it is the
// one that stops mail; then the provider's list follows. If that fails the suppression stands and the caller may repeat.
import { canonicalAddress } from "../email/address.ts";
import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { IdSource } from "../ports/id-source.ts";
import type { ProviderSuppressionList } from "../ports/provider-suppression-list.ts";
import type { SuppressionStore } from "../ports/suppression-store.ts";
import type { UseCaseStore } from "../ports/use-case-store.ts";
import { err, ok, type Result } from "../result.ts";
import {
  findSetup,
  type FindSetupPorts,
  type SetupNotFound,
  type StandingSetup,
} from "../setup/find-setup.ts";
import { getUseCase } from "../use-case/get-use-case.ts";
import { type ProviderListFailed, providerListFailed } from "./provider-list-failed.ts";
import type { Suppression } from "./suppression.ts";

export type AddSuppressionPorts = FindSetupPorts & {
  readonly useCases: UseCaseStore;
  readonly suppressions: SuppressionStore;
  readonly providerSuppressions: ProviderSuppressionList;
  readonly clock: Clock;
  readonly ids: IdSource;
};

/** In one scope: a use case of the workspace, or a setup that it owns. */
export type SuppressionTarget =
  { readonly useCaseId: Id } | { readonly setupId: Id; readonly useCaseId?: undefined };

export type AddSuppression = {
  readonly workspaceId: Id;
  readonly target: SuppressionTarget;
  readonly address: string;
  readonly claim: IdempotencyClaim | null;
};

export type AddSuppressionRefused =
  SetupNotFound | { readonly kind: "use_case_not_found" } | ProviderListFailed | ClaimLost;

export async function addSuppression(
  ports: AddSuppressionPorts,
  { workspaceId, target, address, claim }: AddSuppression,
): Promise<Result<Suppression, AddSuppressionRefused>> {
  const place = await findPlace(ports, workspaceId, target);
  if (!place.ok) return place;
  const { setup, ...scope } = place.value;
  const canonical = canonicalAddress(address);
  const [id, at] = [ports.ids.newId(), ports.clock.now()];
  const added = await ports.suppressions.add({ id, workspaceId, ...scope, address: canonical, at }, claim);
  if (!added.ok || setup === null) return added;
  const listed = await ports.providerSuppressions.put(setup.tenantName, canonical);
  return listed.ok ? added : err(providerListFailed(listed.error));
}

/** Goes on with one whose request ended before its answer: null while the provider's list has not followed. */
export async function resumeAddSuppression(
  { suppressions, providerSuppressions }: Pick<AddSuppressionPorts, "suppressions" | "providerSuppressions">,
  { workspaceId, id }: { readonly workspaceId: Id; readonly id: Id },
): Promise<Suppression | null> {
  const found = await suppressions.find(workspaceId, id);
  if (!found) return null;
  const { suppression, tenantName } = found;
  if (suppression.scope === "use_case" || tenantName === null) return suppression;
  const listed = await providerSuppressions.put(tenantName, suppression.address);
  return listed.ok ? suppression : null;
}

type Place = { readonly setupId: Id; readonly useCaseId: Id | null; readonly setup: StandingSetup | null };

/** The scope's ids, and the setup when it is the scope itself. */
async function findPlace(
  ports: AddSuppressionPorts,
  workspaceId: Id,
  target: SuppressionTarget,
): Promise<Result<Place, SetupNotFound | { readonly kind: "use_case_not_found" }>> {
  if (target.useCaseId === undefined) {
    const setup = await findSetup(ports, { workspaceId, setupId: target.setupId, action: "own" });
    return setup.ok ? ok({ setupId: setup.value.id, useCaseId: null, setup: setup.value }) : setup;
  }
  const useCase = await getUseCase(ports, { workspaceId, useCaseId: target.useCaseId });
  if (!useCase.ok) return useCase;
  if (useCase.value.channel !== "email") return err({ kind: "use_case_not_found" });
  return ok({ setupId: useCase.value.setupId, useCaseId: useCase.value.id, setup: null });
}
