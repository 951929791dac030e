// Reads the body of a request into one buffer: bounded in size and time, with the octets of all bodies in flight
// bounded per process, so that neither one huge body nor many large ones exhaust the memory (a Worker has 128 MB).
// RFC 9112 section 6.3: a body shorter or longer than its Content-Length is no complete request.
// It does not look at the content type, and decodes no Content-Encoding.
import { err, ok, type Result } from "../core/result.ts";

const MB = 1024 * 1024;

/** Long-lived runtimes: four of the largest sends at once, and still far from the memory of a small machine. */
export const BODIES_IN_FLIGHT_BYTES_MAX = 128 * MB;
/** Workers: one of the largest sends, since an isolate has 128 MB for everything. */
export const BODIES_IN_FLIGHT_BYTES_MAX_ON_WORKERS = 32 * MB;
/** A body of 27 MB at 4 Mbit/s takes 54 s. Whoever is slower than that holds memory others need. */
const BODY_TIMEOUT_MS = 60_000;
/**
 * After this a reservation lapses. On Workers a request whose client left may end without its `finally`, and what it
 * held would be lost to the isolate for ever. Longer than reading a body and calling the provider together take.
 */
export const RESERVATION_LAPSES_AFTER_MS = 5 * 60_000;
/** Bodies are freed within seconds: as soon as their mails have gone out. */
export const BUSY_RETRY_AFTER_SECONDS = 2;
/** The first buffer for a body of unknown length; most of those are a few KB of JSON. */
const GROWING_BUFFER_BYTES_MIN = 16 * 1024;

export type BodyRefused =
  /** 413: above the limit, by its Content-Length before a single octet is read, or while reading. */
  | { readonly kind: "body_too_large"; readonly limitBytes: number }
  /** 400: `short` and `long` against Content-Length, `lost`: the connection broke, `timed_out`: too slow. */
  | { readonly kind: "body_incomplete"; readonly reason: "short" | "long" | "lost" | "timed_out" }
  /** 503: other bodies hold the memory. */
  | { readonly kind: "busy"; readonly retryAfterSeconds: number };

/** What one body holds of the budget. */
type BodyReservation = {
  /** Takes more; false when the budget has no room, and then nothing was taken. */
  take(bytes: number): boolean;
  /** Gives everything back. The second time it does nothing. */
  release(): void;
};

/** The octets that all bodies in flight of this process may hold together. */
export type BodyBudget = { reserve(): BodyReservation };

/** A budget of `limitBytes`. `now` answers milliseconds; it decides when a forgotten reservation lapses. */
export function makeBodyBudget(limitBytes: number, now: () => number): BodyBudget {
  type Held = { bytes: number; readonly lapsesAt: number };
  const all = new Set<Held>();
  let heldBytes = 0;

  function give(held: Held): void {
    if (all.delete(held)) heldBytes -= held.bytes;
  }
  function hasRoomFor(bytes: number): boolean {
    if (heldBytes + bytes <= limitBytes) return true;
    for (const held of all) if (held.lapsesAt <= now()) give(held);
    return heldBytes + bytes <= limitBytes;
  }

  return {
    reserve: () => {
      const mine: Held = { bytes: 0, lapsesAt: now() + RESERVATION_LAPSES_AFTER_MS };
      all.add(mine);
      return {
        take: (bytes) => {
          if (!all.has(mine) || !hasRoomFor(bytes)) return false;
          mine.bytes += bytes;
          heldBytes += bytes;
          return true;
        },
        release: () => give(mine),
      };
    },
  };
}

export type ReadBodyLimits = {
  /** Inclusive. */
  readonly maxBytes: number;
  readonly budget: BodyBudget;
  readonly timeoutMs?: number;
};

/**
 * The octets of a body, and the duty to call `release` in a `finally`, when whatever reads them has been awaited. It frees
 * the memory at once: every view into the octets is empty afterwards.
 */
export type HeldBody = { readonly octets: Uint8Array<ArrayBuffer>; release(): void };

/**
 * Reads the whole body. Room for it is reserved before it is read: its Content-Length at once, a body without one as
 * it grows. A refusal has released what it took; of a success the caller releases it. No body: no octets.
 */
export async function readBody(
  request: Request,
  limits: ReadBodyLimits,
): Promise<Result<HeldBody, BodyRefused>> {
  const declared = declaredLength(request);
  if (declared !== null && declared > limits.maxBytes) return err(tooLarge(limits));

  const reservation = limits.budget.reserve();
  const outcome = await readInto(request, declared, limits, reservation);
  if (!(outcome instanceof Uint8Array)) {
    reservation.release();
    return err(outcome);
  }
  const release = (): void => {
    // Detached now rather than collected some time: large bodies one after the other would pile up until then.
    if (!outcome.buffer.detached) outcome.buffer.transfer(0);
    reservation.release();
  };
  return ok({ octets: outcome, release });
}

/** Content-Length when it is one; the runtimes have refused malformed and contradicting ones (RFC 9112 section 6.3). */
function declaredLength(request: Request): number | null {
  const text = request.headers.get("Content-Length");
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

async function readInto(
  request: Request,
  declared: number | null,
  limits: ReadBodyLimits,
  reservation: BodyReservation,
): Promise<Uint8Array<ArrayBuffer> | BodyRefused> {
  const capacity = declared ?? Math.min(GROWING_BUFFER_BYTES_MIN, limits.maxBytes);
  if (!reservation.take(capacity)) return BUSY;
  let buffer = new Uint8Array(capacity);
  let length = 0;

  for await (const chunk of chunksUntil(limits.timeoutMs ?? BODY_TIMEOUT_MS, request.body)) {
    if (!(chunk instanceof Uint8Array)) return { kind: "body_incomplete", reason: chunk };
    const needed = length + chunk.length;
    if (needed > limits.maxBytes) return tooLarge(limits);
    if (needed > buffer.length) {
      if (declared !== null) return { kind: "body_incomplete", reason: "long" };
      // Doubling copies each octet about once. The old buffer is garbage at once, so only the new one is counted.
      const grown = Math.min(Math.max(needed, 2 * buffer.length), limits.maxBytes);
      if (!reservation.take(grown - buffer.length)) return BUSY;
      const larger = new Uint8Array(grown);
      larger.set(buffer.subarray(0, length));
      buffer = larger;
    }
    buffer.set(chunk, length);
    length = needed;
    // Its memory is given back now: the chunks of a large body together are as large as the body, until they are collected.
    const { buffer: ofChunk } = chunk;
    if (ofChunk instanceof ArrayBuffer && ofChunk.byteLength === chunk.byteLength) ofChunk.transfer(0);
  }
  if (declared !== null && length < declared) return { kind: "body_incomplete", reason: "short" };
  return buffer.subarray(0, length);
}

/** The chunks of a stream, or as its last item why there are no more of them. Ending early cancels the stream. */
async function* chunksUntil(
  timeoutMs: number,
  stream: ReadableStream<Uint8Array> | null,
): AsyncGenerator<Uint8Array | "timed_out" | "lost"> {
  if (stream === null) return;
  const reader = stream.getReader();
  // A stream that is done or broken ignores it; for the others this is how the sender learns to stop.
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  let isLate = false;
  // Cancelling ends the read that waits. A race with a promise would keep a reaction for each chunk until the end.
  const timer = setTimeout(() => {
    isLate = true;
    cancel();
  }, timeoutMs);
  try {
    while (true) {
      const next = await reader.read().catch(() => "lost" as const);
      if (isLate) return yield "timed_out";
      if (next === "lost") return yield next;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    clearTimeout(timer);
    cancel();
  }
}

const tooLarge = ({ maxBytes }: ReadBodyLimits): BodyRefused => ({
  kind: "body_too_large",
  limitBytes: maxBytes,
});
const BUSY: BodyRefused = { kind: "busy", retryAfterSeconds: BUSY_RETRY_AFTER_SECONDS };
