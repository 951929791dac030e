// Several bodies of a message as one: Apple Mail writes a piece of the text, a file, and the next piece, each a whole HTML
// document; lists put a footer in plain text behind. One body alone stays as it was written.
import { Tokenizer } from "htmlparser2";

export type BodyText = { readonly isHtml: boolean; readonly text: string };

/** The pieces of plain text, each beginning a line. */
export const joinTexts = (texts: readonly string[]): string =>
  texts
    .map((text, place) => (place === texts.length - 1 || text.endsWith("\n") ? text : `${text}\n`))
    .join("");

/** The pieces as one HTML body; plain text among them is shown as it is written. */
export function joinHtml(pieces: readonly BodyText[]): string {
  const [only, ...others] = pieces;
  if (only?.isHtml && others.length === 0) return only.text;
  return pieces.map(({ isHtml, text }) => (isHtml ? fragmentOf(text) : preformatted(text))).join("\n");
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const preformatted = (text: string): string =>
  `<div style="white-space:pre-wrap">${text.replaceAll(/[&<>]/g, (mark) => ESCAPES[mark] ?? mark)}</div>`;

/** What a document consists of once; its body becomes a division, which keeps its colours. */
const FRAME: ReadonlyMap<string, string> = new Map([
  ["html", ""],
  ["head", ""],
  ["body", "div"],
]);

const DOCTYPE = /^!?doctype/i;

/** The document without its frame, so that another can follow in the same body. */
function fragmentOf(html: string): string {
  let fragment = "";
  let copied = 0;
  let cutFrom: number | null = null;
  const replace = (from: number, to: number, by: string): void => {
    fragment += html.slice(copied, from) + by;
    copied = to;
  };
  const tagName = (start: number, end: number): void => {
    const name = FRAME.get(html.slice(start, end).toLowerCase());
    if (name === undefined) return;
    if (name !== "") replace(start, end, name);
    else cutFrom = html.lastIndexOf("<", start);
  };
  const tagEnd = (end: number): void => {
    if (cutFrom !== null) replace(cutFrom, end + 1, "");
    cutFrom = null;
  };
  const none = (): void => undefined;
  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      onopentagname: tagName,
      onclosetag(start, end) {
        tagName(start, end);
        const close = html.indexOf(">", end);
        tagEnd(close < 0 ? html.length : close);
      },
      onopentagend: tagEnd,
      onselfclosingtag: tagEnd,
      ondeclaration(start, end) {
        if (DOCTYPE.test(html.slice(start, start + 8))) replace(html.lastIndexOf("<", start), end + 1, "");
      },
      onattribname: none,
      onattribdata: none,
      onattribentity: none,
      onattribend: none,
      ontext: none,
      ontextentity: none,
      oncdata: none,
      oncomment: none,
      onprocessinginstruction: none,
      onend: none,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return fragment + html.slice(copied);
}
