import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { Standing, TierChange } from "../reputation/standing.ts";
import type { Result } from "../result.ts";
import type { Task } from "../tasks/task.ts";
import type { Channel, EmailUseCase, TwilioUseCase, UseCase } from "../use-case/use-case.ts";

export type UseCaseTaken =
  | { readonly kind: "use_case_name_taken" }
  | { readonly kind: "configuration_set_name_taken" }
  | { readonly kind: "sender_address_taken" }
  /** The setup began to be deleted in the meantime. */
  | { readonly kind: "setup_not_found" };

export type TwilioUseCaseTaken =
  | { readonly kind: "use_case_name_taken" }
  /** The Twilio setup was deleted in the meantime. */
  | { readonly kind: "twilio_setup_not_found" };

export type UseCaseFilter = {
  /** Null: all workspaces (the operator on the short path). */
  readonly workspaceId: Id | null;
  /** Compared after NFC and case-folding (`foldName`). */
  readonly entityName?: string;
  readonly channel?: Channel;
  readonly twilioSetupId?: Id;
  readonly setupId?: Id;
};

/** Where a new use case stands; the line of its history if it inherits a suspension. */
export type UseCaseBeginning = { readonly standing: Standing; readonly change: TierChange | null };

/** A use case that is being made, and the task of whoever makes it. */
export type UseCaseInWork = { readonly useCase: EmailUseCase; readonly task: Task<"provision_use_case"> };

export type UseCaseDeletionNotBegun =
  | { readonly kind: "use_case_not_found" }
  /** Phone numbers still serve it, or are being assigned or released. */
  | { readonly kind: "phone_numbers_assigned" }
  /** Somebody else is taking it down at the moment. */
  | { readonly kind: "deletion_in_progress" };

/**
 * Use cases. Among those not deleted: the folded name pair is unique in the workspace, configuration set name and sender
 * address (`canonicalAddress`) are unique over all. The unique indexes decide races. `updatedAt` never goes back. Every
 * write run again changes nothing more and answers the same. A write that takes a task is its holder's: once the lease
 * is another's it changes nothing.
 *
 * - `reserveEmail` stores an e-mail use case as `provisioning`, with its claim and its task `provision_use_case`, held by
 *   the caller, if its setup is `ready`, of whatever workspace, or says what stood in its way, in this order: the claim is
 *   lost, no such setup, the names, the configuration set name, the sender address. A refusal stores nothing. Its standing
 *   is stored with it (see ReputationStore); the tier is the same in both.
 * - `findUnfinished`, `takeOver`, `letGo` and `release` as for setups. `recordProvisioned` makes it `ready`, ends its
 *   task and adds the task `review_tier`, due at once; false when the lease is another's.
 * - `createTwilio` stores a use case of a Twilio channel as `ready`, with its claim, if its Twilio setup is one of its
 *   workspace; or says what stood in its way: the claim is lost, no such setup, the names.
 * - `find` answers a use case that is not deleted, whatever its status, of exactly this workspace (null: of any).
 * - `list` answers those not deleted and no longer `provisioning`, in creation order, at most `limit`. Filters are
 *   joined by "and".
 * - `beginDelete`, `abortDelete` and `bury` as for setups, with the task `delete_use_case`; not while it has phone
 *   numbers. A buried use case frees its names and stays a scope for reading.
 */
export type UseCaseStore = {
  reserveEmail(
    useCase: EmailUseCase,
    claim: IdempotencyClaim | null,
    begins: UseCaseBeginning,
  ): Promise<Result<UseCaseInWork, UseCaseTaken | ClaimLost>>;
  findUnfinished(workspaceId: Id, entityName: string, name: string): Promise<EmailUseCase | null>;
  takeOver(useCase: EmailUseCase, claim: IdempotencyClaim | null, at: number): Promise<UseCaseInWork | null>;
  recordProvisioned(task: Task, at: number): Promise<boolean>;
  letGo(task: Task, runAt: number): Promise<void>;
  release(task: Task): Promise<boolean>;
  createTwilio(
    useCase: TwilioUseCase,
    claim: IdempotencyClaim | null,
  ): Promise<Result<TwilioUseCase, TwilioUseCaseTaken | ClaimLost>>;
  find(id: Id, workspaceId: Id | null): Promise<UseCase | null>;
  list(filter: UseCaseFilter, limit: number): Promise<readonly UseCase[]>;
  beginDelete(id: Id, at: number): Promise<Result<Task<"delete_use_case">, UseCaseDeletionNotBegun>>;
  abortDelete(task: Task, at: number): Promise<void>;
  bury(task: Task, at: number): Promise<boolean>;
};
