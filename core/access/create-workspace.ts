// Creates a workspace. Only the operator may, which the edge has made sure of.
import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Clock } from "../ports/clock.ts";
import type { IdSource } from "../ports/id-source.ts";
import type { WorkspaceStore } from "../ports/workspace-store.ts";
import type { Result } from "../result.ts";
import type { Workspace } from "./workspace.ts";

export type CreateWorkspacePorts = {
  readonly workspaces: WorkspaceStore;
  readonly ids: IdSource;
  readonly clock: Clock;
};

export type CreateWorkspace = { readonly name: string; readonly claim: IdempotencyClaim | null };

export type CreateWorkspaceRefused = ClaimLost;

export const createWorkspace = (
  { workspaces, ids, clock }: CreateWorkspacePorts,
  { name, claim }: CreateWorkspace,
): Promise<Result<Workspace, CreateWorkspaceRefused>> =>
  workspaces.create({ id: ids.newId(), name: name.normalize("NFC"), createdAt: clock.now() }, claim);
