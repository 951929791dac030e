// The JSON that SNS posts, signed. SNS: "HTTP/HTTPS notification JSON format". The same delivery always gives the same
// octets, so that a retry is a true repetition.
import type { PendingDelivery } from "../records.ts";
import type { SigningKey } from "./signing-key.ts";

/** The fields signed, in their byte order; a newline after every name and every value, the last one too. */
const SIGNED_FIELDS = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: [
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
  ],
} as const;

/** `origin` is the sandbox's own: certificate and links lie there. */
export async function signedEnvelope(
  key: SigningKey,
  origin: string,
  delivery: PendingDelivery,
): Promise<Record<string, string>> {
  const fields: Record<string, string> = {
    Type: delivery.type,
    MessageId: delivery.messageId,
    ...(delivery.token === null ? {} : { Token: delivery.token }),
    TopicArn: delivery.topicArn,
    ...(delivery.subject === null ? {} : { Subject: delivery.subject }),
    Message: delivery.message,
    ...(delivery.token === null
      ? {}
      : { SubscribeURL: confirmUrl(origin, delivery.topicArn, delivery.token) }),
    Timestamp: delivery.timestamp,
    SignatureVersion: delivery.signatureVersion,
  };
  const text = SIGNED_FIELDS[delivery.type]
    .filter((name) => fields[name] !== undefined)
    .map((name) => `${name}\n${fields[name]}\n`)
    .join("");
  return {
    ...fields,
    Signature: await key.sign(delivery.signatureVersion, text),
    SigningCertURL: `${origin}${key.certificatePath}`,
    ...(delivery.type === "Notification"
      ? { UnsubscribeURL: unsubscribeUrl(origin, delivery.subscriptionArn) }
      : {}),
  };
}

const confirmUrl = (origin: string, topicArn: string, token: string): string =>
  `${origin}/sns/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${token}`;

const unsubscribeUrl = (origin: string, subscriptionArn: string): string =>
  `${origin}/sns/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`;
