// Example answers of the OpenAPI document: the answer to the e-mail that edge/email/examples.ts tells of.
import type { z } from "@hono/zod-openapi";
import { EMAIL_ID, emailSummaryExample, sentEmailExample } from "../email/examples.ts";
import type { InboundDetailBody, InboundSummaryBody, ThreadMessageBody } from "./wire.ts";

const SENT_MESSAGE_ID = `<${sentEmailExample.message_id}@eu-central-1.amazonses.com>`;

export const inboundSummaryExample: z.infer<typeof InboundSummaryBody> = {
  id: "01920f40-1b2c-7d3e-8f40-000000000050",
  setup_id: emailSummaryExample.setup_id,
  ses_use_case_id: emailSummaryExample.ses_use_case_id,
  from_address: emailSummaryExample.to_address,
  to_addresses: [emailSummaryExample.from_address],
  subject: "Re: Your appointment tomorrow",
  received_at: "2026-01-02T08:12:00.000Z",
  class: "human",
  thread_id: EMAIL_ID,
  parent_email_id: EMAIL_ID,
  matched_by: "in_reply_to",
  has_attachment: true,
};

const SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

export const inboundDetailExample: z.infer<typeof InboundDetailBody> = {
  ...inboundSummaryExample,
  message_id: "<CAF3k9x=2v@mail.example.org>",
  in_reply_to: SENT_MESSAGE_ID,
  references: [SENT_MESSAGE_ID],
  text: "Thank you, I will be there. My insurance card is attached.",
  attachments: [
    { filename: "card.pdf", content_type: "application/pdf", size: 48213, sha256: SHA256, content_id: null },
  ],
  inline_attachments: [
    {
      filename: "logo@mail.example.org",
      content_type: "image/png",
      size: 1204,
      sha256: SHA256,
      content_id: "logo@mail.example.org",
    },
  ],
  verdicts: { spam: "PASS", virus: "PASS", spf: "PASS", dkim: "PASS", dmarc: "PASS" },
  known_sender: true,
  parse_status: "parsed",
};

export const threadExample: z.infer<typeof ThreadMessageBody>[] = [
  { direction: "outbound", ...emailSummaryExample, in_reply_to_id: null },
  { direction: "inbound", ...inboundSummaryExample },
];
