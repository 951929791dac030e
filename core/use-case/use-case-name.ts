// The two names of a use case (`entity_name`, `name`): what they may be made of, and when two are the same. For create,
// for the unique index behind it (stores keep the fold beside the name) and for the list's filter. Unicode only, no
// locale: the same text folds the same on every machine. Look-alikes of different scripts stay different.

export const USE_CASE_NAME_CHARACTERS_MAX = 31;

export type UseCaseNameFault = "empty" | "too_long" | "characters";

/**
 * Letters of any script, each with the combining marks that NFC leaves apart (Devanagari vowel signs, stacked accents):
 * to a reader they are part of the letter, so a name may end in one. Between letters U+0020 and U+002D, nothing else.
 */
const LETTERS_SPACES_HYPHENS = /^\p{L}\p{M}*(?:[ -]*\p{L}\p{M}*)*$/u;

/** What is wrong with a name, or null. Code points are counted after NFC, which is also the form to store. */
export function useCaseNameFault(text: string): UseCaseNameFault | null {
  const name = text.normalize("NFC");
  if (name === "") return "empty";
  if (Array.from(name).length > USE_CASE_NAME_CHARACTERS_MAX) return "too_long";
  return LETTERS_SPACES_HYPHENS.test(name) ? null : "characters";
}

/**
 * The form in which names are compared. JavaScript has no case folding, so it is made of its case mappings: lower,
 * upper, lower again, which folds as Unicode's full folding does (Straße, STRAẞE and STRASSE are one, as are the three
 * sigmas), and in addition dotless and dotted i. Decomposed before, as Unicode section 3.13 has it: the Greek iota
 * below a letter becomes a letter of its own, behind all marks. Folding a folded name changes nothing.
 */
export function foldName(text: string): string {
  return text.normalize("NFD").toLowerCase().toUpperCase().toLowerCase().normalize("NFC");
}
