// The transfer encoding of a text body: the least that carries it safely (RFC 2045 section 6). Line ends become CRLF;
// 8bit and binary are never used, because not every hop to the recipient takes them.
import { quotedPrintable } from "./quoted-printable.ts";
import type { Segment } from "./plan.ts";

/** From this share of escaped octets on, quoted-printable (3 for 1) is longer than base64 (4 for 3) and unreadable. */
const ESCAPED_SHARE_MAX = 1 / 6;

type BodyEncoding = {
  readonly name: "7bit" | "quoted-printable" | "base64";
  readonly content: readonly Segment[];
};

const CRLF: Segment = { kind: "text", text: "\r\n" };

/** A text part with its headers. Its content ends with CRLF, which a delimiter after it takes for its own. */
export function bodyPart(subtype: "plain" | "html", octets: Uint8Array): Segment[] {
  const { name, content } = encodeBody(octets);
  const headers =
    `Content-Type: text/${subtype}; charset=utf-8\r\n` + `Content-Transfer-Encoding: ${name}\r\n` + "\r\n";
  return [{ kind: "text", text: headers }, ...content];
}

function encodeBody(octets: Uint8Array): BodyEncoding {
  const quoted = quotedPrintable(octets, Math.floor(octets.length * ESCAPED_SHARE_MAX));
  if (!quoted) return { name: "base64", content: [{ kind: "base64", octets: withCrlf(octets) }] };
  const name = quoted.unchanged ? "7bit" : "quoted-printable";
  return { name, content: [{ kind: "text", text: quoted.text }, CRLF] };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** RFC 2045 section 6.8: text is brought to CRLF line ends before it is encoded. */
const withCrlf = (octets: Uint8Array): Uint8Array =>
  encoder.encode(decoder.decode(octets).replace(/\r\n?|\n/g, "\r\n"));
