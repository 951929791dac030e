// Tenants: the isolation boundary of one customer within the account. SES: "Tenants". A tenant made again under an old
// name has a new id and ARN.
import { randomBytes } from "node:crypto";
import { z } from "zod";

import { tenantArn } from "../arn.ts";
import { SANDBOX_ACCOUNT_ID } from "../endpoints.ts";
import type { StatusRecord, TenantRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import {
  alreadyExists,
  limitExceeded,
  notFound,
  page,
  parseBody,
  type SesInput,
  type SesOperation,
  toSeconds,
} from "./ses-operation.ts";
import { objectName, pageOptions, suppressionAttributes, tags } from "./ses-schema.ts";

/** SES: 10,000 tenants by default. */
const TENANTS_MAX = 10_000;

const tenantNamed = z.object({ TenantName: objectName });
const createBody = tenantNamed.extend({
  Tags: tags,
  SuppressionAttributes: suppressionAttributes.optional(),
});
const listBody = pageOptions.extend({
  Filter: z
    .object({
      TENANT_NAME_CONTAINS: z.string().optional(),
      SENDING_STATUS: z.enum(["ENABLED", "DISABLED", "REINSTATED"]).optional(),
    })
    .optional(),
});

export const createTenant: SesOperation = (sandbox, input) => {
  const { TenantName: name, Tags, SuppressionAttributes } = parseBody(createBody, input);
  const { tenants } = sandbox.records;
  if (tenants.has(name)) {
    throw alreadyExists(`Tenant with name ${name} already exists in account ${SANDBOX_ACCOUNT_ID}`);
  }
  if (tenants.count() >= TENANTS_MAX) throw limitExceeded("Maximum number of tenants reached.");
  const id = `tn-${randomBytes(15).toString("hex")}`;
  const now = sandbox.clock();
  const enabled: StatusRecord = { status: "ENABLED", cause: "", updatedAt: now };
  const tenant: TenantRecord = {
    name,
    id,
    arn: tenantArn(name, id),
    createdAt: now,
    tags: Tags,
    suppression: SuppressionAttributes ?? null,
    customerStatus: enabled,
    sesStatus: enabled,
  };
  tenants.put(name, tenant);
  return toTenant(tenant);
};

export const getTenant: SesOperation = (sandbox, input) => ({
  Tenant: toTenant(namedTenant(sandbox, input)),
});

/** Its associations and its suppression list go with it, the resources themselves do not. */
export const deleteTenant: SesOperation = (sandbox, input) => {
  const { name } = namedTenant(sandbox, input);
  const { associations, suppressions, tenants } = sandbox.records;
  for (const one of associations.list({ prefix: `${name}|` }))
    associations.delete(`${name}|${one.resourceArn}`);
  for (const one of suppressions.list({ prefix: `${name}|` })) suppressions.delete(`${name}|${one.address}`);
  tenants.delete(name);
  return {};
};

export const listTenants: SesOperation = (sandbox, input) => {
  const body = parseBody(listBody, input);
  const { TENANT_NAME_CONTAINS: part = "", SENDING_STATUS: status } = body.Filter ?? {};
  const { items, token } = page(
    body,
    (after, limit) =>
      sandbox.records.tenants
        .list({ prefix: "", after })
        .filter((one) => one.name.includes(part) && (status === undefined || sendingStatus(one) === status))
        .slice(0, limit),
    (one) => one.name,
  );
  return { Tenants: items.map(toTenantInfo), ...token };
};

/** The tenant, or SES's 404. */
export function tenantOrThrow(sandbox: Sandbox, name: string): TenantRecord {
  const tenant = sandbox.records.tenants.get(name);
  if (tenant === null) throw notFound(`Tenant ${name} for AwsAccountId ${SANDBOX_ACCOUNT_ID} not found.`);
  return tenant;
}

/** DISABLED if either side is; else what the customer's side says. */
export const sendingStatus = (tenant: TenantRecord): StatusRecord["status"] =>
  tenant.sesStatus.status === "DISABLED" ? "DISABLED" : tenant.customerStatus.status;

const namedTenant = (sandbox: Sandbox, input: SesInput): TenantRecord =>
  tenantOrThrow(sandbox, parseBody(tenantNamed, input).TenantName);

const toTenantInfo = (tenant: TenantRecord): object => ({
  TenantName: tenant.name,
  TenantId: tenant.id,
  TenantArn: tenant.arn,
  CreatedTimestamp: toSeconds(tenant.createdAt),
});

const toTenant = (tenant: TenantRecord): object => ({
  ...toTenantInfo(tenant),
  Tags: tenant.tags,
  SendingStatus: sendingStatus(tenant),
  ...(tenant.suppression === null ? {} : { SuppressionAttributes: tenant.suppression }),
});
