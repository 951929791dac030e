// The writing side of HTML to text: words, gaps and line breaks as they are asked for, put down only when a word follows,
// so that markup without text leaves no trace. Knows nothing of HTML. Lines end with LF and are never wrapped: mail
// programs do that, and a wrapped URL no longer works.

/** Two blank lines at most; mail templates stack a dozen empty rows. */
const BREAKS_MAX = 3;
/** Deeper quotes are written at this depth: each level costs two characters in every line. */
const QUOTE_DEPTH_MAX = 5;
/** What a text body may hold (as much as a caller may send); the rest of a hostile document is left out. */
const TEXT_CHARACTERS_MAX = 1024 * 1024;

/** HTML's white space, and the no-break and figure spaces that only keep lines together. */
const SPACES = /[ \t\r\n\f\u00a0\u2007]+/g;
const ONLY_SPACES = /^[ \t\r\n\f\u00a0\u2007]*$/;
/** Soft hyphen, combining grapheme joiner, zero-width space, BOM: padding that hides what follows a preview text. */
const PADDING = /\u00ad|\u034f|\u200b|\ufeff/g;
/** Zero-width (non-)joiners shape words of Persian or Hindi and emoji, but between spaces they are padding too. */
const JOINERS = /([\u200c\u200d]+)/;
const INVISIBLE = /\u034f|[\u00ad\u200b-\u200d\ufeff]/;

export class TextWriter {
  #written = "";
  #breaks = 0;
  #gap: "" | " " | "\t" = "";
  #joiner = "";
  #marker = "";
  #quoteDepth = 0;

  /** Running text of HTML: white space is one space, none where a line begins. */
  text(text: string): void {
    if (!INVISIBLE.test(text)) return this.#visible(text);
    for (const piece of text.replace(PADDING, "").split(JOINERS))
      if (JOINERS.test(piece)) this.#joiner = piece;
      else if (piece !== "") this.#visible(piece);
  }

  /** Text whose spaces and line ends stand (`pre`). */
  preformatted(text: string): void {
    for (const [index, line] of text.split(/\r\n?|\n/).entries()) {
      if (index > 0) this.lineBreak();
      if (line !== "") this.word(line);
    }
  }

  /** Text put down as it is, with what was asked for before it. */
  word(word: string): void {
    if (this.#written.length > TEXT_CHARACTERS_MAX) return;
    if (this.#breaks > 0 || this.#written === "") this.#startLine();
    else this.#written += this.#gap === "" ? this.#joiner : this.#gap;
    this.#written += word;
    this.#gap = "";
    this.#joiner = "";
  }

  /** A space, or a tab between cells, if another word follows on the line. */
  gap(gap: " " | "\t" = " "): void {
    if (this.#gap !== "\t") this.#gap = gap;
  }

  /** `br`: each one counts. */
  lineBreak(): void {
    this.#breaks = Math.min(this.#breaks + 1, BREAKS_MAX);
  }

  /** The edge of a block: what follows begins a line, with `blankLines` before it, however many edges meet. */
  block(blankLines: 0 | 1): void {
    // An item's first paragraph stays beside its marker.
    if (this.#marker === "") this.#breaks = Math.max(this.#breaks, blankLines + 1);
  }

  /** A list item: its marker stands before its first word. */
  item(marker: string): void {
    this.#marker = "";
    this.block(0);
    this.#marker = marker;
  }

  endItem(): void {
    this.#marker = "";
    this.block(0);
  }

  quote(levels: 1 | -1): void {
    this.block(1);
    this.#quoteDepth = Math.max(0, this.#quoteDepth + levels);
  }

  toString(): string {
    return this.#written;
  }

  #visible(text: string): void {
    if (ONLY_SPACES.test(text)) return this.gap();
    const collapsed = text.replace(SPACES, " ");
    if (collapsed.startsWith(" ")) this.gap();
    this.word(collapsed.trim());
    if (collapsed.endsWith(" ")) this.gap();
  }

  #startLine(): void {
    if (this.#written !== "") this.#written += "\n".repeat(this.#breaks);
    this.#written += "> ".repeat(Math.min(this.#quoteDepth, QUOTE_DEPTH_MAX)) + this.#marker;
    this.#breaks = 0;
    this.#marker = "";
  }
}
