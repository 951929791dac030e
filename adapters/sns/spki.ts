// Cuts the public key out of an X.509 certificate (RFC 5280 section 4.1), for WebCrypto's "spki" import. The certificate itself
// is not verified: in SNS's scheme the trust is TLS to the host it was fetched from.
import { decodeBase64 } from "../system/decode-base64.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/;
const EXPLICIT_VERSION_TAG = 0xa0;
/** serialNumber, signature, issuer, validity, subject: what stands between version and key. */
const FIELDS_BEFORE_KEY = 5;

/** The SubjectPublicKeyInfo of the first certificate in the PEM text; null when there is none that can be read. */
export function subjectPublicKeyInfo(pem: string): Uint8Array<ArrayBuffer> | null {
  const der = decodeBase64(CERTIFICATE.exec(pem)?.[1] ?? "");
  if (!der) return null;
  try {
    const toBeSigned = element(der, element(der, 0).contentAt);
    let at = toBeSigned.contentAt;
    if (der[at] === EXPLICIT_VERSION_TAG) at = element(der, at).end;
    for (let field = 0; field < FIELDS_BEFORE_KEY; field++) at = element(der, at).end;
    return der.slice(at, element(der, at).end);
  } catch {
    return null;
  }
}

/** Where one DER element's content begins and where it ends (X.690 section 8.1): definite lengths only. */
function element(der: Uint8Array, at: number): { readonly contentAt: number; readonly end: number } {
  let length = der[at + 1] ?? 0;
  let contentAt = at + 2;
  if (length & 0x80) {
    const lengthOctets = length & 0x7f;
    if (lengthOctets < 1 || lengthOctets > 4) throw new Error("a length DER does not have");
    length = 0;
    for (let read = 0; read < lengthOctets; read++) length = length * 256 + (der[contentAt++] ?? 0);
  }
  if (contentAt + length > der.length) throw new Error("an element that ends outside");
  return { contentAt, end: contentAt + length };
}
