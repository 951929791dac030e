// The text/plain side of an HTML body: what a reader would see, links with their addresses, no layout.
// It walks the tokens of htmlparser2 and keeps counters instead of a tree: time is linear in the length of the HTML and
// memory in the length of the text, whatever is nested, repeated or never closed. It does not resolve style sheets.
import { Tokenizer } from "htmlparser2";
import type { HtmlToText } from "../../core/ports/html-to-text.ts";
import { TextWriter } from "./text-writer.ts";

const setOf = (names: string): ReadonlySet<string> => new Set(names.split(" "));

/** Elements that begin and end a line. */
const BLOCKS = setOf(
  "address article aside body caption center dd details div dt fieldset figcaption figure footer form header html " +
    "main nav section summary table tbody tfoot thead title tr",
);
/** Elements with a blank line around them. */
const SPACED_BLOCKS = setOf("dl h1 h2 h3 h4 h5 h6 ol p pre ul");
const isBlock = (element: string): boolean => BLOCKS.has(element) || SPACED_BLOCKS.has(element);
const LISTS = setOf("ol ul");
/** Never shown, whatever they hold. */
const UNSEEN = setOf("script style template title");
/** Elements without content or end (HTML section 13.1.2). */
const VOID = setOf("area base br col embed hr img input link meta source track wbr");

const HORIZONTAL_RULE = "----------";
/** Schemes that say nothing to a reader of plain text, and places within the document. */
const UNREADABLE_LINK = /^(?:#|javascript:|data:|cid:|$)/i;
/** What may be left off a link whose text names it: `www.example.com` for `https://www.example.com/`. */
const LINK_FRAME = /^(?:https?:\/\/|mailto:|tel:)|\/$/gi;
/** Longer texts are no URLs; keeps the comparison small. */
const COMPARED_LINK_MAX = 2048;
/** Declarations by which mail templates hide a preview text; only the start of a style is looked at. */
const HIDING_STYLE = /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0\s*(?:;|!|$))/i;
const NO_HEIGHT = /(?:^|[;\s])max-height\s*:\s*0(?:px)?\s*(?:;|!|$)/i;
const STYLE_CHARACTERS_MAX = 1000;

type Attributes = { href?: string; alt?: string; style?: string; hidden?: string };
const READ_ATTRIBUTES = new Set<string>(["href", "alt", "style", "hidden"] satisfies (keyof Attributes)[]);
const isRead = (name: string): name is keyof Attributes => READ_ATTRIBUTES.has(name);

/** The port's only implementation: a pure function of the HTML. */
export const htmlToText: HtmlToText = {
  convert(html) {
    const walk = new Walk();
    const none = (): void => undefined;
    let element = "";
    let attributes: Attributes = {};
    let attribute: keyof Attributes | null = null;
    const append = (text: string): void => {
      if (attribute) attributes[attribute] = (attributes[attribute] ?? "") + text;
    };
    const tokenizer = new Tokenizer(
      { decodeEntities: true },
      {
        ontext: (start, end) => walk.text(html.slice(start, end)),
        ontextentity: (codePoint) => walk.text(String.fromCodePoint(codePoint)),
        onopentagname(start, end) {
          element = html.slice(start, end).toLowerCase();
          attributes = {};
        },
        onattribname(start, end) {
          const name = html.slice(start, end).toLowerCase();
          // HTML section 13.2.5.33: of two attributes of one name the first counts.
          attribute = isRead(name) && attributes[name] === undefined ? name : null;
          append("");
        },
        onattribdata: (start, end) => append(html.slice(start, end)),
        onattribentity: (codePoint) => append(String.fromCodePoint(codePoint)),
        onattribend: none,
        onopentagend: () => walk.open(element, attributes),
        onselfclosingtag: () => walk.open(element, attributes),
        onclosetag: (start, end) => walk.close(html.slice(start, end).toLowerCase()),
        oncdata: none,
        oncomment: none,
        ondeclaration: none,
        onprocessinginstruction: none,
        onend: none,
      },
    );
    tokenizer.write(html);
    tokenizer.end();
    return walk.finish();
  },
};

/** What the tokens seen so far mean for the text. */
class Walk {
  readonly #writer = new TextWriter();
  /** The element whose content is not shown, and how many of its name are open within it. */
  #unseen: { readonly element: string; depth: number } | null = null;
  #link: { readonly url: string; text: string } | null = null;
  #listDepth = 0;
  #preDepth = 0;

  text(text: string): void {
    if (this.#unseen) return;
    if (this.#link && this.#link.text.length <= COMPARED_LINK_MAX) this.#link.text += text;
    if (this.#preDepth > 0) this.#writer.preformatted(text);
    else this.#writer.text(text);
  }

  open(element: string, attributes: Attributes): void {
    // HTML section 13.1.2.4: a paragraph that nobody closed ends where a block begins.
    if (this.#unseen?.element === "p" && isBlock(element)) this.#unseen = null;
    if (this.#unseen) {
      if (this.#unseen.element === element) this.#unseen.depth++;
    } else if (UNSEEN.has(element) || isHidden(attributes)) {
      if (!VOID.has(element)) this.#unseen = { element, depth: 1 };
    } else this.#openSeen(element, attributes);
  }

  close(element: string): void {
    if (this.#unseen) {
      if (this.#unseen.element === element && --this.#unseen.depth === 0) this.#unseen = null;
    } else this.#closeSeen(element);
  }

  finish(): string {
    this.#endLink();
    return this.#writer.toString();
  }

  #openSeen(element: string, { href, alt }: Attributes): void {
    switch (element) {
      case "a":
        this.#endLink();
        if (href !== undefined) this.#link = { url: href.replace(/\s+/g, ""), text: "" };
        return;
      case "blockquote":
        return this.#writer.quote(1);
      case "br":
        return this.#writer.lineBreak();
      case "hr":
        this.#writer.block(0);
        this.#writer.word(HORIZONTAL_RULE);
        return this.#writer.block(0);
      case "img":
        if (alt?.trim()) this.text(`[${alt.trim()}]`);
        return;
      case "li":
        return this.#writer.item("- ");
      case "td":
      case "th":
        return this.#writer.gap("\t");
      default:
        this.#edge(element);
        if (LISTS.has(element)) this.#listDepth++;
        if (element === "pre") this.#preDepth++;
    }
  }

  #closeSeen(element: string): void {
    switch (element) {
      case "a":
        return this.#endLink();
      case "blockquote":
        return this.#writer.quote(-1);
      case "li":
        return this.#writer.endItem();
      default:
        if (LISTS.has(element)) this.#listDepth = Math.max(0, this.#listDepth - 1);
        if (element === "pre") this.#preDepth = Math.max(0, this.#preDepth - 1);
        this.#edge(element);
    }
  }

  #edge(element: string): void {
    const nestedList = LISTS.has(element) && this.#listDepth > 0;
    if (SPACED_BLOCKS.has(element) && !nestedList) this.#writer.block(1);
    else if (isBlock(element)) this.#writer.block(0);
  }

  /** `text (url)`, or only the one of them that says something. */
  #endLink(): void {
    const link = this.#link;
    this.#link = null;
    if (!link || UNREADABLE_LINK.test(link.url)) return;
    const text = link.text.trim();
    if (text !== "" && framed(text) === framed(link.url)) return;
    this.#writer.gap();
    this.#writer.word(text === "" ? link.url : `(${link.url})`);
    if (text === "") this.#writer.gap();
  }
}

const framed = (link: string): string => link.replace(LINK_FRAME, "").toLowerCase();

function isHidden({ style, hidden }: Attributes): boolean {
  if (hidden !== undefined) return true;
  if (style === undefined) return false;
  const declared = style.slice(0, STYLE_CHARACTERS_MAX);
  return HIDING_STYLE.test(declared) || (NO_HEIGHT.test(declared) && /overflow\s*:\s*hidden/i.test(declared));
}
