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

/** What the recipient's server writes on top of it, and the message: header block and body, a view of what was received. */
export type DeliveredMessage = {
  readonly mailFrom: string;
  readonly returnPath: Uint8Array<ArrayBuffer>;
  readonly pieces: readonly [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
};

export function deliveredMessage(input: DeliveredInput): DeliveredMessage {
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
    ...kept,
    ...written.values(),
    `Feedback-ID: ${feedbackId(input)}\r\n`,
    `X-SES-Outgoing: ${day}-127.0.0.1\r\n`,
    "\r\n",
  ];
  const mailFrom = `${input.messageId}@${input.mailFromDomain}`;
  return {
    mailFrom,
    returnPath: latin1(`Return-Path: <${mailFrom}>\r\n`),
    pieces: [latin1(head.join("")), octets.subarray(message.bodyStart)],
  };
}

const latin1 = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, "latin1"));

// X-SES-* select tenants, sets and tags and never leave SES; a Return-Path of the sender's only steers feedback.
const isConsumed = (field: ScannedField): boolean =>
  /^(x-ses-.*|bcc|return-path)$/.test(field.name.toLowerCase());

function feedbackId(input: DeliveredInput): string {
  const hash = createHash("sha256").update(input.mailFromDomain).digest("base64").slice(0, 44);
  return [...input.feedbackTags, `1.${SANDBOX_REGION}.${hash}`, "AmazonSES"].join(":");
}

/** RFC 5322 section 3.3, in UTC. */
export const mailDate = (at: number): string => new Date(at).toUTCString().replace("GMT", "+0000");
