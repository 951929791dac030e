// The name of a setup's tenant at the provider: its boundary for reputation and suppression. SES v2 CreateTenant.

export const TENANT_NAME_CHARACTERS_MAX = 64;

export type TenantNameFault = "empty" | "too_long" | "characters";

/** What is wrong with the text as a tenant name, or null. Names differ by case: SES compares them so. */
export function tenantNameFault(text: string): TenantNameFault | null {
  if (text === "") return "empty";
  if (text.length > TENANT_NAME_CHARACTERS_MAX) return "too_long";
  return /^[A-Za-z0-9_-]+$/.test(text) ? null : "characters";
}
