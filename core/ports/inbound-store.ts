import type { Arrival, ObjectPlace } from "../inbound/arrival.ts";
import type { InboundEmail, InboundSummary } from "../inbound/inbound-email.ts";
import type { MailClass } from "../inbound/mail-class.ts";
import type { Id } from "../ids.ts";
import type { MessageToPlace, Placement, StoredMessage, ThreadView } from "../threading/place-in-thread.ts";
import type { EmailSummary } from "../email/email.ts";
import type { EmailScope } from "./email-store.ts";
import type { KeysetPage, KeysetWindow } from "./keyset-page.ts";

/** A setup that mail arrives for. */
export type InboundRoute = {
  readonly setupId: Id;
  readonly workspaceId: Id;
  readonly domain: string;
  readonly region: string;
};

/** What a message is looked up by: where it was received, what it is called, what it cites. */
export type ThreadQuestion = {
  readonly setupId: Id;
  readonly workspaceId: Id;
  readonly message: MessageToPlace;
  /** `messageKey` of its own id; null when it has none: nobody can wait for it. */
  readonly key: string | null;
  /** Canonical recipients at the setup. */
  readonly recipients: readonly string[];
};

/** All that is stored of a received e-mail, but what its placement decides. */
export type NewInboundEmail = Omit<
  InboundEmail,
  "threadId" | "parentEmailId" | "useCaseId" | "matchedBy" | "knownSender" | "chain"
> & {
  readonly providerMessageId: string;
  /** `messageKey` of its own id. */
  readonly key: string | null;
  /** `canonicalAddress` of From. */
  readonly correspondent: string | null;
};

/** The parent's part of the chain (see `chainOf`): its own chain and the id it bears on the wire (`wireMessageId` of one sent). */
export type ParentChain = { readonly chain: readonly string[]; readonly messageId: string | null };

export type InboundFilter = EmailScope & {
  /** Canonical, any of; empty: all. */
  readonly fromAddresses: readonly string[];
  /** Any of; empty: all. */
  readonly classes: readonly MailClass[];
  readonly threadId: Id | null;
  /** Inclusive, ms. */
  readonly receivedAfter: number | null;
  /** Exclusive, ms. */
  readonly receivedBefore: number | null;
};

/** A message of a thread, sent or received. */
export type ThreadMessage =
  | {
      readonly direction: "outbound";
      readonly at: number;
      readonly email: EmailSummary & { readonly inReplyToId: Id | null };
    }
  | { readonly direction: "inbound"; readonly at: number; readonly email: InboundSummary };

/** `threadId`: by which the thread is called now, which is another than asked for when it has become part of an older one. */
export type ThreadPage = { readonly threadId: Id; readonly page: KeysetPage<ThreadMessage> };

/** An outbound e-mail whose provider message id became known when others that cite it were there already. */
export type LateParent = { readonly message: StoredMessage; readonly view: ThreadView };

/**
 * Received e-mails and threads. One method is one transaction, at most one round trip.
 *
 * - `recordArrival` stores an arrival with its task `receive_inbound`, due at once, unless one of the same place is known:
 *   then it changes nothing, but that a notification takes the place of what the bucket told, once. Durable when it answers.
 * - `findArrival` answers an arrival whose e-mails are not all recorded yet, else null. `settleArrival` says that they are
 *   and forgets all of it but its place (the task is ended by whoever holds it).
 * - `unknownPlaces` answers which of these keys (at most 1,000) of one bucket no arrival is known for.
 * - `reconciledTo` answers the key after which comparing a bucket with what is known goes on, null: from its beginning;
 *   `recordReconciled` sets it.
 * - `routes` answers the setups of exactly these domains (lower case) that are `ready` and have been verified, now or
 *   before they lost a record, and have no e-mail of this receipt yet; not one whose domain was still another workspace's
 *   when the mail was received.
 * - `view` answers what is stored about a message to be placed, in that setup and workspace alone: e-mails sent (those of
 *   the workspace, by provider message id) and received with one of the cited keys (of many with one key the first, and
 *   the first of the same correspondent); e-mails received of the same correspondent that wait for `key`, and no others,
 *   which could not be adopted; the use case of the setup, not deleted, that has the first such of `recipients` as its
 *   sender address. `parents` has the chain of each cited message by its id.
 * - `record` stores the e-mail as placed, with its files and what it awaits, and moves what moves with it: adopted children
 *   get it as their parent, found by where they cite it, and no longer wait for anything weaker; absorbed threads become
 *   `placement.threadId`; and a sent e-mail that was alone so far is noted as its thread's first. False, and nothing stored,
 *   when the view is another by now: look and place again. An e-mail of the same id or of the same (provider message id,
 *   setup) changes nothing: true.
 * - `findLateParent` and `joinLate` are the same for a sent e-mail that a task `join_thread` is about: null when it is
 *   not known to be sent or nothing of its recipient's waits for it; the second answers false when the view is another by
 *   now. Whatever makes that known (`EmailStore.recordSent`, `EventStore.record`) inserts the task in its own transaction
 *   when something waits.
 * - `find` answers an e-mail of this workspace. `list` is newest first by (received time, sequence).
 * - `thread` answers the thread of the sent or received e-mail with that id in this workspace, oldest first by (time,
 *   sequence), null when there is none; sent e-mails are in it when they are known to be sent. `threadId` of a filter is
 *   resolved in the same way.
 */
export type InboundStore = {
  recordArrival(arrival: Arrival): Promise<void>;
  findArrival(id: Id): Promise<Arrival | null>;
  settleArrival(id: Id): Promise<void>;
  unknownPlaces(bucket: ObjectPlace["bucket"], keys: readonly string[]): Promise<readonly string[]>;
  reconciledTo(bucket: ObjectPlace["bucket"]): Promise<string | null>;
  recordReconciled(bucket: ObjectPlace["bucket"], key: string | null): Promise<void>;
  routes(
    domains: readonly string[],
    receipt: Pick<Arrival, "providerMessageId" | "receivedAt">,
  ): Promise<readonly InboundRoute[]>;
  view(question: ThreadQuestion): Promise<ThreadView & { readonly parents: ReadonlyMap<Id, ParentChain> }>;
  record(
    email: NewInboundEmail,
    placed: {
      readonly placement: Placement;
      readonly chain: readonly string[];
      readonly question: ThreadQuestion;
      readonly version: string;
    },
  ): Promise<boolean>;
  findLateParent(emailId: Id): Promise<LateParent | null>;
  joinLate(late: LateParent, joined: Pick<Placement, "threadId" | "adopts" | "absorbs">): Promise<boolean>;
  find(workspaceId: Id, id: Id): Promise<InboundEmail | null>;
  list(filter: InboundFilter, window: KeysetWindow): Promise<KeysetPage<InboundSummary>>;
  thread(workspaceId: Id, id: Id, window: KeysetWindow): Promise<ThreadPage | null>;
};
