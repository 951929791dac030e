// Which files may be sent along: how many, how large, under which names, and what a browser is told they are. A name is
// refused, never repaired: the caller downloads the file under the name it gave. Names of files we receive follow
// other rules. For what SES does not take see its "Unsupported attachment types".
import { parseContentType } from "../message/content-type.ts";
import { TOKEN } from "../message/parameters.ts";
import { foldName } from "../use-case/use-case-name.ts";

/** MB = 1,048,576 octets; limits are inclusive. */
export const ATTACHMENTS_MAX = 5;
export const ATTACHMENT_BYTES_MAX = 5 * 1024 * 1024;
/** Of the rendered message: SES takes 40 MB, the rest is for what it adds. */
export const MESSAGE_BYTES_MAX = 39 * 1024 * 1024;
/** Code points after NFC. */
export const FILE_NAME_CHARACTERS_MAX = 255;

export const FILE_NAME_FAULTS = [
  "empty",
  "too_long",
  "malformed_unicode",
  "control_character",
  "bidi_mark",
  "path_separator",
  "edge_dot_or_blank",
  "reserved_name",
  "blocked_extension",
] as const;
export type FileNameFault = (typeof FILE_NAME_FAULTS)[number];

/** C0, DEL, C1, and the line and paragraph separators. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
/** Bidi marks, which show `exe.fdp` as `pdf.exe`. Joiners of no width stay: Persian words and emoji are written with them. */
const BIDI_MARK = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const PATH_SEPARATOR = /[/\\]/;
/** No name ends or begins so: file systems hide, drop or trim it. */
const EDGE_DOT_OR_BLANK = /^[.\s]|[.\s]$/;
const NONCHARACTER = /\p{Noncharacter_Code_Point}/u;
/** Devices of Windows, with any extension: the stem before the first dot, blanks after it ignored. */
export const RESERVED_NAME = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)/i;

/** What SES refuses to send, by the last extension. */
const BLOCKED_EXTENSIONS = new Set(
  (
    "ade adp app asp bas bat cer chm cmd com cpl crt csh der exe fxp gadget hlp hta inf ins isp its js jse ksh lib " +
    "lnk mad maf mag mam maq mar mas mat mau mav maw mda mdb mde mdt mdw mdz msc msh msh1 msh2 mshxml msh1xml " +
    "msh2xml msi msp mst ops pcd pif plg prf prg reg scf scr sct shb shs sys ps1 ps1xml ps2 ps2xml psc1 psc2 tmp " +
    "url vb vbe vbs vps vsmacros vss vst vsw vxd ws wsc wsf wsh xnk"
  ).split(" "),
);

/** In this order: the first that holds is the answer. */
const FAULTS: Readonly<Record<FileNameFault, (name: string) => boolean>> = {
  empty: (name) => name === "",
  too_long: (name) => Array.from(name).length > FILE_NAME_CHARACTERS_MAX,
  malformed_unicode: (name) => !name.isWellFormed() || NONCHARACTER.test(name),
  control_character: (name) => CONTROL.test(name),
  bidi_mark: (name) => BIDI_MARK.test(name),
  path_separator: (name) => PATH_SEPARATOR.test(name),
  edge_dot_or_blank: (name) => EDGE_DOT_OR_BLANK.test(name),
  reserved_name: (name) => RESERVED_NAME.test(name),
  blocked_extension: (name) =>
    BLOCKED_EXTENSIONS.has(name.slice(name.lastIndexOf(".") + 1).toLowerCase()) && name.includes("."),
};

/** What is wrong with a name to send a file under, or null. The form to store and compare is NFC. */
export function fileNameFault(filename: string): FileNameFault | null {
  const name = filename.normalize("NFC");
  return FILE_NAME_FAULTS.find((fault) => FAULTS[fault](name)) ?? null;
}

/** The first name that repeats an earlier one, by NFC and case-folding as file systems compare; null when all differ. */
export function duplicateOf(filenames: readonly string[]): string | null {
  const seen = new Set<string>();
  for (const filename of filenames) {
    const folded = foldName(filename);
    if (seen.has(folded)) return filename;
    seen.add(folded);
  }
  return null;
}

/** Types no browser runs scripts in. Everything else is served as plain octets, whatever it is. */
const SAFE_MEDIA_TYPES = new Set([
  "application/pdf",
  "image/gif",
  "image/jpeg",
  "image/png",
  "image/webp",
  "text/plain",
]);

/** What a browser may be told about a file of this type; the claim itself is the caller's and proves nothing. */
export function safeContentType(contentType: string): string {
  const parsed = parseContentType(contentType);
  if (!parsed || !SAFE_MEDIA_TYPES.has(parsed.mediaType)) return "application/octet-stream";
  const charset = parsed.parameters.find(([name]) => name === "charset")?.[1];
  return parsed.mediaType === "text/plain" && charset && TOKEN.test(charset)
    ? `text/plain; charset=${charset}`
    : parsed.mediaType;
}
