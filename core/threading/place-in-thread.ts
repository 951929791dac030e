// Which conversation a message belongs to. Decided on what is stored in the setup that received it and nowhere else: a
// message joins the thread of the first id it cites that is known there, and one thread only, whatever else it cites.
// Ids are no secrets, so citing proves nothing: a stranger who cites one is shown as such, and never makes two threads
// one. Threads become one only when a parent that was missing arrives: then its children join it, if they are of the same
// use case and correspondent. The older thread's id stays. Order of arrival does not matter (RFC 5256, REFERENCES).
import type { MatchedBy } from "../inbound/inbound-email.ts";
import type { Id } from "../ids.ts";

/** A stored message that may be a parent. */
export type StoredMessage = {
  readonly id: Id;
  readonly threadId: Id;
  /** Null: received for none. */
  readonly useCaseId: Id | null;
  /** `canonicalAddress` of whoever it went to or came from; null when that could not be read. */
  readonly correspondent: string | null;
  /** Nobody but its correspondent takes part in its thread, ourselves aside. */
  readonly ownsThread: boolean;
};

/** A message whose id (`messageKey`) the new one cites. */
export type CitedMessage = StoredMessage & {
  readonly key: string;
  /** The sender of the new message was written to in that thread, or wrote in it as one who was. */
  readonly senderTakesPart: boolean;
};

/** A stored message that cites the new one, and cites nothing stronger that is stored. */
export type WaitingMessage = StoredMessage & {
  /** One of the cited messages stands, at however many removes, below it; or it is one of them. */
  readonly leadsToCited: boolean;
};

/** What is stored about a message to be placed. `version` names this state: the writing is for it alone. */
export type ThreadView = {
  readonly version: string;
  readonly cited: readonly CitedMessage[];
  /** At most WAITING_MAX, oldest first. */
  readonly waiting: readonly WaitingMessage[];
  /** The use case that has one of the recipients as its sender, and its setup's; null: none. */
  readonly addressedUseCaseId: Id | null;
};

/** Far more children than a message has answers; the rest stay where they are. */
export const WAITING_MAX = 50;

export type MessageToPlace = {
  readonly id: Id;
  /** `messageKey` of what it cites, strongest first (`citedKeys`). */
  readonly cites: readonly string[];
  /** How many of them stood in In-Reply-To. */
  readonly inReplyToCount: number;
  readonly correspondent: string | null;
};

export type Placement = {
  readonly threadId: Id;
  readonly parentId: Id | null;
  readonly useCaseId: Id | null;
  readonly matchedBy: MatchedBy;
  readonly knownSender: boolean;
  /** What it cites more strongly than its parent, and is not stored (yet): should one arrive, that is the parent. */
  readonly awaits: readonly string[];
  /** Children that find their parent in it. */
  readonly adopts: readonly Id[];
  /** Threads that are no more: `threadId` has their messages. */
  readonly absorbs: readonly Id[];
};

/** Nobody follows more citations of one message than these: root and newest. */
export const CITED_MAX = 20;

/** In-Reply-To before References, References from the last (the parent) to the first (the root). */
export function citedKeys(
  {
    inReplyTo,
    references,
  }: { readonly inReplyTo: readonly string[]; readonly references: readonly string[] },
  key: (id: string) => string,
): { readonly keys: readonly string[]; readonly inReplyToCount: number } {
  const strongest = [...new Set(inReplyTo.map(key))].slice(0, CITED_MAX / 2);
  const rest = references
    .toReversed()
    .map(key)
    .filter((one) => !strongest.includes(one));
  const others = [...new Set(rest)];
  const room = CITED_MAX - strongest.length;
  const kept = others.length <= room ? others : [...others.slice(0, room - 1), ...others.slice(-1)];
  return { keys: [...strongest, ...kept], inReplyToCount: strongest.length };
}

/** Where a received message goes, and what moves with it. */
export function placeInThread(message: MessageToPlace, view: ThreadView): Placement {
  const cited = strongestCited(message, view.cited);
  const useCaseId = cited === null ? view.addressedUseCaseId : cited.found.useCaseId;
  const joined = joinChildren(
    {
      id: message.id,
      threadId: cited?.found.threadId ?? message.id,
      useCaseId,
      correspondent: message.correspondent,
      ownsThread:
        cited === null || (cited.found.ownsThread && cited.found.correspondent === message.correspondent),
    },
    view.waiting,
  );
  return {
    ...joined,
    useCaseId,
    parentId: cited?.found.id ?? null,
    matchedBy: matchedBy(message, cited, useCaseId),
    // Who begins a thread takes part in it.
    knownSender: cited === null || cited.found.senderTakesPart,
    awaits: cited === null ? message.cites : message.cites.slice(0, cited.rank),
  };
}

/**
 * Children that waited for this message: one of ours whose id became known late, or the one being placed. Threads become
 * one only where a single correspondent owns both; otherwise whoever takes part in two could make them one. A message is
 * never its own ancestor: two that cite each other are parent and child once.
 */
export function joinChildren(
  parent: StoredMessage,
  waiting: readonly WaitingMessage[],
): Pick<Placement, "threadId" | "adopts" | "absorbs"> {
  const children = waiting.filter(
    (child) =>
      child.id !== parent.id &&
      !child.leadsToCited &&
      child.useCaseId === parent.useCaseId &&
      child.correspondent !== null &&
      child.correspondent === parent.correspondent &&
      (child.threadId === parent.threadId || (child.ownsThread && parent.ownsThread)),
  );
  const threads = new Set([parent.threadId, ...children.map(({ threadId }) => threadId)]);
  // UUID v7: the smaller id is the older one.
  const [threadId = parent.threadId, ...absorbs] = [...threads].toSorted();
  return { threadId, adopts: children.map(({ id }) => id), absorbs };
}

type Cited = { readonly found: CitedMessage; readonly rank: number };

/** Of several stored messages with one id, the one with the sender's own correspondence; else the first that came. */
function strongestCited(message: MessageToPlace, cited: readonly CitedMessage[]): Cited | null {
  for (const [rank, key] of message.cites.entries()) {
    const same = cited.filter((one) => one.key === key && one.id !== message.id);
    const found = same.find((one) => one.correspondent === message.correspondent) ?? same[0];
    if (found) return { found, rank };
  }
  return null;
}

function matchedBy(message: MessageToPlace, cited: Cited | null, useCaseId: Id | null): MatchedBy {
  if (cited !== null) return cited.rank < message.inReplyToCount ? "in_reply_to" : "references";
  return useCaseId === null ? "none" : "recipient";
}
