// Reading the little XML that AWS answers with: elements by their name, found where they lie. Not a parser: it knows no
// attributes, comments or CDATA, and AWS writes none in what is read here. Each search is one pass over the text, and
// nothing is nested, so there is nothing to exhaust.

/** The text of the first element of that name, entities resolved; null when there is none. */
export function xmlElement(xml: string, name: string): string | null {
  const [inner] = xmlElements(xml, name, 1);
  return inner === undefined ? null : resolved(inner);
}

/** What stands between the tags of the elements of that name, as it was written: the first so many. */
export function xmlElements(xml: string, name: string, countMax: number): readonly string[] {
  const [open, close] = [`<${name}>`, `</${name}>`];
  const found: string[] = [];
  let start = xml.indexOf(open);
  while (start >= 0 && found.length < countMax) {
    const end = xml.indexOf(close, start);
    if (end < 0) break;
    found.push(xml.slice(start + open.length, end));
    start = xml.indexOf(open, end);
  }
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
/** XML 1.0 section 4.6, and section 4.1: S3 writes control characters in keys by their number. */
const ENTITY = /&(?:(lt|gt|quot|apos|amp)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g;
const CODE_POINT_MAX = 0x10ffff;

const resolved = (text: string): string =>
  text.replaceAll(ENTITY, (written, name?: string, decimal?: string, hexadecimal?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? "";
    const codePoint = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
    return codePoint <= CODE_POINT_MAX ? String.fromCodePoint(codePoint) : written;
  });
