// One event of the provider about one mail, as the ledger keeps it. Parsing SES's JSON into it is the adapter's work.
import type { Id } from "../ids.ts";
import type { BounceType, LedgerEventType } from "./email-state.ts";

export type MailEvent = {
  readonly id: Id;
  readonly type: LedgerEventType;
  /** The provider's id of the message (SES `mail.messageId`). */
  readonly providerMessageId: string;
  /** Our e-mail id from the tag we sent along; null when it is missing or malformed. */
  readonly emailId: Id | null;
  /** When the provider took the message (`mail.timestamp`, ms). */
  readonly mailSentAt: number;
  /** The inner timestamp of the event (Reject, Send: the mail's own or the notification's), ms. */
  readonly occurredAt: number;
  /** When we recorded it, ms. */
  readonly receivedAt: number;
  /** The SNS MessageId: equal on retries of one publication. */
  readonly notificationId: string;
  /**
   * Provider message id, type, timestamp, recipients, and feedback id or link, IP address and agent, hashed: equal when
   * the provider published the same event twice under two notification ids.
   */
  readonly naturalKey: string;
  readonly bounceType: BounceType | null;
  /** SES's word, verbatim. */
  readonly bounceSubtype: string | null;
  /** ARF feedback type of a complaint (`abuse`, `not-spam`, ...) or null. */
  readonly complaintFeedbackType: string | null;
  /** Null, `OnAccountSuppressionList` or `OnTenantSuppressionList`. */
  readonly complaintSubtype: string | null;
  /** SES marked the open or click as probably a machine's. */
  readonly isLikelyBot: boolean;
};
