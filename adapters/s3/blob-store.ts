// Blobs in S3 or whatever speaks its protocol: by signed fetch. Files are downloaded from there directly, by presigned
// URL.
import { assertBlobKey } from "../../core/blob-key.ts";
import { contentDisposition } from "../../core/email/content-disposition.ts";
import type { BlobStore } from "../../core/ports/blob-store.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { readXmlError } from "../aws/error.ts";
import type { SignedFetch } from "../aws/signed-fetch.ts";
import type { BoundedAnswer } from "../system/bounded-fetch.ts";
import { callS3, isNoSuchKey, type S3Call, s3Outage, s3Url } from "./s3-call.ts";

export type S3BlobStoreSettings = {
  /** With or without trailing slash. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Without slashes at its ends; empty for none. */
  readonly prefix: string;
};

/** The largest blob is a raw mail of 40 MB (SES's own limit). */
const BLOB_BYTES_MAX = 41 * 1024 * 1024;
/** S3: "X-Amz-Expires ... minimum 1, maximum 604800". */
const PRESIGNED_SECONDS_MAX = 604_800;

export function makeS3BlobStore(
  signedFetch: SignedFetch,
  clock: Clock,
  { endpoint, bucket, prefix }: S3BlobStoreSettings,
): BlobStore {
  const folder = prefix === "" ? "" : `${prefix}/`;
  const urlOf = (key: string): string => {
    assertBlobKey(key);
    return s3Url(endpoint, bucket, folder + key);
  };
  const outage = (call: Pick<S3Call, "method">, answer: Parameters<typeof s3Outage>[2]) =>
    s3Outage("blobs", call, answer);
  const ask = async (call: S3Call): Promise<BoundedAnswer> => {
    const answer = await callS3(signedFetch, call);
    if (answer.ok) return answer.value;
    throw outage(call, answer.error);
  };

  return {
    async put(key, content, contentType) {
      const call: S3Call = {
        method: "PUT",
        url: urlOf(key),
        body: content as Uint8Array<ArrayBuffer>,
        contentType,
      };
      const answer = await ask(call);
      if (answer.status >= 300) throw outage(call, answer);
    },

    async get(key) {
      const call: S3Call = { method: "GET", url: urlOf(key), answerBytesMax: BLOB_BYTES_MAX };
      const answer = await ask(call);
      if (answer.status === 200) return answer.body;
      if (isNoSuchKey(answer)) return null;
      throw outage(call, answer);
    },

    async delete(keys) {
      // One after the other: a mail has seven at most, and DeleteObjects wants a checksum that not every store takes.
      for (const key of keys) {
        const call: S3Call = { method: "DELETE", url: urlOf(key) };
        const answer = await ask(call);
        if (answer.status >= 300 && readXmlError(answer).type !== "NoSuchKey") throw outage(call, answer);
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
