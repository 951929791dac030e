// Which identities and configuration sets a tenant may send with. SES: "Managing tenant resources". What is associated
// cannot be deleted.
import { z } from "zod";

import { parseSesArn } from "../arn.ts";
import type { AssociationRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import {
  alreadyExists,
  badRequest,
  notFound,
  page,
  parseBody,
  type SesOperation,
  toSeconds,
} from "./ses-operation.ts";
import { objectName, pageOptions } from "./ses-schema.ts";
import { tenantOrThrow } from "./tenants.ts";

const associationBody = z.object({ TenantName: objectName, ResourceArn: z.string().min(1) });
const listResourcesBody = pageOptions.extend({
  TenantName: objectName,
  // On the wire these are `identity` and so on; the SDK's EMAIL_IDENTITY is refused.
  Filter: z
    .object({ RESOURCE_TYPE: z.enum(["identity", "configuration-set", "template"]).optional() })
    .optional(),
});
const listTenantsBody = pageOptions.extend({ ResourceArn: z.string().min(1) });

export const createTenantResourceAssociation: SesOperation = (sandbox, input) => {
  const { TenantName: tenantName, ResourceArn: resourceArn } = parseBody(associationBody, input);
  tenantOrThrow(sandbox, tenantName);
  if (!resourceExists(sandbox, resourceArn)) throw notFound(`Resource ${resourceArn} not found.`);
  const id = `${tenantName}|${resourceArn}`;
  if (sandbox.records.associations.has(id)) {
    throw alreadyExists(`Resources ${resourceArn} has already been associated with tenant ${tenantName}`);
  }
  sandbox.records.associations.put(
    id,
    { tenantName, resourceArn, associatedAt: sandbox.clock() },
    resourceArn,
  );
  return {};
};

/** Silently succeeds when there is no such association. */
export const deleteTenantResourceAssociation: SesOperation = (sandbox, input) => {
  const { TenantName: tenantName, ResourceArn: resourceArn } = parseBody(associationBody, input);
  tenantOrThrow(sandbox, tenantName);
  sandbox.records.associations.delete(`${tenantName}|${resourceArn}`);
  return {};
};

export const listTenantResources: SesOperation = (sandbox, input) => {
  const body = parseBody(listResourcesBody, input);
  const { name } = tenantOrThrow(sandbox, body.TenantName);
  const type = body.Filter?.RESOURCE_TYPE;
  const { items, token } = page(
    body,
    (after, limit) =>
      sandbox.records.associations
        .list({ prefix: `${name}|`, after })
        .filter((one) => type === undefined || resourceType(one) === type)
        .slice(0, limit),
    associationId,
  );
  const resources = items.map((one) => ({ ResourceType: resourceType(one), ResourceArn: one.resourceArn }));
  return { TenantResources: resources, ...token };
};

export const listResourceTenants: SesOperation = (sandbox, input) => {
  const body = parseBody(listTenantsBody, input);
  const { items, token } = page(
    body,
    (after, limit) =>
      sandbox.records.associations
        .list({ label: body.ResourceArn })
        .toSorted((a, b) => (a.tenantName < b.tenantName ? -1 : 1))
        .filter((one) => associationId(one) > after)
        .slice(0, limit),
    associationId,
  );
  const tenants = items.map((one) => ({
    TenantName: one.tenantName,
    TenantId: sandbox.records.tenants.get(one.tenantName)?.id,
    ResourceArn: one.resourceArn,
    AssociatedTimestamp: toSeconds(one.associatedAt),
  }));
  return { ResourceTenants: tenants, ...token };
};

/** Refuses, as SES does, to delete what a tenant still uses. */
export function assertNotAssociated(sandbox: Sandbox, resourceArn: string): void {
  if (sandbox.records.associations.list({ label: resourceArn, limit: 1 }).length === 0) return;
  throw badRequest(
    `Cannot delete ${resourceArn} because it has tenant associations. Remove all tenant associations and try again.`,
  );
}

const associationId = (one: AssociationRecord): string => `${one.tenantName}|${one.resourceArn}`;

const resourceType = (one: AssociationRecord): string => parseSesArn(one.resourceArn)?.type ?? "";

function resourceExists(sandbox: Sandbox, resourceArn: string): boolean {
  const resource = parseSesArn(resourceArn);
  if (resource?.type === "identity") return sandbox.records.identities.has(resource.name);
  if (resource?.type === "configuration-set") return sandbox.records.configurationSets.has(resource.name);
  return false;
}
