// The caller of a request, once its key has been recognised, and what it may see.
import type { Id } from "../ids.ts";
import type { Permission } from "./permission.ts";

export type Caller =
  | { readonly kind: "operator" }
  | {
      readonly kind: "api_key";
      readonly keyId: Id;
      readonly workspaceId: Id;
      readonly permissions: readonly Permission[];
      readonly expiresAt: number | null;
    };

export function holdsPermission(caller: Caller, permission: Permission): boolean {
  return caller.kind === "operator" || caller.permissions.includes(permission);
}

/** Whether the caller may name this workspace at all; when not, the workspace is answered as unknown. */
export function belongsToWorkspace(caller: Caller, workspaceId: Id): boolean {
  return caller.kind === "operator" || caller.workspaceId === workspaceId;
}
