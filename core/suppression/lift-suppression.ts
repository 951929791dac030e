// Lifts a suppression. The provider's list first: were ours gone and that one not, mail would be taken and never arrive.
// If it fails the suppression stands. The lift is remembered; nothing that happened before it brings the suppression back.
import type { Caller } from "../access/caller.ts";
import type { Id } from "../ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { ProviderSuppressionList } from "../ports/provider-suppression-list.ts";
import type { LiftableSuppression, SuppressionStore } from "../ports/suppression-store.ts";
import { err, ok, type Result } from "../result.ts";
import { type ProviderListFailed, providerListFailed } from "./provider-list-failed.ts";
import { REASON_RULES } from "./suppression.ts";

export type LiftSuppressionPorts = {
  readonly suppressions: SuppressionStore;
  readonly providerSuppressions: ProviderSuppressionList;
  readonly clock: Clock;
};

export type LiftSuppression = {
  readonly workspaceId: Id;
  readonly suppressionId: Id;
  readonly caller: Caller;
  /** The caller says that the person wants it. */
  readonly isConfirmed: boolean;
};

export type LiftSuppressionRefused =
  | { readonly kind: "suppression_not_found" }
  | { readonly kind: "operator_only" }
  | { readonly kind: "confirmation_required" }
  | ProviderListFailed;

export async function liftSuppression(
  ports: LiftSuppressionPorts,
  { workspaceId, suppressionId, caller, isConfirmed }: LiftSuppression,
): Promise<Result<void, LiftSuppressionRefused>> {
  const found = await ports.suppressions.find(workspaceId, suppressionId);
  if (!found) return err({ kind: "suppression_not_found" });
  const { liftedBy } = REASON_RULES[found.suppression.reason];
  if (liftedBy === "operator" && caller.kind !== "operator") return err({ kind: "operator_only" });
  if (liftedBy === "confirmed_workspace" && !isConfirmed) return err({ kind: "confirmation_required" });

  const removed = await removeFromProvider(ports.providerSuppressions, found);
  if (!removed.ok) return removed;
  await ports.suppressions.lift(suppressionId, ports.clock.now());
  return ok(undefined);
}

async function removeFromProvider(
  list: ProviderSuppressionList,
  { suppression, tenantName, mailedAddress, isListedForAnother }: LiftableSuppression,
): Promise<Result<void, ProviderListFailed>> {
  const isListed = REASON_RULES[suppression.reason].isOnProviderList && suppression.scope === "setup";
  if (!isListed || tenantName === null || isListedForAnother) return ok(undefined);
  // The provider lists an address as it was mailed, ours are put there in their canonical form.
  for (const address of new Set([suppression.address, mailedAddress ?? suppression.address])) {
    const removed = await list.remove(tenantName, address);
    if (!removed.ok && removed.error.kind !== "not_found") return err(providerListFailed(removed.error));
  }
  return ok(undefined);
}
