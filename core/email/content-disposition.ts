// Content-Disposition of an HTTP answer (RFC 6266): a name any client can read, and the exact one for those that know
// RFC 8187. Unlike in a message there are no encoded-words and no numbered pieces (RFC 8187 section 3.1).
import { asciiFallback, percentEncode, quotedString } from "../message/parameters.ts";

/** The header's value, printable ASCII whatever the name holds. */
export function contentDisposition(filename: string, disposition: "attachment" | "inline"): string {
  const fallback = asciiFallback(filename);
  // RFC 6266 appendix D: the fallback first, for clients that take the first they find.
  const exact = fallback === filename ? "" : `; filename*=UTF-8''${percentEncode(filename)}`;
  return `${disposition}; filename=${quotedString(fallback)}${exact}`;
}
