// In-Reply-To and References of what we answer (RFC 5322 section 3.6.4), and the chain of ids that a received mail stands
// at the end of. Ids are parsed when they arrive and written anew here: nothing of a sender's text is copied.
import { isMessageId } from "../message/headers.ts";
import type { Header } from "../message/headers.ts";
import { messageKey } from "./message-id.ts";

/** Root and newest; the RFC sets no cap, mail programs show threads by far fewer. */
export const REFERENCES_IDS_MAX = 20;
/** RFC 5537 section 3.4.4 trims what would be above 998 octets; the rest is for folding and the name. */
export const REFERENCES_CHARACTERS_MAX = 900;

export type ChainParent = {
  /** The ids its own References had, or would have had. */
  readonly chain: readonly string[];
  readonly messageId: string | null;
};

/**
 * The ids before a received mail's own, oldest first: its References, and what we know of its parent where a mail program
 * cut or stripped that. RFC 5322: without References, In-Reply-To with one id stands for them.
 */
export function chainOf(
  mail: { readonly references: readonly string[]; readonly inReplyTo: readonly string[] },
  parent: ChainParent | null,
): readonly string[] {
  const own = mail.references.length > 0 || mail.inReplyTo.length !== 1 ? mail.references : mail.inReplyTo;
  const known =
    parent === null ? [] : parent.messageId === null ? parent.chain : [...parent.chain, parent.messageId];
  return trimmed(eachOnce(merged(withoutSplices(own, known), known)));
}

/** Without what a program that cuts References anywhere made of two ids: it begins as one we know and ends as another. */
function withoutSplices(own: readonly string[], known: readonly string[]): readonly string[] {
  const whole = new Set(known.map(folded));
  const spellings = known.map((id) => id.toLowerCase());
  const longest = (common: (one: string) => number): number => Math.max(0, ...spellings.map(common));
  return own.filter((id) => {
    const cited = id.toLowerCase();
    const begin = longest((one) => commonStart(cited, one));
    const end = longest((one) => commonEnd(cited, one));
    return whole.has(folded(id)) || begin + end < cited.length;
  });
}

function commonStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

function commonEnd(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one.at(-1 - length) === other.at(-1 - length)) length += 1;
  return length;
}

/**
 * A mail with what is known by now of those above it, nearest first: parents may have come, or become known to be sent, after
 * it was filed.
 */
export function withAncestors(mail: ChainParent, ancestors: readonly ChainParent[]): ChainParent {
  const farthestFirst = [mail, ...ancestors].toReversed();
  return farthestFirst.reduce((parent, { chain, messageId }) => ({
    messageId,
    chain: chainOf({ references: chain, inReplyTo: [] }, parent),
  }));
}

/** In the order of the first; what only the second has stands before whatever follows it there. */
function merged(own: readonly string[], known: readonly string[]): readonly string[] {
  const places = new Map(known.map((id, place) => [folded(id), place]));
  let begin = 0;
  const all = own.flatMap((id) => {
    const place = places.get(folded(id));
    if (place === undefined) return [id];
    const missed = known.slice(begin, place + 1);
    begin = Math.max(begin, place + 1);
    return missed;
  });
  return [...all, ...known.slice(begin)];
}

/** The headers of an answer to a mail, and the ids its References hold. A mail without an id is answered without both. */
export function replyHeaders(mail: ChainParent): {
  readonly headers: readonly Header[];
  readonly references: readonly string[];
} {
  const messageId = mail.messageId !== null && isMessageId(mail.messageId) ? mail.messageId : null;
  const references = trimmed(eachOnce(messageId === null ? mail.chain : endingWith(messageId, mail.chain)));
  const header = (name: string, ids: readonly string[]): Header[] =>
    ids.length === 0 ? [] : [{ name, value: { kind: "message_ids", ids } }];
  return {
    headers: [
      ...header("In-Reply-To", messageId === null ? [] : [messageId]),
      ...header("References", references),
    ],
    references,
  };
}

/** A mail may cite itself; its answer cites it last all the same. */
const endingWith = (last: string, ids: readonly string[]): readonly string[] => [
  ...ids.filter((id) => folded(id) !== folded(last)),
  last,
];

/** What can be written, each id once: the first spelling stays when a gateway has changed the case of a later one. */
function eachOnce(ids: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return ids.filter((id) => {
    if (!isMessageId(id) || seen.has(folded(id))) return false;
    seen.add(folded(id));
    return true;
  });
}

const folded = (id: string): string => messageKey(id).toLowerCase();

/** The first, which names the thread to every mail program, and as many of the newest as there is room for. */
function trimmed(ids: readonly string[]): readonly string[] {
  const [first] = ids;
  if (first === undefined) return ids;
  const newest: string[] = [];
  let room = REFERENCES_CHARACTERS_MAX - first.length - 2;
  for (const id of ids.slice(1).toReversed()) {
    room -= id.length + 3;
    // The newest is the mail that is answered: it stays, however long it is.
    if (newest.length > 0 && (room < 0 || newest.length === REFERENCES_IDS_MAX - 1)) break;
    newest.push(id);
  }
  return [first, ...newest.toReversed()];
}
