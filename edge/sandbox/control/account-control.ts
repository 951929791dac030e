// Being AWS for a moment: the account's quota, rate and pauses, the status of a tenant, what SES thinks of an identity.
// `null` for an identity's status lets the zone decide again.
import type { Hono } from "hono";
import { z } from "zod";

import type { IdentityRecord, TenantRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { ACCOUNT_RECORD_ID, readAccount } from "../ses/account.ts";
import { dkimTokens } from "../ses/identities.ts";
import { problem, readControlBody } from "./control-request.ts";
import { shownAccount } from "./state-control.ts";

const status = z.enum(["PENDING", "SUCCESS", "FAILED", "TEMPORARY_FAILURE", "NOT_STARTED"]).nullable();
const tenantChange = z.strictObject({
  sending_status: z.enum(["ENABLED", "DISABLED", "REINSTATED"]),
  cause: z.string().max(1_000).default(""),
  /** Whose record says so: SES's own (the default) or the customer's. */
  by: z.enum(["ses", "customer"]).default("ses"),
});
const identityChange = z.strictObject({
  dkim_status: status.optional(),
  mail_from_status: status.optional(),
  /** Another generation of DKIM tokens than the first, which is 0. */
  dkim_generation: z.int().min(0).max(1_000).optional(),
});
const accountBody = z.strictObject({
  max_24_hour_send: z.number().min(-1).optional(),
  max_send_rate: z.number().positive().optional(),
  sending_enabled: z.boolean().optional(),
  enforcement_status: z.enum(["HEALTHY", "PROBATION", "SHUTDOWN"]).optional(),
  production_access: z.boolean().optional(),
  tenants: z.record(z.string(), tenantChange).default({}),
  identities: z.record(z.string(), identityChange).default({}),
});
type AccountChange = z.infer<typeof accountBody>;

export function mountAccountControl(app: Hono, sandbox: Sandbox): void {
  app.put("/_sandbox/account", async (c) => {
    const change = await readControlBody(c, accountBody);
    if (change instanceof Response) return change;
    const { tenants, identities } = sandbox.records;
    const unknown = [
      ...Object.keys(change.tenants).filter((name) => !tenants.has(name)),
      ...Object.keys(change.identities).filter((name) => !identities.has(name)),
    ];
    if (unknown.length > 0) return problem(404, `Neither tenant nor identity: ${unknown.join(", ")}.`);
    sandbox.store.transaction(() => changeAccount(sandbox, change));
    return c.json({ account: shownAccount(sandbox) });
  });
}

function changeAccount(sandbox: Sandbox, change: AccountChange): void {
  const { account, identities, tenants } = sandbox.records;
  const before = readAccount(sandbox);
  account.put(ACCOUNT_RECORD_ID, {
    max24HourSend: change.max_24_hour_send ?? before.max24HourSend,
    maxSendRate: change.max_send_rate ?? before.maxSendRate,
    sendingEnabled: change.sending_enabled ?? before.sendingEnabled,
    enforcementStatus: change.enforcement_status ?? before.enforcementStatus,
    productionAccess: change.production_access ?? before.productionAccess,
  });
  for (const [name, wanted] of Object.entries(change.tenants)) {
    const tenant = tenants.get(name);
    if (tenant !== null) tenants.put(name, changedTenant(tenant, wanted, sandbox.clock()));
  }
  for (const [name, wanted] of Object.entries(change.identities)) {
    const identity = identities.get(name);
    if (identity !== null) identities.put(name, changedIdentity(identity, wanted));
  }
}

function changedTenant(
  tenant: TenantRecord,
  wanted: z.infer<typeof tenantChange>,
  now: number,
): TenantRecord {
  const record = { status: wanted.sending_status, cause: wanted.cause, updatedAt: now };
  return wanted.by === "ses" ? { ...tenant, sesStatus: record } : { ...tenant, customerStatus: record };
}

function changedIdentity(identity: IdentityRecord, wanted: z.infer<typeof identityChange>): IdentityRecord {
  const { dkim_status: dkim, mail_from_status: mailFrom, dkim_generation: generation } = wanted;
  return {
    ...identity,
    dkimOverride: dkim === undefined ? identity.dkimOverride : dkim,
    mailFromOverride: mailFrom === undefined ? identity.mailFromOverride : mailFrom,
    dkimTokens: generation === undefined ? identity.dkimTokens : dkimTokens(identity.name, generation),
  };
}
