// The message we send for an e-mail: which headers and parts it has, in what order, and its exact length before anything
// is rendered. RFC 5322, RFC 2045 and 2046, RFC 2183. Every octet is ASCII, no line is over 998, one recipient.
// The provider replaces Message-ID and Date; nothing here relies on them surviving.
import { assert } from "../assert.ts";
import type { Mailbox } from "./address.ts";
import { bodyPart } from "./body-part.ts";
import { attachmentContentType } from "./content-type.ts";
import { renderHeader, type Header } from "./headers.ts";
import { formatMessageDate } from "./message-date.ts";
import type { Parameter } from "./parameters.ts";
import { makePlan, type MessagePlan, type Segment } from "./plan.ts";

export type AttachedFile = {
  /** Passed `fileNameFault`. */
  readonly filename: string;
  /** As the caller typed it. */
  readonly contentType: string;
  readonly octets: Uint8Array;
};

export type MessageToPlan = {
  readonly from: Mailbox;
  /** An address that `parseAddress` accepts. */
  readonly to: string;
  /** Passed `subjectFault`. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly date: number;
  /** Without angle brackets. */
  readonly messageId: string;
  /** Text, or its UTF-8 octets. */
  readonly bodyHtml: string | Uint8Array;
  /** Blank when the HTML has nothing to read (an image without alternative text): then the HTML stands alone. */
  readonly bodyText: string;
  readonly attachments: readonly AttachedFile[];
  /** Headers beside the ones every message has: threading, unsubscribing, lists. */
  readonly headers: readonly Header[];
  /** At least 96 random bits in hex: no content can hold a boundary by accident (RFC 2046 section 5.1.1). */
  readonly boundarySeed: string;
};

const encoder = new TextEncoder();

/** The plan of the message. Throws at values the edge should have refused; refuses nothing itself. */
export function planMessage(message: MessageToPlan): MessagePlan {
  assert(/^[0-9a-f]{24,64}$/.test(message.boundarySeed), "a boundary seed is 24 to 64 hex digits");
  return makePlan([{ kind: "text", text: messageHeaders(message) }, ...messageContent(message)]);
}

function messageHeaders(message: MessageToPlan): string {
  const headers: Header[] = [
    { name: "From", value: { kind: "mailbox", mailbox: message.from } },
    { name: "To", value: { kind: "mailbox", mailbox: { displayName: null, address: message.to } } },
    { name: "Subject", value: { kind: "text", text: message.subject } },
    { name: "Date", value: { kind: "text", text: formatMessageDate(message.date) } },
    { name: "Message-ID", value: { kind: "message_ids", ids: [message.messageId] } },
    { name: "MIME-Version", value: { kind: "text", text: "1.0" } },
    ...message.headers,
  ];
  const names = new Set(headers.map(({ name }) => name.toLowerCase()));
  // RFC 5322 section 3.6; SES rejects a second one of nearly every header.
  assert(names.size === headers.length, "a header occurs twice");
  return headers.map(renderHeader).join("");
}

/** The content with its own headers: the bodies, or a multipart/mixed of them and the files. */
function messageContent(message: MessageToPlan): Segment[] {
  const bodies = bodyContent(message);
  if (message.attachments.length === 0) return bodies;
  const files = message.attachments.map(attachmentPart);
  return multipart("mixed", boundary("m", message), [bodies, ...files]);
}

function bodyContent(message: MessageToPlan): Segment[] {
  const { bodyHtml, bodyText } = message;
  const html = bodyPart("html", typeof bodyHtml === "string" ? encoder.encode(bodyHtml) : bodyHtml);
  if (bodyText.trim() === "") return html;
  // RFC 2046 section 5.1.4: the plainest first, the best last.
  return multipart("alternative", boundary("a", message), [
    bodyPart("plain", encoder.encode(bodyText)),
    html,
  ]);
}

/** "=_" occurs in neither quoted-printable nor base64 (RFC 2045 section 6.7), and no boundary begins another. */
const boundary = (level: "a" | "m", { boundarySeed }: MessageToPlan): string => `=_${level}${boundarySeed}`;

/** Parts as a multipart with its Content-Type. Each part ends with CRLF, which belongs to the delimiter after it. */
function multipart(subtype: string, delimiter: string, parts: readonly Segment[][]): Segment[] {
  const contentType = parametersHeader("Content-Type", `multipart/${subtype}`, [["boundary", delimiter]]);
  return [
    { kind: "text", text: `${contentType}\r\n` },
    ...parts.flatMap((part): Segment[] => [{ kind: "text", text: `--${delimiter}\r\n` }, ...part]),
    { kind: "text", text: `--${delimiter}--\r\n` },
  ];
}

/** RFC 2045 section 6.2: octets that are not text travel as they are, in base64. */
function attachmentPart({ filename, contentType, octets }: AttachedFile): Segment[] {
  const { mediaType, parameters } = attachmentContentType(contentType);
  const headers =
    parametersHeader("Content-Type", mediaType, [...parameters, ["name", filename]]) +
    parametersHeader("Content-Disposition", "attachment", [["filename", filename]]) +
    "Content-Transfer-Encoding: base64\r\n\r\n";
  return [
    { kind: "text", text: headers },
    { kind: "base64", octets },
  ];
}

const parametersHeader = (name: string, value: string, parameters: readonly Parameter[]): string =>
  renderHeader({ name, value: { kind: "parameters", value, parameters } });
