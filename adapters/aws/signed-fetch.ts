// The one place that signs calls to AWS (Signature Version 4, by aws4fetch). aws4fetch's own client is not used: it
// repeats a request ten times on 429 and 5xx, and SendEmail takes no idempotency token. Whoever calls decides what
// may be repeated.
import { AwsV4Signer } from "aws4fetch";
import type { Result } from "../../core/result.ts";
import {
  type BoundedAnswer,
  boundedFetch,
  type FetchBounds,
  type NoAnswer,
} from "../system/bounded-fetch.ts";
import { type KnownLengthInit, plainBody, type WholeBody } from "../system/known-length-body.ts";
import type { AwsSettings } from "./settings.ts";

/** The signing name: SES v2 and v1 both sign as `ses`. */
export type AwsService = "ses" | "sns" | "s3";

/** A body that is rendered as it is sent: its hash was taken in an earlier pass. */
export type HashedBody = { readonly sha256Hex: string; readonly init: KnownLengthInit };

export type AwsRequest = FetchBounds & {
  readonly service: AwsService;
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** Percent-encoded already. */
  readonly url: string;
  readonly contentType?: string;
  readonly body?: string | Uint8Array<ArrayBuffer> | HashedBody;
};

export type AwsPresign = {
  readonly service: AwsService;
  /** With every query parameter that is to be part of the signature. */
  readonly url: string;
  readonly expiresSeconds: number;
};

export type SignedFetch = {
  /** Sends the request once, signed. Any status is an answer; see boundedFetch for what is none. Never throws. */
  send(request: AwsRequest): Promise<Result<BoundedAnswer, NoAnswer>>;
  /** A URL that whoever holds it may GET until it expires. */
  presign(presign: AwsPresign): Promise<string>;
};

/** One signing key a day and service; far more would mean that days have passed. */
const SIGNING_KEYS_MAX = 16;

/** Holds derived signing keys, which are plain octets: safe to share between requests on Workers. */
export function makeSignedFetch(
  { region, credentials }: Pick<AwsSettings, "region" | "credentials">,
  wholeBody: WholeBody = plainBody,
): SignedFetch {
  const signingKeys = new Map<string, ArrayBuffer>();
  const signerFor = (
    options: Omit<ConstructorParameters<typeof AwsV4Signer>[0], keyof typeof credentials>,
  ) => {
    if (signingKeys.size > SIGNING_KEYS_MAX) signingKeys.clear();
    return new AwsV4Signer({ ...options, ...credentials, region, cache: signingKeys });
  };

  return {
    async send({ service, method, url, contentType, body, ...bounds }) {
      const hashed = isHashed(body) ? body : null;
      const headers = {
        ...(contentType ? { "content-type": contentType } : {}),
        ...(hashed ? { ...hashed.init.headers, "x-amz-content-sha256": hashed.sha256Hex } : {}),
      };
      const signer = signerFor({ service, method, url, headers, body: hashed ? null : (body as BodyInit) });
      const signed = await signer.sign();
      const init: RequestInit = { method, headers: signed.headers };
      if (hashed) Object.assign(init, { body: hashed.init.body, duplex: hashed.init.duplex });
      else if (body !== undefined) init.body = wholeBody(body as string | Uint8Array<ArrayBuffer>);
      return boundedFetch(signed.url.href, init, bounds);
    },

    async presign({ service, url, expiresSeconds }) {
      const target = new URL(url);
      // Before signing: aws4fetch would put its own day there.
      target.searchParams.set("X-Amz-Expires", String(expiresSeconds));
      const signed = await signerFor({ service, method: "GET", url: target.href, signQuery: true }).sign();
      // URLSearchParams writes a space as "+", the signature counts "%20": strict stores want to see the latter.
      return signed.url.href.replaceAll("+", "%20");
    },
  };
}

const isHashed = (body: AwsRequest["body"]): body is HashedBody =>
  typeof body === "object" && "sha256Hex" in body;
