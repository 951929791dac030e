// The shapes of e-mails and their events on the wire: the product's own names and types.
import { z } from "@hono/zod-openapi";
import {
  EMAIL_STATES,
  EVENT_TYPES,
  shownSendOutcome,
  SHOWN_SEND_OUTCOMES,
} from "../../core/email/email-state.ts";
import type { Email, EmailSummary } from "../../core/email/email.ts";
import type { SentRow } from "../../core/email/send-email.ts";
import type { ListedEvent } from "../../core/ports/event-store.ts";
import { EMAIL_TYPES, TIERS } from "../../core/use-case/use-case.ts";
import { Id, Time, toTime, toTimeOrNull } from "../wire.ts";

export const SentEmailBody = z
  .object({
    id: Id,
    message_id: z.string().openapi({ description: "The provider's correlation key." }),
    sent_at: Time,
    attachment_filenames: z.array(z.string()).openapi({ description: "In send-time order." }),
  })
  .openapi("SentEmail");

const summaryMembers = {
  id: Id,
  ses_use_case_id: Id,
  setup_id: Id,
  from_address: z.string(),
  to_address: z.string(),
  subject: z.string(),
  state: z.enum(EMAIL_STATES).nullable().openapi({ description: "Null while it is not known to be sent." }),
  sent_at: Time.nullable(),
  has_attachment: z.boolean(),
  open_count: z.int(),
  click_count: z.int(),
};

export const EmailSummaryBody = z
  .object({ ...summaryMembers, send_outcome: z.enum(SHOWN_SEND_OUTCOMES) })
  .openapi("EmailSummary");

export const EmailDetailBody = z
  .object({
    ...summaryMembers,
    message_id: z.string().nullable(),
    email_type: z.enum(EMAIL_TYPES),
    tier: z.enum(TIERS).openapi({ description: "The reputation tier at send time." }),
    attachment_filenames: z.array(z.string()),
    thread_id: Id.openapi({
      description: "The id of the thread's first message: its own when nothing came before.",
    }),
    in_reply_to_id: Id.nullable().openapi({ description: "The received e-mail that it answers." }),
    delivered_at: Time.nullable(),
    bounced_at: Time.nullable(),
    bounce_type: z.string().nullable(),
    bounce_subtype: z.string().nullable(),
    complained_at: Time.nullable(),
    rejected_at: Time.nullable(),
    delivery_delay_at: Time.nullable().openapi({ description: "The most recent one." }),
    first_open_at: Time.nullable(),
    last_open_at: Time.nullable(),
    first_click_at: Time.nullable(),
    last_click_at: Time.nullable(),
    machine_open_count: z.int().openapi({ description: "Of open_count, those that look like a machine's." }),
    machine_click_count: z
      .int()
      .openapi({ description: "Of click_count, those that look like a machine's." }),
    updated_at: Time,
    send_outcome: z
      .enum(SHOWN_SEND_OUTCOMES)
      .openapi({ description: "Whether the mail service is known to have taken the message." }),
    send_outcome_reason: z
      .enum(["no_trace"])
      .nullable()
      .openapi({ description: "`no_trace`: refused because no event told of it within 24 hours." }),
  })
  .openapi("EmailDetail");

export const EmailEventBody = z
  .object({ id: Id, email_id: Id, event_type: z.enum(EVENT_TYPES), event_at: Time, received_at: Time })
  .openapi("EmailEvent");

export const toSentEmailBody = (email: SentRow): z.infer<typeof SentEmailBody> => ({
  id: email.id,
  message_id: email.providerMessageId,
  sent_at: toTime(email.sentAt),
  attachment_filenames: email.attachments.map(({ filename }) => filename),
});

export function toEmailSummaryBody(email: EmailSummary, now: number): z.infer<typeof EmailSummaryBody> {
  const outcome = shownSendOutcome(email, now);
  return {
    id: email.id,
    ses_use_case_id: email.useCaseId,
    setup_id: email.setupId,
    from_address: email.fromAddress,
    to_address: email.toAddress,
    subject: email.subject,
    state: outcome === "sent" ? email.state : null,
    sent_at: toTimeOrNull(email.sentAt),
    has_attachment: email.hasAttachment,
    open_count: email.openCount,
    click_count: email.clickCount,
    send_outcome: outcome,
  };
}

export const toEmailDetailBody = (email: Email, now: number): z.infer<typeof EmailDetailBody> => ({
  ...toEmailSummaryBody(email, now),
  send_outcome_reason: shownSendOutcome(email, now) === "refused" ? "no_trace" : null,
  message_id: email.providerMessageId,
  email_type: email.emailType,
  tier: email.tier,
  attachment_filenames: email.attachments.map(({ filename }) => filename),
  thread_id: email.threadId,
  in_reply_to_id: email.inReplyToId,
  delivered_at: toTimeOrNull(email.deliveredAt),
  bounced_at: toTimeOrNull(email.bouncedAt),
  bounce_type: email.bounceType,
  bounce_subtype: email.bounceSubtype,
  complained_at: toTimeOrNull(email.complainedAt),
  rejected_at: toTimeOrNull(email.rejectedAt),
  delivery_delay_at: toTimeOrNull(email.deliveryDelayAt),
  first_open_at: toTimeOrNull(email.firstOpenAt),
  last_open_at: toTimeOrNull(email.lastOpenAt),
  first_click_at: toTimeOrNull(email.firstClickAt),
  last_click_at: toTimeOrNull(email.lastClickAt),
  machine_open_count: email.machineOpenCount,
  machine_click_count: email.machineClickCount,
  updated_at: toTime(email.updatedAt),
});

export const toEmailEventBody = (event: ListedEvent): z.infer<typeof EmailEventBody> => ({
  id: event.id,
  email_id: event.emailId,
  event_type: event.type,
  event_at: toTime(event.occurredAt),
  received_at: toTime(event.receivedAt),
});
