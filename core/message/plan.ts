// A message as a list of segments: text that is ready for the wire, and octets still to be encoded. The plan knows its
// exact length before anything is rendered, so that a message of many megabytes never exists as one string.

export type Segment =
  /** ASCII, CRLF line ends, at most 998 octets a line (RFC 5322 section 2.1.1). */
  | { readonly kind: "text"; readonly text: string }
  /** Rendered as base64 in lines of 76 with CRLF after each, the last included (RFC 2045 section 6.8). */
  | { readonly kind: "base64"; readonly octets: Uint8Array };

export type MessagePlan = {
  readonly segments: readonly Segment[];
  /** Octets of the rendered message. */
  readonly sizeBytes: number;
};

/** Octets that fill one line of base64: 57 of them are 76 characters (RFC 2045 section 6.8). */
export const BASE64_LINE_OCTETS = 57;

/** How long `octets` of content are in base64 with CRLF after each line. */
export const base64LinesLength = (octets: number): number =>
  Math.ceil(octets / 3) * 4 + Math.ceil(octets / BASE64_LINE_OCTETS) * 2;

/** The plan of these segments: neighbouring texts become one, and the length is counted. */
export function makePlan(parts: readonly Segment[]): MessagePlan {
  const segments: Segment[] = [];
  let sizeBytes = 0;
  for (const part of parts) {
    const last = segments.at(-1);
    if (part.kind === "text" && last?.kind === "text")
      segments[segments.length - 1] = { kind: "text", text: last.text + part.text };
    else segments.push(part);
    sizeBytes += part.kind === "text" ? part.text.length : base64LinesLength(part.octets.length);
  }
  return { segments, sizeBytes };
}
