// Content-ID and the `cid:` URLs that name it (RFC 2392), within one message and never across a message inside it.

/** RFC 5322 section 2.1.1: what is longer than a line is no id. */
const CONTENT_ID_CHARACTERS_MAX = 998;
/** RFC 3986 section 5.2.4: no URL has these as its last segment, so that nothing could be downloaded under them. */
const DOT_SEGMENT = /^\.\.?$/;

/** The id of a Content-ID field without its angle brackets, case kept; null when there is none. */
export function readContentId(field: string): string | null {
  // What could end a line or hide in one belongs to no id; RFC 5322 section 3.6.4 has no white space at its edges.
  const written = field.replaceAll(/\p{Cc}/gu, "").trim();
  const id = written.startsWith("<") && written.endsWith(">") ? written.slice(1, -1).trim() : written;
  return id === "" || DOT_SEGMENT.test(id) || id.length > CONTENT_ID_CHARACTERS_MAX ? null : id;
}

/**
 * Which of the parts, by their place, are shown where the HTML names them. Of several with one id the first is meant;
 * the others are files like any other. `references` are the URLs without `cid:`, as written.
 */
export function referencedParts(
  contentIds: readonly (string | null)[],
  references: Iterable<string>,
): ReadonlySet<number> {
  const exact = new Map<string, number>();
  const folded = new Map<string, number>();
  for (const [place, id] of contentIds.entries()) {
    if (id === null) continue;
    if (!exact.has(id)) exact.set(id, place);
    if (!folded.has(id.toLowerCase())) folded.set(id.toLowerCase(), place);
  }
  const referenced = new Set<number>();
  for (const reference of references) {
    const decoded = decodePercents(reference);
    const place = exact.get(decoded) ?? exact.get(reference) ?? folded.get(decoded.toLowerCase());
    if (place !== undefined) referenced.add(place);
  }
  return referenced;
}

/** RFC 3986 section 2.1, once; a plus is a plus, and what is no encoded UTF-8 stays as it is written. */
const decodePercents = (text: string): string =>
  text.replaceAll(/(?:%[0-9A-Fa-f]{2})+/g, (octets) => {
    try {
      return decodeURIComponent(octets);
    } catch {
      return octets;
    }
  });
