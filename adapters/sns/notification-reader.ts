// The NotificationReader for Amazon: SNS around it (verify.ts), SES inside it (adapters/ses/event.ts).
import type { ObjectPlace } from "../../core/inbound/arrival.ts";
import { OutageError } from "../../core/outage.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { IdSource } from "../../core/ports/id-source.ts";
import type { NotificationReader, ReadNotification } from "../../core/ports/notification-reader.ts";
import { parseSesMessage } from "../ses/event.ts";
import type { SnsEnvelopeRules } from "./notification.ts";
import type { SigningKeys } from "./signing-key.ts";
import { type SnsVerdict, verifySnsMessage } from "./verify.ts";

/** How long SNS should wait before it posts again what we could not check; it has its own mind about it. */
const RETRY_SECONDS = 20;

export type NotificationReaderPorts = {
  readonly keys: SigningKeys;
  readonly clock: Clock;
  readonly ids: IdSource;
};

export type NotificationRules = SnsEnvelopeRules & {
  /** The only place whose mail is ours; null: where each notification says. */
  readonly inboundStore: { readonly bucket: string; readonly prefix: string } | null;
};

export function makeNotificationReader(
  ports: NotificationReaderPorts,
  rules: NotificationRules,
): NotificationReader {
  return {
    async read(body) {
      const verdict = await verifySnsMessage(body, rules, ports.keys, ports.clock.now());
      switch (verdict.kind) {
        case "refused":
          return verdict;
        case "trouble":
          throw new OutageError(
            { service: "sns", cause: "unavailable", retryAfterSeconds: RETRY_SECONDS },
            `the signing certificate: ${verdict.detail}`,
          );
        case "subscription_confirmation":
          return { kind: "confirmation", topicArn: verdict.topicArn, token: verdict.token };
        case "unsubscribe_confirmation":
          return { kind: "ignored", reason: "unsubscribe_confirmation" };
        case "notification":
          return readContents(ports, rules, verdict);
      }
    },
  };
}

const isWithin = (
  { bucket, key }: ObjectPlace,
  store: NonNullable<NotificationRules["inboundStore"]>,
): boolean => bucket === store.bucket && (store.prefix === "" || key.startsWith(`${store.prefix}/`));

function readContents(
  ports: NotificationReaderPorts,
  { inboundStore }: NotificationRules,
  notification: Extract<SnsVerdict, { kind: "notification" }>,
): ReadNotification {
  const read = parseSesMessage(notification.message, notification);
  // Genuine and yet not what we know: posted again it would be no better.
  if (!read.ok) return { kind: "ignored", reason: `malformed_event: ${read.error.reason}` };
  switch (read.value.kind) {
    case "mail_event": {
      const event = { ...read.value.event, id: ports.ids.newId(), receivedAt: ports.clock.now() };
      return { kind: "mail_event", event, rawJson: notification.message };
    }
    case "inbound": {
      const { mail } = read.value;
      // Our own contents may lie in the same bucket: whoever names one of those must not have it delivered.
      if (inboundStore !== null && !isWithin(mail.place, inboundStore))
        return { kind: "ignored", reason: `outside of INBOUND_STORE: ${mail.place.bucket}` };
      return { kind: "inbound_mail", mail };
    }
    case "unsupported":
      return { kind: "ignored", reason: `unsupported: ${read.value.what}` };
    default:
      return { kind: "ignored", reason: read.value.kind };
  }
}
