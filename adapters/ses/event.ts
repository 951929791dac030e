// Reads what SES publishes through SNS: an event about a mail we sent, or one of the
// other things that arrive on the same topic. Everything in it is doubted; nothing here throws. It decides what the
// event is, not what follows from it (core/email/settle.ts).
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { BOUNCE_TYPES, type LedgerEventType } from "../../core/email/email-state.ts";
import type { MailEvent } from "../../core/email/mail-event.ts";
import { type Id, parseId } from "../../core/ids.ts";
import type { ReceivedMail } from "../../core/inbound/arrival.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { asArray, asObject, asText, type JsonObject, parseJsonObject } from "../system/json.ts";
import { parseAwsTime } from "../aws/time.ts";
import { parseProviderMessageId } from "./provider-message-id.ts";
import { parseReceived } from "./received-notification.ts";

/** The event without what the one who records it adds. */
export type SesMailEvent = Omit<MailEvent, "id" | "receivedAt">;

export type SesMessage =
  | { readonly kind: "mail_event"; readonly event: SesMailEvent }
  /** A mail that arrived for us (receipt rule). */
  | { readonly kind: "inbound"; readonly mail: ReceivedMail }
  /** SES tried whether it may publish to the topic: plain text, no JSON. */
  | { readonly kind: "topic_probe" }
  /** SES tried whether it may write to the bucket of a receipt rule. */
  | { readonly kind: "setup_notification" }
  /** Genuine, and nothing to us: another mechanism's, or newer than this code. */
  | { readonly kind: "unsupported"; readonly what: string };

export type MalformedSesMessage = { readonly kind: "malformed_event"; readonly reason: string };

/** Of the SNS notification the message came in. */
export type NotificationStamp = { readonly messageId: string; readonly publishedAt: number };

const TOPIC_PROBE = "Successfully validated SNS topic for Amazon SES";
const SETUP_NOTIFICATION = "AMAZON_SES_SETUP_NOTIFICATION";
/** Words of SES that we keep verbatim; its longest has 28 characters. */
const WORD_CHARACTERS_MAX = 100;
/** What goes into the natural key only, and only as part of a hash. SNS bounds the whole message. */
const KEY_CHARACTERS_MAX = 256 * 1024;

/** Per type: the member that holds its own part, and where the people it is about are listed there. */
const EVENT_SHAPES: Readonly<Record<string, { type: LedgerEventType; member: string; recipients?: string }>> =
  {
    Send: { type: "Send", member: "send" },
    Reject: { type: "Reject", member: "reject" },
    Delivery: { type: "Delivery", member: "delivery", recipients: "recipients" },
    Bounce: { type: "Bounce", member: "bounce", recipients: "bouncedRecipients" },
    Complaint: { type: "Complaint", member: "complaint", recipients: "complainedRecipients" },
    DeliveryDelay: { type: "DeliveryDelay", member: "deliveryDelay", recipients: "delayedRecipients" },
    Open: { type: "Open", member: "open" },
    Click: { type: "Click", member: "click" },
    // With a space, and under a name of its own.
    "Rendering Failure": { type: "RenderingFailure", member: "failure" },
  };

/** What the message is. Malformed: it claims to be something of SES and is not shaped like it. */
export function parseSesMessage(
  message: string,
  notification: NotificationStamp,
): Result<SesMessage, MalformedSesMessage> {
  const document = parseJsonObject(message);
  if (!document)
    return message.startsWith(TOPIC_PROBE) ? ok({ kind: "topic_probe" }) : malformed("it is no JSON object");
  const mail = asObject(document.mail);
  if (mail?.messageId === SETUP_NOTIFICATION) return ok({ kind: "setup_notification" });
  if (document.notificationType === "Received") return readArrival(document);

  const eventType = asText(document.eventType, WORD_CHARACTERS_MAX);
  const shape =
    eventType !== null && Object.hasOwn(EVENT_SHAPES, eventType) ? EVENT_SHAPES[eventType] : undefined;
  if (!shape) return ok({ kind: "unsupported", what: eventType ?? "no eventType" });

  const providerMessageId = parseProviderMessageId(mail?.messageId);
  const mailSentAt = parseAwsTime(mail?.timestamp);
  if (!mail || providerMessageId === null) return malformed("mail.messageId is missing");
  if (mailSentAt === null) return malformed("mail.timestamp is no time");
  const detail = asObject(document[shape.member]) ?? {};
  const ownTime = parseAwsTime(detail.timestamp);
  if (ownTime === null && hasOwnTime(shape.type)) return malformed(`${shape.member}.timestamp is no time`);

  const event: SesMailEvent = {
    type: shape.type,
    providerMessageId,
    emailId: readEmailId(mail),
    mailSentAt,
    // A Reject carries no time of its own, and comes after a virus scan: the notification's is nearest.
    occurredAt: ownTime ?? (shape.type === "Reject" ? notification.publishedAt : mailSentAt),
    notificationId: notification.messageId,
    naturalKey: naturalKey(
      shape.type,
      providerMessageId,
      ownTime ?? mailSentAt,
      shape.recipients === undefined ? mail.destination : detail[shape.recipients],
      detail,
    ),
    ...readDetail(shape.type, detail),
  };
  return ok({ kind: "mail_event", event });
}

const malformed = (reason: string): { ok: false; error: MalformedSesMessage } =>
  err({ kind: "malformed_event", reason });

const hasOwnTime = (type: LedgerEventType): boolean =>
  type !== "Send" && type !== "Reject" && type !== "RenderingFailure";

function readArrival(document: JsonObject): Result<SesMessage, MalformedSesMessage> {
  const received = parseReceived(document);
  if (received.ok) return ok({ kind: "inbound", mail: received.value });
  const { error } = received;
  if (error.kind === "malformed_event") return err(error);
  return ok({ kind: "unsupported", what: `a mail received by the action "${error.action}"` });
}

/** The tag sent along with the mail (send-request.ts). Tag values are always arrays. */
function readEmailId(mail: JsonObject): Id | null {
  const id = asText(asArray(asObject(mail.tags)?.email_id)[0], WORD_CHARACTERS_MAX);
  return id === null ? null : parseId(id);
}

type EventDetail = Pick<
  MailEvent,
  "bounceType" | "bounceSubtype" | "complaintFeedbackType" | "complaintSubtype" | "isLikelyBot"
>;

function readDetail(type: LedgerEventType, detail: JsonObject): EventDetail {
  const word = (value: unknown): string | null => asText(value, WORD_CHARACTERS_MAX);
  const isBounce = type === "Bounce";
  const isComplaint = type === "Complaint";
  return {
    // A bounce of a type unknown to us is a bounce all the same, of a kind nobody determined.
    bounceType: isBounce
      ? (BOUNCE_TYPES.find((known) => known === detail.bounceType) ?? "Undetermined")
      : null,
    bounceSubtype: isBounce ? word(detail.bounceSubType) : null,
    complaintFeedbackType: isComplaint ? word(detail.complaintFeedbackType) : null,
    complaintSubtype: isComplaint ? word(detail.complaintSubType) : null,
    isLikelyBot: (type === "Open" || type === "Click") && detail.isBotEvent === "Likely",
  };
}

/** Equal for two publications of one event, different for two events. Strings in an array: no two can be glued to a third. */
function naturalKey(
  type: LedgerEventType,
  providerMessageId: string,
  timestamp: number,
  recipients: unknown,
  detail: JsonObject,
): string {
  const text = (value: unknown): string | null => asText(value, KEY_CHARACTERS_MAX);
  const addresses = asArray(recipients).map((item) => text(asObject(item)?.emailAddress) ?? text(item) ?? "");
  const parts = [
    providerMessageId,
    type,
    timestamp,
    addresses.toSorted(),
    text(detail.feedbackId),
    text(detail.link),
    text(detail.ipAddress),
    text(detail.userAgent),
  ];
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts))));
}
