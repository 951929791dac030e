// Message ids (RFC 5322 section 3.6.4) as they arrive: folded, glued, comma-separated, upper-cased, among phrases and
// comments, or cut. Reading never refuses; what is written out again passes `isMessageId`.
// Ids are bare here: without angle brackets.

/** No thread of people has more; what is beyond is noise or an attack. The first and the newest are kept. */
export const MESSAGE_IDS_MAX = 200;
/** RFC 5322 section 2.1.1: no id is longer than a line. */
const MESSAGE_ID_CHARACTERS_MAX = 998;
/** A field of 200 ids of ordinary length has 16 KB. */
const FIELD_CHARACTERS_MAX = 64 * 1024;

/** SES: 16 hexadecimal digits, a UUID's groups, a counter. Gateways write it in upper case, regions append their own domain. */
const PROVIDER_ID =
  /^([0-9a-f]{16}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-[0-9]{6})@(?:[a-z0-9-]+\.)?amazonses\.com$/;

/** The ids of a Message-ID, In-Reply-To or References field, each once, in their order. */
export function readMessageIds(field: string): readonly string[] {
  const ends = endsOf(field);
  const ids = new Set(field.includes("<") ? idsBetweenAngles(ends) : bareIds(ends));
  const all = [...ids];
  if (all.length <= MESSAGE_IDS_MAX) return all;
  return [...all.slice(0, 1), ...all.slice(1 - MESSAGE_IDS_MAX)];
}

/** Both ends of a field too long to read, where the first and the newest ids stand, without those the cuts went through. */
function endsOf(field: string): string {
  if (field.length <= FIELD_CHARACTERS_MAX) return field;
  const first = field.slice(0, FIELD_CHARACTERS_MAX / 2);
  const last = field.slice(-FIELD_CHARACTERS_MAX / 2);
  return first.slice(0, first.lastIndexOf(">") + 1) + last.slice(last.search(/<|$/));
}

/**
 * RFC 5322 section 4.5.4: phrases, quoted strings and comments may stand between ids, and none of them is looked into.
 * White space inside an id is folding gone wrong; an id without end is none.
 */
function* idsBetweenAngles(field: string): Generator<string> {
  let at = 0;
  // Marks that nothing closes are ordinary characters, so that no id after one is lost; each kind is looked through once.
  const open = new Set<string>();
  while (at < field.length) {
    const character = field[at] ?? "";
    if ((character === '"' || character === "(") && !open.has(character)) {
      const end = character === "(" ? endOfComment(field, at) : endOfQuoted(field, at);
      if (end === null) open.add(character);
      at = end ?? at + 1;
    } else if (character === "<") {
      const end = field.indexOf(">", at);
      if (end < 0) return;
      // "<a@b <c@d>": the first never ended.
      const begin = field.lastIndexOf("<", end);
      const id = field.slice(begin + 1, end).replaceAll(/[\s\p{Cc}]+/gu, "");
      if (id !== "" && id.length <= MESSAGE_ID_CHARACTERS_MAX) yield id;
      at = end + 1;
    } else at += 1;
  }
}

const BARE_ID = /^[^\s\p{Cc}"(),:;<>@]+@[^\s\p{Cc}"(),;<>@]+$/u;

/** Some programs forget all angle brackets. A field in which anything else stands has no ids: its words may be addresses. */
function bareIds(field: string): readonly string[] {
  const words = field.split(/[\s,]+/).filter((word) => word !== "");
  return words.every((word) => BARE_ID.test(word) && word.length <= MESSAGE_ID_CHARACTERS_MAX) ? words : [];
}

function endOfQuoted(field: string, begin: number): number | null {
  for (let at = begin + 1; at < field.length; at += 1) {
    if (field[at] === "\\") at += 1;
    else if (field[at] === '"') return at + 1;
  }
  return null;
}

/** RFC 5322 section 3.2.2: comments nest. */
function endOfComment(field: string, begin: number): number | null {
  let depth = 0;
  for (let at = begin; at < field.length; at += 1) {
    if (field[at] === "\\") at += 1;
    else if (field[at] === "(") depth += 1;
    else if (field[at] === ")") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}

/**
 * What two spellings of one id have in common: SES's own is the bare id, whatever domain its region appends; of others
 * the domain is folded, and the left part is not, because nobody but its maker knows what its case means.
 */
export function messageKey(id: string): string {
  const at = id.lastIndexOf("@");
  const folded = PROVIDER_ID.exec(id.toLowerCase());
  if (folded?.[1] !== undefined) return folded[1];
  return at < 0 ? id : id.slice(0, at) + id.slice(at).toLowerCase();
}

/** The id that SES writes on the wire for one it answered: its domain is the region's. */
export function wireMessageId(providerMessageId: string, region: string): string {
  return `${providerMessageId}@${region === "us-east-1" ? "email" : region}.amazonses.com`;
}
