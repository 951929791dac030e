// Reads a request's body once, into one buffer, and hashes it on the way: a 50 MB send must not be held twice.
import { createHash } from "node:crypto";

export type RequestBody = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Hex, of the octets received. */
  readonly sha256: string;
};

/** The body, or null if it is larger than `bytesMax` (then the rest is not read). */
export async function readBody(request: Request, bytesMax: number): Promise<RequestBody | null> {
  const stated = Number(request.headers.get("content-length") ?? 0);
  if (stated > bytesMax) return null;
  const hash = createHash("sha256");
  let buffer = new Uint8Array(stated);
  let length = 0;
  for await (const chunk of request.body ?? []) {
    if (length + chunk.length > bytesMax) return null;
    if (length + chunk.length > buffer.length) buffer = grow(buffer, length + chunk.length);
    buffer.set(chunk, length);
    hash.update(chunk);
    length += chunk.length;
  }
  return { bytes: buffer.subarray(0, length), sha256: hash.digest("hex") };
}

// Only for bodies of unstated length: doubling keeps the copies linear.
function grow(buffer: Uint8Array, lengthMin: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(lengthMin, buffer.length * 2));
  larger.set(buffer);
  return larger;
}
