// The message as the recipient's server gets it from SES: Message-ID and Date are SES's own, control fields and Bcc are
// gone, a few fields are added; every other octet is as it was sent. SES: "Amazon SES header fields". No
// DKIM-Signature is added: the sandbox has no key anyone could look up.
import { createHash } from "node:crypto";

import { SANDBOX_REGION } from "../endpoints.ts";
import type { ScannedField, ScannedMessage } from "./scan-message.ts";

export type DeliveredInput = {
  readonly message: ScannedMessage;
  readonly octets: Uint8Array<ArrayBuffer>;
  readonly messageId: string;
  readonly acceptedAt: number;
  /** Domain of the envelope sender: the custom MAIL FROM, or SES's own. */
  readonly mailFromDomain: string;
  readonly feedbackTags: readonly string[];
};

/** Header block and body, apart: the body is a view of what was received. */
export function deliveredMessage(input: DeliveredInput): readonly Uint8Array[] {
  const { message, octets } = input;
  const date = mailDate(input.acceptedAt);
  const written = new Map([
    ["message-id", `Message-ID: <${input.messageId}@email.amazonses.com>\r\n`],
    ["date", `Date: ${date}\r\n`],
  ]);
  const kept = message.fields
    .filter((field) => !isConsumed(field))
    .map((field) => {
      const own = written.get(field.name.toLowerCase());
      written.delete(field.name.toLowerCase());
      return own ?? Buffer.from(octets.subarray(field.start, field.end)).toString("latin1");
    });
  const day = new Date(input.acceptedAt).toISOString().slice(0, 10).replaceAll("-", ".");
  const head = [
    `Return-Path: <${input.messageId}@${input.mailFromDomain}>\r\n`,
    ...kept,
    ...written.values(),
    `Feedback-ID: ${feedbackId(input)}\r\n`,
    `X-SES-Outgoing: ${day}-127.0.0.1\r\n`,
    "\r\n",
  ];
  return [Buffer.from(head.join(""), "latin1"), octets.subarray(message.bodyStart)];
}

// X-SES-* select tenants, sets and tags and never leave SES; a Return-Path of the sender's only steers feedback.
const isConsumed = (field: ScannedField): boolean =>
  /^(x-ses-.*|bcc|return-path)$/.test(field.name.toLowerCase());

function feedbackId(input: DeliveredInput): string {
  const hash = createHash("sha256").update(input.mailFromDomain).digest("base64").slice(0, 44);
  return [...input.feedbackTags, `1.${SANDBOX_REGION}.${hash}`, "AmazonSES"].join(":");
}

/** RFC 5322 section 3.3, in UTC. */
export const mailDate = (at: number): string => new Date(at).toUTCString().replace("GMT", "+0000");
