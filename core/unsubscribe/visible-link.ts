// The visible way out of marketing mail: the caller's placeholder becomes the link, and a body without one gets a footer of
// one line. Each body by itself, because nobody reads both.

/** Blanks inside are what editors make of it. */
const PLACEHOLDER = /\{\{ *unsubscribe_url *\}\}/g;

/** Where the visible part of a document ends; the first of these that is there. */
const ENDS = [/<\/body[\s>]/gi, /<\/html[\s>]/gi];

/** HTML with the link in it. */
export function withLinkInHtml(html: string, url: string): string {
  const escaped = escapeHtml(url);
  const placed = html.replaceAll(PLACEHOLDER, () => escaped);
  if (placed !== html) return placed;
  // SES counts clicks by rewriting links; one that unsubscribes must lead here at once (`ses:no-track`).
  const footer = `<p style="font-size:small"><a href="${escaped}" ses:no-track>Unsubscribe</a></p>`;
  const end = endOf(html);
  return `${html.slice(0, end)}\n${footer}\n${html.slice(end)}`;
}

/** Before the last end tag; a document without one ends where it ends. */
function endOf(html: string): number {
  const ends = ENDS.map((end) => [...html.matchAll(end)].at(-1)?.index);
  return ends.find((end) => end !== undefined) ?? html.length;
}

/** Text with the link in it. */
export function withLinkInText(text: string, url: string): string {
  const placed = text.replaceAll(PLACEHOLDER, () => url);
  if (placed !== text || text.includes(url)) return placed;
  return `${text.trimEnd()}\n\nUnsubscribe: ${url}\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand in HTML, in a quoted attribute too. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
