// ListObjectsV2: the keys with a prefix, in order, a page at a time. No delimiters: nobody here browses.
import { AwsError } from "../aws-error.ts";
import type { Sandbox } from "../sandbox.ts";
import { element, xmlResponse } from "../xml.ts";
import { objectId } from "./objects.ts";
import type { S3Call } from "./s3-api.ts";

/** S3: up to 1,000 a page. */
const KEYS_MAX = 1_000;

export function listObjects(sandbox: Sandbox, call: S3Call): Response {
  const { bucket, query } = call;
  if (query.has("delimiter"))
    throw new AwsError(501, "NotImplemented", "The sandbox lists without delimiters.");
  const prefix = query.get("prefix") ?? "";
  const asked = Number(query.get("max-keys") ?? KEYS_MAX);
  if (!Number.isInteger(asked) || asked < 1) {
    throw new AwsError(400, "InvalidArgument", "max-keys must be a positive integer");
  }
  const limit = Math.min(asked, KEYS_MAX);
  const token = query.get("continuation-token");
  const after =
    token === null ? (query.get("start-after") ?? "") : Buffer.from(token, "base64url").toString();
  const found = sandbox.records.objects.list({
    prefix: objectId(bucket, prefix),
    after: after === "" ? "" : objectId(bucket, after),
    limit: limit + 1,
  });
  const objects = found.slice(0, limit);
  const last = objects.at(-1);
  const isTruncated = found.length > limit && last !== undefined;
  const contents = objects.map(
    (one) =>
      `<Contents>${element("Key", one.key)}${element("LastModified", new Date(one.modifiedAt).toISOString())}` +
      `${element("ETag", one.etag)}${element("Size", one.sizeBytes)}${element("StorageClass", "STANDARD")}</Contents>`,
  );
  const next = isTruncated
    ? element("NextContinuationToken", Buffer.from(last.key).toString("base64url"))
    : "";
  return xmlResponse(
    200,
    `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${element("Name", bucket)}` +
      `${element("Prefix", prefix)}${element("KeyCount", objects.length)}${element("MaxKeys", limit)}` +
      `${element("IsTruncated", isTruncated)}${next}${contents.join("")}</ListBucketResult>`,
  );
}
