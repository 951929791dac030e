// Checks AWS Signature Version 4 on a request as it was received: in the Authorization header or, for presigned S3
// URLs, in the query. Every step of "Create a signed AWS API request" is done again from the request's own octets, so
// that a client that signs anything else than it sends is found out. Session tokens and SigV4A are not spoken.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

import { SANDBOX_CREDENTIALS, SANDBOX_REGION } from "./endpoints.ts";

export type SigningService = "ses" | "sns" | "s3" | "sqs";

export type SignatureRefusalKind =
  | "missing"
  | "malformed"
  | "unknown_key"
  | "wrong_scope"
  | "skewed"
  | "expired"
  | "unsigned_header"
  | "payload_hash_missing"
  | "payload_hash_unsupported"
  | "payload_mismatch"
  | "mismatch";
export type SignatureRefusal = { readonly kind: SignatureRefusalKind; readonly detail: string };

export type SignedRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly service: SigningService;
  /** Hex SHA-256 of the body actually received. */
  readonly bodySha256: string;
  readonly now: number;
};

/** S3 says 15 minutes; the others are believed to allow 5. */
const SKEW_MS_MAX: Record<SigningService, number> = {
  s3: 900_000,
  ses: 300_000,
  sns: 300_000,
  sqs: 300_000,
};
/** S3: "the maximum value for X-Amz-Expires is 604800" (seven days). */
const PRESIGNED_SECONDS_MAX = 604_800;
const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

/** Null when the signature is good, else what is wrong with it. */
export function checkSignature(request: SignedRequest): SignatureRefusal | null {
  const url = new URL(request.url);
  const presigned = request.service === "s3" && url.searchParams.has("X-Amz-Signature");
  const claim = presigned ? claimInQuery(url.searchParams) : claimInHeaders(request.headers);
  if ("kind" in claim) return claim;
  return (
    checkScope(claim, request.service) ??
    checkTime(claim, request, presigned) ??
    checkSignedHeaders(claim, request.headers) ??
    checkPayload(request, presigned) ??
    checkMac(claim, request, url, presigned)
  );
}

type Claim = {
  readonly accessKeyId: string;
  readonly scope: readonly string[];
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly date: string;
  readonly expiresSeconds: number;
};

const refuse = (kind: SignatureRefusalKind, detail: string): SignatureRefusal => ({ kind, detail });

function claimInHeaders(headers: Headers): Claim | SignatureRefusal {
  const header = headers.get("authorization");
  if (header === null) return refuse("missing", "Request is missing Authentication Token");
  const match =
    /^AWS4-HMAC-SHA256 +Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/.exec(header);
  if (match === null)
    return refuse("malformed", "Authorization header is not of the form of AWS4-HMAC-SHA256");
  return makeClaim(match[1] ?? "", match[2] ?? "", match[3] ?? "", headers.get("x-amz-date") ?? "", 0);
}

function claimInQuery(query: URLSearchParams): Claim | SignatureRefusal {
  const value = (name: string): string => query.get(name) ?? "";
  if (value("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256") {
    return refuse("malformed", "X-Amz-Algorithm only supports AWS4-HMAC-SHA256");
  }
  const expires = Number(value("X-Amz-Expires"));
  if (!Number.isInteger(expires) || expires < 1 || expires > PRESIGNED_SECONDS_MAX) {
    return refuse("malformed", `X-Amz-Expires must be between 1 and ${PRESIGNED_SECONDS_MAX} seconds`);
  }
  return makeClaim(
    value("X-Amz-Credential"),
    value("X-Amz-SignedHeaders"),
    value("X-Amz-Signature"),
    value("X-Amz-Date"),
    expires,
  );
}

function makeClaim(
  credential: string,
  signedHeaders: string,
  signature: string,
  date: string,
  expiresSeconds: number,
): Claim | SignatureRefusal {
  const [accessKeyId = "", ...scope] = credential.split("/");
  if (scope.length !== 4 || scope[3] !== "aws4_request") {
    return refuse("malformed", "Credential must be key/date/region/service/aws4_request");
  }
  if (!/^\d{8}T\d{6}Z$/.test(date)) return refuse("malformed", "Date must be in ISO-8601 'basic format'");
  return { accessKeyId, scope, signedHeaders: signedHeaders.split(";"), signature, date, expiresSeconds };
}

function checkScope(claim: Claim, service: SigningService): SignatureRefusal | null {
  const [date, region, scopeService] = claim.scope;
  if (claim.accessKeyId !== SANDBOX_CREDENTIALS.accessKeyId) {
    return refuse("unknown_key", "The security token included in the request is invalid.");
  }
  if (region !== SANDBOX_REGION) {
    return refuse("wrong_scope", `Credential should be scoped to a valid region, not '${region ?? ""}'.`);
  }
  if (scopeService !== service) {
    return refuse("wrong_scope", `Credential should be scoped to correct service: '${service}'.`);
  }
  if (date !== claim.date.slice(0, 8)) {
    return refuse(
      "wrong_scope",
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date",
    );
  }
  return null;
}

function checkTime(claim: Claim, request: SignedRequest, presigned: boolean): SignatureRefusal | null {
  const signedAt = Date.parse(
    claim.date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (Number.isNaN(signedAt)) return refuse("malformed", "Date is no date");
  const skewMax = SKEW_MS_MAX[request.service];
  const age = request.now - signedAt;
  const clock = new Date(request.now).toISOString();
  if (presigned && age > claim.expiresSeconds * 1000) return refuse("expired", "Request has expired");
  if (!presigned && age > skewMax) {
    return refuse(
      "skewed",
      `Signature expired: ${claim.date} is now earlier than ${clock} - ${skewMax / 60_000} min.`,
    );
  }
  if (age < -skewMax) {
    return refuse("skewed", `Signature not yet current: ${claim.date} is still later than ${clock}.`);
  }
  return null;
}

function checkSignedHeaders(claim: Claim, headers: Headers): SignatureRefusal | null {
  if (!claim.signedHeaders.includes("host")) {
    return refuse("malformed", "'Host' must be a 'SignedHeader' in the AWS Authorization.");
  }
  for (const name of headers.keys()) {
    // AWS: "the x-amz-* headers that you plan to include in your request must be included".
    if (name.startsWith("x-amz-") && !claim.signedHeaders.includes(name)) {
      return refuse(
        "unsigned_header",
        `There were headers present in the request which were not signed: ${name}`,
      );
    }
  }
  return null;
}

function checkPayload(request: SignedRequest, presigned: boolean): SignatureRefusal | null {
  const stated = request.headers.get("x-amz-content-sha256");
  if (presigned || (request.service === "s3" && stated === UNSIGNED_PAYLOAD)) return null;
  if (stated === null) {
    return request.service === "s3"
      ? refuse("payload_hash_missing", "Missing required header for this request: x-amz-content-sha256")
      : null;
  }
  if (stated.startsWith("STREAMING-")) {
    return refuse("payload_hash_unsupported", "The sandbox does not take chunked signatures.");
  }
  return stated === request.bodySha256
    ? null
    : refuse(
        "payload_mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
}

function checkMac(
  claim: Claim,
  request: SignedRequest,
  url: URL,
  presigned: boolean,
): SignatureRefusal | null {
  const payloadHash = presigned
    ? UNSIGNED_PAYLOAD
    : (request.headers.get("x-amz-content-sha256") ?? request.bodySha256);
  const canonicalRequest = [
    request.method,
    canonicalPath(url.pathname, request.service),
    canonicalQuery(url.searchParams),
    ...claim.signedHeaders.map((name) => `${name}:${canonicalHeaderValue(request.headers.get(name))}`),
    "",
    claim.signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
  const stringToSign = ["AWS4-HMAC-SHA256", claim.date, claim.scope.join("/"), sha256Hex(canonicalRequest)];
  const expected = hmac(signingKey(claim.scope), stringToSign.join("\n"));
  const given = Buffer.from(claim.signature, "hex");
  if (given.length === expected.length && timingSafeEqual(given, expected)) return null;
  return refuse(
    "mismatch",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key " +
      "and signing method. Consult the service documentation for details.",
  );
}

// S3 encodes the path once; every other service encodes again what was sent, after collapsing empty segments.
function canonicalPath(pathname: string, service: SigningService): string {
  const path = service === "s3" ? decodePath(pathname) : pathname.replace(/\/+/g, "/");
  return encodeRfc3986(path).replaceAll("%2F", "/");
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .toSorted(([a, av], [b, bv]) => (a === b ? compare(av, bv) : compare(a, b)))
    .map((pair) => pair.join("="))
    .join("&");
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const canonicalHeaderValue = (value: string | null): string => (value ?? "").trim().replace(/\s+/g, " ");

const encodeRfc3986 = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

const signingKey = (scope: readonly string[]): Buffer =>
  scope.reduce<Buffer>(
    (key, part) => hmac(key, part),
    Buffer.from(`AWS4${SANDBOX_CREDENTIALS.secretAccessKey}`),
  );

const sha256Hex = (text: string): string => createHash("sha256").update(text).digest("hex");
