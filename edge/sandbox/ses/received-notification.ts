// What SES publishes about a mail it received. SES: "Contents of notifications for Amazon SES email receiving". A block of
// its own beside events.ts: other members, another message id, and the recipients of the envelope.
import type { HeaderField } from "../records.ts";
import { addressesIn, boundedHeaders, commonHeaders, headerValue } from "./common-headers.ts";
import type { ReceivedFor } from "./received-block.ts";

export const RECEIPT_SUBJECT = "Amazon SES Email Receipt Notification";

/** Longer than this is no id; SNS would not take a message that repeats it. */
const MESSAGE_ID_CHARACTERS_MAX = 1_000;

/** `headers`: of the message as it is stored, SES's own first. `content`: what an SNS action sends along. */
export function receivedNotification(
  mail: ReceivedFor,
  headers: readonly HeaderField[],
  action: object,
  content?: string,
): string {
  const shown = boundedHeaders(headers.map(({ name, value }) => ({ name, value: unfolded(value) })));
  const verdict = (status: string): object => ({ status });
  const { verdicts } = mail;
  return JSON.stringify({
    notificationType: "Received",
    receipt: {
      timestamp: iso(mail.receivedAt),
      processingTimeMillis: 1,
      recipients: mail.recipients,
      spamVerdict: verdict(verdicts.spam),
      virusVerdict: verdict(verdicts.virus),
      spfVerdict: verdict(verdicts.spf),
      dkimVerdict: verdict(verdicts.dkim),
      dmarcVerdict: verdict(verdicts.dmarc),
      // What the sender's domain asks for, told only when DMARC fails.
      ...(verdicts.dmarc === "FAIL" ? { dmarcPolicy: "reject" } : {}),
      action,
    },
    mail: {
      timestamp: iso(mail.receivedAt),
      source: mail.envelopeFrom ?? "<>",
      messageId: mail.messageId,
      // Of the header, unlike the recipients.
      destination: ["to", "cc"].flatMap((name) => addressesIn(headerValue(headers, name) ?? "")),
      headersTruncated: shown.length < headers.length,
      headers: shown,
      commonHeaders: {
        returnPath: mail.envelopeFrom ?? "<>",
        ...commonHeaders(headers),
        messageId: headerValue(headers, "message-id")?.slice(0, MESSAGE_ID_CHARACTERS_MAX),
      },
    },
    ...(content === undefined ? {} : { content }),
  });
}

const iso = (ms: number): string => new Date(ms).toISOString();

const unfolded = (value: string): string => value.replace(/\r?\n(?=[ \t])/g, "");
