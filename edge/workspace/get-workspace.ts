import { err, ok } from "../../core/result.ts";
import { operation } from "../operation.ts";
import { toWorkspaceBody, WorkspaceBody, workspaceExample } from "./wire.ts";

export const getWorkspaceOperation = operation({
  summary: "Get a workspace",
  description: "One workspace.",
  tag: "Workspaces",
  method: "get",
  paths: [{ path: "/v1/workspaces/{workspace_id}", operationId: "getWorkspace" }],
  permission: null,
  refusals: ["workspace_not_found"],
  answer: { status: 200, schema: WorkspaceBody, example: workspaceExample },
  handle: async ({ ports, workspaceId }) => {
    const workspace = workspaceId && (await ports.workspaces.find(workspaceId));
    return workspace ? ok(toWorkspaceBody(workspace)) : err({ kind: "workspace_not_found" });
  },
});
