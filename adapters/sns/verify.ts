// Decides whether a body posted to our hook is a message of SNS about one of our topics.
// What the message says is not read here, and nothing in it is fetched but the certificate.
import type { SnsEnvelope, SnsEnvelopeRules, SnsRefusal } from "./notification.ts";
import { parseSnsEnvelope } from "./notification.ts";
import type { CertificateTrouble, SigningKeys } from "./signing-key.ts";

export type SnsVerdict =
  | {
      readonly kind: "notification";
      readonly messageId: string;
      readonly topicArn: string;
      readonly publishedAt: number;
      readonly message: string;
    }
  /** To be confirmed by our own signed call with exactly these. */
  | { readonly kind: "subscription_confirmation"; readonly topicArn: string; readonly token: string }
  /** Genuine: somebody ended the subscription. Nothing is to be done, but to say so. */
  | { readonly kind: "unsubscribe_confirmation"; readonly topicArn: string }
  /** Not SNS, not ours, or not now: to be answered 4xx, and to change nothing. */
  | { readonly kind: "refused"; readonly reason: SnsRefusal }
  /** To be answered 5xx, so that SNS tries again. */
  | CertificateTrouble;

/** What a message may be late by on its way: the hour of SNS's longest retry policy after an hour of anything else. */
const AGE_MS_MAX = 2 * 3600 * 1000;

/** Verifies one body. Never throws for anything in it; `now` in ms. */
export async function verifySnsMessage(
  body: Uint8Array,
  rules: SnsEnvelopeRules,
  keys: SigningKeys,
  now: number,
): Promise<SnsVerdict> {
  const parsed = parseSnsEnvelope(body, rules);
  if (!parsed.ok) return { kind: "refused", reason: parsed.error };
  const envelope = parsed.value;
  // The signature holds for ever: only the time keeps an old message from being posted again. Repeats inside the
  // window are told by their MessageId. Both ways, for clocks that are wrong.
  if (Math.abs(now - envelope.publishedAt) > AGE_MS_MAX) return { kind: "refused", reason: "out_of_time" };

  const key = await keys.find(envelope.certificateUrl, envelope.topicArn, envelope.signatureVersion, now);
  if (!key.ok) return key.error;
  const genuine = await crypto.subtle.verify(
    "RSASSA-PKCS1-v1_5",
    key.value,
    envelope.signature,
    new TextEncoder().encode(envelope.signedText),
  );
  return genuine ? verdictOf(envelope) : { kind: "refused", reason: "bad_signature" };
}

function verdictOf({ type, messageId, topicArn, publishedAt, message, token }: SnsEnvelope): SnsVerdict {
  switch (type) {
    case "Notification":
      return { kind: "notification", messageId, topicArn, publishedAt, message };
    case "SubscriptionConfirmation":
      return { kind: "subscription_confirmation", topicArn, token };
    case "UnsubscribeConfirmation":
      return { kind: "unsubscribe_confirmation", topicArn };
  }
}
