// The lines of a message. RFC 5322 has CRLF; stored mail has LF. A CR alone ends a line only where there is no LF at
// all: anywhere else two readers would see two different headers in one.

const CR = 0x0d;
const LF = 0x0a;

/** Up to here a loop is faster than the runtime's search, which costs a call; lines of base64 have 76 characters. */
const SHORT_LINE = 24;

export class Lines {
  readonly octets: Uint8Array;
  readonly #break: number;

  constructor(octets: Uint8Array) {
    this.octets = octets;
    this.#break = octets.includes(LF) ? LF : CR;
  }

  /** Where the line that begins here ends, its line end not counted. */
  endOf(begin: number): number {
    const at = this.#breakOf(begin);
    let end = at;
    while (end > begin && this.octets[end - 1] === CR) end--;
    return end;
  }

  /** Where the line after one that ends here begins. */
  after(end: number): number {
    return Math.min(this.#breakOf(end) + 1, this.octets.length);
  }

  /** Where the line before this one ends, the one line end between them not counted. */
  before(lineBegin: number): number {
    const end = lineBegin - (this.octets[lineBegin - 1] === this.#break ? 1 : 0);
    return this.#break === LF && this.octets[end - 1] === CR ? end - 1 : end;
  }

  #breakOf(from: number): number {
    const { octets } = this;
    const stop = Math.min(from + SHORT_LINE, octets.length);
    for (let at = from; at < stop; at++) if (octets[at] === this.#break) return at;
    const at = octets.indexOf(this.#break, stop);
    return at < 0 ? octets.length : at;
  }
}
