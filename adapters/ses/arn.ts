// Amazon resource names: `arn:{partition}:{service}:{region}:{account}:{resource}`. Only the tenant's comes from SES and is
// kept; names of identities and configuration sets are built beside it (same account, same region).
import { assert } from "../../core/assert.ts";
import type { ProviderResource, ProviderTenant } from "../../core/ports/mail-provider.ts";

const TENANT_ARN = /^(arn:aws(?:-[a-z]+)*:ses:[a-z0-9-]+:\d{12}):tenant\/[A-Za-z0-9_\-/]+$/;

export const isTenantArn = (text: string): boolean => TENANT_ARN.test(text);

export function resourceArn(tenant: ProviderTenant, resource: ProviderResource): string {
  const account = TENANT_ARN.exec(tenant.tenantArn)?.[1];
  assert(account, "a tenant's ARN was stored that SES cannot have answered");
  return `${account}:${resourcePath(resource)}`;
}

/** How SES names the resource, in ARNs and in the messages that list them. */
export const resourcePath = (resource: ProviderResource): string =>
  resource.kind === "identity" ? `identity/${resource.domain}` : `configuration-set/${resource.name}`;
