import type { Result } from "../result.ts";

/** The provider's no: the token is unknown or too old, or the topic is not ours to confirm. For the log. */
export type ConfirmationRefused = { readonly kind: "confirmation_refused"; readonly reason: string };

/**
 * Confirms a subscription of our hook to a notification topic with our own signed call: a URL in the message is never
 * followed. Confirming twice is no error. Throws OutageError (`sns`) when the provider does not answer.
 */
export type TopicConfirmer = {
  confirm(topicArn: string, token: string): Promise<Result<void, ConfirmationRefused>>;
};
