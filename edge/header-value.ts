// Header values of the form `value; name=parameter`, as Content-Type and a form part's Content-Disposition have them:
// RFC 9110 section 5.6.6, with what browsers and curl really send for file names (HTML "multipart form data").
// It does not know which values or parameters a header may have.

/** The value in lower case, and its parameters by name in lower case. */
export type HeaderValue = { readonly value: string; readonly parameters: ReadonlyMap<string, string> };

// Both are sticky and without nested choice, so a hostile value costs linear time.
const VALUE = /[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z/-]+)[ \t]*/y;
const PARAMETER = /;[ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\[^])*)"|([^ \t";]+))[ \t]*)?/y;

/** Null when the text breaks the grammar or a parameter is given twice, since readers disagree on which one counts. */
export function parseHeaderValue(text: string): HeaderValue | null {
  VALUE.lastIndex = 0;
  const value = VALUE.exec(text)?.[1];
  if (value === undefined) return null;

  const parameters = new Map<string, string>();
  for (let at = VALUE.lastIndex; at < text.length; at = PARAMETER.lastIndex) {
    PARAMETER.lastIndex = at;
    const found = PARAMETER.exec(text);
    if (!found) return null;
    const [, name, quoted, token] = found;
    if (name === undefined) continue; // RFC 9110 section 5.6.6: an empty parameter (`; ;`) says nothing.
    if (parameters.has(name.toLowerCase())) return null;
    parameters.set(name.toLowerCase(), quoted === undefined ? (token ?? "") : unescapeQuoted(quoted));
  }
  return { value: value.toLowerCase(), parameters };
}

// DEPARTS: RFC 9110 section 5.6.4 drops every backslash, but browsers write theirs (`C:\letters`) without escaping.
// Old curl escapes the quote and the backslash only, so only those two are read as escapes.
const unescapeQuoted = (quoted: string): string => quoted.replace(/\\(["\\])/g, "$1");

/**
 * The text of an extended value such as `UTF-8''%E2%82%AC.pdf` (RFC 8187 section 3.2.1), or null: broken, or in
 * another charset than UTF-8 (the only one that RFC has left).
 */
export function decodeExtendedValue(text: string): string | null {
  const encoded = /^utf-8'[A-Za-z0-9-]*'((?:[!#$&+.^_`|~0-9A-Za-z-]|%[0-9A-Fa-f]{2})*)$/i.exec(text)?.[1];
  if (encoded === undefined) return null;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null; // The octets are not UTF-8.
  }
}
