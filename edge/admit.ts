// Who calls, in which workspace, and whether they may: 401, then 404, then 403. A workspace that is not the key's own
// answers as one that does not exist.
import { belongsToWorkspace, type Caller, holdsPermission } from "../core/access/caller.ts";
import { recogniseCaller } from "../core/access/recognise-caller.ts";
import { type Id, parseId } from "../core/ids.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Operation } from "./operation.ts";
import type { Ports } from "./ports.ts";
import type { RefusalOf } from "./refusal.ts";
import { sha256Hex } from "./sha256-hex.ts";

export type Admitted = { readonly caller: Caller; readonly workspaceId: Id | null };
type AdmissionRefused = RefusalOf<
  "unauthorized" | "workspace_not_found" | "workspace_required" | "permission_missing" | "operator_only"
>;

/** RFC 6750 section 2.1; longer than any key of ours or an operator's. */
const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i;

/** `workspaceText` is the path's workspace, null on a short path. */
export async function admit(
  ports: Ports,
  request: Request,
  operation: Operation,
  workspaceText: string | null,
): Promise<Result<Admitted, AdmissionRefused>> {
  const secret = BEARER.exec(request.headers.get("authorization") ?? "")?.[1];
  const caller = secret === undefined ? null : await identify(ports, secret);
  if (!caller) return err({ kind: "unauthorized" });

  const workspace =
    workspaceText === null
      ? await workspaceOfShortPath(ports, caller, operation, request.headers.get("workspace-id"))
      : await namedWorkspace(ports, caller, workspaceText);
  if (!workspace.ok) return workspace;

  if (operation.permission === null && caller.kind !== "operator") return err({ kind: "operator_only" });
  if (operation.permission !== null && !holdsPermission(caller, operation.permission))
    return err({ kind: "permission_missing", permission: operation.permission });
  return ok({ caller, workspaceId: workspace.value });
}

async function identify(ports: Ports, secret: string): Promise<Caller | null> {
  const secretSha256 = await sha256Hex(new TextEncoder().encode(secret));
  // Digests are compared, not keys: how long it takes tells nothing about the key.
  if (secretSha256 === ports.settings.operatorKeySha256) return { kind: "operator" };
  const now = ports.clock.now();
  const cached = ports.callers.find(secretSha256, now);
  if (cached) return cached;
  const caller = await recogniseCaller(ports, { secret, secretSha256 });
  if (caller) ports.callers.remember(secretSha256, caller, now);
  return caller;
}

async function workspaceOfShortPath(
  ports: Ports,
  caller: Caller,
  operation: Operation,
  header: string | null,
): Promise<Result<Id | null, AdmissionRefused>> {
  if (caller.kind === "api_key") return ok(caller.workspaceId);
  if (!operation.needsWorkspace) return ok(null);
  return header === null ? err({ kind: "workspace_required" }) : namedWorkspace(ports, caller, header);
}

async function namedWorkspace(
  ports: Ports,
  caller: Caller,
  text: string,
): Promise<Result<Id, AdmissionRefused>> {
  const workspaceId = parseId(text);
  if (workspaceId === null || !belongsToWorkspace(caller, workspaceId))
    return err({ kind: "workspace_not_found" });
  // A key's workspace exists; the operator may name any, so it is looked up.
  if (caller.kind === "operator" && !(await ports.workspaces.find(workspaceId)))
    return err({ kind: "workspace_not_found" });
  return ok(workspaceId);
}
