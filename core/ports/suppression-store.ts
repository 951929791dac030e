import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { Result } from "../result.ts";
import type { Suppression, SuppressionReason } from "../suppression/suppression.ts";
import type { UnsubscribeScope } from "../use-case/use-case.ts";
import type { EmailScope } from "./email-store.ts";
import type { KeysetPage, KeysetWindow } from "./keyset-page.ts";

/**
 * A use case shows what stops its mail: its own suppressions and those of its setup. A setup shows all that came of its
 * mail. Deleted ones are scopes still; what another workspace owns is left out.
 */
export type SuppressionFilter = EmailScope & {
  /** Canonical, any of; empty: all. */
  readonly addresses: readonly string[];
  /** Any of; empty: all. */
  readonly reasons: readonly SuppressionReason[];
};

/** One added by hand. */
export type ManualSuppression = {
  readonly id: Id;
  /** The workspace that adds it: it owns the use case, or the setup. */
  readonly workspaceId: Id;
  readonly setupId: Id;
  /** Null: for the whole setup. */
  readonly useCaseId: Id | null;
  readonly address: string;
  readonly at: number;
};

/** A suppression and what lifting it takes at the provider. */
export type LiftableSuppression = {
  readonly suppression: Suppression;
  /** The tenant of its setup; null when that is deleted, and its list with it. */
  readonly tenantName: string | null;
  /** The address as the source mail was sent to it; null without one. */
  readonly mailedAddress: string | null;
  /** Another suppression of the address, at the same setup, that has to stay on the provider's list. */
  readonly isListedForAnother: boolean;
};

/** What a person unsubscribed from, or may; the names are those the mail itself showed. */
export type UnsubscribableMail = {
  readonly fromAddress: string;
  readonly domainIdentity: string;
  /** In force when the mail was sent. */
  readonly scope: UnsubscribeScope;
};

/**
 * Suppressions. One method is one transaction and one round trip. Those that follow from events are founded and ended by
 * the fold of the e-mails (`EmailStore`, `EventStore`), in its transaction. All of them outlive their use case and setup:
 * they reach the mail of a later setup of the workspace on the same domain, and of a later use case of the same names.
 *
 * - `list` shows those in force at `now`, newest first by (since, sequence).
 * - `find` answers one in force that this workspace owns, else null; expired ones are not looked at.
 * - `add` stores one unless there is a manual one for that scope and address, with its claim; answers what is there.
 * - `findMail` answers what the mail's page shows, `unsubscribe` suppresses its recipient, in the scope given or (null) the
 *   one in force when it was sent, and answers the same; both null for an unknown mail. Unsubscribing again moves `lastAt`
 *   only. Durable when it answers.
 * - `lift` ends a suppression and remembers when: no event that happened until `at`, or is known
 *   already, brings it back.
 */
export type SuppressionStore = {
  list(filter: SuppressionFilter, window: KeysetWindow, now: number): Promise<KeysetPage<Suppression>>;
  find(workspaceId: Id, id: Id): Promise<LiftableSuppression | null>;
  add(
    suppression: ManualSuppression,
    claim: IdempotencyClaim | null,
  ): Promise<Result<Suppression, ClaimLost>>;
  findMail(emailId: Id): Promise<UnsubscribableMail | null>;
  unsubscribe(
    emailId: Id,
    scope: UnsubscribeScope | null,
    id: Id,
    at: number,
  ): Promise<UnsubscribableMail | null>;
  lift(id: Id, at: number): Promise<void>;
};
