// Signs messages as SNS does, with a key that only tests know, by code of its own: the fields and their order are written
// down here once more, from AWS's documentation.
import { sign as signOctets } from "node:crypto";
import { readFileSync } from "node:fs";

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/sns/${name}`, import.meta.url), "utf8");
export const SNS_CERTIFICATE = fixture("certificate.pem");
export const SNS_CERTIFICATE_V1 = fixture("certificate-v1.pem");
export const SNS_PUBLIC_KEY = fixture("public-key.pem");
const PRIVATE_KEY = fixture("private-key.pem");

export type SnsFields = Readonly<Record<string, unknown>>;

const NOTIFICATION = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
const CONFIRMATION = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

/** The message with SignatureVersion and Signature. */
export function signSns(fields: SnsFields, version: "1" | "2" = "2"): SnsFields {
  const names = fields.Type === "Notification" ? NOTIFICATION : CONFIRMATION;
  const text = names
    .filter((name) => fields[name] !== undefined && fields[name] !== null)
    .map((name) => `${name}\n${String(fields[name])}\n`)
    .join("");
  const signature = signOctets(version === "2" ? "sha256" : "sha1", Buffer.from(text), PRIVATE_KEY);
  return { ...fields, SignatureVersion: version, Signature: signature.toString("base64") };
}

export const snsBody = (message: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(message));
