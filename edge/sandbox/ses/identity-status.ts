// What SES thinks of an identity's DNS, worked out from the sandbox's zone each time somebody asks. SES: "Verifying a
// DKIM identity", "Using a custom MAIL FROM domain"; it looks for 72 hours and then gives up until it is told again.
import { nameExists, parseMx, zoneValues, type ZoneTable } from "../dns/zone.ts";
import { SANDBOX_REGION } from "../endpoints.ts";
import type { IdentityRecord, VerificationWord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";

export const SIGNING_HOSTED_ZONE = "dkim.amazonses.com";
const FEEDBACK_HOST = `feedback-smtp.${SANDBOX_REGION}.amazonses.com`;
const SEARCH_MS_MAX = 72 * 3_600_000;
/** How exactly "last seen" is kept: a send need not write each time. */
const SEEN_MS_MIN = 60_000;

export type IdentityVerdict = {
  readonly dkim: VerificationWord;
  readonly mailFrom: VerificationWord | null;
  readonly isVerified: boolean;
};

/** The verdict at this moment; that DKIM was seen is remembered, as losing it is another thing than never having it. */
export function judgeIdentity(sandbox: Sandbox, identity: IdentityRecord): IdentityVerdict {
  const now = sandbox.clock();
  const { zone } = sandbox.records;
  const hasDkim =
    identity.kind === "DOMAIN" && identity.dkimTokens.every((token) => isPublished(zone, identity, token));
  if (hasDkim && now - (identity.dkimSeenAt ?? 0) > SEEN_MS_MIN) {
    sandbox.records.identities.put(identity.name, { ...identity, dkimSeenAt: now });
  }
  const dkim = identity.dkimOverride ?? dkimWord(identity, hasDkim, now);
  return {
    dkim,
    mailFrom:
      identity.mailFrom === null ? null : (identity.mailFromOverride ?? mailFromWord(zone, identity, now)),
    // A domain that was verified stays usable while SES looks for its lost records.
    isVerified: dkim === "SUCCESS" || dkim === "TEMPORARY_FAILURE",
  };
}

const dkimName = (identity: IdentityRecord, token: string): string => `${token}._domainkey.${identity.name}`;

function isPublished(zone: ZoneTable, identity: IdentityRecord, token: string): boolean {
  const [target] = zoneValues(zone, dkimName(identity, token), "CNAME");
  return target?.toLowerCase().replace(/\.$/, "") === `${token}.${SIGNING_HOSTED_ZONE}`;
}

/** Why the first DKIM record that is not right is not; null when all are. Looks through the whole zone. */
export function dkimErrorType(
  zone: ZoneTable,
  identity: IdentityRecord,
): "HOST_NOT_FOUND" | "INVALID_VALUE" | null {
  const wrong = identity.dkimTokens.find((token) => !isPublished(zone, identity, token));
  if (wrong === undefined) return null;
  return nameExists(zone, dkimName(identity, wrong)) ? "INVALID_VALUE" : "HOST_NOT_FOUND";
}

function dkimWord(identity: IdentityRecord, hasDkim: boolean, now: number): VerificationWord {
  if (hasDkim) return "SUCCESS";
  const wasSeen = identity.dkimSeenAt !== null;
  const lookingSince = Math.max(identity.dkimArmedAt, identity.dkimSeenAt ?? 0);
  if (now - lookingSince > SEARCH_MS_MAX) return "FAILED";
  return wasSeen ? "TEMPORARY_FAILURE" : "PENDING";
}

// "The MX record must be the only one": a second one fails the setup at once.
function mailFromWord(zone: ZoneTable, identity: IdentityRecord, now: number): VerificationWord {
  const { mailFrom } = identity;
  if (mailFrom === null) return "PENDING";
  const values = zoneValues(zone, mailFrom.domain, "MX");
  if (values.length > 1) return "FAILED";
  const [value] = values;
  if (value !== undefined && parseMx(value)?.host === FEEDBACK_HOST) return "SUCCESS";
  return now - mailFrom.armedAt > SEARCH_MS_MAX ? "FAILED" : "PENDING";
}
