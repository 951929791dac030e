// Domain (and address) identities. SES: "Creating and verifying identities". Easy DKIM only: no keys of one's own, no
// signatures are really made. The tokens of a domain are always the same, so that records once published count again.
import { createHash } from "node:crypto";
import { z } from "zod";

import { identityArn } from "../arn.ts";
import { normalName } from "../dns/zone.ts";
import type { IdentityRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { assertNotAssociated } from "./associations.ts";
import { dkimErrorType, judgeIdentity, SIGNING_HOSTED_ZONE } from "./identity-status.ts";
import {
  alreadyExists,
  badRequest,
  limitExceeded,
  notFound,
  param,
  parseBody,
  type SesInput,
  type SesOperation,
  toSeconds,
} from "./ses-operation.ts";
import { objectName, tags } from "./ses-schema.ts";

/** SES: 10,000 per region. */
const IDENTITIES_MAX = 10_000;
const DKIM_TOKENS = 3;
const TOKEN_LENGTH = 32;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

const createBody = z.object({
  EmailIdentity: z.string().min(1).max(320),
  Tags: tags,
  ConfigurationSetName: objectName.optional(),
  DkimSigningAttributes: z.object({ DomainSigningPrivateKey: z.undefined().optional() }).optional(),
});
const mailFromBody = z.object({
  MailFromDomain: z.string().optional(),
  BehaviorOnMxFailure: z.enum(["USE_DEFAULT_VALUE", "REJECT_MESSAGE"]).default("USE_DEFAULT_VALUE"),
});
const feedbackBody = z.object({ EmailForwardingEnabled: z.boolean().default(false) });
const signingBody = z.object({ SigningAttributesOrigin: z.literal("AWS_SES") });

export const createEmailIdentity: SesOperation = (sandbox, input) => {
  const body = parseBody(createBody, input);
  const name = identityName(body.EmailIdentity);
  const { configurationSets, identities } = sandbox.records;
  if (identities.has(name)) throw alreadyExists(`Email identity ${name} already exist.`);
  if (identities.count() >= IDENTITIES_MAX) throw limitExceeded("Maximum number of identities reached.");
  const configurationSet = body.ConfigurationSetName ?? null;
  if (configurationSet !== null && !configurationSets.has(configurationSet)) {
    throw notFound(`Configuration set <${configurationSet}> does not exist.`);
  }
  const now = sandbox.clock();
  const identity: IdentityRecord = {
    name,
    kind: name.includes("@") ? "EMAIL_ADDRESS" : "DOMAIN",
    createdAt: now,
    tags: body.Tags,
    configurationSet,
    feedbackForwarding: true, // SES's default.
    dkimTokens: name.includes("@") ? [] : dkimTokens(name, 0),
    dkimArmedAt: now,
    dkimSeenAt: null,
    mailFrom: null,
    dkimOverride: null,
    mailFromOverride: null,
  };
  identities.put(name, identity);
  return {
    IdentityType: identity.kind,
    VerifiedForSendingStatus: false,
    DkimAttributes: dkimAttributes(identity, "NOT_STARTED"),
  };
};

export const getEmailIdentity: SesOperation = (sandbox, input) => {
  const identity = namedIdentity(sandbox, input);
  const verdict = judgeIdentity(sandbox, identity);
  const errorType = verdict.dkim === "SUCCESS" ? null : dkimErrorType(sandbox.records.zone, identity);
  const seenAt = verdict.dkim === "SUCCESS" ? sandbox.clock() : identity.dkimSeenAt;
  return {
    IdentityType: identity.kind,
    FeedbackForwardingStatus: identity.feedbackForwarding,
    VerifiedForSendingStatus: verdict.isVerified,
    DkimAttributes: dkimAttributes(identity, verdict.dkim),
    ...(identity.mailFrom === null
      ? {}
      : {
          MailFromAttributes: {
            MailFromDomain: identity.mailFrom.domain,
            MailFromDomainStatus: verdict.mailFrom,
            BehaviorOnMxFailure: identity.mailFrom.onMxFailure,
          },
        }),
    Policies: {},
    Tags: identity.tags,
    ...(identity.configurationSet === null ? {} : { ConfigurationSetName: identity.configurationSet }),
    VerificationStatus: verdict.dkim,
    VerificationInfo: {
      LastCheckedTimestamp: toSeconds(sandbox.clock()),
      ...(seenAt === null ? {} : { LastSuccessTimestamp: toSeconds(seenAt) }),
      ...(errorType === null ? {} : { ErrorType: errorType }),
    },
  };
};

export const deleteEmailIdentity: SesOperation = (sandbox, input) => {
  const { name } = namedIdentity(sandbox, input);
  assertNotAssociated(sandbox, identityArn(name));
  sandbox.records.identities.delete(name);
  return {};
};

/** Without a MailFromDomain custom MAIL FROM is off. A repeated call starts the search for its MX again. */
export const putEmailIdentityMailFromAttributes: SesOperation = (sandbox, input) => {
  const identity = namedIdentity(sandbox, input);
  const body = parseBody(mailFromBody, input);
  const domain = normalName(body.MailFromDomain ?? "");
  if (domain !== "" && !domain.endsWith(`.${domainOf(identity.name)}`)) {
    throw badRequest(`Provided MAIL-FROM domain <${domain}> is not subdomain of the domain of the identity`);
  }
  const armedAt = sandbox.clock();
  sandbox.records.identities.put(identity.name, {
    ...identity,
    mailFrom: domain === "" ? null : { domain, onMxFailure: body.BehaviorOnMxFailure, armedAt },
    mailFromOverride: null,
  });
  return {};
};

export const putEmailIdentityFeedbackAttributes: SesOperation = (sandbox, input) => {
  const identity = namedIdentity(sandbox, input);
  const { EmailForwardingEnabled: feedbackForwarding } = parseBody(feedbackBody, input);
  sandbox.records.identities.put(identity.name, { ...identity, feedbackForwarding });
  return {};
};

/** Starts the search for the DKIM records again. */
export const putEmailIdentityDkimSigningAttributes: SesOperation = (sandbox, input) => {
  const identity = namedIdentity(sandbox, input);
  parseBody(signingBody, input);
  const armed = { ...identity, dkimArmedAt: sandbox.clock(), dkimOverride: null };
  sandbox.records.identities.put(identity.name, armed);
  const verdict = judgeIdentity(sandbox, armed);
  return {
    DkimStatus: verdict.dkim,
    DkimTokens: armed.dkimTokens,
    SigningHostedZone: SIGNING_HOSTED_ZONE,
  };
};

/** The tokens of a domain; another generation is what SES might hand out after a change of keys. */
export const dkimTokens = (domain: string, generation: number): readonly string[] =>
  Array.from({ length: DKIM_TOKENS }, (_, index) => {
    const digest = createHash("sha256").update(`${domain}/${generation}/${index}`).digest();
    return Array.from(digest.subarray(0, TOKEN_LENGTH), (octet) => BASE32[octet % 32]).join("");
  });

const domainOf = (identity: string): string => identity.slice(identity.lastIndexOf("@") + 1);

// Domains are case-insensitive, the local part of an address is not.
function identityName(given: string): string {
  const at = given.lastIndexOf("@");
  const domain = given.slice(at + 1).toLowerCase();
  if (!/^([a-z0-9_]([a-z0-9_-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*$/.test(domain)) {
    throw badRequest(`Invalid email address or domain<${given}>.`);
  }
  return given.slice(0, at + 1) + domain;
}

function namedIdentity(sandbox: Sandbox, input: SesInput): IdentityRecord {
  const name = param(input, "identity");
  const identity = sandbox.records.identities.get(identityName(name));
  if (identity === null) throw notFound(`Email identity ${name} does not exist.`);
  return identity;
}

const dkimAttributes = (identity: IdentityRecord, status: string): object => ({
  SigningEnabled: true,
  Status: status,
  Tokens: identity.dkimTokens,
  SigningHostedZone: SIGNING_HOSTED_ZONE,
  SigningAttributesOrigin: "AWS_SES",
  NextSigningKeyLength: "RSA_2048_BIT",
  CurrentSigningKeyLength: "RSA_2048_BIT",
  LastKeyGenerationTimestamp: toSeconds(identity.createdAt),
});
