// The RSA key the sandbox signs notifications with, and the certificate it publishes for it. SNS: "Verifying the
// signatures of Amazon SNS messages"; version 1 is SHA-1, version 2 is SHA-256, both PKCS #1 v1.5.
import { createHash, generateKeyPair } from "node:crypto";
import { promisify } from "node:util";

import type { Store } from "../store.ts";
import { selfSignedCertificate } from "./certificate.ts";

export type SigningKey = {
  readonly certificatePem: string;
  /** `/SimpleNotificationService-{32 hex}.pem` */
  readonly certificatePath: string;
  /** Base64. */
  readonly sign: (version: "1" | "2", text: string) => Promise<string>;
};

type StoredKey = { readonly privateKeyPem: string; readonly certificatePem: string };

const SETTING_ID = "sns-signing-key";
const HASHES = { "1": "SHA-1", "2": "SHA-256" } as const;

// Many sandboxes in one test process, one key: making one takes a tenth of a second and more.
let madeInThisProcess: Promise<StoredKey> | undefined;

/** The store's key; one is made and stored when there is none. */
export async function openSigningKey(store: Store): Promise<SigningKey> {
  const settings = store.collection<StoredKey>("setting");
  let stored = settings.get(SETTING_ID);
  if (stored === null) {
    madeInThisProcess ??= makeKey();
    stored = await madeInThisProcess;
    settings.put(SETTING_ID, stored);
  }
  const { certificatePem, privateKeyPem } = stored;
  const keys = { "1": await importKey(privateKeyPem, "1"), "2": await importKey(privateKeyPem, "2") };
  const thumbprint = createHash("sha256").update(certificatePem).digest("hex").slice(0, 32);
  return {
    certificatePem,
    certificatePath: `/SimpleNotificationService-${thumbprint}.pem`,
    async sign(version, text) {
      const octets = new TextEncoder().encode(text);
      return Buffer.from(await crypto.subtle.sign("RSASSA-PKCS1-v1_5", keys[version], octets)).toString(
        "base64",
      );
    },
  };
}

async function makeKey(): Promise<StoredKey> {
  const pair = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const privateKeyPem = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const certificatePem = selfSignedCertificate({
    commonName: "sns.sandbox",
    notBefore: new Date(),
    publicKey: pair.publicKey.export({ type: "spki", format: "der" }),
    privateKeyPem,
  });
  return { privateKeyPem, certificatePem };
}

function importKey(privateKeyPem: string, version: "1" | "2"): Promise<CryptoKey> {
  const pkcs8 = Buffer.from(privateKeyPem.replace(/-----[^-]+-----|\s/g, ""), "base64");
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: HASHES[version] };
  return crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]);
}
