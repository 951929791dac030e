// The shapes of suppressions on the wire.
import { z } from "@hono/zod-openapi";
import { SEND_RULES, type SendExplanation } from "../../core/suppression/explain-send.ts";
import { type Suppression, SUPPRESSION_REASONS } from "../../core/suppression/suppression.ts";
import { UNSUBSCRIBE_SCOPES } from "../../core/use-case/use-case.ts";
import { Id, Time, toTime, toTimeOrNull } from "../wire.ts";

export const SuppressionBody = z
  .object({
    id: Id,
    scope: z
      .enum(UNSUBSCRIBE_SCOPES)
      .openapi({ description: "`use_case`: mail of that use case only; `setup`: all mail from the domain." }),
    setup_id: Id,
    use_case_id: Id.nullable().openapi({ description: "Null when the scope is the setup." }),
    address: z
      .string()
      .openapi({ description: "In the form addresses are compared in.", example: "pat@example.org" }),
    reason: z.enum(SUPPRESSION_REASONS),
    since: Time,
    expires_at: Time.nullable(),
    source_email_id: Id.nullable().openapi({ description: "The e-mail it came of; null by hand." }),
  })
  .openapi("Suppression");

export const SendExplanationBody = z
  .object({
    would_send: z.boolean(),
    rule: z.enum(SEND_RULES).openapi({
      description:
        "Why: `not_suppressed`, `answers_newer_mail`, or the reason of the suppression that stops it.",
    }),
    suppression: SuppressionBody.nullable(),
  })
  .openapi("SendExplanation");

export const toSuppressionBody = (suppression: Suppression): z.infer<typeof SuppressionBody> => ({
  id: suppression.id,
  scope: suppression.scope,
  setup_id: suppression.setupId,
  use_case_id: suppression.useCaseId,
  address: suppression.address,
  reason: suppression.reason,
  since: toTime(suppression.since),
  expires_at: toTimeOrNull(suppression.expiresAt),
  source_email_id: suppression.sourceEmailId,
});

export const toSendExplanationBody = ({
  wouldSend,
  rule,
  suppression,
}: SendExplanation): z.infer<typeof SendExplanationBody> => ({
  would_send: wouldSend,
  rule,
  suppression: suppression && toSuppressionBody(suppression),
});

/** The example of the OpenAPI document. */
export const suppressionExample: z.infer<typeof SuppressionBody> = {
  id: "01920f3e-7c1a-7b2e-9d3c-000000000050",
  scope: "setup",
  setup_id: "01920f3e-7c1a-7b2e-9d3c-000000000010",
  use_case_id: null,
  address: "pat@example.org",
  reason: "hard_bounce",
  since: "2026-01-02T03:04:07.001Z",
  expires_at: null,
  source_email_id: "01920f3e-7c1a-7b2e-9d3c-000000000030",
};
