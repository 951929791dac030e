// Finds a workspace. Only the operator may, which the edge has made sure of.
import type { Id } from "../ids.ts";
import type { WorkspaceStore } from "../ports/workspace-store.ts";
import { err, ok, type Result } from "../result.ts";
import type { Workspace } from "./workspace.ts";

export type GetWorkspacePorts = { readonly workspaces: WorkspaceStore };

export type GetWorkspaceRefused = { readonly kind: "workspace_not_found" };

export async function getWorkspace(
  { workspaces }: GetWorkspacePorts,
  { workspaceId }: { readonly workspaceId: Id },
): Promise<Result<Workspace, GetWorkspaceRefused>> {
  const workspace = await workspaces.find(workspaceId);
  return workspace ? ok(workspace) : err({ kind: "workspace_not_found" });
}
