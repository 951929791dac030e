// Lists a workspace's keys that are not revoked, oldest first. Their texts are not known to anybody.
import type { Id } from "../ids.ts";
import type { ApiKeyStore } from "../ports/api-key-store.ts";
import type { ApiKey } from "./api-key.ts";

export type ListApiKeysPorts = { readonly apiKeys: ApiKeyStore };

export const listApiKeys = (
  { apiKeys }: ListApiKeysPorts,
  { workspaceId }: { readonly workspaceId: Id },
): Promise<readonly ApiKey[]> => apiKeys.list(workspaceId);
