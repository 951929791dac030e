import { z } from "@hono/zod-openapi";
import { ok } from "../../core/result.ts";
import { inWorkspace, operation } from "../operation.ts";
import { ApiKeyBody, apiKeyExample, toApiKeyBody } from "./wire.ts";

const ApiKeys = z.object({ items: z.array(ApiKeyBody) }).openapi("ApiKeyList");

export const listApiKeysOperation = operation({
  summary: "List API keys",
  description: "The workspace's keys that are not revoked, oldest first, without their secrets.",
  tag: "API keys",
  method: "get",
  paths: [{ path: "/v1/{workspace_id}/api-keys", operationId: "listApiKeys" }],
  permission: "ApiKey.manage",
  refusals: [],
  answer: { status: 200, schema: ApiKeys, example: { items: [apiKeyExample] } },
  handle: async ({ ports, ...input }) =>
    ok({ items: (await ports.apiKeys.list(inWorkspace(input))).map(toApiKeyBody) }),
});
