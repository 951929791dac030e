// Blobs in S3 or whatever speaks its protocol (R2, MinIO): path-style, by signed fetch. Files are downloaded
// from there directly, by presigned URL.
import { assertBlobKey } from "../../core/blob-key.ts";
import { contentDisposition } from "../../core/email/content-disposition.ts";
import type { BlobStore } from "../../core/ports/blob-store.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { OutageError } from "../../core/outage.ts";
import { readXmlError } from "../aws/error.ts";
import { type AwsSettings, endpointUrl } from "../aws/settings.ts";
import type { AwsRequest, SignedFetch } from "../aws/signed-fetch.ts";
import type { BoundedAnswer } from "../system/bounded-fetch.ts";

export type S3BlobStoreSettings = Pick<AwsSettings, "endpoints"> & {
  readonly bucket: string;
  /** Without slashes at its ends; empty for none. */
  readonly prefix: string;
};

/** A 5 MB file over a poor link; larger ones do not come in one request. */
const CALL_TIMEOUT_MS = 20_000;
/** The largest blob is a raw mail of 40 MB (SES's own limit). */
const BLOB_BYTES_MAX = 41 * 1024 * 1024;
const ERROR_BYTES_MAX = 64 * 1024;
/** S3: "X-Amz-Expires ... minimum 1, maximum 604800". */
const PRESIGNED_SECONDS_MAX = 604_800;

export function makeS3BlobStore(
  signedFetch: SignedFetch,
  clock: Clock,
  settings: S3BlobStoreSettings,
): BlobStore {
  const folder = [settings.bucket, ...settings.prefix.split("/")].filter((segment) => segment !== "");
  const urlOf = (key: string): string => {
    assertBlobKey(key);
    const path = [...folder, ...key.split("/")].map(encodeSegment).join("/");
    return endpointUrl(settings.endpoints.s3, `/${path}`);
  };
  const call = async (
    method: AwsRequest["method"],
    key: string,
    more: Pick<AwsRequest, "body" | "contentType"> & { readonly answerBytesMax?: number } = {},
  ): Promise<BoundedAnswer> => {
    const answer = await signedFetch.send({
      service: "s3",
      method,
      url: urlOf(key),
      timeoutMs: CALL_TIMEOUT_MS,
      answerBytesMax: ERROR_BYTES_MAX,
      ...more,
    });
    if (answer.ok) return answer.value;
    const cause = answer.error.kind === "timed_out" ? "timed_out" : "unavailable";
    throw blobOutage(cause, `S3 ${method}: ${answer.error.detail}`);
  };

  return {
    async put(key, content, contentType) {
      const answer = await call("PUT", key, { body: content as Uint8Array<ArrayBuffer>, contentType });
      if (answer.status >= 300) throw refusedBy("PUT", answer);
    },

    async get(key) {
      const answer = await call("GET", key, { answerBytesMax: BLOB_BYTES_MAX });
      if (answer.status === 200) return answer.body;
      // A missing bucket is a 404 as well, and is no answer about the blob.
      if (answer.status === 404 && readXmlError(answer).type === "NoSuchKey") return null;
      throw refusedBy("GET", answer);
    },

    async delete(keys) {
      // One after the other: a mail has seven at most, and DeleteObjects wants a checksum that not every store takes.
      for (const key of keys) {
        const answer = await call("DELETE", key);
        if (answer.status >= 300 && readXmlError(answer).type !== "NoSuchKey")
          throw refusedBy("DELETE", answer);
      }
    },

    downloadUrl(key, { fileName, contentType, expiresAt }) {
      const query = new URLSearchParams({
        "response-content-type": contentType,
        "response-content-disposition": contentDisposition(fileName, "attachment"),
      });
      const seconds = Math.ceil((expiresAt - clock.now()) / 1000);
      return signedFetch.presign({
        service: "s3",
        url: `${urlOf(key)}?${query.toString()}`,
        expiresSeconds: Math.min(Math.max(seconds, 1), PRESIGNED_SECONDS_MAX),
      });
    },
  };
}

/** RFC 3986 section 2.3: `encodeURIComponent` leaves five characters that S3 wants encoded. */
const encodeSegment = (segment: string): string =>
  encodeURIComponent(segment).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const blobOutage = (cause: "timed_out" | "unavailable", detail: string): OutageError =>
  new OutageError({ service: "blobs", cause, retryAfterSeconds: null }, detail);

const refusedBy = (method: string, answer: BoundedAnswer): OutageError =>
  blobOutage("unavailable", `S3 ${method}: ${answer.status} ${readXmlError(answer).type ?? ""}`.trim());
