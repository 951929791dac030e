// Looks through a raw message (RFC 5322, RFC 2045 to 2047) as far as SES does before it takes one: its header fields, how
// long its lines are, how many MIME parts it has and what files it names. Contents are not decoded, an attached
// message/rfc822 is not looked into, and nothing is copied.

/** Longer header blocks are no mail. */
const HEADER_OCTETS_MAX = 1_048_576;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const HYPHEN = 0x2d;

export type ScannedField = {
  readonly name: string;
  /** Unfolded, without the blank after the colon. */
  readonly value: string;
  /** The field's own octets, its line ends included. */
  readonly start: number;
  readonly end: number;
};
export type ScannedMessage = {
  readonly fields: readonly ScannedField[];
  /** Where the body begins, after the empty line. */
  readonly bodyStart: number;
  readonly partCount: number;
  readonly fileNames: readonly string[];
  /** Octets of the longest line, with its line end. */
  readonly lineOctetsMax: number;
};

/** The header alone: the fields of the message, not of its parts. */
export const scanHeader = (octets: Uint8Array<ArrayBuffer>): Pick<ScannedMessage, "fields" | "bodyStart"> =>
  readFields(viewOf(octets), 0);

const viewOf = (octets: Uint8Array<ArrayBuffer>): Buffer =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);

export function scanMessage(octets: Uint8Array<ArrayBuffer>): ScannedMessage {
  const buffer = viewOf(octets);
  const top = readFields(buffer, 0);
  const boundaries: string[] = [];
  const fileNames: string[] = [];
  let partCount = 1;
  let lineOctetsMax = longestLine(buffer, 0, top.bodyStart);
  noteFields(top.fields, boundaries, fileNames);
  for (let at = top.bodyStart; at < buffer.length;) {
    const end = endOfLine(buffer, at);
    lineOctetsMax = Math.max(lineOctetsMax, end - at);
    const delimiter =
      buffer[at] === HYPHEN && buffer[at + 1] === HYPHEN ? matchBoundary(buffer, at, end, boundaries) : null;
    at = end;
    if (delimiter === null) continue;
    boundaries.length = delimiter.depth + (delimiter.isLast ? 0 : 1);
    if (delimiter.isLast) continue;
    partCount += 1;
    const part = readFields(buffer, at);
    lineOctetsMax = Math.max(lineOctetsMax, longestLine(buffer, at, part.bodyStart));
    noteFields(part.fields, boundaries, fileNames);
    at = part.bodyStart;
  }
  return { fields: top.fields, bodyStart: top.bodyStart, partCount, fileNames, lineOctetsMax };
}

/** The value of the first field of that name, or null. */
export const fieldValue = (fields: readonly ScannedField[], name: string): string | null =>
  fields.find((field) => field.name.toLowerCase() === name)?.value ?? null;

function endOfLine(buffer: Buffer, at: number): number {
  const feed = buffer.indexOf(LINE_FEED, at);
  return feed === -1 ? buffer.length : feed + 1;
}

function longestLine(buffer: Buffer, from: number, to: number): number {
  let longest = 0;
  for (let at = from; at < to;) {
    const end = endOfLine(buffer, at);
    longest = Math.max(longest, end - at);
    at = end;
  }
  return longest;
}

function readFields(buffer: Buffer, from: number): { fields: ScannedField[]; bodyStart: number } {
  const fields: ScannedField[] = [];
  let at = from;
  while (at < buffer.length && at - from < HEADER_OCTETS_MAX) {
    let end = endOfLine(buffer, at);
    if (isEmptyLine(buffer, at)) return { fields, bodyStart: end };
    // RFC 5322 section 2.2.3: a line that begins with a blank continues the field.
    while (end < buffer.length && (buffer[end] === 0x20 || buffer[end] === 0x09))
      end = endOfLine(buffer, end);
    const text = buffer.toString("utf8", at, end);
    const colon = text.indexOf(":");
    if (colon > 0) {
      const value = text
        .slice(colon + 1)
        .replace(/\r?\n(?=[ \t])/g, "")
        .trim();
      fields.push({ name: text.slice(0, colon).trim(), value, start: at, end });
    }
    at = end;
  }
  return { fields, bodyStart: at };
}

const isEmptyLine = (buffer: Buffer, at: number): boolean =>
  buffer[at] === LINE_FEED || (buffer[at] === CARRIAGE_RETURN && buffer[at + 1] === LINE_FEED);

function noteFields(fields: readonly ScannedField[], boundaries: string[], fileNames: string[]): void {
  const type = fieldValue(fields, "content-type") ?? "";
  const typeParameters = readParameters(type);
  const boundary = typeParameters.get("boundary");
  if (/^multipart\//i.test(type) && boundary !== undefined) boundaries.push(boundary);
  const disposition = readParameters(fieldValue(fields, "content-disposition") ?? "");
  for (const name of [disposition.get("filename"), typeParameters.get("name")]) {
    if (name !== undefined) fileNames.push(name);
  }
}

// RFC 2046 section 5.1.1: an outer boundary ends what is inside, so all of the open ones are looked at.
function matchBoundary(
  buffer: Buffer,
  at: number,
  end: number,
  boundaries: readonly string[],
): { depth: number; isLast: boolean } | null {
  const line = buffer.toString("latin1", at + 2, end).trimEnd();
  for (let depth = boundaries.length - 1; depth >= 0; depth -= 1) {
    if (line === boundaries[depth]) return { depth, isLast: false };
    if (line === `${boundaries[depth]}--`) return { depth, isLast: true };
  }
  return null;
}

/** Parameters by lower-case name; RFC 2231 continuations are joined and percent-decoded. */
function readParameters(value: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const match of value.matchAll(/;\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;]*)/g)) {
    const [, written = "", given = ""] = match;
    const [name = "", ...marks] = written.toLowerCase().split("*");
    const text = given.startsWith('"') ? given.slice(1, -1).replace(/\\(.)/g, "$1") : given;
    const isEncoded = written.endsWith("*");
    const decoded = isEncoded ? percentDecoded(text.replace(/^[^']*'[^']*'/, "")) : text;
    const isContinued = marks.some((mark) => /^[1-9]\d*$/.test(mark));
    parameters.set(name, isContinued ? (parameters.get(name) ?? "") + decoded : decoded);
  }
  return parameters;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
