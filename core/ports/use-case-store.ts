import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { Result } from "../result.ts";
import type { Channel, EmailUseCase, UseCase } from "../use-case/use-case.ts";

export type UseCaseTaken =
  | { readonly kind: "use_case_name_taken" }
  | { readonly kind: "configuration_set_name_taken" }
  | { readonly kind: "sender_address_taken" }
  /** The setup began to be deleted in the meantime. */
  | { readonly kind: "setup_not_found" };

export type UseCaseFilter = {
  /** Null: all workspaces (the operator on the short path). */
  readonly workspaceId: Id | null;
  /** Compared after NFC and case-folding (`foldName`). */
  readonly entityName?: string;
  readonly channel?: Channel;
  readonly twilioSetupId?: Id;
  readonly setupId?: Id;
};

/**
 * Use cases. Among those not deleted: the folded name pair is unique in the workspace, configuration set name and sender
 * address (`canonicalAddress`) are unique over all. The unique indexes decide races. `updatedAt` never goes back. Every
 * write run again changes nothing more and answers the same.
 *
 * - `reserveEmail` stores an e-mail use case as `provisioning` with its claim if its setup is `ready`, of whatever
 *   workspace, or says what stood in its way, in this order: the claim is lost, no such setup, the names, the
 *   configuration set name, the sender address. A refusal stores nothing. `recordProvisioned` makes it `ready`;
 *   `release` removes a `provisioning` one and its claim as if it had never been.
 * - `find` answers a use case that is not deleted, whatever its status, of exactly this workspace (null: of any).
 * - `list` answers those not deleted and no longer `provisioning`, in creation order, at most `limit`. Filters are
 *   joined by "and".
 * - `beginDelete`, `abortDelete`, `bury` as for setups; a buried use case frees its names and stays a scope for reading.
 */
export type UseCaseStore = {
  reserveEmail(
    useCase: EmailUseCase,
    claim: IdempotencyClaim | null,
  ): Promise<Result<EmailUseCase, UseCaseTaken | ClaimLost>>;
  recordProvisioned(id: Id, at: number): Promise<void>;
  release(id: Id): Promise<void>;
  find(id: Id, workspaceId: Id | null): Promise<UseCase | null>;
  list(filter: UseCaseFilter, limit: number): Promise<readonly UseCase[]>;
  beginDelete(id: Id, at: number): Promise<void>;
  abortDelete(id: Id, at: number): Promise<void>;
  bury(id: Id, at: number): Promise<void>;
};
