// Domain identities: Easy DKIM with 2048-bit keys, a MAIL FROM of their own, no feedback by mail.
import { type DkimKeys, type SesSetup } from "../../core/setup/ses-setup.ts";
import { IDENTITY_STATUSES, type IdentityStatus, type MailProvider } from "../../core/ports/mail-provider.ts";
import { err, ok } from "../../core/result.ts";
import { asArray, asObject, asText } from "../system/json.ts";
import { type SesCall, unreadable } from "./ses-call.ts";
import { readSesTags, sesTags } from "./tags.ts";

/** Regions whose DKIM records point into a zone of their own; used only where SES does not name the zone. */
const REGIONS_WITH_OWN_DKIM_ZONE: ReadonlySet<string> = new Set([
  "af-south-1",
  "ap-northeast-3",
  "ap-south-2",
  "ap-southeast-3",
  "ap-southeast-5",
  "ca-west-1",
  "eu-central-2",
  "eu-south-1",
  "il-central-1",
  "me-central-1",
  "us-gov-east-1",
]);

/** Easy DKIM always has three (SES, "Easy DKIM"): another number would make other records than SES looks for. */
const DKIM_TOKENS = 3;
/** A DNS label: RFC 1035 section 2.3.4. */
const DKIM_TOKEN = /^[A-Za-z0-9_-]{1,63}$/;
const DOMAIN_CHARACTERS_MAX = 255;
const EASY_DKIM = { NextSigningKeyLength: "RSA_2048_BIT" } as const;

const identityPath = (domain: string): string => `/identities/${encodeURIComponent(domain)}`;

export function identityCalls(
  call: SesCall,
  region: SesSetup["region"],
): Pick<
  MailProvider,
  | "createIdentity"
  | "getIdentity"
  | "setMailFrom"
  | "restartDkim"
  | "disableFeedbackForwarding"
  | "deleteIdentity"
> {
  return {
    async createIdentity(domain, tags) {
      const answer = await call("POST", "/identities", {
        EmailIdentity: domain,
        DkimSigningAttributes: EASY_DKIM,
        Tags: sesTags(tags),
      });
      if (!answer.ok) return answer;
      const dkim = asObject(answer.value.DkimAttributes);
      const keys = dkim && readKeys(dkim.Tokens, dkim.SigningHostedZone, region);
      return keys ? ok(keys) : err(unreadable("an identity without DKIM tokens"));
    },

    async getIdentity(domain) {
      const answer = await call("GET", identityPath(domain));
      if (!answer.ok) return answer;
      const dkim = asObject(answer.value.DkimAttributes);
      const keys = dkim && readKeys(dkim.Tokens, dkim.SigningHostedZone, region);
      if (!keys) return err(unreadable("an identity without DKIM tokens"));
      const mailFrom = asObject(answer.value.MailFromAttributes);
      return ok({
        dkim: keys,
        dkimStatus: readStatus(dkim.Status),
        verifiedForSending: answer.value.VerifiedForSendingStatus === true,
        mailFromStatus: readStatus(mailFrom?.MailFromDomainStatus),
        mailFromDomain: asText(mailFrom?.MailFromDomain, DOMAIN_CHARACTERS_MAX) || null,
        tags: readSesTags(answer.value.Tags),
      });
    },

    async setMailFrom(domain, mailFrom) {
      const answer = await call("PUT", `${identityPath(domain)}/mail-from`, {
        MailFromDomain: mailFrom,
        // A customer's DNS slip must not stop the mail: SES then uses its own MAIL FROM, and DKIM still aligns.
        BehaviorOnMxFailure: "USE_DEFAULT_VALUE",
      });
      return answer.ok ? ok(undefined) : answer;
    },

    async restartDkim(domain) {
      const answer = await call("PUT", `${identityPath(domain)}/dkim/signing`, {
        SigningAttributesOrigin: "AWS_SES",
        SigningAttributes: EASY_DKIM,
      });
      if (!answer.ok) return answer;
      const keys = readKeys(answer.value.DkimTokens, answer.value.SigningHostedZone, region);
      return keys ? ok(keys) : err(unreadable("no DKIM tokens"));
    },

    async disableFeedbackForwarding(domain) {
      // Bounces come as events; the copies SES mails to the sender address would only be answered by its owner.
      const answer = await call("PUT", `${identityPath(domain)}/feedback`, { EmailForwardingEnabled: false });
      return answer.ok ? ok(undefined) : answer;
    },

    async deleteIdentity(domain) {
      const answer = await call("DELETE", identityPath(domain));
      return answer.ok ? ok(undefined) : answer;
    },
  };
}

function readKeys(tokensValue: unknown, zoneValue: unknown, region: string): DkimKeys | null {
  const tokens = asArray(tokensValue).filter(
    (token): token is string => typeof token === "string" && DKIM_TOKEN.test(token),
  );
  if (tokens.length !== DKIM_TOKENS) return null;
  const zone = asText(zoneValue, DOMAIN_CHARACTERS_MAX) || fallbackZone(region);
  return { tokens, signingHostedZone: zone.toLowerCase().replace(/\.$/, "") };
}

const fallbackZone = (region: string): string =>
  REGIONS_WITH_OWN_DKIM_ZONE.has(region) ? `dkim.${region}.amazonses.com` : "dkim.amazonses.com";

/** SES's words are ours in capitals. A word we do not know is not a success. */
const readStatus = (value: unknown): IdentityStatus =>
  IDENTITY_STATUSES.find((status) => status.toUpperCase() === value) ?? "not_started";
