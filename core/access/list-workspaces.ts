// Lists all workspaces in creation order. Only the operator may, which the edge has made sure of.
import type { OffsetPage, OffsetWindow } from "../ports/offset-page.ts";
import type { WorkspaceStore } from "../ports/workspace-store.ts";
import type { Workspace } from "./workspace.ts";

export type ListWorkspacesPorts = { readonly workspaces: WorkspaceStore };

export const listWorkspaces = (
  { workspaces }: ListWorkspacesPorts,
  { window }: { readonly window: OffsetWindow },
): Promise<OffsetPage<Workspace>> => workspaces.list(window);
