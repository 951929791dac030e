// Reads a JSON body without making strings of its long strings: a raw message of 40 MB is 53 MB of base64 within the
// JSON, and as a string, parsed, and decoded it would be held four times over. Here it stays where it was received.
import { AwsError } from "../aws-error.ts";

/** Strings shorter than this are not worth it. */
const LONG_STRING_OCTETS_MIN = 4_096;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const PADDING = 0x3d;
/** Base64 is decoded in pieces of this length (a multiple of 4), each through one short string. */
const DECODED_PIECE = 65_536;

export type JsonBody = {
  readonly value: unknown;
  readonly longStrings: readonly Uint8Array<ArrayBuffer>[];
};

/** In `value`, a long string without escapes is the mark of its place in `longStrings`. */
const longStringMark = (index: number): string => `\u0000${index}`;

/** The parsed body; an empty one is `{}`. Throws SES's SerializationException for what is no JSON. */
export function parseJsonBody(bytes: Uint8Array<ArrayBuffer>): JsonBody {
  const octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const longStrings: Uint8Array<ArrayBuffer>[] = [];
  let text = "";
  let kept = 0;
  for (let open = octets.indexOf(QUOTE); open !== -1;) {
    const { close, isPlain } = endOfString(octets, open);
    if (close === -1) break;
    if (isPlain && close - open > LONG_STRING_OCTETS_MIN) {
      text += octets.toString("utf8", kept, open + 1);
      text += JSON.stringify(longStringMark(longStrings.length)).slice(1, -1);
      longStrings.push(bytes.subarray(open + 1, close));
      kept = close;
    }
    open = octets.indexOf(QUOTE, close + 1);
  }
  text += octets.toString("utf8", kept);
  try {
    return { value: text.trim() === "" ? {} : JSON.parse(text), longStrings };
  } catch {
    throw new AwsError(400, "SerializationException", "The request body is no JSON.");
  }
}

// A quote after an odd number of backslashes belongs to the string.
function endOfString(octets: Buffer, open: number): { close: number; isPlain: boolean } {
  let isPlain = true;
  let close = octets.indexOf(QUOTE, open + 1);
  while (close !== -1) {
    let backslashes = 0;
    while (octets[close - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) break;
    isPlain = false;
    close = octets.indexOf(QUOTE, close + 1);
  }
  const firstBackslash = isPlain ? octets.subarray(open, Math.max(open, close)).indexOf(BACKSLASH) : -1;
  return { close, isPlain: isPlain && firstBackslash === -1 };
}

/**
 * The octets of a base64 string of the body. A long one is decoded over itself, where it was received: it can be read
 * once only. Throws SerializationException for what is not base64.
 */
export function decodeBlob(body: Pick<JsonBody, "longStrings">, value: string): Uint8Array<ArrayBuffer> {
  const index = value.startsWith("\u0000") ? Number(value.slice(1)) : -1;
  const source = body.longStrings[index] ?? new Uint8Array(Buffer.from(value, "latin1"));
  const target = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  if (source.length % 4 !== 0) throw notBase64();
  const padding = target.at(-1) !== PADDING ? 0 : target.at(-2) !== PADDING ? 1 : 2;
  const expected = (source.length / 4) * 3 - padding;
  let length = 0;
  for (let at = 0; at < source.length; at += DECODED_PIECE) {
    const piece = target.toString("latin1", at, Math.min(at + DECODED_PIECE, source.length));
    length += target.write(piece, length, "base64"); // Never passes what is still to be read: 4 become 3.
  }
  // The decoder skips what is no base64, so a short result tells.
  if (length !== expected) throw notBase64();
  return source.subarray(0, length);
}

const notBase64 = (): AwsError => new AwsError(400, "SerializationException", "A blob is not base64.");
