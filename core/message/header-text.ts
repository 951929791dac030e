// What may stand in the text of a header: anything but what could end the line or hide in it. For the edge, which
// refuses before a message is planned; nothing is repaired silently. RFC 5322 section 2.2, RFC 2047.

/** RFC 5322 section 2.1.1 has lines of 998; characters are code points after NFC. */
export const SUBJECT_CHARACTERS_MAX = 998;

export type HeaderTextFault = "control_character" | "malformed_unicode";
export type SubjectFault = "empty" | "too_long" | HeaderTextFault;

/** C0 controls and DEL, which hold CR, LF and NUL. TAB is white space of a header and is written as a space. */
const CONTROL = /[^\P{Cc}\t\u0080-\u009f]/u;

/** What is wrong with a text that is to stand in a header, or null. */
export function headerTextFault(text: string): HeaderTextFault | null {
  if (CONTROL.test(text)) return "control_character";
  // A lone surrogate has no UTF-8 form (RFC 3629 section 3).
  return text.isWellFormed() ? null : "malformed_unicode";
}

/** What is wrong with a subject, or null. */
export function subjectFault(text: string): SubjectFault | null {
  if (text === "") return "empty";
  // UTF-16 units bound the code points from above: most subjects need no count.
  if (
    text.length > SUBJECT_CHARACTERS_MAX &&
    Array.from(text.normalize("NFC")).length > SUBJECT_CHARACTERS_MAX
  )
    return "too_long";
  return headerTextFault(text);
}
