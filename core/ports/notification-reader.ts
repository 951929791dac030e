import type { MailEvent } from "../email/mail-event.ts";
import type { ReceivedMail } from "../inbound/arrival.ts";

/**
 * What a message posted to our hook turns out to be, once it is known to be genuine and of a topic of ours.
 * `refused`: forged, foreign, spliced or too old; nothing in it may be believed. `ignored`: genuine, and nothing for us
 * (the provider's probes, event types we did not ask for, contents we cannot read, which stay in the log by `reason`).
 */
export type ReadNotification =
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "ignored"; readonly reason: string }
  | { readonly kind: "confirmation"; readonly topicArn: string; readonly token: string }
  | { readonly kind: "mail_event"; readonly event: MailEvent; readonly rawJson: string }
  /** A mail arrived for us. */
  | { readonly kind: "inbound_mail"; readonly mail: ReceivedMail };

/** Verifies and parses. Throws OutageError (`sns`) when it cannot be told whether the message is genuine. */
export type NotificationReader = { read(body: Uint8Array): Promise<ReadNotification> };
