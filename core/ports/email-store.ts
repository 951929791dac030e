import type { Email, EmailSummary, NewEmail } from "../email/email.ts";
import type { EmailState, ShownSendOutcome } from "../email/email-state.ts";
import type { ClaimLost, IdempotencyClaim, IdempotencyRecord } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { InboundEmail } from "../inbound/inbound-email.ts";
import type { Result } from "../result.ts";
import type { AccountTime } from "../reputation/account-share.ts";
import type { SesSetup } from "../setup/ses-setup.ts";
import type { Suppression } from "../suppression/suppression.ts";
import type { ChainParent } from "../threading/reply-headers.ts";
import type { EmailUseCase } from "../use-case/use-case.ts";
import type { KeysetPage, KeysetWindow } from "./keyset-page.ts";

/** Which send it is that asks. */
export type SendQuestion = {
  readonly workspaceId: Id;
  readonly useCaseId: Id;
  /** `canonicalAddress` of the address to send to. */
  readonly recipient: string;
  readonly idempotencyKey: string | null;
  /** The received e-mail to answer. */
  readonly inReplyToId: Id | null;
};

/** What a send needs to know before it writes, in one read. */
export type SendContext = {
  /** Null: not of this workspace, deleted, still provisioning, or not an e-mail use case. */
  readonly useCase: EmailUseCase | null;
  /** The use case's setup; null exactly when the use case is. */
  readonly setup: SesSetup | null;
  /** The use case is suspended, and sending was stopped until the operator resumes it. */
  readonly isSendingStopped: boolean;
  /** In force for the recipient, in the scopes that mail of this use case falls into. */
  readonly suppressions: readonly Suppression[];
  readonly claimed: IdempotencyRecord | null;
  /** The e-mail to answer, of this workspace; null when there is none, or none was asked for. */
  readonly inReplyTo: InboundEmail | null;
  /** What stands above that one, nearest first, at most as many as a chain has. */
  readonly ancestors: readonly ChainParent[];
  /** The e-mail the claim reserved; null when there is no claim or its row is gone. */
  readonly claimedEmail: Email | null;
};

/** Where a list looks: a use case, a setup, or a use case on that setup. Deleted ones count; foreign ones are empty. */
export type EmailScope = {
  readonly workspaceId: Id;
  readonly useCaseId: Id | null;
  readonly setupId: Id | null;
};

export type EmailFilter = EmailScope & {
  /** Canonical addresses (`canonicalAddress`), any of; empty: all. */
  readonly toAddresses: readonly string[];
  readonly states: readonly EmailState[];
  /** Empty: only mails known to be sent. Otherwise any of these, not sent ones ordered by when they were written. */
  readonly sendOutcomes: readonly ShownSendOutcome[];
  /** Inclusive, ms. */
  readonly sentAfter: number | null;
  /** Exclusive, ms. */
  readonly sentBefore: number | null;
};

/** What a mail takes of, by its `writtenAt`. It takes nothing when it has no cohort. */
export type CapacityAsked = {
  /** The sending day: cohorts from here on are of today. */
  readonly dayStartsAt: number;
  readonly account: AccountTime;
};

/** How much of today's capacity of its use case is used, this mail included. */
export type CapacityTaken = { readonly capacity: number; readonly used: number };

export type WriteAheadRefused =
  | ClaimLost
  | { readonly kind: "recipient_suppressed" }
  | ({ readonly kind: "daily_capacity_exceeded" } & CapacityTaken)
  /** This workspace's share of the account's 24 hours, or of its second, is used up while others send. */
  | { readonly kind: "account_capacity_exceeded"; readonly window: "24_hours" | "second" };

/**
 * E-mails. One method is one transaction, at most one round trip.
 *
 * - `sendContext` reads everything `sendEmail` decides on.
 * - `writeAhead` stores the e-mail as `sending`, with its attachments and its claim, before the provider is called; unless a
 *   suppression stops it by now, by the rule of `explainSend`, or capacity lacks: then nothing is stored, and of several
 *   reasons the one named first in WriteAheadRefused is told. A mail with a cohort takes one of the standing's capacity for
 *   the day (its use case's `taken` in cohorts of the day, and what that carries over), of its workspace's 24 hours and
 *   of its second at the provider (WORKSPACE_SHARE of what `recordQuota` kept, rounded down but at least 1, as long as
 *   another workspace took any within the 24 hours, or for the second lately), and is counted in all three: however many
 *   write at once, on however many instances, none passes a limit. A mail with an earlier id of ours is stored and counted
 *   once. An answer is written into the thread that the e-mail it answers is in by then. Events are not looked for: the
 *   provider does not know the mail yet.
 * - `recordSent` notes the provider's acceptance; the row is the answer for the claim. If an event settled the mail first, the
 *   stored message id and time stand; the mail as it now is comes back.
 * - `recordUnknown` notes that nobody knows; a mail an event has settled as sent stays sent. The mail as it now is comes back.
 * - `withdraw` removes a mail that was proven not taken, with attachments and claim, as if it had never been, and gives back
 *   what it took, where it took it; a mail known to be sent stays. Unknown keeps what it took.
 * - `find` answers the mail of this workspace, sent or not.
 * - `list` answers newest first by (sent time, sequence); pages neither skip nor repeat while rows arrive.
 */
export type EmailStore = {
  sendContext(question: SendQuestion, now: number): Promise<SendContext>;
  writeAhead(
    email: NewEmail,
    claim: IdempotencyClaim | null,
    asked: CapacityAsked,
  ): Promise<Result<CapacityTaken | null, WriteAheadRefused>>;
  recordSent(id: Id, providerMessageId: string, at: number): Promise<Email>;
  recordUnknown(id: Id, at: number): Promise<Email>;
  withdraw(id: Id): Promise<void>;
  find(workspaceId: Id, id: Id): Promise<Email | null>;
  list(filter: EmailFilter, window: KeysetWindow, now: number): Promise<KeysetPage<EmailSummary>>;
};
