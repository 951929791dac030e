// Text whose lines a mail program broke so that they can be joined again (format=flowed, RFC 3676). Quotes keep their
// depth; a paragraph is one line.

type Line = { readonly depth: number; readonly text: string };

/** RFC 3676 section 4.3: the line before a signature ends with a space and is never joined. */
const SIGNATURE = "-- ";

/** The paragraphs of a flowed text with LF line ends. With `delSp` the space at a joint was put there by the sender's program. */
export function unflow(text: string, delSp: boolean): string {
  const paragraphs: string[] = [];
  let pieces: string[] = [];
  let open: Line | null = null;
  const close = (): void => {
    if (open) paragraphs.push(quoted({ depth: open.depth, text: pieces.join("") }));
    pieces = [];
  };
  for (const written of text.split("\n")) {
    const line = readLine(written);
    // Section 4.5: a paragraph goes on only at the same depth, and only behind a line that ends with a space. DEPARTS: an
    // empty line never goes on with it, because whoever left one saw two paragraphs.
    const goesOn =
      open !== null && isSoft(open) && open.depth === line.depth && !["", SIGNATURE].includes(line.text);
    if (!goesOn) close();
    open = line;
    pieces.push(delSp && isSoft(line) ? line.text.slice(0, -1) : line.text);
  }
  close();
  return paragraphs.join("\n");
}

const isSoft = ({ text }: Line): boolean => text.endsWith(" ") && text !== SIGNATURE;

/** Section 4.4: after the quote marks, one space was stuffed before what could be taken for one. */
function readLine(written: string): Line {
  let depth = 0;
  while (written[depth] === ">") depth++;
  const text = written.slice(written[depth] === " " ? depth + 1 : depth);
  return { depth, text };
}

const quoted = ({ depth, text }: Line): string =>
  depth === 0 ? text : `${">".repeat(depth)}${text === "" ? "" : " "}${text}`;
