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
  const stated = Number(response.headers.get("content-length")) || 0;
  if (stated > bytesMax) {
    await response.body.cancel();
    return null;
  }
  const reader = response.body.getReader();
  // Of a length that was stated each octet is held once; a mail of 40 MB in pieces and joined would be held twice.
  let whole = new Uint8Array(stated);
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return whole.subarray(0, size);
    if (size + value.length > bytesMax) {
      await reader.cancel();
      return null;
    }
    if (size + value.length > whole.length) whole = grown(whole, size, size + value.length);
    whole.set(value, size);
    size += value.length;
  }
}

/** Doubled at least, so that copying stays linear. */
function grown(octets: Uint8Array<ArrayBuffer>, size: number, lengthMin: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(lengthMin, octets.length * 2));
  larger.set(octets.subarray(0, size));
  return larger;
}
