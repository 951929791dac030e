// Example answers of the OpenAPI document: one setup and one use case, told the same everywhere.
import type { z } from "@hono/zod-openapi";
import { explained } from "../../core/reputation/get-reputation.ts";
import { TIER_POLICY } from "../../core/reputation/read-tier-policy.ts";
import { deriveDnsRecords } from "../../core/setup/dns-records.ts";
import { toReputationBody } from "./reputation-wire.ts";
import type { EmailUseCaseBody, SesSetupDetail, SesSetupListItem } from "./wire.ts";

const TIME = "2026-01-02T03:04:05.678Z";
const SETUP_ID = "01920f3e-7c1a-7b2e-9d3c-000000000010";

export const createSetupExample = {
  tenant_name: "clinic-north",
  domain_identity: "mail.clinic-north.example",
};

const setup = {
  id: SETUP_ID,
  ...createSetupExample,
  sending_status: "enabled" as const,
  sending_status_cause: null,
  created_at: TIME,
  updated_at: TIME,
};

export const setupDetailExample: z.infer<typeof SesSetupDetail> = {
  ...setup,
  dns_verified: false,
  dns_checked_at: null,
  dns_records: deriveDnsRecords({
    domainIdentity: createSetupExample.domain_identity,
    region: "us-east-1",
    dkim: { tokens: ["abcdefghij", "klmnopqrst", "uvwxyz2345"], signingHostedZone: "dkim.amazonses.com" },
  }).map(({ address, record, type }) => ({
    address,
    record,
    type,
    verified: false,
    reason: null,
    found: [],
    fix: null,
  })),
};

export const setupListItemExample: z.infer<typeof SesSetupListItem> = {
  ...setup,
  dns_verified: true,
  dns_checked_at: TIME,
};

export const createUseCaseExample = {
  channel: "email" as const,
  entity_name: "Clinic North",
  name: "Appointment reminders",
  description: "Reminders a day ahead",
  ses_setup_id: SETUP_ID,
  sender_email_address: "reminders@mail.clinic-north.example",
  email_type: "transactional" as const,
};

export const emailUseCaseExample: z.infer<typeof EmailUseCaseBody> = {
  ...createUseCaseExample,
  id: "01920f3e-7c1a-7b2e-9d3c-000000000020",
  configuration_set_name: "clinic-north-appointment-reminders-k3v9q2aa",
  sender_display_name: null,
  unsubscribe_scope: "use_case",
  tier: "onboarding",
  created_at: TIME,
  updated_at: TIME,
};

const NOW = Date.parse(TIME);
const DAY_MS = TIER_POLICY.day;
const today = Math.floor(NOW / DAY_MS) * DAY_MS;
const counts = { taken: 200, sent: 200, delivered: 198, bounced: 2, complained: 0 };

/** A use case on its third day. */
export const reputationExample = toReputationBody(
  explained(
    TIER_POLICY,
    {
      standing: {
        tier: "onboarding",
        tierSince: today - 2 * DAY_MS,
        countsFrom: today - 2 * DAY_MS,
        capacity: 450,
        suspension: null,
        carried: { dayStartsAt: 0, taken: 0 },
        cameFrom: null,
        movingTo: null,
      },
      used: 120,
      days: [2, 1].map((ago) => ({ ...counts, startsAt: today - ago * DAY_MS })),
      firstSentAt: today - 2 * DAY_MS,
      buckets: [{ ...counts, startsAt: today }],
      setupBuckets: [{ ...counts, startsAt: today }],
      history: [],
    },
    NOW,
  ),
);
