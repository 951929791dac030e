import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { Result } from "../result.ts";
import type { RecordVerdict } from "../setup/dns-verdict.ts";
import type { DkimKeys, SesSetup } from "../setup/ses-setup.ts";
import type { OffsetPage, OffsetWindow } from "./offset-page.ts";

export type SetupReservation = Pick<
  SesSetup,
  "id" | "workspaceId" | "tenantName" | "domainIdentity" | "region" | "createdAt"
>;

export type SetupNameTaken =
  { readonly kind: "tenant_name_taken" } | { readonly kind: "domain_identity_taken" };

export type SetupCheck = {
  readonly verdicts: readonly RecordVerdict[];
  readonly dnsVerified: boolean;
  readonly dnsLostAt: number | null;
  readonly dkim: DkimKeys;
  readonly checkedAt: number;
};

/**
 * Setups. Tenant names and domains are unique among setups that are not deleted, over all workspaces: the unique
 * indexes decide races. A deleted setup stays as a tombstone: its id is still a valid scope for reading. `updatedAt`
 * never goes back. Every write run again changes nothing more and answers the same; one about an unknown or deleted
 * setup changes nothing.
 *
 * - `reserve` stores a setup as `provisioning` with its claim, or says what stood in its way, in this order: the claim
 *   is lost, the tenant name is taken, the domain is taken. A refusal stores nothing.
 * - `recordTenant`, `recordProvisioned` note what the provider answered; the latter makes the setup `ready` and answers
 *   it as it now is, null when it was released or deleted.
 * - `release` removes a `provisioning` setup and its claim as if it had never been: its names are free again. A setup
 *   in any other status stays.
 * - `find` answers any setup that is not deleted, whoever owns it and whatever its status; core decides who may see it.
 * - `list`: `workspaceId` null lists all workspaces' setups. In creation order, cached state only, with the exact total
 *   of the same moment. Items and total leave out deleted ones and those still `provisioning`, which may yet be undone;
 *   those being deleted are shown.
 * - `recordCheck` stores a verdict unless a newer one (by `checkedAt`) is there, and answers what is now stored, null
 *   for an unknown or deleted setup. `updatedAt` moves only when something other than the time of the check changed.
 * - `beginDelete` marks a setup `deleting` unless a use case that is not deleted refers to it (`setup_in_use`); a
 *   setup already deleting may begin again, one still `provisioning` is left alone. `abortDelete` makes it `ready`
 *   again. `bury` makes it the tombstone, also after an `abortDelete`, but not once a new use case refers to it.
 */
export type SetupStore = {
  reserve(
    reservation: SetupReservation,
    claim: IdempotencyClaim | null,
  ): Promise<Result<SesSetup, SetupNameTaken | ClaimLost>>;
  recordTenant(id: Id, tenantArn: string): Promise<void>;
  recordProvisioned(id: Id, dkim: DkimKeys, at: number): Promise<SesSetup | null>;
  release(id: Id): Promise<void>;
  find(id: Id): Promise<SesSetup | null>;
  list(workspaceId: Id | null, window: OffsetWindow): Promise<OffsetPage<SesSetup>>;
  recordCheck(id: Id, check: SetupCheck): Promise<SesSetup | null>;
  beginDelete(id: Id, at: number): Promise<Result<void, { readonly kind: "setup_in_use" }>>;
  abortDelete(id: Id, at: number): Promise<void>;
  bury(id: Id, at: number): Promise<void>;
};
