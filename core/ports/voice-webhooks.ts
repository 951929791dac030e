import type { Id } from "../ids.ts";
import type { WebhookKind } from "../voice/phone-number.ts";
import type { TwilioSetup } from "../voice/twilio-setup.ts";

/** The form that was posted: names and values in their order, names may be repeated. */
export type WebhookParameters = readonly (readonly [name: string, value: string])[];

/**
 * Whether a webhook is the provider's: signed with the account's token over the URL it was told to call and everything it
 * posted. The comparison takes constant time.
 */
export type WebhookSignatures = {
  isGenuine(
    authToken: string,
    request: { readonly url: string; readonly parameters: WebhookParameters },
    signature: string,
  ): Promise<boolean>;
};

export type RecordedWebhook = {
  readonly id: Id;
  readonly useCaseId: Id;
  readonly kind: WebhookKind;
  /** Our side of the call, E.164. */
  readonly phoneNumber: string;
  readonly callSid: string;
  readonly callStatus: string;
  /** Tells apart what is said of one call in one status. */
  readonly sequence: string;
  readonly parameters: WebhookParameters;
  readonly receivedAt: number;
};

/** Of one number; some hundred calls. What is told again after so many others counts as new. */
export const WEBHOOKS_KEPT = 1000;

/**
 * What the voice provider told our hooks.
 *
 * - `findAccount` answers the Twilio setup of a use case that is neither deleted nor another channel's, else null.
 * - `record` stores a webhook once for its number, kind, call, status and sequence: the same again changes nothing. False,
 *   and nothing stored, when the use case has no such number. Durable when it answers. Of each number the newest
 *   `WEBHOOKS_KEPT` stay: whoever owns an account can sign as many as they like.
 */
export type VoiceWebhookStore = {
  findAccount(useCaseId: Id): Promise<TwilioSetup | null>;
  record(webhook: RecordedWebhook): Promise<boolean>;
};
