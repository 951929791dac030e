// A setup as a row: what is read, and how the two JSON columns are written. Members are written in one fixed order, so
// that equal values are equal texts and SQL can tell whether a check found anything new.
import type { RecordVerdict } from "../../core/setup/dns-verdict.ts";
import type { DkimKeys, SesSetup } from "../../core/setup/ses-setup.ts";
import { select } from "./columns.ts";
import type { Row } from "./database.ts";
import { workspace } from "./schema/access.ts";
import { sesSetup } from "./schema/channel.ts";

/** Needs `ses_setup` joined with its `workspace`. */
export const setupColumns = select({
  id: sesSetup.id,
  workspaceId: workspace.id,
  tenantName: sesSetup.tenantName,
  domainIdentity: sesSetup.domainIdentity,
  region: sesSetup.region,
  status: sesSetup.status,
  stepsDone: sesSetup.stepsDone,
  tenantArn: sesSetup.tenantArn,
  dkim: sesSetup.dkim,
  verdicts: sesSetup.verdicts,
  dnsVerified: sesSetup.dnsVerified,
  dnsCheckedAt: sesSetup.dnsCheckedAt,
  dnsLostAt: sesSetup.dnsLostAt,
  sendingPausedCause: sesSetup.sendingPausedCause,
  createdAt: sesSetup.createdAt,
  updatedAt: sesSetup.updatedAt,
});

export function setupFromRow(row: Row): SesSetup {
  const { dkim, verdicts, ...rest } = setupColumns.read(row);
  return {
    ...rest,
    dkim: dkim === null ? null : (JSON.parse(dkim) as DkimKeys),
    verdicts: JSON.parse(verdicts) as readonly RecordVerdict[],
  };
}

// Objects rather than lists of names, so that a member added to the type and forgotten here does not compile.
const DKIM_MEMBERS: Record<keyof DkimKeys, true> = { tokens: true, signingHostedZone: true };
const VERDICT_MEMBERS: Record<keyof RecordVerdict, true> = {
  address: true,
  record: true,
  type: true,
  verified: true,
  reason: true,
  found: true,
  fix: true,
};

export const dkimToJson = (dkim: DkimKeys): string => JSON.stringify(dkim, Object.keys(DKIM_MEMBERS));

export const verdictsToJson = (verdicts: readonly RecordVerdict[]): string =>
  JSON.stringify(verdicts, Object.keys(VERDICT_MEMBERS));
