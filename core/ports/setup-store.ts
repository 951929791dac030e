import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { Result } from "../result.ts";
import type { RecordVerdict } from "../setup/dns-verdict.ts";
import type { DkimKeys, SesSetup } from "../setup/ses-setup.ts";
import type { Task } from "../tasks/task.ts";
import type { OffsetPage, OffsetWindow } from "./offset-page.ts";

export type SetupReservation = Pick<
  SesSetup,
  "id" | "workspaceId" | "tenantName" | "domainIdentity" | "region" | "createdAt"
> & {
  /** Whose release of the domain was looked at (`findReleased`); null: there was none. */
  readonly releasedSetupId: Id | null;
};

export type SetupNameTaken =
  | { readonly kind: "tenant_name_taken" }
  | { readonly kind: "domain_identity_taken" }
  /** Another workspace has an ancestor or a descendant of the domain. */
  | { readonly kind: "domain_conflict" }
  /** Another workspace has let go of the domain, and its records may still stand. */
  | { readonly kind: "domain_recently_released" };

/** A setup that is being made, and the task of whoever makes it. */
export type SetupInWork = { readonly setup: SesSetup; readonly task: Task<"provision_setup"> };

export type SetupCheck = {
  readonly verdicts: readonly RecordVerdict[];
  readonly dnsVerified: boolean;
  readonly dnsLostAt: number | null;
  readonly dkim: DkimKeys;
  readonly checkedAt: number;
};

/** What the provider gives up looking for after a while, and can be told to look for again. */
export type SearchedRecord = "dkim" | "mail_from";

export type DeletionNotBegun =
  | { readonly kind: "setup_not_found" }
  | { readonly kind: "setup_in_use" }
  /** Somebody else is taking it down at the moment, or is at work on the rest of it. */
  | { readonly kind: "setup_busy" };

/**
 * Setups. Tenant names and domains are unique among setups that are not deleted, over all workspaces: the unique
 * indexes decide races. A deleted setup stays as a tombstone: its id is still a valid scope for reading. `updatedAt`
 * never goes back. Every write run again changes nothing more and answers the same; one about an unknown or deleted
 * setup changes nothing. A write that takes a task is its holder's: once the lease is another's it changes nothing.
 *
 * Making one:
 * - `reserve` stores a setup as `provisioning` with its claim and its task `provision_setup`, held by the caller, or says
 *   what stood in its way, in this order: the claim is lost, the tenant name, the domain, a domain above or below it of
 *   another workspace, another workspace's release of the domain other than `releasedSetupId`. A refusal stores nothing.
 * - `findUnfinished` answers the workspace's `provisioning` setup of exactly these names. `takeOver` makes the caller its
 *   holder, with the claim, unless somebody else is or it is no longer `provisioning`: null.
 * - `recordStanding` notes that tenant and identity stand: the setup is `ready`, its task is given back, due at once, and
 *   the tasks `check_setup` (due a minute later), `review_tenants`, `read_account` and `reconcile_inbound` are there. Null
 *   when the lease is another's.
 * - `recordStep` notes that so many steps are done, and renews the lease; false when it is another's.
 * - `letGo` gives a `provisioning` setup's task back, due at `runAt`, and frees the claim. `release` removes the setup
 *   with claim and task as if it had never been. False when the lease is another's.
 *
 * - `find` answers any setup that is not deleted, whoever owns it and whatever its status; core decides who may see it.
 * - `findReleased` answers the tombstone of whoever had the domain last; null when nobody had, or somebody has it.
 * - `list`: `workspaceId` null lists all workspaces' setups. In creation order, cached state only, with the exact total
 *   of the same moment. Items and total leave out deleted ones and those still `provisioning`, which may yet be undone;
 *   those being deleted are shown.
 * - `recordCheck` stores a verdict unless a newer one (by `checkedAt`) is there, and answers what is now stored, null
 *   for an unknown or deleted setup. A stored time more than CLOCK_JUMP_MS ahead is a clock's that had jumped, and gives
 *   way. `updatedAt` moves only when something other than the time of the check changed.
 * - `claimRearm` notes that the provider is told to search again, and answers true, unless that was noted after
 *   `notSince`. `returnRearm` forgets it: it was not told.
 * - `recordPauses` notes the paused tenants with their causes, and that all others may send.
 *
 * Deleting one:
 * - `beginDelete` marks a setup `deleting`, with its task `delete_setup`, held by the caller, unless a use case that is
 *   not deleted refers to it, or somebody holds that task or `provision_setup`. One already deleting may begin again; one still `provisioning`
 *   is not found.
 * - `abortDelete` makes it `ready` again, as it was, and removes the task: nothing was taken down. One that is half gone
 *   stays `deleting`: its task is postponed.
 * - `bury` makes it the tombstone and removes its tasks.
 */
export type SetupStore = {
  reserve(
    reservation: SetupReservation,
    claim: IdempotencyClaim | null,
  ): Promise<Result<SetupInWork, SetupNameTaken | ClaimLost>>;
  findUnfinished(workspaceId: Id, tenantName: string, domainIdentity: string): Promise<SesSetup | null>;
  takeOver(setup: SesSetup, claim: IdempotencyClaim | null, at: number): Promise<SetupInWork | null>;
  recordStanding(
    task: Task,
    standing: { readonly tenantArn: string; readonly dkim: DkimKeys; readonly stepsDone: number },
    at: number,
  ): Promise<SesSetup | null>;
  recordStep(task: Task, stepsDone: number): Promise<boolean>;
  letGo(task: Task, runAt: number): Promise<void>;
  release(task: Task): Promise<boolean>;
  find(id: Id): Promise<SesSetup | null>;
  findReleased(domainIdentity: string): Promise<SesSetup | null>;
  list(workspaceId: Id | null, window: OffsetWindow): Promise<OffsetPage<SesSetup>>;
  recordCheck(id: Id, check: SetupCheck): Promise<SesSetup | null>;
  claimRearm(id: Id, record: SearchedRecord, at: number, notSince: number): Promise<boolean>;
  returnRearm(id: Id, record: SearchedRecord): Promise<void>;
  recordPauses(paused: readonly { readonly tenantArn: string; readonly cause: string }[]): Promise<void>;
  beginDelete(id: Id, at: number): Promise<Result<Task<"delete_setup">, DeletionNotBegun>>;
  abortDelete(task: Task, at: number): Promise<void>;
  bury(task: Task, at: number): Promise<boolean>;
};
