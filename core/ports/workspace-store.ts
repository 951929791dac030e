import type { Workspace } from "../access/workspace.ts";
import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { Result } from "../result.ts";
import type { OffsetPage, OffsetWindow } from "./offset-page.ts";

/**
 * Workspaces. Names need not be unique.
 *
 * - `create` reserves the claim (under OPERATOR_CLAIM_SCOPE: only the operator makes workspaces) and stores the row in
 *   one transaction; it stores nothing when the claim is lost. Run again with the same id it answers what is stored.
 * - `find` answers null for an unknown id.
 * - `list` answers in creation order, with the exact total of the same moment.
 */
export type WorkspaceStore = {
  create(workspace: Workspace, claim: IdempotencyClaim | null): Promise<Result<Workspace, ClaimLost>>;
  find(id: Id): Promise<Workspace | null>;
  list(window: OffsetWindow): Promise<OffsetPage<Workspace>>;
};
