// The same list in the two shapes of the documents: everything on the short path (000), pages on the workspace's (001).
import { z } from "@hono/zod-openapi";
import { listSetups } from "../../core/setup/list-setups.ts";
import { ok } from "../../core/result.ts";
import { operation } from "../operation.ts";
import { offsetQuery, toOffsetBody, toOffsetWindow } from "../pagination.ts";
import { setupListItemExample } from "./examples.ts";
import { SesSetupListItem, toSetupListItem } from "./wire.ts";

const SetupList = z.object({ items: z.array(SesSetupListItem) }).openapi("SesSetupList");

export const listAllSetupsOperation = operation({
  summary: "List setups",
  description: "Every setup, with what was last seen of its DNS; nothing is looked up.",
  tag: "Setups",
  method: "get",
  paths: [{ path: "/v1/ses-setup", operationId: "listSesSetups" }],
  permission: "Channel.view",
  query: z.strictObject({}),
  refusals: [],
  answer: { status: 200, schema: SetupList, example: { items: [setupListItemExample] } },
  handle: async ({ ports, workspaceId }) => {
    const page = await listSetups(ports, { workspaceId, window: null });
    return ok({ items: page.items.map(toSetupListItem) });
  },
});

const SetupPage = z
  .object({
    items: z.array(SesSetupListItem),
    has_more: z.boolean(),
    continuation_token: z.int().nullable(),
    total: z.int().nullable(),
  })
  .openapi("SesSetupPage");

export const listSetupsOperation = operation({
  summary: "List a workspace's setups",
  description:
    "A page of setups in creation order, with what was last seen of their DNS; nothing is looked up.",
  tag: "Setups",
  method: "get",
  paths: [{ path: "/v1/{workspace_id}/channels/ses-setup", operationId: "listSesSetupsInWorkspace" }],
  permission: "Channel.view",
  query: z.strictObject(offsetQuery),
  refusals: [],
  answer: {
    status: 200,
    schema: SetupPage,
    example: { items: [setupListItemExample], has_more: false, continuation_token: null, total: 1 },
  },
  handle: async ({ ports, workspaceId, query }) => {
    const window = toOffsetWindow(query);
    return ok(toOffsetBody(await listSetups(ports, { workspaceId, window }), window, toSetupListItem));
  },
});
