// The shapes of setups and use cases on the wire: the product's own names and types.
import { z } from "@hono/zod-openapi";
import { shownVerdicts } from "../../core/setup/check-setup.ts";
import { VERDICT_REASONS, type RecordVerdict } from "../../core/setup/dns-verdict.ts";
import type { StandingSetup } from "../../core/setup/find-setup.ts";
import type { SesSetup } from "../../core/setup/ses-setup.ts";
import {
  EMAIL_TYPES,
  TIERS,
  TWILIO_CHANNELS,
  UNSUBSCRIBE_SCOPES,
  type UseCase,
} from "../../core/use-case/use-case.ts";
import { Id, Time, toTime, toTimeOrNull } from "../wire.ts";
import { CustomerProfileStatus } from "./voice-wire.ts";

export const DnsRecordBody = z
  .object({
    address: z.string().openapi({ description: "Fully-qualified host name, without trailing dot." }),
    record: z.string().openapi({ description: "The value to publish; an MX with its preference." }),
    type: z.enum(["CNAME", "MX", "TXT"]),
    verified: z.boolean(),
    reason: z
      .enum(VERDICT_REASONS)
      .nullable()
      .openapi({ description: "Why it is not verified, or a warning." }),
    found: z.array(z.string()).openapi({ description: "What the resolvers showed at this address." }),
    fix: z.string().nullable().openapi({ description: "One line that says what to do." }),
  })
  .openapi("DnsRecord");

const sendingMembers = {
  sending_status: z
    .enum(["enabled", "paused"])
    .openapi({ description: "Whether Amazon SES lets the tenant send at the moment." }),
  sending_status_cause: z.string().nullable().openapi({ description: "Why it is paused." }),
};

const setupMembers = { id: Id, tenant_name: z.string(), domain_identity: z.string() };
const setupTimes = { dns_checked_at: Time.nullable(), created_at: Time, updated_at: Time };

export const SesSetupDetail = z
  .object({
    ...setupMembers,
    dns_verified: z.boolean(),
    dns_records: z.array(DnsRecordBody),
    ...sendingMembers,
    ...setupTimes,
  })
  .openapi("SesSetupDetail");

export const SesSetupListItem = z
  .object({ ...setupMembers, dns_verified: z.boolean(), ...sendingMembers, ...setupTimes })
  .openapi("SesSetupListItem");

const toSendingMembers = ({ sendingPausedCause: cause }: SesSetup) => ({
  sending_status: cause === null ? ("enabled" as const) : ("paused" as const),
  sending_status_cause: cause,
});

const toRecordBody = (verdict: RecordVerdict): z.infer<typeof DnsRecordBody> => ({
  address: verdict.address,
  record: verdict.record,
  type: verdict.type,
  verified: verdict.verified,
  reason: verdict.reason,
  found: [...verdict.found],
  fix: verdict.fix,
});

export const toSetupDetail = (setup: StandingSetup): z.infer<typeof SesSetupDetail> => ({
  id: setup.id,
  tenant_name: setup.tenantName,
  domain_identity: setup.domainIdentity,
  dns_verified: setup.dnsVerified,
  dns_records: shownVerdicts(setup).map(toRecordBody),
  ...toSendingMembers(setup),
  dns_checked_at: toTimeOrNull(setup.dnsCheckedAt),
  created_at: toTime(setup.createdAt),
  updated_at: toTime(setup.updatedAt),
});

export const toSetupListItem = (setup: SesSetup): z.infer<typeof SesSetupListItem> => ({
  id: setup.id,
  tenant_name: setup.tenantName,
  domain_identity: setup.domainIdentity,
  dns_verified: setup.dnsVerified,
  ...toSendingMembers(setup),
  dns_checked_at: toTimeOrNull(setup.dnsCheckedAt),
  created_at: toTime(setup.createdAt),
  updated_at: toTime(setup.updatedAt),
});

const useCaseMembers = {
  id: Id,
  entity_name: z.string(),
  name: z.string(),
  description: z.string().nullable(),
};

export const EmailUseCaseBody = z
  .object({
    ...useCaseMembers,
    channel: z.literal("email"),
    ses_setup_id: Id,
    configuration_set_name: z.string(),
    sender_email_address: z.string(),
    sender_display_name: z.string().nullable(),
    email_type: z.enum(EMAIL_TYPES),
    unsubscribe_scope: z.enum(UNSUBSCRIBE_SCOPES),
    tier: z.enum(TIERS),
    created_at: Time,
    updated_at: Time,
  })
  .openapi("EmailUseCase");

export const TwilioUseCaseBody = z
  .object({
    ...useCaseMembers,
    channel: z.enum(TWILIO_CHANNELS),
    twilio_setup_id: Id,
    customer_profile_status: CustomerProfileStatus,
    created_at: Time,
    updated_at: Time,
  })
  .openapi("TwilioUseCase");

export const UseCaseBody = z
  .discriminatedUnion("channel", [EmailUseCaseBody, TwilioUseCaseBody])
  .openapi("UseCase");

export function toUseCaseBody(useCase: UseCase): z.infer<typeof UseCaseBody> {
  const shared = {
    id: useCase.id,
    entity_name: useCase.entityName,
    name: useCase.name,
    description: useCase.description,
    created_at: toTime(useCase.createdAt),
    updated_at: toTime(useCase.updatedAt),
  };
  if (useCase.channel !== "email")
    return {
      ...shared,
      channel: useCase.channel,
      twilio_setup_id: useCase.twilioSetupId,
      customer_profile_status: useCase.customerProfileStatus,
    };
  return {
    ...shared,
    channel: useCase.channel,
    ses_setup_id: useCase.setupId,
    configuration_set_name: useCase.configurationSetName,
    sender_email_address: useCase.senderEmailAddress,
    sender_display_name: useCase.senderDisplayName,
    email_type: useCase.emailType,
    unsubscribe_scope: useCase.unsubscribeScope,
    tier: useCase.tier,
  };
}
