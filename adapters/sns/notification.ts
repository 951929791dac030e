// The form of what SNS posts to us: everything that can be refused before a single octet is fetched or
// verified. Header fields of the request are not looked at: they are not signed.
import { err, ok, type Result } from "../../core/result.ts";
import { parseAwsTime } from "../aws/time.ts";
import { decodeBase64 } from "../system/decode-base64.ts";
import { type JsonObject, parseJsonObject } from "../system/json.ts";

/** SNS itself stays under 256 KiB. */
export const SNS_BODY_BYTES_MAX = 512 * 1024;

export type SnsRefusal =
  | "too_large"
  | "malformed"
  | "unknown_type"
  | "foreign_topic"
  | "line_break_in_field"
  | "bad_message_id"
  | "bad_timestamp"
  | "out_of_time"
  | "bad_signature_version"
  | "bad_certificate_url"
  | "bad_certificate"
  | "bad_signature";

/** The fields each type is signed over, in the order they are signed in. */
const SIGNED_FIELDS = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: [
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
  ],
  UnsubscribeConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
} as const;
export type SnsType = keyof typeof SIGNED_FIELDS;

/** A well-formed envelope that names one of our topics; nothing of it is proven yet. */
export type SnsEnvelope = {
  readonly type: SnsType;
  readonly messageId: string;
  readonly topicArn: string;
  readonly publishedAt: number;
  readonly message: string;
  /** Empty for a Notification. */
  readonly token: string;
  readonly signatureVersion: "1" | "2";
  readonly signature: Uint8Array<ArrayBuffer>;
  readonly certificateUrl: string;
  /** What the signature was made over. */
  readonly signedText: string;
};

export type SnsEnvelopeRules = {
  /** Exactly these; anybody's topic yields validly signed messages. */
  readonly topicArns: readonly string[];
  readonly allowSha1: boolean;
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CERTIFICATE_URL_CHARACTERS_MAX = 500;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** RSA-4096 in base64; SNS uses 2048. */
const SIGNATURE_CHARACTERS_MAX = 684;

export function parseSnsEnvelope(body: Uint8Array, rules: SnsEnvelopeRules): Result<SnsEnvelope, SnsRefusal> {
  if (body.length > SNS_BODY_BYTES_MAX) return err("too_large");
  const document = parseJsonObject(new TextDecoder().decode(body));
  if (!document) return err("malformed");

  // Exactly one of three, else a genuine signature of another topic could be cut anew into a message that names ours.
  const type = snsType(document.Type);
  if (!type) return err("unknown_type");
  const fields = readSignedFields(document, type);
  if (!fields) return err("malformed");
  for (const [name, value] of fields)
    if (name !== "Message" && /[\r\n]/.test(value)) return err("line_break_in_field");
  const field = (name: string): string => fields.get(name) ?? "";

  if (!rules.topicArns.includes(field("TopicArn"))) return err("foreign_topic");
  if (!UUID.test(field("MessageId"))) return err("bad_message_id");
  const publishedAt = parseAwsTime(field("Timestamp"));
  if (publishedAt === null) return err("bad_timestamp");

  const { SignatureVersion: version, Signature: signature, SigningCertURL: certificateUrl } = document;
  if (version !== "2" && !(version === "1" && rules.allowSha1)) return err("bad_signature_version");
  if (typeof signature !== "string" || signature.length > SIGNATURE_CHARACTERS_MAX || !BASE64.test(signature))
    return err("bad_signature");
  if (typeof certificateUrl !== "string" || certificateUrl.length > CERTIFICATE_URL_CHARACTERS_MAX)
    return err("bad_certificate_url");
  const signatureOctets = decodeBase64(signature);
  if (!signatureOctets) return err("bad_signature");

  return ok({
    type,
    messageId: field("MessageId"),
    topicArn: field("TopicArn"),
    publishedAt,
    message: field("Message"),
    token: field("Token"),
    signatureVersion: version,
    signature: signatureOctets,
    certificateUrl,
    // A line feed after the last value too: AWS's prose forgets it, its own code does not.
    signedText: [...fields].map(([name, value]) => `${name}\n${value}\n`).join(""),
  });
}

const snsType = (value: unknown): SnsType | null =>
  typeof value === "string" && Object.hasOwn(SIGNED_FIELDS, value) ? (value as SnsType) : null;

/** Null when one is missing or no text. Only the Subject may be left out. */
function readSignedFields(document: JsonObject, type: SnsType): ReadonlyMap<string, string> | null {
  const fields = new Map<string, string>();
  for (const name of SIGNED_FIELDS[type]) {
    const value = document[name];
    if (typeof value === "string") fields.set(name, value);
    else if (name !== "Subject" || (value !== undefined && value !== null)) return null;
  }
  return fields;
}
