import type { IdempotencyClaim } from "../../core/idempotency/idempotency.ts";
import { sendEmail } from "../../core/email/send-email.ts";
import { err, ok } from "../../core/result.ts";
import { fingerprintOf } from "../idempotency-fingerprint.ts";
import { inWorkspace, operation } from "../operation.ts";
import { rateLimitHeaders } from "../rate-limit.ts";
import { readBody } from "../request-body.ts";
import { sentEmailExample } from "./examples.ts";
import { FORM_BYTES_MAX, readSendForm, type SendForm, SendFormSchema } from "./send-form.ts";
import { SentEmailBody, toSentEmailBody } from "./wire.ts";

export const sendEmailOperation = operation({
  summary: "Send an e-mail",
  description:
    "Sends one message to one recipient through a use case. With an Idempotency-Key a repeated request is never sent twice.",
  tag: "E-mails",
  method: "post",
  paths: [{ path: "/v1/{workspace_id}/email/send", operationId: "sendEmail" }],
  permission: "Channel.send",
  form: SendFormSchema,
  idempotency: "handler",
  refusals: [
    "malformed_multipart",
    "body_incomplete",
    "busy",
    "body_too_large",
    "attachment_too_large",
    "message_too_large",
    "unsupported_media_type",
    "validation_failed",
    "idempotency_key_reused",
    "request_in_progress",
    "use_case_not_found",
    "inbound_email_not_found",
    "reply_scope_mismatch",
    "dns_not_verified",
    "recipient_suppressed",
    "daily_capacity_exceeded",
    "message_rejected",
    "sending_paused",
    "provider_size_limit",
    "provider_misconfigured",
    "provider_throttled",
    "account_capacity_exceeded",
    "send_outcome_unknown",
  ],
  answer: { status: 201, schema: SentEmailBody, example: sentEmailExample },
  handle: async ({ ports, request, idempotencyKey, ...input }) => {
    const contentType = request.headers.get("content-type") ?? "";
    if (!/^multipart\/form-data\b/i.test(contentType))
      return err({ kind: "unsupported_media_type", expected: "multipart/form-data" });
    const body = await readBody(request, { maxBytes: FORM_BYTES_MAX, budget: ports.bodyBudget });
    if (!body.ok) return body;
    try {
      const form = await readSendForm(body.value.octets, contentType);
      if (!form.ok) return form;
      const claim = idempotencyKey === null ? null : await claimOf(idempotencyKey, form.value);
      const sent = await sendEmail(ports, { workspaceId: inWorkspace(input), ...form.value, claim });
      if (!sent.ok) return sent;
      const { capacity, replayed } = sent.value;
      const headers = {
        ...(replayed ? { "Idempotency-Replayed": "true" } : {}),
        ...(capacity ? rateLimitHeaders(capacity) : {}),
      };
      return ok(Response.json(toSentEmailBody(sent.value.email), { status: 201, headers }));
    } finally {
      body.value.release();
    }
  },
});

const claimOf = async (key: string, form: SendForm): Promise<IdempotencyClaim> => ({
  key,
  fingerprint: await fingerprintOf({
    operation: "sendEmail",
    path: "/email/send",
    fields: [
      form.useCaseId,
      form.toAddress,
      form.subject,
      form.bodyHtml.text,
      form.bodyText,
      form.inReplyToId,
    ],
    files: form.files.map(({ filename, contentType, sha256 }) => ({
      name: filename,
      type: contentType,
      sha256,
    })),
  }),
});
