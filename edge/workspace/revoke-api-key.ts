import { revokeApiKey } from "../../core/access/revoke-api-key.ts";
import { ok } from "../../core/result.ts";
import { noContent } from "../answers.ts";
import { inWorkspace, operation } from "../operation.ts";

export const revokeApiKeyOperation = operation({
  summary: "Revoke an API key",
  description: "The key stops at once on this instance and within ten seconds on every other.",
  tag: "API keys",
  method: "delete",
  paths: [{ path: "/v1/{workspace_id}/api-keys/{key_id}", operationId: "revokeApiKey" }],
  permission: "ApiKey.manage",
  ids: { key_id: "api_key_not_found" },
  refusals: ["api_key_not_found"],
  answer: { status: 204, description: "Revoked", contentType: null },
  handle: async ({ ports, ids, ...input }) => {
    const revoked = await revokeApiKey(ports, { workspaceId: inWorkspace(input), keyId: ids.key_id });
    if (!revoked.ok) return revoked;
    ports.callers.forget(ids.key_id, ports.clock.now());
    return ok(noContent());
  },
});
