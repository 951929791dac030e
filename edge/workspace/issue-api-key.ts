import { z } from "@hono/zod-openapi";
import { API_KEY_NAME_CHARACTERS_MAX } from "../../core/access/api-key.ts";
import { issueApiKey } from "../../core/access/issue-api-key.ts";
import { PERMISSIONS } from "../../core/access/permission.ts";
import { ok } from "../../core/result.ts";
import { inWorkspace, operation } from "../operation.ts";
import { textOf, timeText, toTime, toTimeOrNull } from "../wire.ts";
import { IssuedApiKeyBody, PermissionName } from "./wire.ts";

const Body = z
  .strictObject({
    name: textOf(1, API_KEY_NAME_CHARACTERS_MAX),
    permissions: z
      .array(PermissionName)
      .min(1, "must name at least one permission")
      .max(PERMISSIONS.length)
      .refine((names) => new Set(names).size === names.length, "must not name a permission twice"),
    expires_at: timeText.nullish().openapi({ type: ["string", "null"], format: "date-time" }),
  })
  .openapi("IssueApiKey");

export const issueApiKeyOperation = operation({
  summary: "Issue an API key",
  description:
    "Makes an API key of the workspace and shows it this once. A key issues only permissions it holds, and no later expiry than its own.",
  tag: "API keys",
  method: "post",
  paths: [{ path: "/v1/{workspace_id}/api-keys", operationId: "issueApiKey" }],
  permission: "ApiKey.manage",
  body: {
    schema: Body,
    example: { name: "booking system", permissions: ["Channel.view", "Channel.send"], expires_at: null },
  },
  refusals: ["permission_not_held", "expiry_too_late", "expiry_in_past", "api_key_limit"],
  answer: {
    status: 201,
    schema: IssuedApiKeyBody,
    example: {
      id: "01920f3e-7c1a-7b2e-9d3c-000000000002",
      name: "booking system",
      api_key: "pr_test_npikurmxdf6xcbmkkmgdaoig4ix2yibw2dyqyk",
      permissions: ["Channel.view", "Channel.send"],
      created_at: "2026-01-02T03:04:05.678Z",
      expires_at: null,
    },
  },
  handle: async ({ ports, caller, body, ...input }) => {
    const issued = await issueApiKey(ports, {
      caller,
      workspaceId: inWorkspace(input),
      name: body.name,
      permissions: body.permissions,
      expiresAt: body.expires_at ?? null,
    });
    if (!issued.ok) return issued;
    const { apiKey, secret } = issued.value;
    return ok({
      id: apiKey.id,
      name: apiKey.name,
      api_key: secret,
      permissions: [...apiKey.permissions],
      created_at: toTime(apiKey.createdAt),
      expires_at: toTimeOrNull(apiKey.expiresAt),
    });
  },
});
