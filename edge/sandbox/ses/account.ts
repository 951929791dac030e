// The account as GetAccount shows it, the tags of its objects, and its sending limits. SES: "Service quotas in Amazon
// SES". The 24 hours slide in steps of one hour.
import { parseSesArn } from "../arn.ts";
import { AwsError } from "../aws-error.ts";
import type { AccountRecord, Tag } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { notFound, type SesOperation } from "./ses-operation.ts";

export const ACCOUNT_RECORD_ID = "account";
const HOUR_MS = 3_600_000;
const QUOTA_HOURS = 24;

/** An account that has left SES's own sandbox and sends a lot; `PUT /_sandbox/account` makes it another. */
const NEW_ACCOUNT: AccountRecord = {
  max24HourSend: 10_000_000,
  maxSendRate: 10_000,
  sendingEnabled: true,
  enforcementStatus: "HEALTHY",
  productionAccess: true,
};

export const readAccount = (sandbox: Sandbox): AccountRecord =>
  sandbox.records.account.get(ACCOUNT_RECORD_ID) ?? NEW_ACCOUNT;

export const getAccount: SesOperation = (sandbox) => {
  const account = readAccount(sandbox);
  return {
    DedicatedIpAutoWarmupEnabled: false,
    EnforcementStatus: account.enforcementStatus,
    ProductionAccessEnabled: account.productionAccess,
    SendQuota: {
      Max24HourSend: account.max24HourSend,
      MaxSendRate: account.maxSendRate,
      SentLast24Hours: sentLast24Hours(sandbox),
    },
    SendingEnabled: account.sendingEnabled,
    SuppressionAttributes: { SuppressedReasons: ["BOUNCE", "COMPLAINT"] },
  };
};

export const listTagsForResource: SesOperation = (sandbox, input) => {
  const arn = input.query.get("ResourceArn") ?? "";
  const tags = tagsOf(sandbox, arn);
  if (tags === null) throw notFound(`Resource ${arn} not found.`);
  return { Tags: tags };
};

function tagsOf(sandbox: Sandbox, arn: string): readonly Tag[] | null {
  const resource = parseSesArn(arn);
  if (resource === null) return null;
  const { configurationSets, identities, pools, tenants } = sandbox.records;
  switch (resource.type) {
    case "identity":
      return identities.get(resource.name)?.tags ?? null;
    case "configuration-set":
      return configurationSets.get(resource.name)?.tags ?? null;
    case "dedicated-ip-pool":
      return pools.get(resource.name)?.tags ?? null;
    case "tenant": {
      const tenant = tenants.get(resource.name);
      return tenant?.arn === arn ? tenant.tags : null;
    }
    default:
      return null;
  }
}

/** Refuses a send that is over the rate or the quota; simulator addresses count in the rate alone. */
export function assertWithinQuota(sandbox: Sandbox, recipients: number, simulated: number): void {
  const account = readAccount(sandbox);
  if (!sandbox.takeSendRate(recipients, account.maxSendRate)) {
    throw new AwsError(429, "TooManyRequestsException", "Maximum sending rate exceeded.");
  }
  const isOver = sentLast24Hours(sandbox) + recipients - simulated > account.max24HourSend;
  if (account.max24HourSend >= 0 && isOver && recipients > simulated) {
    throw new AwsError(429, "TooManyRequestsException", "Daily message quota exceeded");
  }
}

/** Counts an accepted send. */
export function countSent(sandbox: Sandbox, recipients: number): void {
  if (recipients === 0) return;
  const { sentHours } = sandbox.records;
  const hour = Math.floor(sandbox.clock() / HOUR_MS);
  const before = sentHours.get(String(hour))?.recipients ?? 0;
  sentHours.put(String(hour), { hour, recipients: before + recipients });
  if (before > 0) return;
  for (const one of sentHours.list()) if (one.hour <= hour - QUOTA_HOURS) sentHours.delete(String(one.hour));
}

function sentLast24Hours(sandbox: Sandbox): number {
  const hour = Math.floor(sandbox.clock() / HOUR_MS);
  return sandbox.records.sentHours
    .list()
    .filter((one) => one.hour > hour - QUOTA_HOURS)
    .reduce((sum, one) => sum + one.recipients, 0);
}
