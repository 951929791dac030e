// Example answers of the OpenAPI document: one e-mail, told the same everywhere.
import type { z } from "@hono/zod-openapi";
import type { EmailDetailBody, EmailEventBody, EmailSummaryBody, SentEmailBody } from "./wire.ts";

export const EMAIL_ID = "01920f3e-7c1a-7b2e-9d3c-000000000030";
const SENT_AT = "2026-01-02T03:04:05.678Z";
const DELIVERED_AT = "2026-01-02T03:04:07.001Z";
const MESSAGE_ID = "0100019a2b3c4d5e-6f708192-a3b4-4c5d-8e6f-708192a3b4c5-000000";

export const sentEmailExample: z.infer<typeof SentEmailBody> = {
  id: EMAIL_ID,
  message_id: MESSAGE_ID,
  sent_at: SENT_AT,
  attachment_filenames: ["letter.pdf"],
};

export const emailSummaryExample: z.infer<typeof EmailSummaryBody> = {
  id: EMAIL_ID,
  ses_use_case_id: "01920f3e-7c1a-7b2e-9d3c-000000000020",
  setup_id: "01920f3e-7c1a-7b2e-9d3c-000000000010",
  from_address: "reminders@mail.clinic-north.example",
  to_address: "pat@example.org",
  subject: "Your appointment tomorrow",
  state: "delivered",
  sent_at: SENT_AT,
  has_attachment: true,
  open_count: 1,
  click_count: 0,
  send_outcome: "sent",
};

export const emailDetailExample: z.infer<typeof EmailDetailBody> = {
  ...emailSummaryExample,
  send_outcome_reason: null,
  message_id: MESSAGE_ID,
  email_type: "transactional",
  tier: "onboarding",
  attachment_filenames: ["letter.pdf"],
  thread_id: EMAIL_ID,
  in_reply_to_id: null,
  delivered_at: DELIVERED_AT,
  bounced_at: null,
  bounce_type: null,
  bounce_subtype: null,
  complained_at: null,
  rejected_at: null,
  delivery_delay_at: null,
  first_open_at: "2026-01-02T08:00:00.000Z",
  last_open_at: "2026-01-02T08:00:00.000Z",
  first_click_at: null,
  last_click_at: null,
  machine_open_count: 0,
  machine_click_count: 0,
  updated_at: "2026-01-02T08:00:01.000Z",
};

export const emailEventExample: z.infer<typeof EmailEventBody> = {
  id: "01920f3e-7c1a-7b2e-9d3c-000000000040",
  email_id: EMAIL_ID,
  event_type: "Delivery",
  event_at: DELIVERED_AT,
  received_at: "2026-01-02T03:04:07.450Z",
};
