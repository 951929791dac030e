// A message as a recipient's mail program writes it: an answer to what was delivered (RFC 5322 sections 3.6.4 and 3.6.5),
// or what its unsubscribe button sends to an address. UTF-8, base64, lines of CRLF. Nothing is quoted.
import { mailDate } from "./ses/delivered-message.ts";

const LINE_CHARACTERS = 76;
/** RFC 2047 section 2: an encoded word of 75 characters, of which 12 are its frame; 45 octets are 60 of base64. */
const WORD_OCTETS_MAX = 45;

export type MessageToWrite = {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** With angle brackets. */
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly text: string;
  readonly html: string | null;
  readonly at: number;
};

export function writeMessage(message: MessageToWrite): Uint8Array<ArrayBuffer> {
  const { html, text, inReplyTo, references } = message;
  const boundary = "=_reply";
  const body =
    html === null
      ? textPart("plain", text)
      : [
          `Content-Type: multipart/alternative; boundary="${boundary}"`,
          "",
          `--${boundary}`,
          ...textPart("plain", text),
          `--${boundary}`,
          ...textPart("html", html),
          `--${boundary}--`,
        ];
  const lines = [
    `From: ${message.from}`,
    `To: ${message.to}`,
    `Subject: ${encodedText(message.subject)}`,
    `Date: ${mailDate(message.at)}`,
    `Message-ID: ${message.messageId}`,
    ...(inReplyTo === null ? [] : [`In-Reply-To: ${inReplyTo}`]),
    ...(references.length === 0 ? [] : [`References: ${references.join("\r\n ")}`]),
    "MIME-Version: 1.0",
    ...body,
    "",
  ];
  return new TextEncoder().encode(lines.join("\r\n"));
}

/** Its header lines, the empty one, and its content. */
function textPart(subtype: "plain" | "html", text: string): readonly string[] {
  const base64 = Buffer.from(text.replaceAll(/\r?\n/g, "\r\n")).toString("base64");
  const lines = Array.from({ length: Math.ceil(base64.length / LINE_CHARACTERS) }, (_, index) =>
    base64.slice(index * LINE_CHARACTERS, (index + 1) * LINE_CHARACTERS),
  );
  return [`Content-Type: text/${subtype}; charset=utf-8`, "Content-Transfer-Encoding: base64", "", ...lines];
}

/** Printable ASCII as it is, anything else as encoded words, whole characters each. */
function encodedText(text: string): string {
  if (/^[ -~]*$/.test(text) && !text.includes("=?")) return text;
  const words: string[] = [];
  let word = "";
  for (const character of text) {
    if (Buffer.byteLength(word + character) > WORD_OCTETS_MAX) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  return [...words, word].map((one) => `=?UTF-8?B?${Buffer.from(one).toString("base64")}?=`).join("\r\n ");
}
