import { z } from "@hono/zod-openapi";
import { createWorkspace } from "../../core/access/create-workspace.ts";
import { WORKSPACE_NAME_CHARACTERS_MAX } from "../../core/access/workspace.ts";
import { ok } from "../../core/result.ts";
import { operation } from "../operation.ts";
import { textOf } from "../wire.ts";
import { toWorkspaceBody, WorkspaceBody, workspaceExample } from "./wire.ts";

const Body = z.strictObject({ name: textOf(1, WORKSPACE_NAME_CHARACTERS_MAX) }).openapi("CreateWorkspace");

export const createWorkspaceOperation = operation({
  summary: "Create a workspace",
  description: "Makes a workspace: the tenant that setups, use cases and e-mails belong to.",
  tag: "Workspaces",
  method: "post",
  paths: [{ path: "/v1/workspaces", operationId: "createWorkspace" }],
  permission: null,
  body: { schema: Body, example: { name: "Clinic North" } },
  idempotency: {
    resume: async ({ ports }, id) => {
      const workspace = await ports.workspaces.find(id);
      return workspace && toWorkspaceBody(workspace);
    },
  },
  refusals: [],
  answer: { status: 201, schema: WorkspaceBody, example: workspaceExample },
  handle: async ({ ports, body, claim }) => {
    const created = await createWorkspace(ports, { name: body.name, claim });
    return created.ok ? ok(toWorkspaceBody(created.value)) : created;
  },
});
