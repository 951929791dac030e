// The name shown beside a use case's sender address: what it may be made of. For create use case; how it is written into
// a From header is the message's business.

export const DISPLAY_NAME_CHARACTERS_MAX = 64;

export type DisplayNameFault = "empty" | "too_long" | "characters";

/**
 * No `@`, `<` or `>`, which make a name look like an address; no controls or line ends, no bidi marks, which make it read
 * otherwise than it is; no half of a surrogate pair, which no charset can carry.
 */
const FORBIDDEN = /[@<>\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** What is wrong with a display name, or null. Code points are counted after NFC, which is also the form to store. */
export function displayNameFault(text: string): DisplayNameFault | null {
  const name = text.normalize("NFC");
  if (name.trim() === "") return "empty";
  if (Array.from(name).length > DISPLAY_NAME_CHARACTERS_MAX) return "too_long";
  return FORBIDDEN.test(name) ? "characters" : null;
}
