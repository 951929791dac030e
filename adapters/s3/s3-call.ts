// What calls to S3, or to whatever speaks its protocol (R2, MinIO), have in common: path-style URLs, a bound on time and
// answer, and which of its answers mean that it cannot be used.
import { OutageError, type OutageService } from "../../core/outage.ts";
import type { Result } from "../../core/result.ts";
import { readXmlError } from "../aws/error.ts";
import { endpointUrl } from "../aws/settings.ts";
import type { AwsRequest, SignedFetch } from "../aws/signed-fetch.ts";
import type { BoundedAnswer, NoAnswer } from "../system/bounded-fetch.ts";

/** A 5 MB file over a poor link, or a mail of 40 MB within a data centre. */
const CALL_TIMEOUT_MS = 20_000;
const ERROR_BYTES_MAX = 64 * 1024;

export type S3Call = Pick<AwsRequest, "method" | "url" | "body" | "contentType"> & {
  /** What may be more than an error. */
  readonly answerBytesMax?: number;
};

export const callS3 = (signedFetch: SignedFetch, call: S3Call): Promise<Result<BoundedAnswer, NoAnswer>> =>
  signedFetch.send({ service: "s3", timeoutMs: CALL_TIMEOUT_MS, answerBytesMax: ERROR_BYTES_MAX, ...call });

/** The outage that no answer is, or an answer that is neither what was asked for nor "there is none". */
export function s3Outage(
  service: OutageService,
  { method }: Pick<S3Call, "method">,
  answer: NoAnswer | BoundedAnswer,
): OutageError {
  const [cause, detail] =
    "status" in answer
      ? (["unavailable", `${answer.status} ${readXmlError(answer).type ?? ""}`.trim()] as const)
      : ([answer.kind === "timed_out" ? "timed_out" : "unavailable", answer.detail] as const);
  return new OutageError({ service, cause, retryAfterSeconds: null }, `S3 ${method}: ${detail}`);
}

/** A missing bucket is a 404 as well, and is no answer about the object. */
export const isNoSuchKey = (answer: BoundedAnswer): boolean =>
  answer.status === 404 && readXmlError(answer).type === "NoSuchKey";

/** Path-style: a bucket's name may have dots, and then no certificate fits it as a host. */
export const s3Url = (endpoint: string, bucket: string, key: string): string =>
  endpointUrl(endpoint, `/${[bucket, ...key.split("/")].map(encodeS3).join("/")}`);

/** RFC 3986 section 2.3: `encodeURIComponent` leaves five characters that S3 wants encoded. */
export const encodeS3 = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
