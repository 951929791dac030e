import type { Id } from "../ids.ts";
import type { MessagePlan } from "../message/plan.ts";

/** A message ready to go, with everything the provider must be told beside the message itself. */
export type OutgoingMail = {
  readonly emailId: Id;
  readonly workspaceId: Id;
  readonly useCaseId: Id;
  readonly tenantName: string;
  /** For the repair of a lost association; null when the provider never told it. */
  readonly tenantArn: string | null;
  readonly configurationSetName: string;
  /** The domain identity the sender belongs to. */
  readonly domainIdentity: string;
  /** Bare address: display name and encoding are in the message's own From. */
  readonly fromAddress: string;
  readonly toAddress: string;
  readonly message: MessagePlan;
};

export type MailRefusal =
  | { readonly kind: "message_rejected"; readonly reason: string }
  | { readonly kind: "sending_paused"; readonly reason: string }
  | { readonly kind: "provider_size_limit" }
  | { readonly kind: "provider_throttled"; readonly retryAfterSeconds: number }
  | { readonly kind: "account_capacity_exceeded"; readonly retryAfterSeconds: number }
  /** Refused for what the operator must mend: credentials, a lost tenant, set or association. For the log, not the caller. */
  | { readonly kind: "provider_misconfigured"; readonly reason: string };

/**
 * What became of one attempt. Only a modelled 4xx of the provider is `refused`: it proves that the mail was not taken.
 * A time-out, a lost connection, any 5xx or an answer that cannot be read is `unknown`: it may have been taken.
 */
export type SendOutcome =
  | { readonly kind: "accepted"; readonly providerMessageId: string }
  | { readonly kind: "refused"; readonly refusal: MailRefusal }
  | { readonly kind: "unknown" };

/**
 * Hands one message to the provider, at most once as far as the provider can tell: throttles and fresh tenant
 * associations are tried again within the budget (they prove refusal), nothing else is. Never throws.
 */
export type Mailer = { send(mail: OutgoingMail): Promise<SendOutcome> };
