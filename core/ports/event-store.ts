import type { EventType } from "../email/email-state.ts";
import type { MailEvent } from "../email/mail-event.ts";
import type { Id } from "../ids.ts";
import type { EmailScope } from "./email-store.ts";
import type { KeysetPage, KeysetWindow } from "./keyset-page.ts";

export type EventFilter = EmailScope & {
  /** Any of; empty: all. */
  readonly emailIds: readonly Id[];
  /** Any of; empty: all seven. */
  readonly eventTypes: readonly EventType[];
  readonly eventAtAfter: number | null;
  readonly eventAtBefore: number | null;
};

export type ListedEvent = {
  readonly id: Id;
  readonly emailId: Id;
  readonly type: EventType;
  readonly occurredAt: number;
  readonly receivedAt: number;
};

/**
 * The ledger of provider events, and the e-mails and suppressions folded from it.
 *
 * - `record` adds the event and its raw JSON unless the notification id or natural key is known, and recomputes the mail
 *   it belongs to, in the same transaction. A mail not known to be sent becomes sent by an event that carries its id,
 *   with that event's provider message id and time; an event belongs to the mail with its provider message id, whatever
 *   its tag says. One for a mail that is not there waits; `EmailStore.writeAhead` and `recordSent` fold what waits for
 *   them. The suppressions of its recipient in its setup are recomputed with it, and the counters of its cohort (see
 *   ReputationStore). A bounce or complaint that counts by now wakes the task `review_tier` of its use case, or if that is
 *   deleted those of the use cases of the same workspace and domain. Durable when it answers.
 * - `list` shows the seven types of matched events only, newest first by (event time, sequence).
 * - `rebuild` recomputes mails and their recipients' suppressions from the ledger, `limit` mails at a time in sequence order
 *   after `afterSeq`: answers where to go on (null at the end), how many mails it looked at, and how many of them, and of
 *   the suppressions, it found different, and of the cohorts: each is counted anew with the last of its mails.
 */
export type EventStore = {
  record(event: MailEvent, rawJson: string): Promise<void>;
  list(filter: EventFilter, window: KeysetWindow): Promise<KeysetPage<ListedEvent>>;
  rebuild(
    afterSeq: number,
    limit: number,
  ): Promise<{ readonly nextSeq: number | null; readonly looked: number; readonly differed: number }>;
};
