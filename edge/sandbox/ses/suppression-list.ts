// The suppression lists: the account's and each tenant's. SES: "Using the account-level suppression list", "Tenant-level
// suppression". A configuration set's settings go before the tenant's, those before the account's.
import { z } from "zod";

import type {
  ConfigurationSetRecord,
  SuppressionAttributes,
  SuppressionReason,
  SuppressionRecord,
  TenantRecord,
} from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { notFound, param, parseBody, type SesInput, type SesOperation, toSeconds } from "./ses-operation.ts";
import { objectName, suppressionReason } from "./ses-schema.ts";
import { tenantOrThrow } from "./tenants.ts";

const putBody = z.object({
  EmailAddress: z.string().min(3).max(320),
  Reason: suppressionReason,
  TenantName: objectName.optional(),
});
/** New accounts suppress both, at the account. */
const ACCOUNT_ATTRIBUTES: SuppressionAttributes = {
  SuppressedReasons: ["BOUNCE", "COMPLAINT"],
  SuppressionScope: "ACCOUNT",
};

export const putSuppressedDestination: SesOperation = (sandbox, input) => {
  const body = parseBody(putBody, input);
  if (body.TenantName !== undefined) tenantOrThrow(sandbox, body.TenantName);
  suppress(sandbox, body.TenantName ?? null, body.EmailAddress, body.Reason);
  return {};
};

export const getSuppressedDestination: SesOperation = (sandbox, input) => {
  const found = namedEntry(sandbox, input);
  return {
    SuppressedDestination: {
      EmailAddress: found.address,
      Reason: found.reason,
      LastUpdateTime: toSeconds(found.updatedAt),
      ...(found.tenantName === null ? {} : { TenantName: found.tenantName }),
    },
  };
};

export const deleteSuppressedDestination: SesOperation = (sandbox, input) => {
  const found = namedEntry(sandbox, input);
  sandbox.records.suppressions.delete(entryId(found.tenantName, found.address));
  return {};
};

/** The list an address is held back by for such a send, or null if it may be sent to. */
export function suppressedBy(
  sandbox: Sandbox,
  address: string,
  tenant: TenantRecord | null,
  set: ConfigurationSetRecord | null,
): "OnTenantSuppressionList" | "OnAccountSuppressionList" | null {
  const { SuppressedReasons: reasons, SuppressionScope: scope } = attributesInForce(tenant, set);
  const ofTenant = scope === "TENANT" ? tenant : null;
  const entry = sandbox.records.suppressions.get(entryId(ofTenant?.name ?? null, normalAddress(address)));
  if (entry === null || !reasons.includes(entry.reason)) return null;
  return ofTenant === null ? "OnAccountSuppressionList" : "OnTenantSuppressionList";
}

/** What SES does by itself after a hard bounce or a complaint. */
export function suppressAfter(
  sandbox: Sandbox,
  address: string,
  reason: SuppressionReason,
  tenant: TenantRecord | null,
  set: ConfigurationSetRecord | null,
): void {
  const { SuppressedReasons: reasons, SuppressionScope: scope } = attributesInForce(tenant, set);
  if (!reasons.includes(reason)) return;
  suppress(sandbox, scope === "TENANT" ? (tenant?.name ?? null) : null, address, reason);
}

function attributesInForce(
  tenant: TenantRecord | null,
  set: ConfigurationSetRecord | null,
): SuppressionAttributes {
  const base = tenant?.suppression ?? ACCOUNT_ATTRIBUTES;
  return {
    SuppressedReasons: set?.suppression?.SuppressedReasons ?? base.SuppressedReasons,
    SuppressionScope: set?.suppression?.SuppressionScope ?? base.SuppressionScope,
  };
}

function suppress(
  sandbox: Sandbox,
  tenantName: string | null,
  address: string,
  reason: SuppressionReason,
): void {
  const normal = normalAddress(address);
  sandbox.records.suppressions.put(entryId(tenantName, normal), {
    address: normal,
    reason,
    tenantName,
    updatedAt: sandbox.clock(),
  });
}

function namedEntry(sandbox: Sandbox, input: SesInput): SuppressionRecord {
  const address = normalAddress(param(input, "address"));
  const tenantName = input.query.get("TenantName");
  if (tenantName !== null) tenantOrThrow(sandbox, tenantName);
  const found = sandbox.records.suppressions.get(entryId(tenantName, address));
  if (found === null) throw notFound(`Email address ${address} does not exist on your suppression list.`);
  return found;
}

const entryId = (tenantName: string | null, address: string): string => `${tenantName ?? ""}|${address}`;

// Seen: the domain is lower-cased, the local part is kept.
function normalAddress(address: string): string {
  const at = address.lastIndexOf("@");
  return address.slice(0, at + 1) + address.slice(at + 1).toLowerCase();
}
