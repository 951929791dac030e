// Ids are UUID v7 (RFC 9562 section 5.7), lower-case, made by the IdSource port. They are plain strings here:
// one grammar decides at the edge what an id is, and an unknown id and a foreign one answer alike.

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export type Id = string;

/** The id in lower case, or null when the text is no UUID. Any version is accepted: foreign ids are simply unknown. */
export function parseId(text: string): Id | null {
  const lower = text.toLowerCase();
  return UUID.test(lower) ? lower : null;
}

/**
 * An id for what has a name already, so that whoever makes it again makes the same: the time of RFC 9562 section 5.7, and
 * the first octets of a hash of the name where others are random. `digest`: 10 octets or more.
 */
export function idNamedBy(at: number, digest: Uint8Array): Id {
  const time = Math.trunc(at).toString(16).padStart(12, "0").slice(-12);
  const rest = Array.from(digest.subarray(0, 10), (octet) => octet.toString(16).padStart(2, "0")).join("");
  const variant = "89ab"[(digest[2] ?? 0) & 3] ?? "8";
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${rest.slice(0, 3)}`,
    variant + rest.slice(5, 8),
    rest.slice(8, 20),
  ].join("-");
}
