// Quoted-printable (RFC 2045 section 6.7) of UTF-8 text: one pass over the octets, with line ends of any kind made CRLF.
// It also answers whether anything had to change, and gives up on text for which base64 is the better choice.

/** A line is at most 76 characters, the "=" of a soft break included. */
const LINE_LENGTH = 75;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DOT = 0x2e;
const EQUALS = 0x3d;
const TILDE = 0x7e;
/** RFC 2045 section 6.7 (2): printable ASCII but "=", and blanks if something follows on the line. */
const LITERAL = Uint8Array.from(
  { length: 256 },
  (_, octet) => +((octet >= SPACE && octet <= TILDE && octet !== EQUALS) || octet === TAB),
);
const HEX = Uint8Array.from("0123456789ABCDEF", (digit) => digit.charCodeAt(0));

const decoder = new TextDecoder();

export type QuotedPrintable = {
  readonly text: string;
  /** Nothing was escaped and no line broken: the text is itself with CRLF line ends, fit for 7bit. */
  readonly unchanged: boolean;
};

/** The text in quoted-printable, or null as soon as more than `escapesMax` octets had to be escaped. */
export function quotedPrintable(octets: Uint8Array, escapesMax: number): QuotedPrintable | null {
  const lines = new Lines(octets.length, escapesMax);
  for (let at = 0; at < octets.length && lines.escapes <= escapesMax;) {
    if (!lines.atStart || !isTrap(octets, at)) {
      const copied = copyLiterals(octets, at, lines);
      at += copied;
      if (copied > 0) continue;
    }
    const octet = octets[at] ?? 0;
    if (octet === CR || octet === LF) {
      lines.hardBreak();
      at += octet === CR && octets[at + 1] === LF ? 2 : 1;
    } else if (LITERAL[octet] === 1 && !lines.atStart) {
      lines.softBreak();
    } else {
      lines.escape(octet);
      at++;
    }
  }
  lines.escapeLastBlank();
  if (lines.escapes > escapesMax) return null;
  return { text: decoder.decode(lines.out.subarray(0, lines.end)), unchanged: lines.isUnchanged };
}

/** Copies what stands for itself, as far as the line has room; answers how many octets. The loop that costs the time. */
function copyLiterals(octets: Uint8Array, from: number, lines: Lines): number {
  const { out } = lines;
  const stop = from + Math.min(octets.length - from, lines.room);
  let at = from;
  for (let end = lines.end; at < stop; at++, end++) {
    const octet = octets[at] ?? 0;
    if (LITERAL[octet] !== 1) break;
    out[end] = octet;
  }
  lines.end += at - from;
  return at - from;
}

/**
 * What must not begin a line: a dot, which ends SMTP's DATA for broken relays (RFC 5321 section 4.5.2), and "From ",
 * which mbox files escape by changing the text (RFC 4155).
 */
const isTrap = (octets: Uint8Array, at: number): boolean =>
  octets[at] === DOT ||
  (octets[at] === 0x46 && octets[at + 1] === 0x72 && octets[at + 2] === 0x6f && octets[at + 3] === 0x6d);

/** The encoded lines so far. */
class Lines {
  readonly out: Uint8Array;
  end = 0;
  escapes = 0;
  #lineStart = 0;
  #softBreaks = 0;

  constructor(length: number, escapesMax: number) {
    // Each octet becomes two at most (LF to CRLF) and three when escaped; every 60 of those may cost a soft break.
    const bound = 2 * length + Math.min(length, escapesMax + 2);
    this.out = new Uint8Array(bound + 3 * Math.ceil(bound / 60) + 6);
  }

  get atStart(): boolean {
    return this.end === this.#lineStart;
  }

  get room(): number {
    return LINE_LENGTH - (this.end - this.#lineStart);
  }

  get isUnchanged(): boolean {
    return this.escapes === 0 && this.#softBreaks === 0;
  }

  escape(octet: number): void {
    // A character's octets stay on one line: readers that decode line by line would tear it.
    if (this.room < escapedWidth(octet)) this.softBreak();
    this.out[this.end++] = EQUALS;
    this.out[this.end++] = HEX[octet >> 4] ?? 0;
    this.out[this.end++] = HEX[octet & 15] ?? 0;
    this.escapes++;
  }

  softBreak(): void {
    this.out[this.end++] = EQUALS;
    this.#breakLine();
    this.#softBreaks++;
  }

  hardBreak(): void {
    this.escapeLastBlank();
    this.#breakLine();
  }

  /** RFC 2045 section 6.7 (3): white space at the end of a line is lost on the way. */
  escapeLastBlank(): void {
    const last = this.out[this.end - 1];
    if (this.atStart || (last !== SPACE && last !== TAB)) return;
    this.end--;
    this.escape(last);
  }

  #breakLine(): void {
    this.out[this.end++] = CR;
    this.out[this.end++] = LF;
    this.#lineStart = this.end;
  }
}

/** Columns that must be free: all of a UTF-8 character's octets, known from its first (RFC 3629 section 3). */
function escapedWidth(octet: number): number {
  if (octet < 0xc0) return 3;
  if (octet < 0xe0) return 6;
  return octet < 0xf0 ? 9 : 12;
}
