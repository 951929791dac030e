import { z } from "@hono/zod-openapi";
import { ok } from "../../core/result.ts";
import { operation } from "../operation.ts";
import { offsetQuery, toOffsetBody, toOffsetWindow } from "../pagination.ts";
import { toWorkspaceBody, WorkspaceBody, workspaceExample } from "./wire.ts";

const Page = z
  .object({
    items: z.array(WorkspaceBody),
    has_more: z.boolean(),
    continuation_token: z.int().nullable(),
    total: z.int(),
  })
  .openapi("WorkspacePage");

export const listWorkspacesOperation = operation({
  summary: "List workspaces",
  description: "All workspaces in creation order, a page at a time.",
  tag: "Workspaces",
  method: "get",
  paths: [{ path: "/v1/workspaces", operationId: "listWorkspaces" }],
  permission: null,
  query: z.strictObject(offsetQuery),
  refusals: [],
  answer: {
    status: 200,
    schema: Page,
    example: { items: [workspaceExample], has_more: false, continuation_token: null, total: 1 },
  },
  handle: async ({ ports, query }) => {
    const window = toOffsetWindow(query);
    return ok(toOffsetBody(await ports.workspaces.list(window), window, toWorkspaceBody));
  },
});
