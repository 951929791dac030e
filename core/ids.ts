// Ids are UUID v7 (RFC 9562 section 5.7), lower-case, made by the IdSource port. They are plain strings here:
// one grammar decides at the edge what an id is, and an unknown id and a foreign one answer alike.

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export type Id = string;

/** The id in lower case, or null when the text is no UUID. Any version is accepted: foreign ids are simply unknown. */
export function parseId(text: string): Id | null {
  const lower = text.toLowerCase();
  return UUID.test(lower) ? lower : null;
}
