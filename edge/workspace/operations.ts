import type { Operation } from "../operation.ts";
import { createWorkspaceOperation } from "./create-workspace.ts";
import { getWorkspaceOperation } from "./get-workspace.ts";
import { issueApiKeyOperation } from "./issue-api-key.ts";
import { listApiKeysOperation } from "./list-api-keys.ts";
import { listWorkspacesOperation } from "./list-workspaces.ts";
import { revokeApiKeyOperation } from "./revoke-api-key.ts";

export const workspaceOperations: readonly Operation[] = [
  createWorkspaceOperation,
  listWorkspacesOperation,
  getWorkspaceOperation,
  issueApiKeyOperation,
  listApiKeysOperation,
  revokeApiKeyOperation,
];
