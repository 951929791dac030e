// A self-signed X.509 v3 certificate (RFC 5280 section 4.1) around an RSA public key, written as DER by hand: the form in
// which SNS publishes the key its notifications are signed with. No extensions: nobody builds a chain from it.
import { createHash, sign as signOctets } from "node:crypto";

const TAG = {
  integer: 0x02,
  bitString: 0x03,
  null: 0x05,
  objectId: 0x06,
  utf8String: 0x0c,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  explicit0: 0xa0,
} as const;
/** 1.2.840.113549.1.1.11, sha256WithRSAEncryption. */
const SHA256_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
/** 2.5.4.3, commonName. */
const COMMON_NAME = [0x55, 0x04, 0x03];
/** RFC 5280 section 4.1.2.5: no well-defined end. */
const NO_END = "99991231235959Z";

export type CertificateInput = {
  readonly commonName: string;
  readonly notBefore: Date;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** PEM or DER PKCS #8 of the same pair, as node:crypto takes it. */
  readonly privateKeyPem: string;
};

/** The certificate as PEM. */
export function selfSignedCertificate(input: CertificateInput): string {
  const algorithm = der(TAG.sequence, der(TAG.objectId, SHA256_WITH_RSA), der(TAG.null));
  const name = der(
    TAG.sequence,
    der(
      TAG.set,
      der(TAG.sequence, der(TAG.objectId, COMMON_NAME), der(TAG.utf8String, Buffer.from(input.commonName))),
    ),
  );
  const tbsCertificate = der(
    TAG.sequence,
    der(TAG.explicit0, der(TAG.integer, [2])), // v3
    der(TAG.integer, serialNumber(input.publicKey)),
    algorithm,
    name,
    der(TAG.sequence, generalizedTime(input.notBefore), der(TAG.generalizedTime, Buffer.from(NO_END))),
    name,
    input.publicKey,
  );
  const signature = signOctets("sha256", tbsCertificate, input.privateKeyPem);
  const certificate = der(TAG.sequence, tbsCertificate, algorithm, der(TAG.bitString, [0], signature));
  const lines = Buffer.from(certificate)
    .toString("base64")
    .replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

// RFC 5280 section 4.1.2.2: positive, at most 20 octets.
function serialNumber(publicKey: Uint8Array): Uint8Array {
  const serial = createHash("sha256").update(publicKey).digest().subarray(0, 16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

const generalizedTime = (at: Date): Uint8Array =>
  der(TAG.generalizedTime, Buffer.from(`${at.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`));

// X.690 section 8.1: tag, length (short form under 128, else a count and big-endian octets), contents.
function der(tag: number, ...contents: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const body = Buffer.concat(contents.map((part) => Uint8Array.from(part)));
  const octets: number[] = [];
  for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  const length = body.length < 128 ? [body.length] : [0x80 | octets.length, ...octets];
  return Buffer.concat([Uint8Array.from([tag, ...length]), body]);
}
