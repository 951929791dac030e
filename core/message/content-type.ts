// The type a caller gives a file: read strictly as RFC 2045 section 5.1 has it, never guessed. What cannot be read, and
// what would change how the message is parsed (multipart, message), travels as plain octets.
import { type Parameter, TOKEN } from "./parameters.ts";

export type ContentType = {
  /** `type/subtype` in lower case. */
  readonly mediaType: string;
  /** Names in lower case, values unquoted. */
  readonly parameters: readonly Parameter[];
};

export const OCTET_STREAM: ContentType = { mediaType: "application/octet-stream", parameters: [] };

/** Far above any registered type with its parameters; keeps each line and the patterns' work small. */
const CONTENT_TYPE_CHARACTERS_MAX = 255;

/** `; name=token` or `; name="quoted"`, in printable ASCII. */
const PARAMETER = /[ \t]*;[ \t]*([^\s=;"]+)=(?:([^\s=;"]+)|"((?:[^"\\]|\\.)*)")/y;

/** The type and its parameters, or null when the text is not one. */
export function parseContentType(text: string): ContentType | null {
  if (text.length > CONTENT_TYPE_CHARACTERS_MAX || /[^ -~\t]/.test(text)) return null;
  const trimmed = text.replace(/[ \t]*;?[ \t]*$/, "");
  const [, type, subtype] = /^([^/;\s]+)\/([^/;\s]+)/.exec(trimmed) ?? [];
  if (!type || !subtype || !TOKEN.test(type) || !TOKEN.test(subtype)) return null;
  const parameters = parseParameters(trimmed, type.length + 1 + subtype.length);
  return parameters && { mediaType: `${type}/${subtype}`.toLowerCase(), parameters };
}

function parseParameters(text: string, start: number): Parameter[] | null {
  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = start;
  for (let end = start; end < text.length; end = PARAMETER.lastIndex) {
    const [, name = "", token, quoted = ""] = PARAMETER.exec(text) ?? [];
    if (!TOKEN.test(name) || parameters.has(name.toLowerCase())) return null;
    if (token !== undefined && !TOKEN.test(token)) return null;
    parameters.set(name.toLowerCase(), token ?? quoted.replace(/\\(.)/g, "$1"));
  }
  return [...parameters];
}

/** What an attached file is sent as. Its name is ours to write, a boundary or the like is meaningless on one part. */
export function attachmentContentType(text: string): ContentType {
  const parsed = parseContentType(text);
  // RFC 2046 section 5.2.1 forbids base64 for message/rfc822, and section 5.1 for any multipart.
  if (!parsed || /^(?:multipart|message)\//.test(parsed.mediaType)) return OCTET_STREAM;
  const parameters = parsed.parameters.filter(([name]) => !/^(?:name|boundary)(?:\*|$)/.test(name));
  return { mediaType: parsed.mediaType, parameters };
}
