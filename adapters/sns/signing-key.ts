// The public key behind a SigningCertURL. The URL comes from whoever posted to us, so its form is checked to the last
// character before anything is fetched (looser checks have let attackers serve their own certificates).
import { err, ok, type Result } from "../../core/result.ts";
import { boundedFetch } from "../system/bounded-fetch.ts";
import type { SnsRefusal } from "./notification.ts";
import { subjectPublicKeyInfo } from "./spki.ts";

/** SNS waits 15 s for our answer; half of it leaves room to record the event. */
const CERTIFICATE_TIMEOUT_MS = 5000;
/** SNS's have 2 KB. */
const CERTIFICATE_BYTES_MAX = 16 * 1024;
/** SNS changes certificates about once a year, per region. */
const KEYS_MAX = 20;
const KEY_TTL_MS = 24 * 3600 * 1000;

const CERTIFICATE_PATH = /^\/SimpleNotificationService-[0-9a-f]{32}\.pem$/;
const TOPIC_ARN = /^arn:(aws(?:-[a-z]+)*):sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[A-Za-z0-9_.-]{1,256}$/;

/** Our own trouble, not the sender's fault: SNS shall try again. */
export type CertificateTrouble = { readonly kind: "trouble"; readonly detail: string };
export type SigningKeyRefused =
  { readonly kind: "refused"; readonly reason: SnsRefusal } | CertificateTrouble;

export type SigningKeys = {
  find(
    certificateUrl: string,
    topicArn: string,
    signatureVersion: "1" | "2",
    now: number,
  ): Promise<Result<CryptoKey, SigningKeyRefused>>;
};

/**
 * Keys by certificate URL, remembered for a day. `snsEndpoint`: where SNS has been told to be found instead of AWS (the
 * sandbox), else null. What is remembered is finished keys, no promises: safe to share between requests on Workers.
 */
export function makeSigningKeys(snsEndpoint: string | null): SigningKeys {
  const keys = new Map<string, { readonly key: CryptoKey; readonly fetchedAt: number }>();

  return {
    async find(certificateUrl, topicArn, signatureVersion, now) {
      if (!isCertificateUrl(certificateUrl, topicArn, snsEndpoint)) return refused("bad_certificate_url");
      const name = `${signatureVersion} ${certificateUrl}`;
      const known = keys.get(name);
      if (known && Math.abs(now - known.fetchedAt) < KEY_TTL_MS) return ok(known.key);

      const certificate = await fetchCertificate(certificateUrl);
      if (!certificate.ok) return certificate;
      const key = await importKey(certificate.value, signatureVersion);
      if (!key) return refused("bad_certificate");
      const [oldest] = keys.keys();
      if (keys.size >= KEYS_MAX && oldest !== undefined) keys.delete(oldest);
      keys.set(name, { key, fetchedAt: now });
      return ok(key);
    },
  };
}

const refused = (reason: SnsRefusal): { ok: false; error: SigningKeyRefused } =>
  err({ kind: "refused", reason });

/** Whether SNS in the topic's own region could have written this URL: scheme, host and path, and nothing else in it. */
export function isCertificateUrl(text: string, topicArn: string, snsEndpoint: string | null): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  // No other spelling of the same: no default port, user, query, fragment, dot segments, capitals or blanks.
  if (!url || text !== `${url.origin}${url.pathname}`) return false;
  if (snsEndpoint !== null) {
    const endpoint = new URL(snsEndpoint);
    const base = endpoint.pathname.replace(/\/$/, "");
    const path = url.pathname.startsWith(`${base}/`) ? url.pathname.slice(base.length) : url.pathname;
    return url.origin === endpoint.origin && CERTIFICATE_PATH.test(path);
  }
  const origin = regionOrigin(topicArn);
  return origin !== null && url.origin === origin && CERTIFICATE_PATH.test(url.pathname);
}

/** Equal to, never "like": `sns.s3-us-west-2.amazonaws.com` is somebody's bucket. */
function regionOrigin(topicArn: string): string | null {
  const [, partition, region] = TOPIC_ARN.exec(topicArn) ?? [];
  if (!partition || !region) return null;
  return `https://sns.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`;
}

async function fetchCertificate(url: string): Promise<Result<string, SigningKeyRefused>> {
  const answer = await boundedFetch(
    url,
    {},
    { timeoutMs: CERTIFICATE_TIMEOUT_MS, answerBytesMax: CERTIFICATE_BYTES_MAX },
  );
  if (!answer.ok) {
    const { kind, detail } = answer.error;
    return kind === "redirected" || kind === "too_large" ? refused("bad_certificate") : trouble(detail);
  }
  const { status, body } = answer.value;
  if (status === 200) return ok(new TextDecoder().decode(body));
  // SNS knows its own certificates: one it does not know was made up. Anything else may be better in a minute.
  return status === 403 || status === 404
    ? refused("bad_certificate")
    : trouble(`certificate answered ${status}`);
}

const trouble = (detail: string): { ok: false; error: CertificateTrouble } =>
  err({ kind: "trouble", detail });

async function importKey(pem: string, signatureVersion: "1" | "2"): Promise<CryptoKey | null> {
  const spki = subjectPublicKeyInfo(pem);
  if (!spki) return null;
  const hash = signatureVersion === "2" ? "SHA-256" : "SHA-1";
  try {
    return await crypto.subtle.importKey("spki", spki, { name: "RSASSA-PKCS1-v1_5", hash }, false, [
      "verify",
    ]);
  } catch {
    return null;
  }
}
