// The shapes of received e-mails and threads on the wire: the product's own names and types. What a stranger wrote stays
// text in a member of its own; ids of headers are shown as headers have them, in angle brackets.
import { z } from "@hono/zod-openapi";
import { VERDICT_WORDS } from "../../core/inbound/arrival.ts";
import { type InboundAttachment, type InboundSummary, MATCHES } from "../../core/inbound/inbound-email.ts";
import { MAIL_CLASSES } from "../../core/inbound/mail-class.ts";
import { PARSE_STATUSES } from "../../core/inbound/parsed-message.ts";
import type { InboundDetail } from "../../core/inbound/read-inbound.ts";
import type { ThreadMessage } from "../../core/ports/inbound-store.ts";
import { EmailSummaryBody, toEmailSummaryBody } from "../email/wire.ts";
import { Id, Time, toTime } from "../wire.ts";

const summaryMembers = {
  id: Id,
  setup_id: Id,
  ses_use_case_id: Id.nullable().openapi({ description: "Null: it came for none." }),
  from_address: z
    .string()
    .nullable()
    .openapi({ description: "As the sender wrote it, its domain in A-labels; proves nothing." }),
  to_addresses: z.array(z.string()).openapi({ description: "Its envelope recipients in this setup." }),
  subject: z.string(),
  received_at: Time,
  class: z.enum(MAIL_CLASSES),
  thread_id: Id.openapi({ description: "The id of the thread's first message." }),
  parent_email_id: Id.nullable().openapi({ description: "The e-mail, sent or received, that it answers." }),
  matched_by: z.enum(MATCHES).openapi({ description: "By what its use case was found." }),
  has_attachment: z.boolean().openapi({ description: "Inline files do not count." }),
};

export const InboundSummaryBody = z.object(summaryMembers).openapi("InboundEmailSummary");

const attachmentMembers = {
  filename: z.string().openapi({ description: "Safe, and unique in its e-mail." }),
  content_type: z.string(),
  size: z.int().openapi({ description: "Octets." }),
  sha256: z.string().openapi({ description: "Of the octets, in hex." }),
};
const AttachmentBody = z
  .object({ ...attachmentMembers, content_id: z.string().nullable() })
  .openapi("InboundAttachment");
const InlineAttachmentBody = z
  .object({ ...attachmentMembers, content_id: z.string() })
  .openapi("InboundInlineAttachment");

const verdict = z.enum(VERDICT_WORDS).nullable();
const VerdictsBody = z
  .object({ spam: verdict, virus: verdict, spf: verdict, dkim: verdict, dmarc: verdict })
  .openapi("InboundVerdicts");

export const InboundDetailBody = z
  .object({
    ...summaryMembers,
    message_id: z.string().nullable().openapi({ description: "Of its header, in angle brackets." }),
    in_reply_to: z.string().nullable().openapi({ description: "Ids in angle brackets." }),
    references: z.array(z.string()).openapi({ description: "Oldest first." }),
    text: z.string().nullable().openapi({ description: "The plain text; null when there is none." }),
    attachments: z.array(AttachmentBody).openapi({ description: "In document order." }),
    inline_attachments: z
      .array(InlineAttachmentBody)
      .openapi({ description: "What the HTML shows by `cid:`, stored under the Content-ID." }),
    verdicts: VerdictsBody,
    known_sender: z.boolean().openapi({ description: "Whether From takes part in the thread otherwise." }),
    parse_status: z
      .enum(PARSE_STATUSES)
      .openapi({ description: "Any other word than `parsed` says why there is only the raw message." }),
  })
  .openapi("InboundEmailDetail");

export const ThreadMessageBody = z
  .discriminatedUnion("direction", [
    EmailSummaryBody.extend({
      direction: z.literal("outbound"),
      in_reply_to_id: Id.nullable(),
    }).openapi("OutboundThreadMessage"),
    InboundSummaryBody.extend({ direction: z.literal("inbound") }).openapi("InboundThreadMessage"),
  ])
  .openapi("ThreadMessage");

export const toInboundSummaryBody = (email: InboundSummary): z.infer<typeof InboundSummaryBody> => ({
  id: email.id,
  setup_id: email.setupId,
  ses_use_case_id: email.useCaseId,
  from_address: email.fromAddress,
  to_addresses: [...email.toAddresses],
  subject: email.subject,
  received_at: toTime(email.receivedAt),
  class: email.mailClass,
  thread_id: email.threadId,
  parent_email_id: email.parentEmailId,
  matched_by: email.matchedBy,
  has_attachment: email.hasAttachment,
});

export function toInboundDetailBody({ email, text }: InboundDetail): z.infer<typeof InboundDetailBody> {
  const { files, inReplyTo } = email;
  return {
    ...toInboundSummaryBody(email),
    message_id: email.messageId === null ? null : inAngles(email.messageId),
    in_reply_to: inReplyTo.length === 0 ? null : inReplyTo.map(inAngles).join(" "),
    references: email.references.map(inAngles),
    text,
    attachments: files.filter(({ isInline }) => !isInline).map(toAttachmentBody),
    inline_attachments: files.filter(({ isInline }) => isInline).map(toInlineBody),
    verdicts: email.verdicts,
    known_sender: email.knownSender,
    parse_status: email.parseStatus,
  };
}

export const toThreadMessageBody = (
  message: ThreadMessage,
  now: number,
): z.infer<typeof ThreadMessageBody> =>
  message.direction === "inbound"
    ? { direction: "inbound", ...toInboundSummaryBody(message.email) }
    : {
        direction: "outbound",
        ...toEmailSummaryBody(message.email, now),
        in_reply_to_id: message.email.inReplyToId,
      };

const inAngles = (id: string): string => `<${id}>`;

const toAttachmentBody = (file: InboundAttachment): z.infer<typeof AttachmentBody> => ({
  filename: file.filename,
  content_type: file.contentType,
  size: file.sizeBytes,
  sha256: file.sha256,
  content_id: file.contentId,
});

/** An inline file has an id: it is inline because the HTML refers to it. */
const toInlineBody = (file: InboundAttachment): z.infer<typeof InlineAttachmentBody> => ({
  ...toAttachmentBody(file),
  content_id: file.contentId ?? file.filename,
});
