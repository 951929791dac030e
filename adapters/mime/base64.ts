// Base64 (RFC 4648 section 4) of many megabytes in little time and memory: as one string, as a stream of ASCII octets,
// and in lines for a message (RFC 2045 section 6.8). The runtime's own encoder does the work where there is one (Bun,
// Deno, workerd); Node 24 has none, and a table of pairs takes its place.
import { BASE64_LINE_OCTETS } from "../../core/message/plan.ts";

/** ECMAScript 2027's Uint8Array.prototype.toBase64, which not every runtime has and TypeScript does not know yet. */
type NativeEncoder = { toBase64?: () => string };

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PADDING = 0x3d;

/** Two characters for each 12 bits, the first in the low octet: a pair is one little-endian store. */
const PAIRS = Uint16Array.from(
  { length: 4096 },
  (_, bits) => ALPHABET.charCodeAt(bits >> 6) | (ALPHABET.charCodeAt(bits & 63) << 8),
);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Characters of `octets` in base64, padding included, without line ends. */
export const base64Length = (octets: number): number => Math.ceil(octets / 3) * 4;

export function toBase64(octets: Uint8Array & NativeEncoder): string {
  if (octets.toBase64) return octets.toBase64();
  const target = new Uint8Array(base64Length(octets.length));
  writePairs(octets, target);
  return decoder.decode(target);
}

/** Writes the base64 of `octets`, padded, to the start of `target`, which has room for it. */
function writeBase64(octets: Uint8Array & NativeEncoder, target: Uint8Array): void {
  if (octets.toBase64) encoder.encodeInto(octets.toBase64(), target);
  else writePairs(octets, target);
}

function writePairs(octets: Uint8Array, target: Uint8Array): void {
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  const whole = octets.length - (octets.length % 3);
  let end = 0;
  for (let at = 0; at < whole; at += 3, end += 4) {
    const bits = ((octets[at] ?? 0) << 16) | ((octets[at + 1] ?? 0) << 8) | (octets[at + 2] ?? 0);
    view.setInt32(end, (PAIRS[bits >> 12] ?? 0) | ((PAIRS[bits & 4095] ?? 0) << 16), true);
  }
  if (whole === octets.length) return;
  const bits = ((octets[whole] ?? 0) << 16) | ((octets[whole + 1] ?? 0) << 8);
  view.setInt32(end, (PAIRS[bits >> 12] ?? 0) | ((PAIRS[bits & 4095] ?? 0) << 16), true);
  target.fill(PADDING, end + (octets.length - whole) + 1, end + 4);
}

/**
 * The base64 of a stream as a stream of ASCII octets, without line ends: nothing is padded but the end, wherever the
 * chunks are cut. Each chunk is as long as its input is in base64, give or take four octets, and valid until the next is
 * asked for: all are views of one buffer.
 */
export function* encodeBase64(chunks: Iterable<Uint8Array>): Generator<Uint8Array<ArrayBuffer>> {
  let buffer = new Uint8Array(0);
  const encoded = (octets: Uint8Array): Uint8Array<ArrayBuffer> => {
    const length = base64Length(octets.length);
    if (length > buffer.length) buffer = new Uint8Array(length);
    writeBase64(octets, buffer);
    return buffer.subarray(0, length);
  };
  let carried: Uint8Array = new Uint8Array(0);
  for (const chunk of chunks) {
    const octets = carried.length === 0 ? chunk : concatenated(carried, chunk);
    const whole = octets.length - (octets.length % 3);
    carried = octets.slice(whole);
    if (whole > 0) yield encoded(octets.subarray(0, whole));
  }
  if (carried.length > 0) yield encoded(carried);
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

const LINE = 76;
/** As a little-endian pair. */
const CRLF = 0x0a0d;
/** Lines encoded at a time: 39 KB stay in the processor's nearest caches. Even, because lines are copied in twos. */
const SCRATCH_LINES = 512;
const scratch = new Uint8Array(SCRATCH_LINES * LINE);
const scratchWords = new Float64Array(scratch.buffer);
const scratchHalves = new Uint32Array(scratch.buffer);

/** Writes the base64 of `octets` in lines, CRLF after each, to the start of `target`, which has room for it. */
export function writeBase64Lines(octets: Uint8Array, target: Uint8Array): void {
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  let end = 0;
  for (let at = 0; at < octets.length; at += SCRATCH_LINES * BASE64_LINE_OCTETS) {
    const piece = octets.subarray(at, at + SCRATCH_LINES * BASE64_LINE_OCTETS);
    writeBase64(piece, scratch);
    const length = base64Length(piece.length);
    const pairs = Math.floor(length / (2 * LINE));
    copyPairs(pairs, view, end);
    end += pairs * 2 * (LINE + 2);
    for (let from = pairs * 2 * LINE; from < length; from += LINE) {
      const line = scratch.subarray(from, Math.min(from + LINE, length));
      target.set(line, end);
      view.setUint16(end + line.length, CRLF, true);
      end += line.length + 2;
    }
  }
}

/**
 * Copies lines from `scratch` in twos, which are nineteen words of eight octets there and 156 octets with their ends
 * here. Written out: as a loop it takes half as long again, line by line twice as long, and this is what a large send
 * spends its time on. Base64 characters never make a NaN, the one kind of number that a copy may change.
 */
function copyPairs(pairs: number, view: DataView, start: number): void {
  // Always within the scratch; a default for what cannot be missing would cost a tenth of the time.
  const wordAt = (word: number): number => scratchWords[word] as number;
  const halfAt = (half: number): number => scratchHalves[half] as number;
  for (let pair = 0, word = 0, to = start; pair < pairs; pair++, word += 19, to += 156) {
    view.setFloat64(to, wordAt(word), true);
    view.setFloat64(to + 8, wordAt(word + 1), true);
    view.setFloat64(to + 16, wordAt(word + 2), true);
    view.setFloat64(to + 24, wordAt(word + 3), true);
    view.setFloat64(to + 32, wordAt(word + 4), true);
    view.setFloat64(to + 40, wordAt(word + 5), true);
    view.setFloat64(to + 48, wordAt(word + 6), true);
    view.setFloat64(to + 56, wordAt(word + 7), true);
    view.setFloat64(to + 64, wordAt(word + 8), true);
    view.setUint32(to + 72, halfAt(2 * word + 18), true);
    view.setUint16(to + 76, CRLF, true);
    view.setUint32(to + 78, halfAt(2 * word + 19), true);
    view.setFloat64(to + 82, wordAt(word + 10), true);
    view.setFloat64(to + 90, wordAt(word + 11), true);
    view.setFloat64(to + 98, wordAt(word + 12), true);
    view.setFloat64(to + 106, wordAt(word + 13), true);
    view.setFloat64(to + 114, wordAt(word + 14), true);
    view.setFloat64(to + 122, wordAt(word + 15), true);
    view.setFloat64(to + 130, wordAt(word + 16), true);
    view.setFloat64(to + 138, wordAt(word + 17), true);
    view.setFloat64(to + 146, wordAt(word + 18), true);
    view.setUint16(to + 154, CRLF, true);
  }
}
