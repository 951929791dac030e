import type { Email, EmailSummary, NewEmail } from "../email/email.ts";
import type { EmailState, ShownSendOutcome } from "../email/email-state.ts";
import type { ClaimLost, IdempotencyClaim, IdempotencyRecord } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { Result } from "../result.ts";
import type { SesSetup } from "../setup/ses-setup.ts";
import type { Suppression } from "../suppression/suppression.ts";
import type { EmailUseCase } from "../use-case/use-case.ts";
import type { KeysetPage, KeysetWindow } from "./keyset-page.ts";

/** Which send it is that asks. */
export type SendQuestion = {
  readonly workspaceId: Id;
  readonly useCaseId: Id;
  /** `canonicalAddress` of the address to send to. */
  readonly recipient: string;
  readonly idempotencyKey: string | null;
};

/** What a send needs to know before it writes, in one read. */
export type SendContext = {
  /** Null: not of this workspace, deleted, still provisioning, or not an e-mail use case. */
  readonly useCase: EmailUseCase | null;
  /** The use case's setup; null exactly when the use case is. */
  readonly setup: SesSetup | null;
  /** In force for the recipient, in the scopes that mail of this use case falls into. */
  readonly suppressions: readonly Suppression[];
  readonly claimed: IdempotencyRecord | null;
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

/**
 * E-mails. One method is one transaction, at most one round trip.
 *
 * - `sendContext` reads everything `sendEmail` decides on.
 * - `writeAhead` stores the e-mail as `sending`, with its attachments and its claim, before the provider is called; unless a
 *   suppression stops it by now, by the rule of `explainSend`: then nothing is stored.
 * - `recordSent` notes the provider's acceptance; the row is the answer for the claim. If an event settled the mail first, the
 *   stored message id and time stand; the mail as it now is comes back.
 * - `recordUnknown` notes that nobody knows; a mail an event has settled as sent stays sent. The mail as it now is comes back.
 * - `withdraw` removes a mail that was proven not taken, with attachments and claim, as if it had never been; a mail
 *   known to be sent stays.
 * - `find` answers the mail of this workspace, sent or not.
 * - `list` answers newest first by (sent time, sequence); pages neither skip nor repeat while rows arrive.
 */
export type EmailStore = {
  sendContext(question: SendQuestion, now: number): Promise<SendContext>;
  writeAhead(
    email: NewEmail,
    claim: IdempotencyClaim | null,
  ): Promise<Result<void, ClaimLost | { readonly kind: "recipient_suppressed" }>>;
  recordSent(id: Id, providerMessageId: string, at: number): Promise<Email>;
  recordUnknown(id: Id, at: number): Promise<Email>;
  withdraw(id: Id): Promise<void>;
  find(workspaceId: Id, id: Id): Promise<Email | null>;
  list(filter: EmailFilter, window: KeysetWindow, now: number): Promise<KeysetPage<EmailSummary>>;
};
