// A refusal of one of the sandbox's AWS services: thrown by an operation, written by its service in its own form (JSON
// and a header, or XML). Anything else that is thrown is a bug of the sandbox.
import type { SignatureRefusal, SignatureRefusalKind } from "./sigv4.ts";

export class AwsError extends Error {
  readonly status: number;
  /** The name without any suffix or namespace added on the wire. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** How a family of services names the trouble with a signature: JSON services, Query services, S3. */
export type ErrorDialect = "json" | "query" | "s3";

type Answer = readonly [status: number, code: string];
const SIGNATURE_ANSWERS: Record<ErrorDialect, { readonly [K in SignatureRefusalKind]?: Answer }> = {
  json: {
    missing: [403, "MissingAuthenticationTokenException"],
    malformed: [400, "IncompleteSignatureException"],
    unknown_key: [403, "UnrecognizedClientException"],
  },
  query: {
    missing: [403, "MissingAuthenticationToken"],
    malformed: [400, "IncompleteSignature"],
    unknown_key: [403, "InvalidClientTokenId"],
  },
  s3: {
    missing: [403, "AccessDenied"],
    malformed: [400, "AuthorizationHeaderMalformed"],
    unknown_key: [403, "InvalidAccessKeyId"],
    wrong_scope: [400, "AuthorizationHeaderMalformed"],
    skewed: [403, "RequestTimeTooSkewed"],
    expired: [403, "AccessDenied"],
    unsigned_header: [403, "AccessDenied"],
    payload_hash_missing: [400, "InvalidRequest"],
    payload_hash_unsupported: [501, "NotImplemented"],
    payload_mismatch: [400, "XAmzContentSHA256Mismatch"],
  },
};
const SIGNATURE_ANSWER_OTHERWISE: Record<ErrorDialect, Answer> = {
  json: [403, "InvalidSignatureException"],
  query: [403, "SignatureDoesNotMatch"],
  s3: [403, "SignatureDoesNotMatch"],
};

/** What the service answers to a bad signature. */
export function signatureError(refusal: SignatureRefusal, dialect: ErrorDialect): AwsError {
  const [status, code] = SIGNATURE_ANSWERS[dialect][refusal.kind] ?? SIGNATURE_ANSWER_OTHERWISE[dialect];
  return new AwsError(status, code, refusal.detail);
}

const INJECTED_CODES: Record<ErrorDialect, Record<number, string>> = {
  json: {
    400: "BadRequestException",
    403: "AccessDeniedException",
    404: "NotFoundException",
    409: "ConflictException",
    429: "TooManyRequestsException",
  },
  query: { 400: "InvalidParameter", 403: "AuthorizationError", 404: "NotFound", 429: "Throttled" },
  s3: { 403: "AccessDenied", 404: "NoSuchKey", 412: "PreconditionFailed", 503: "SlowDown" },
};
const INTERNAL_CODES: Record<ErrorDialect, string> = {
  json: "InternalServiceErrorException",
  query: "InternalError",
  s3: "InternalError",
};

/** The error a fault asked for by its status alone. */
export function injectedError(
  status: number,
  dialect: ErrorDialect,
  code?: string,
  message?: string,
): AwsError {
  const named = code ?? INJECTED_CODES[dialect][status] ?? INTERNAL_CODES[dialect];
  return new AwsError(status, named, message ?? `The sandbox was asked to answer ${status} here.`);
}
