// SES tenants: one a setup, the unit that AWS pauses and whose suppression list is its own.
// All of it is POST, reading and deleting too.
import type { MailProvider } from "../../core/ports/mail-provider.ts";
import { err, ok } from "../../core/result.ts";
import { asArray, asObject, asText, type JsonObject } from "../system/json.ts";
import { isTenantArn, resourceArn } from "./arn.ts";
import { type SesCall, unreadable } from "./ses-call.ts";
import { readSesTags, sesTags } from "./tags.ts";

const ARN_CHARACTERS_MAX = 2048;
const PAUSED_PAGE_SIZE = 100;
const TOKEN_CHARACTERS_MAX = 8192;
/** Causes are shown to the customer: a sentence each. */
const CAUSE_CHARACTERS_MAX = 1000;

export function tenantCalls(
  call: SesCall,
): Pick<
  MailProvider,
  "createTenant" | "getTenant" | "deleteTenant" | "listPausedTenants" | "associate" | "dissociate"
> {
  return {
    async createTenant(tenantName, tags) {
      const answer = await call("POST", "/tenants", {
        TenantName: tenantName,
        Tags: sesTags(tags),
        // The tenant's own list, so that one customer's bounces stop no other customer's mail.
        SuppressionAttributes: { SuppressionScope: "TENANT", SuppressedReasons: ["BOUNCE", "COMPLAINT"] },
      });
      if (!answer.ok) return answer;
      const tenantArn = readArn(answer.value);
      return tenantArn ? ok({ tenantArn }) : err(unreadable("a tenant without ARN"));
    },

    async getTenant(tenantName) {
      const answer = await call("POST", "/tenants/get", { TenantName: tenantName });
      if (!answer.ok) return answer;
      const tenant = asObject(answer.value.Tenant);
      const tenantArn = tenant && readArn(tenant);
      return tenantArn
        ? ok({ tenantArn, tags: readSesTags(tenant.Tags) })
        : err(unreadable("a tenant without ARN"));
    },

    async deleteTenant(tenantName) {
      const answer = await call("POST", "/tenants/delete", { TenantName: tenantName });
      return answer.ok ? ok(undefined) : answer;
    },

    async listPausedTenants(after) {
      const answer = await call("POST", "/reputation/entities", {
        Filter: { ENTITY_TYPE: "RESOURCE", SENDING_STATUS: "DISABLED" },
        PageSize: PAUSED_PAGE_SIZE,
        ...(after === null ? {} : { NextToken: after }),
      });
      if (!answer.ok) return answer;
      const tenants = asArray(answer.value.ReputationEntities)
        .map(asObject)
        .filter((entity) => entity !== null)
        // The filter is SES's; an aggregate that is not disabled lets mail through whatever the filter thought.
        .filter((entity) => entity.SendingStatusAggregate === "DISABLED")
        .map((entity) => ({
          tenantArn: asText(entity.ReputationEntityReference, ARN_CHARACTERS_MAX) ?? "",
          cause: pauseCause(entity),
        }));
      return ok({ tenants, next: asText(answer.value.NextToken, TOKEN_CHARACTERS_MAX) || null });
    },

    async associate(tenant, resource) {
      const answer = await call("POST", "/tenants/resources", {
        TenantName: tenant.tenantName,
        ResourceArn: resourceArn(tenant, resource),
      });
      return answer.ok ? ok(undefined) : answer;
    },

    async dissociate(tenant, resource) {
      const answer = await call("POST", "/tenants/resources/delete", {
        TenantName: tenant.tenantName,
        ResourceArn: resourceArn(tenant, resource),
      });
      return answer.ok ? ok(undefined) : answer;
    },
  };
}

/** Either side may have paused it, and each says why. */
function pauseCause(entity: JsonObject): string {
  const causes = [entity.AwsSesManagedStatus, entity.CustomerManagedStatus]
    .map(asObject)
    .filter((side) => side?.Status === "DISABLED")
    .map((side) => asText(side?.Cause, CAUSE_CHARACTERS_MAX) ?? "")
    .filter((cause) => cause !== "");
  return causes.join(" ") || "Amazon SES has paused the tenant.";
}

function readArn(tenant: JsonObject): string | null {
  const arn = asText(tenant.TenantArn, ARN_CHARACTERS_MAX);
  return arn !== null && isTenantArn(arn) ? arn : null;
}
