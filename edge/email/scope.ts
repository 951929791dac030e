// The scope of every e-mail list: a use case, a setup, or both; at least one of them.
import { canonicalAddress } from "../../core/email/address.ts";
import type { EmailScope } from "../../core/ports/email-store.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { inWorkspace } from "../operation.ts";
import { idText } from "../wire.ts";

export const scopeQuery = { use_case_id: idText.optional(), setup_id: idText.optional() };

export function toScope(
  input: { readonly workspaceId: string | null },
  query: { readonly use_case_id?: string | undefined; readonly setup_id?: string | undefined },
): Result<EmailScope, { kind: "scope_required" }> {
  const { use_case_id: useCaseId = null, setup_id: setupId = null } = query;
  if (useCaseId === null && setupId === null) return err({ kind: "scope_required" });
  return ok({ workspaceId: inWorkspace(input), useCaseId, setupId });
}

/** Filters find a recipient however it was written: the stored form is compared. */
export const toCanonicalAddresses = (addresses: readonly string[] | undefined): readonly string[] => [
  ...new Set((addresses ?? []).map(canonicalAddress)),
];
