// Objects: put, get (with ranges and, on signed links, the answer's headers overridden), head, delete.
import { createHash } from "node:crypto";

import { AwsError } from "../aws-error.ts";
import type { ObjectRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import type { S3Call } from "./s3-api.ts";

/** A runaway caller must not fill the disk with names. */
const OBJECTS_MAX = 1_000_000;

/** Query parameters that replace a header of the answer; S3 allows them on signed requests, and all of ours are. */
const OVERRIDES: Readonly<Record<string, string>> = {
  "response-content-type": "content-type",
  "response-content-disposition": "content-disposition",
  "response-content-language": "content-language",
  "response-content-encoding": "content-encoding",
  "response-cache-control": "cache-control",
  "response-expires": "expires",
};

export const objectId = (bucket: string, key: string): string => `${bucket}/${key}`;

export function putObject(sandbox: Sandbox, call: S3Call): Response {
  const { bucket, key, request } = call;
  const { objects } = sandbox.records;
  if (!request.headers.has("content-length")) {
    throw new AwsError(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
  }
  const before = objects.get(objectId(bucket, key));
  if (before !== null && request.headers.get("if-none-match") === "*") {
    throw new AwsError(
      412,
      "PreconditionFailed",
      "At least one of the pre-conditions you specified did not hold",
    );
  }
  const object = writeObject(sandbox, {
    bucket,
    key,
    pieces: [call.body.bytes],
    contentType: request.headers.get("content-type"),
    metadata: Object.fromEntries([...request.headers].filter(([name]) => name.startsWith("x-amz-meta-"))),
  });
  return new Response(null, { status: 200, headers: { etag: object.etag } });
}

export type ObjectToWrite = Pick<ObjectRecord, "bucket" | "key"> & {
  readonly pieces: readonly Uint8Array[];
  readonly contentType?: string | null;
  readonly metadata?: ObjectRecord["metadata"];
};

/** Adds or replaces an object: what S3 is told to put, and what SES lays there. */
export function writeObject(sandbox: Sandbox, { bucket, key, pieces, ...more }: ObjectToWrite): ObjectRecord {
  const { objects } = sandbox.records;
  const before = objects.get(objectId(bucket, key));
  if (before === null && objects.count() >= OBJECTS_MAX) {
    throw new AwsError(503, "SlowDown", "The sandbox holds no more objects.");
  }
  const hash = createHash("md5");
  for (const piece of pieces) hash.update(piece);
  const object: ObjectRecord = {
    bucket,
    key,
    blobKey: `s3/${crypto.randomUUID()}`,
    sizeBytes: pieces.reduce((sum, piece) => sum + piece.length, 0),
    etag: `"${hash.digest("hex")}"`,
    contentType: more.contentType ?? "binary/octet-stream",
    metadata: more.metadata ?? {},
    modifiedAt: sandbox.clock(),
  };
  sandbox.store.transaction(() => {
    if (before !== null) sandbox.store.deleteBlob(before.blobKey);
    sandbox.store.writeBlob(object.blobKey, pieces);
    objects.put(objectId(bucket, key), object);
  });
  return object;
}

/** GET and HEAD. */
export function getObject(sandbox: Sandbox, call: S3Call): Response {
  const object = sandbox.records.objects.get(objectId(call.bucket, call.key));
  if (object === null) throw new AwsError(404, "NoSuchKey", "The specified key does not exist.");
  const headers = new Headers({
    "content-type": object.contentType,
    "last-modified": new Date(object.modifiedAt).toUTCString(),
    etag: object.etag,
    "accept-ranges": "bytes",
    ...object.metadata,
  });
  for (const [parameter, header] of Object.entries(OVERRIDES)) {
    const value = call.query.get(parameter);
    if (value !== null) headers.set(header, value);
  }
  if (call.request.headers.get("if-none-match") === object.etag)
    return new Response(null, { status: 304, headers });
  const range = readRange(call.request.headers.get("range"), object.sizeBytes);
  const { from, to } = range ?? { from: 0, to: object.sizeBytes };
  headers.set("content-length", String(to - from));
  if (range !== null) headers.set("content-range", `bytes ${from}-${to - 1}/${object.sizeBytes}`);
  const body = call.request.method === "HEAD" ? null : sandbox.store.readBlob(object.blobKey, from, to);
  return new Response(body, { status: range === null ? 200 : 206, headers });
}

/** 204, whether it was there or not. */
export function deleteObject(sandbox: Sandbox, call: S3Call): Response {
  const object = sandbox.records.objects.get(objectId(call.bucket, call.key));
  if (object !== null) {
    sandbox.store.transaction(() => {
      sandbox.records.objects.delete(objectId(call.bucket, call.key));
      sandbox.store.deleteBlob(object.blobKey);
    });
  }
  return new Response(null, { status: 204 });
}

// RFC 9110 section 14.1.2, one range: `0-99`, `100-`, `-100`. Anything else is ignored, as the RFC allows.
function readRange(header: string | null, size: number): { from: number; to: number } | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (match === null || (match[1] === "" && match[2] === "")) return null;
  const [, first = "", last = ""] = match;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (from >= size || to <= from) {
    throw new AwsError(416, "InvalidRange", "The requested range is not satisfiable");
  }
  return { from, to };
}
