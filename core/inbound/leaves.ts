// The parts of a message as a reader means them: which are its text, which are its files, and which text is shown. Mail
// programs nest multiparts in every way that RFC 2046 allows (Apple Mail puts files inside alternatives), so every part
// that is no multipart is one of the two, wherever it stands. Octets and character sets belong to the parser.

/** A part that is no multipart. A message within the message is one (RFC 2046 section 5.2): nothing looks inside. */
export type Leaf = {
  /** In lower case, without parameters. */
  readonly mediaType: string;
  /** The token of Content-Disposition in lower case; empty when there is none. */
  readonly disposition: string;
  /** As its sender wrote it, decoded; null when it has none. */
  readonly name: string | null;
  /** As it travels. */
  readonly encodedLength: number;
  /** Nothing but white space. */
  readonly isBlank: boolean;
  /** A multipart in which no part was found; it counts as plain text. */
  readonly isUnopened: boolean;
};

export type Part<L extends Leaf> =
  | { readonly kind: "leaf"; readonly leaf: L }
  | { readonly kind: "multipart"; readonly mediaType: string; readonly parts: readonly Part<L>[] };

/**
 * Bodies are held in memory as text, files are not. Text beyond this, in the order of the message, is a file: nobody
 * reads it in a mail program, and nothing of it is lost.
 */
export const INBOUND_BODIES_BYTES_MAX = 8 * 1024 * 1024;

const isHtml = (leaf: Leaf): boolean => leaf.mediaType === "text/html";

/** RFC 2183 section 2.8: an unknown disposition makes a file; for text its sender gave no name to, it is no reason. */
const isText = (leaf: Leaf): boolean =>
  (leaf.mediaType === "text/plain" || isHtml(leaf)) &&
  leaf.disposition !== "attachment" &&
  leaf.name === null;

/** Each leaf is in one of the two, files in the order of the message. */
export function divideLeaves<L extends Leaf>(
  leaves: readonly L[],
): { readonly bodies: ReadonlySet<L>; readonly files: readonly L[] } {
  const bodies = new Set<L>();
  let room = INBOUND_BODIES_BYTES_MAX;
  for (const leaf of leaves) {
    if (!isText(leaf) || leaf.encodedLength > room) continue;
    bodies.add(leaf);
    room -= leaf.encodedLength;
  }
  return { bodies, files: leaves.filter((leaf) => !bodies.has(leaf)) };
}

/** Depth first, which is the order of the message. */
export function leavesOf<L extends Leaf>(part: Part<L>): readonly L[] {
  const leaves: L[] = [];
  const waiting = [part];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    if (next.kind === "leaf") leaves.push(next.leaf);
    else waiting.push(...next.parts.toReversed());
  return leaves;
}

/** What is shown of a message, in its order. */
export type Views<L> = {
  /** The HTML; and the plain text that stands beside it, not instead of it. Without any HTML it is not needed. */
  readonly html: readonly L[];
  readonly text: readonly L[];
};

const hasHtml = (views: Views<Leaf>): boolean => views.html.some(isHtml);

/** The bodies of the whole tree that have something to show; where none has, the blank ones are all there is. */
export function viewsOf<L extends Leaf>(part: Part<L>, bodies: ReadonlySet<L>): Views<L> {
  const views = viewsIn(part, (leaf) => bodies.has(leaf) && !leaf.isBlank);
  return views.html.length > 0 ? views : viewsIn(part, (leaf) => bodies.has(leaf) && !leaf.isUnopened);
}

/**
 * All of a multipart are shown one after the other; of an alternative the last branch that can be shown (RFC 2046 section
 * 5.1.4), where for plain text one that is nothing else counts first: text beside HTML is a piece of that branch, a
 * signature or a list's footer. Goes as deep as the tree, which the parser limits.
 */
function viewsIn<L extends Leaf>(part: Part<L>, isShown: (leaf: L) => boolean): Views<L> {
  if (part.kind === "leaf") {
    const shown = isShown(part.leaf) ? [part.leaf] : [];
    return { html: shown, text: shown.filter((leaf) => !isHtml(leaf)) };
  }
  const branches = part.parts.map((branch) => viewsIn(branch, isShown));
  if (part.mediaType !== "multipart/alternative")
    return { html: branches.flatMap(({ html }) => html), text: branches.flatMap(({ text }) => text) };
  const withText = branches.filter(({ text }) => text.length > 0);
  const plain = withText.findLast((branch) => !hasHtml(branch)) ?? withText.at(-1);
  return { html: (branches.findLast(hasHtml) ?? plain)?.html ?? [], text: plain?.text ?? [] };
}
