// The shapes of workspaces and API keys on the wire.
import { z } from "@hono/zod-openapi";
import type { ApiKey } from "../../core/access/api-key.ts";
import { PERMISSIONS } from "../../core/access/permission.ts";
import type { Workspace } from "../../core/access/workspace.ts";
import { Id, Time, toTime, toTimeOrNull } from "../wire.ts";

const WORKSPACE_ID = "01920f3e-7c1a-7b2e-9d3c-000000000001";

export const WorkspaceBody = z.object({ id: Id, name: z.string(), created_at: Time }).openapi("Workspace");

export const workspaceExample: z.infer<typeof WorkspaceBody> = {
  id: WORKSPACE_ID,
  name: "Clinic North",
  created_at: "2026-01-02T03:04:05.678Z",
};

export const toWorkspaceBody = (workspace: Workspace): z.infer<typeof WorkspaceBody> => ({
  id: workspace.id,
  name: workspace.name,
  created_at: toTime(workspace.createdAt),
});

export const PermissionName = z.enum(PERMISSIONS).openapi("Permission");

export const ApiKeyBody = z
  .object({
    id: Id,
    name: z.string(),
    permissions: z.array(PermissionName),
    created_at: Time,
    expires_at: Time.nullable(),
    last_used_at: Time.nullable().openapi({ description: "To the minute." }),
  })
  .openapi("ApiKey");

export const IssuedApiKeyBody = z
  .object({
    id: Id,
    name: z.string(),
    api_key: z.string().openapi({ description: "Shown this once; only its SHA-256 is kept." }),
    permissions: z.array(PermissionName),
    created_at: Time,
    expires_at: Time.nullable(),
  })
  .openapi("IssuedApiKey");

export const toApiKeyBody = (apiKey: ApiKey): z.infer<typeof ApiKeyBody> => ({
  id: apiKey.id,
  name: apiKey.name,
  permissions: [...apiKey.permissions],
  created_at: toTime(apiKey.createdAt),
  expires_at: toTimeOrNull(apiKey.expiresAt),
  last_used_at: toTimeOrNull(apiKey.lastUsedAt),
});

export const apiKeyExample: z.infer<typeof ApiKeyBody> = {
  id: "01920f3e-7c1a-7b2e-9d3c-000000000002",
  name: "booking system",
  permissions: ["Channel.view", "Channel.send"],
  created_at: "2026-01-02T03:04:05.678Z",
  expires_at: null,
  last_used_at: "2026-01-02T03:04:00.000Z",
};
