// Messages of many parts for tests, written as mail programs write them: lines end in CRLF, each multipart has a boundary
// of its own.

let boundaries = 0;

/** A part, or a whole message, with further header fields. */
export const part = (type: string, body: string, fields: readonly string[] = []): string =>
  [`Content-Type: ${type}; charset=utf-8`, ...fields, "", body].join("\r\n");

/** One of this kind (`mixed`) with these parts; a message when it has the header of one. */
export function multipart(
  kind: string,
  headers: Readonly<Record<string, string>>,
  parts: readonly string[],
): string {
  const boundary = `b${(boundaries += 1)}`;
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const type = `Content-Type: multipart/${kind}; boundary=${boundary}`;
  const lines = parts.flatMap((one) => [`--${boundary}`, one]);
  return [...fields, type, "", ...lines, `--${boundary}--`].join("\r\n");
}

export const octetsOf = (message: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`${message}\r\n`);
