// A message plan as octets: in one piece for the common small message, or as a stream of small chunks, so that the largest
// message costs memory for its files only. What the message says is decided in core; here nothing is looked at.
import {
  BASE64_LINE_OCTETS,
  base64LinesLength,
  type MessagePlan,
  type Segment,
} from "../../core/message/plan.ts";
import { writeBase64Lines } from "./base64.ts";

/** 512 lines of base64 with their ends: large enough that a chunk costs little, small enough to stay in cache. */
export const RENDER_CHUNK_BYTES = 512 * 78;
const CHUNK_OCTETS = 512 * BASE64_LINE_OCTETS;

const encoder = new TextEncoder();

/** The message in one piece of exactly `plan.sizeBytes`. */
export function renderToOctets(plan: MessagePlan): Uint8Array<ArrayBuffer> {
  const [first, ...rest] = plan.segments;
  if (first?.kind === "text" && rest.length === 0) return encoder.encode(first.text);
  const target = new Uint8Array(plan.sizeBytes);
  let at = 0;
  for (const segment of plan.segments) {
    const length = renderedLength(segment);
    writeSegment(segment, target.subarray(at, at + length));
    at += length;
  }
  return target;
}

/**
 * The message in chunks of at most RENDER_CHUNK_BYTES, `plan.sizeBytes` in all. Each chunk is valid until the next is
 * asked for: all are views of one buffer, because allocating them would cost as much as encoding them.
 */
export function* renderMessage(plan: MessagePlan): Generator<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(Math.min(RENDER_CHUNK_BYTES, plan.sizeBytes));
  for (const segment of plan.segments)
    for (const piece of pieces(segment)) {
      const chunk = buffer.subarray(0, renderedLength(piece));
      writeSegment(piece, chunk);
      yield chunk;
    }
}

function* pieces(segment: Segment): Generator<Segment> {
  if (segment.kind === "text")
    for (let at = 0; at < segment.text.length; at += RENDER_CHUNK_BYTES)
      yield { kind: "text", text: segment.text.slice(at, at + RENDER_CHUNK_BYTES) };
  else
    // Whole lines only, so that a piece is encoded as it is within its segment.
    for (let at = 0; at < segment.octets.length; at += CHUNK_OCTETS)
      yield { kind: "base64", octets: segment.octets.subarray(at, at + CHUNK_OCTETS) };
}

const renderedLength = (segment: Segment): number =>
  segment.kind === "text" ? segment.text.length : base64LinesLength(segment.octets.length);

function writeSegment(segment: Segment, target: Uint8Array): void {
  if (segment.kind === "text") encoder.encodeInto(segment.text, target);
  else writeBase64Lines(segment.octets, target);
}
