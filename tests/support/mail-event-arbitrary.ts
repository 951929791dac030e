// Random events of one mail for properties: few values, so that times, types and exceptions meet often.
import fc from "fast-check";
import { BOUNCE_TYPES, LEDGER_EVENT_TYPES } from "../../core/email/email-state.ts";
import type { MailEvent } from "../../core/email/mail-event.ts";
import { SAMPLE_TIME } from "./channel-samples.ts";

const type = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...LEDGER_EVENT_TYPES) },
  { weight: 3, arbitrary: fc.constantFrom("Delivery", "Bounce", "Complaint") },
);

/** What SES says in an event; ids and keys are the test's. */
export type EventContent = Pick<
  MailEvent,
  | "type"
  | "occurredAt"
  | "bounceType"
  | "bounceSubtype"
  | "complaintFeedbackType"
  | "complaintSubtype"
  | "isLikelyBot"
>;

export const eventContent: fc.Arbitrary<EventContent> = type.chain((type) =>
  fc.record({
    type: fc.constant(type),
    occurredAt: fc.integer({ min: SAMPLE_TIME, max: SAMPLE_TIME + 5 }),
    bounceType: type === "Bounce" ? fc.constantFrom(...BOUNCE_TYPES, null) : fc.constant(null),
    bounceSubtype:
      type === "Bounce"
        ? fc.constantFrom("General", "MailboxFull", "NoEmail", "OnTenantSuppressionList", null)
        : fc.constant(null),
    complaintFeedbackType:
      type === "Complaint" ? fc.constantFrom("abuse", "not-spam", null) : fc.constant(null),
    complaintSubtype:
      type === "Complaint" ? fc.constantFrom("OnAccountSuppressionList", null) : fc.constant(null),
    isLikelyBot: type === "Open" || type === "Click" ? fc.boolean() : fc.constant(false),
  }),
);
