// The sending status of tenants, as SES keeps it: the customer's side and SES's own. SES: "Reputation entities". Findings
// and policies are not played; the control path sets what they would have led to.
import { z } from "zod";

import type { StatusRecord, TenantRecord } from "../records.ts";
import { notFound, page, param, parseBody, type SesOperation, toSeconds } from "./ses-operation.ts";
import { pageOptions } from "./ses-schema.ts";
import { sendingStatus } from "./tenants.ts";

const listBody = pageOptions.extend({
  Filter: z
    .object({
      ENTITY_TYPE: z.literal("RESOURCE").optional(),
      REPUTATION_IMPACT: z.enum(["LOW", "HIGH"]).optional(),
      SENDING_STATUS: z.enum(["ENABLED", "DISABLED", "REINSTATED"]).optional(),
      ENTITY_REFERENCE_PREFIX: z.string().optional(),
    })
    .optional(),
});

export const getReputationEntity: SesOperation = (sandbox, input) => {
  const arn = param(input, "reference");
  const tenant = sandbox.records.tenants.get(arn.split("/")[1] ?? "");
  if (tenant === null || tenant.arn !== arn) throw notFound(`Reputation entity ${arn} not found.`);
  return { ReputationEntity: toEntity(tenant) };
};

export const listReputationEntities: SesOperation = (sandbox, input) => {
  const body = parseBody(listBody, input);
  const {
    SENDING_STATUS: status,
    ENTITY_REFERENCE_PREFIX: prefix = "",
    REPUTATION_IMPACT: impact,
  } = body.Filter ?? {};
  const { items, token } = page(
    body,
    (after, limit) =>
      sandbox.records.tenants
        .list({ prefix: "", after })
        .filter((one) => status === undefined || sendingStatus(one) === status)
        .filter((one) => one.arn.startsWith(prefix) && (impact === undefined || impact === impactOf(one)))
        .slice(0, limit),
    (one) => one.name,
  );
  return { ReputationEntities: items.map(toEntity), ...token };
};

// SES pauses on findings of high impact, so a pause of its own implies one.
const impactOf = (tenant: TenantRecord): "LOW" | "HIGH" =>
  tenant.sesStatus.status === "DISABLED" ? "HIGH" : "LOW";

const toEntity = (tenant: TenantRecord): object => ({
  ReputationEntityReference: tenant.arn,
  ReputationEntityType: "RESOURCE",
  ReputationManagementPolicy: `${tenant.arn.split(":").slice(0, 4).join(":")}:aws:reputation-policy/standard`,
  CustomerManagedStatus: toStatus(tenant.customerStatus),
  AwsSesManagedStatus: toStatus(tenant.sesStatus),
  SendingStatusAggregate: sendingStatus(tenant),
  ReputationImpact: impactOf(tenant),
});

const toStatus = (record: StatusRecord): object => ({
  Status: record.status,
  Cause: record.cause,
  LastUpdatedTimestamp: toSeconds(record.updatedAt),
});
