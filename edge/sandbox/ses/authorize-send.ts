// May this be sent: whose identity, which tenant, which configuration set, and does any of them pause? SES: "Tenants",
// "Managing sending".
import { configurationSetArn, identityArn } from "../arn.ts";
import { AwsError } from "../aws-error.ts";
import { SANDBOX_REGION } from "../endpoints.ts";
import type { ConfigurationSetRecord, IdentityRecord, TenantRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { readAccount } from "./account.ts";
import { setOrThrow } from "./configuration-sets.ts";
import type { Envelope } from "./envelope.ts";
import { judgeIdentity } from "./identity-status.ts";
import { badRequest } from "./ses-operation.ts";
import { simulatedFate } from "./simulator.ts";
import { sendingStatus, tenantOrThrow } from "./tenants.ts";

export type SendAsked = {
  readonly envelope: Envelope;
  readonly tenantName: string | null;
  readonly configurationSet: string | null;
};
export type SendAuthorized = {
  readonly identity: IdentityRecord;
  readonly tenant: TenantRecord | null;
  readonly set: ConfigurationSetRecord | null;
  /** What the envelope sender's domain will be. */
  readonly mailFromDomain: string;
};

const paused = (what: string): AwsError =>
  new AwsError(400, "SendingPausedException", `Sending is paused for ${what}`);

/** Throws what SES answers when it may not. */
export function authorizeSend(sandbox: Sandbox, asked: SendAsked): SendAuthorized {
  const account = readAccount(sandbox);
  if (account.enforcementStatus === "SHUTDOWN") {
    throw new AwsError(400, "AccountSuspendedException", "Sending suspended for this account.");
  }
  if (!account.sendingEnabled) throw paused("this account.");
  const tenant = asked.tenantName === null ? null : tenantOrThrow(sandbox, asked.tenantName);
  // What SES says for a paused tenant is documented nowhere.
  if (tenant !== null && sendingStatus(tenant) === "DISABLED") throw paused(`tenant ${tenant.name}`);
  const identity = verifiedIdentity(sandbox, asked.envelope, account.productionAccess);
  const setName = asked.configurationSet ?? identity.configurationSet;
  const set = setName === null ? null : setOrThrow(sandbox, setName);
  if (tenant !== null) assertAssociated(sandbox, tenant, identity, set);
  if (set?.sendingEnabled === false) throw paused(`configuration set ${set.name}`);
  return { identity, tenant, set, mailFromDomain: mailFromDomain(sandbox, identity) };
}

function verifiedIdentity(
  sandbox: Sandbox,
  envelope: Envelope,
  hasProductionAccess: boolean,
): IdentityRecord {
  const identity = identityFor(sandbox, envelope.from);
  const unverified = hasProductionAccess
    ? []
    : envelope.recipients.filter(
        (to) => simulatedFate(to) === null && !isVerified(sandbox, identityFor(sandbox, to)),
      );
  if (!isVerified(sandbox, identity)) unverified.unshift(envelope.from);
  if (identity !== null && unverified.length === 0) return identity;
  throw new AwsError(
    400,
    "MessageRejected",
    "Email address is not verified. The following identities failed the check in region " +
      `${SANDBOX_REGION.toUpperCase()}: ${unverified.join(", ")}`,
  );
}

const isVerified = (sandbox: Sandbox, identity: IdentityRecord | null): boolean =>
  identity !== null && judgeIdentity(sandbox, identity).isVerified;

/** "The most specific identity": the address, its domain, or a domain above it. */
function identityFor(sandbox: Sandbox, address: string): IdentityRecord | null {
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1).toLowerCase();
  const labels = domain.split(".");
  const names = [
    address.slice(0, at + 1) + domain,
    ...labels.map((_, index) => labels.slice(index).join(".")),
  ];
  for (const name of names) {
    const identity = sandbox.records.identities.get(name);
    if (identity !== null) return identity;
  }
  return null;
}

function assertAssociated(
  sandbox: Sandbox,
  tenant: TenantRecord,
  identity: IdentityRecord,
  set: ConfigurationSetRecord | null,
): void {
  if (set === null) throw badRequest("Configuration set is required when sending with a tenant.");
  const missing = [identityArn(identity.name), configurationSetArn(set.name)].filter(
    (arn) => !sandbox.records.associations.has(`${tenant.name}|${arn}`),
  );
  if (missing.length === 0) return;
  throw new AwsError(
    403,
    "AccessDeniedException",
    `Tenant not associated with resources [${missing.join(", ")}].`,
  );
}

function mailFromDomain(sandbox: Sandbox, identity: IdentityRecord): string {
  const { mailFrom } = identity;
  if (mailFrom === null) return "amazonses.com";
  if (judgeIdentity(sandbox, identity).mailFrom === "SUCCESS") return mailFrom.domain;
  if (mailFrom.onMxFailure === "USE_DEFAULT_VALUE") return "amazonses.com";
  throw new AwsError(
    400,
    "MailFromDomainNotVerifiedException",
    `Custom MAIL FROM domain ${mailFrom.domain} is not verified.`,
  );
}
