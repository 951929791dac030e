// Two path families: the short one acts in the workspace of the caller's key, the other
// names it. One operation stands behind both.
import type { OperationPath } from "../operation.ts";

/** `ending` as in `/ses-setup/{setup_id}`; the operationId of the workspace path gets the suffix `InWorkspace`. */
export const channelPaths = (ending: string, operationId: string): readonly OperationPath[] => [
  { path: `/v1${ending}`, operationId },
  { path: `/v1/{workspace_id}/channels${ending}`, operationId: `${operationId}InWorkspace` },
];
