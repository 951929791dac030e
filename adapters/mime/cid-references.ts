// The `cid:` URLs of an HTML body (RFC 2392): in any attribute, in styles and in lists of sources. It reads the tokens of
// htmlparser2, so quotes, entities and unclosed tags are what a browser makes of them, in time linear in the length.
// Comments name nothing but for Outlook, which shows what its conditional ones hold: pictures in VML that nothing else shows.
import { Tokenizer } from "htmlparser2";

/** A URL with a scheme of any case; an entity may stand for its colon. Most bodies have none. */
const MENTION = /cid(?::|&)/i;
const WHOLE = /^\s*cid:(.*)$/is;
/** Within a style, up to the end of its quotes, or of its parenthesis. */
const IN_STYLE = /"\s*cid:([^"]*)"|'\s*cid:([^']*)'|\bcid:([^\s"')]*)/gi;
/** Within `a 1x, b 2x`, up to the white space or the comma behind it. */
const IN_SOURCES = /(?:^|[\s,])cid:(\S*?),?(?=\s|$)/gi;

/** What a conditional comment of Outlook begins with; "!mso" is for everybody else, whose browsers show no comment. */
const CONDITIONAL = /^\[if (?!\s*!)[^\]]*\]>/i;

/** The URLs without their scheme, each once, as they are written. */
export function cidReferences(html: string): ReadonlySet<string> {
  const references = new Set<string>();
  const none = (): void => undefined;
  if (MENTION.test(html))
    readReferences(html, references, (comment) => {
      // What stands in a comment has none, so that nothing is read more than twice.
      if (CONDITIONAL.test(comment)) readReferences(comment.replace(CONDITIONAL, ""), references, none);
    });
  return references;
}

function readReferences(html: string, references: Set<string>, oncomment: (comment: string) => void): void {
  const add = (text: string | undefined): void => {
    if (text !== undefined && text.trim() !== "") references.add(text.trim());
  };
  const addStyle = (style: string): void => {
    for (const [, double, single, bare] of style.matchAll(IN_STYLE)) add(double ?? single ?? bare);
  };
  const addAttribute = (name: string, value: string): void => {
    if (name === "style") addStyle(value);
    else if (name === "srcset" || name === "imagesrcset")
      for (const [, url] of value.matchAll(IN_SOURCES)) add(url);
    else add(WHOLE.exec(value)?.[1]);
  };

  const none = (): void => undefined;
  let element = "";
  let name = "";
  let value = "";
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname(start, end) {
        element = html.slice(start, end).toLowerCase();
      },
      onclosetag() {
        element = "";
      },
      onattribname(start, end) {
        name = html.slice(start, end).toLowerCase();
        value = "";
      },
      onattribdata(start, end) {
        value += html.slice(start, end);
      },
      onattribentity(codePoint) {
        value += String.fromCodePoint(codePoint);
      },
      onattribend: () => addAttribute(name, value),
      ontext(start, end) {
        if (element === "style") addStyle(html.slice(start, end));
      },
      ontextentity: none,
      onopentagend: none,
      onselfclosingtag: none,
      oncdata: none,
      oncomment: (start, end) => oncomment(html.slice(start, end)),
      ondeclaration: none,
      onprocessinginstruction: none,
      onend: none,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
}
