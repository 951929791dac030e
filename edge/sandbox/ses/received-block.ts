// The fields SES writes on top of a mail before it lays it into a bucket: envelope, trace, verdicts. SES: "Email receiving
// concepts", and the messages shown there. Below them each octet is as it was sent.
import { randomBytes } from "node:crypto";

import { SANDBOX_REGION } from "../endpoints.ts";
import type { HeaderField } from "../records.ts";
import { mailDate } from "./delivered-message.ts";

export const VERDICTS = ["PASS", "FAIL", "GRAY", "PROCESSING_FAILED", "DISABLED"] as const;
export type Verdict = (typeof VERDICTS)[number];
export type ReceiptVerdicts = Readonly<Record<"spam" | "virus" | "spf" | "dkim" | "dmarc", Verdict>>;

export type ReceivedFor = {
  readonly messageId: string;
  readonly receivedAt: number;
  /** Null is the null path. */
  readonly envelopeFrom: string | null;
  readonly recipients: readonly string[];
  readonly verdicts: ReceiptVerdicts;
};

/** RFC 8601's words; spf has some of its own for what SES calls GRAY. */
const RESULTS: Readonly<Record<Verdict, string>> = {
  PASS: "pass",
  FAIL: "fail",
  GRAY: "none",
  PROCESSING_FAILED: "temperror",
  DISABLED: "none",
};

/** In their order, values folded as they are written. */
export function receivedBlock(mail: ReceivedFor): readonly HeaderField[] {
  const { verdicts, envelopeFrom, recipients } = mail;
  const host = "mail.sandbox.invalid";
  const domain = envelopeFrom === null ? host : envelopeFrom.slice(envelopeFrom.lastIndexOf("@") + 1);
  // SES names the recipient when there is one.
  const [recipient] = recipients;
  const forOne = recipients.length === 1 ? `\r\n for ${recipient}` : "";
  const client = `client-ip=127.0.0.1; envelope-from=${envelopeFrom ?? ""}; helo=${host};`;
  const results = {
    spf: `${RESULTS[verdicts.spf]} ${client}`,
    dkim: `${RESULTS[verdicts.dkim]} header.i=@${domain};`,
    dmarc: `${RESULTS[verdicts.dmarc]} header.from=${domain};`,
  };
  return [
    { name: "Return-Path", value: `<${envelopeFrom ?? ""}>` },
    {
      name: "Received",
      value:
        `from ${host} (${host} [127.0.0.1])\r\n by inbound-smtp.${SANDBOX_REGION}.amazonaws.com with SMTP id ` +
        `${mail.messageId}${forOne};\r\n ${mailDate(mail.receivedAt)} (UTC)`,
    },
    { name: "X-SES-Spam-Verdict", value: verdicts.spam },
    { name: "X-SES-Virus-Verdict", value: verdicts.virus },
    { name: "Received-SPF", value: results.spf.replace(" ", ` (spfCheck: domain of ${domain}) `) },
    {
      name: "Authentication-Results",
      value: `amazonses.com;\r\n spf=${results.spf}\r\n dkim=${results.dkim}\r\n dmarc=${results.dmarc}`,
    },
    { name: "X-SES-RECEIPT", value: randomBytes(48).toString("base64") },
    {
      name: "X-SES-DKIM-SIGNATURE",
      value: `a=rsa-sha256; q=dns/txt; b=${randomBytes(32).toString("base64")}; c=relaxed/simple; d=amazonses.com; v=1;`,
    },
  ];
}

export const writtenFields = (fields: readonly HeaderField[]): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(fields.map(({ name, value }) => `${name}: ${value}\r\n`).join(""));
