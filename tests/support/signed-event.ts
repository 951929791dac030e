// An event of SES as SNS posts it to our hook, signed, about one of the sample mails. Runs outside of tests as well.
import { SANDBOX_TOPIC_ARN } from "../../edge/config.ts";
import type { NewEmail } from "../../core/email/email.ts";
import { signSns } from "./sns-signer.ts";

const USER_AGENT = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";

/** What each type says of itself, beside its time. */
const DETAILS = {
  Delivery: { processingTimeMillis: 800, smtpResponse: "250 2.0.0 OK", reportingMTA: "a8-1.smtp-out" },
  Open: { ipAddress: "192.0.2.1", userAgent: USER_AGENT },
  Click: { ipAddress: "192.0.2.1", userAgent: USER_AGENT, link: "https://example.org/", linkTags: null },
} as const;
export type SignedEventType = keyof typeof DETAILS;
export const SIGNED_EVENT_TYPES = Object.keys(DETAILS) as SignedEventType[];

export type EventToSign = {
  readonly type: SignedEventType;
  readonly email: NewEmail;
  readonly providerMessageId: string;
  readonly certificateUrl: string;
};

/** The body of the notification, of this very moment. */
export function signedEvent({ type, email, providerMessageId, certificateUrl }: EventToSign): string {
  const { id, fromAddress, toAddress, subject, workspaceId, useCaseId } = email;
  const timestamp = new Date().toISOString();
  const recipients = type === "Delivery" ? { recipients: [toAddress] } : {};
  const message = {
    eventType: type,
    mail: {
      timestamp,
      source: fromAddress,
      messageId: providerMessageId,
      destination: [toAddress],
      headersTruncated: false,
      headers: [
        { name: "From", value: fromAddress },
        { name: "To", value: toAddress },
        { name: "Subject", value: subject },
      ],
      commonHeaders: { from: [fromAddress], to: [toAddress], subject },
      tags: { email_id: [id], workspace_id: [workspaceId], use_case_id: [useCaseId] },
    },
    [type.toLowerCase()]: { timestamp, ...DETAILS[type], ...recipients },
  };
  return JSON.stringify(
    signSns({
      Type: "Notification",
      MessageId: crypto.randomUUID(),
      TopicArn: SANDBOX_TOPIC_ARN,
      Subject: "Amazon SES Email Event Notification",
      Message: JSON.stringify(message),
      Timestamp: timestamp,
      SigningCertURL: certificateUrl,
    }),
  );
}
