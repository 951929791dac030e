// One HTTP request with every bound a call to the outside needs: a time-out that covers the whole exchange, no
// redirects, and a limit on the octets of the answer. Used for AWS, DNS over HTTPS and SNS certificates alike.
import { err, ok, type Result } from "../../core/result.ts";

export type FetchBounds = { readonly timeoutMs: number; readonly answerBytesMax: number };

export type BoundedAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
};

/**
 * No answer that can be used. The request may have been carried out all the same.
 * `redirected`: the other side wanted to send us elsewhere. `too_large`: the answer passed its bound.
 */
export type NoAnswer = {
  readonly kind: "timed_out" | "unavailable" | "redirected" | "too_large";
  /** For logs: no address, no body. */
  readonly detail: string;
};

/** Any answer but a redirect is an answer, whatever its status. Never throws. */
export async function boundedFetch(
  url: string,
  init: RequestInit,
  bounds: FetchBounds,
): Promise<Result<BoundedAnswer, NoAnswer>> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), bounds.timeoutMs);
  try {
    // Not "error": Workers do not have it. "manual" shows the 3xx on every server runtime, and we refuse it below.
    const response = await fetch(url, { ...init, redirect: "manual", signal: deadline.signal });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      return err({ kind: "redirected", detail: `redirected with ${response.status}` });
    }
    const body = await readBounded(response, bounds.answerBytesMax);
    if (!body) return err({ kind: "too_large", detail: `answer over ${bounds.answerBytesMax} octets` });
    return ok({ status: response.status, headers: response.headers, body });
  } catch (fault) {
    if (deadline.signal.aborted)
      return err({ kind: "timed_out", detail: `no answer in ${bounds.timeoutMs} ms` });
    return err({ kind: "unavailable", detail: fault instanceof Error ? fault.name : "connection failed" });
  } finally {
    clearTimeout(timer);
  }
}

/** The body, or null as soon as it passes the limit. Counted after decompression, so that a small answer stays small. */
async function readBounded(response: Response, bytesMax: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (!response.body) return new Uint8Array();
  const reader = response.body.getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > bytesMax) {
      await reader.cancel();
      return null;
    }
    pieces.push(value);
  }
  return pieces.length === 1 && pieces[0] ? pieces[0] : joined(pieces, size);
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
