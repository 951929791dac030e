// The form of a send: which fields it may have, and every limit. A fault in any field refuses the whole
// with 422, a file or form that is too large with 413; nothing is repaired.
import { z } from "@hono/zod-openapi";
import {
  ATTACHMENT_BYTES_MAX,
  ATTACHMENTS_MAX,
  duplicateOf,
  FILE_NAME_CHARACTERS_MAX,
  type FileNameFault,
  fileNameFault,
} from "../../core/email/attachment.ts";
import type { FileToSend } from "../../core/email/send-email.ts";
import { SUBJECT_CHARACTERS_MAX, subjectFault } from "../../core/message/header-text.ts";
import { parseId } from "../../core/ids.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { addressFaultMessage, addressOf, toSendableAddress } from "../address.ts";
import { type Part, parseMultipart, textOf } from "../multipart.ts";
import { sha256Hex } from "../sha256-hex.ts";
import { POINTER_CHARACTERS_MAX } from "../parse-request.ts";
import type { FieldFault, Refusal } from "../refusal.ts";

const MB = 1024 * 1024;
/** Room for six of the largest files, so that the sixth is named rather than the form called too large. Also all a Worker can hold. */
export const FORM_BYTES_MAX = 32 * MB;
export const BODY_BYTES_MAX = 1 * MB;

const SUBJECT_MESSAGE = `must have at most ${SUBJECT_CHARACTERS_MAX} characters, without line breaks or control characters`;
const FILE_NAME_MESSAGES: Readonly<Record<FileNameFault, string>> = {
  empty: "must have a file name",
  too_long: `must have a file name of at most ${FILE_NAME_CHARACTERS_MAX} characters`,
  malformed_unicode: "must have a file name of valid Unicode",
  control_character: "must have a file name without control characters",
  bidi_mark: "must have a file name without bidirectional marks",
  path_separator: "must have a file name without path separators",
  edge_dot_or_blank: "must have a file name that neither begins nor ends with a dot or a blank",
  reserved_name: "must have a file name that is not reserved on common systems",
  blocked_extension: "has a type of file that the mail service does not deliver",
};

export type SendForm = {
  readonly useCaseId: string;
  readonly toAddress: string;
  readonly subject: string;
  readonly bodyHtml: { readonly text: string; readonly octets: Uint8Array };
  readonly bodyText: string | null;
  readonly files: readonly FileToSend[];
  readonly inReplyToId: string | null;
};

/** For the OpenAPI document only: the form is read by `readSendForm`. */
export const SendFormSchema = z
  .object({
    use_case_id: z.uuid().openapi({ description: "The e-mail use case to send through." }),
    to_address: z.email().openapi({ description: "One recipient." }),
    subject: z.string().min(1).max(SUBJECT_CHARACTERS_MAX),
    body_html: z.string().min(1).openapi({ description: "At most 1 MB." }),
    body_text: z
      .string()
      .optional()
      .openapi({ description: "At most 1 MB; made from the HTML when it is left out." }),
    in_reply_to_id: z
      .uuid()
      .optional()
      .openapi({ description: "The received e-mail that this one answers, of the same use case and setup." }),
    attachments: z
      .array(z.any().openapi({ type: "string", format: "binary" }))
      .max(ATTACHMENTS_MAX)
      .optional()
      .openapi({ description: "Up to 5 files of at most 5 MB each, sent with their own names and types." }),
  })
  .openapi("SendEmailForm");

const FIELDS = ["use_case_id", "to_address", "subject", "body_html", "body_text", "in_reply_to_id"] as const;
type Field = (typeof FIELDS)[number];
const FILE_FIELD = "attachments";
/** What a part without a Content-Type is (RFC 7578 section 4.4 says text/plain; for a file that would be a guess). */
const UNNAMED_TYPE = "application/octet-stream";

/** Parses and checks the whole form. */
export async function readSendForm(
  octets: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<Result<SendForm, Refusal>> {
  const parts = parseMultipart(octets, contentType);
  if (!parts.ok) return parts;
  const files = parts.value.filter((part) => part.name === FILE_FIELD && part.filename !== null);
  const tooLarge = files.find((file) => file.octets.length > ATTACHMENT_BYTES_MAX);
  if (tooLarge)
    return err({
      kind: "attachment_too_large",
      filename: tooLarge.filename ?? "",
      sizeBytesMax: ATTACHMENT_BYTES_MAX,
    });

  const faults: FieldFault[] = [];
  const texts = readFields(parts.value, faults);
  if (!texts.ok) return texts;
  checkFiles(files, faults);
  const form = checkFields(texts.value, faults);
  if (form === null || faults.length > 0) return err({ kind: "validation_failed", errors: faults });
  return ok({ ...form, files: await readFiles(files) });
}

type Texts = Partial<Record<Field, { readonly text: string; readonly octets: Uint8Array }>>;

function readFields(parts: readonly Part[], faults: FieldFault[]): Result<Texts, Refusal> {
  const texts: Texts = {};
  for (const part of parts) {
    const field = FIELDS.find((name) => name === part.name);
    if (part.name === FILE_FIELD && part.filename !== null) continue;
    if (part.name === FILE_FIELD)
      faults.push(fault(FILE_FIELD, "not_a_file", "must be files with a file name"));
    else if (!field) faults.push(fault(part.name, "unknown_member", "is not known here; check its spelling"));
    else if (texts[field]) faults.push(fault(field, "repeated", "must be given once"));
    else {
      const text = textOf(part);
      if (!text.ok) return text;
      texts[field] = { text: text.value, octets: part.octets };
    }
  }
  return ok(texts);
}

function checkFields(texts: Texts, faults: FieldFault[]): Omit<SendForm, "files"> | null {
  const required = (field: Field): string => {
    const text = texts[field]?.text ?? "";
    if (text === "") faults.push(fault(field, "required", "is required"));
    return text;
  };
  const useCaseText = required("use_case_id");
  const toText = required("to_address");
  // A tab is white space of a header and is sent as a blank (RFC 5322 section 2.2.2): what is kept is what is sent.
  const subject = required("subject").replaceAll("\t", " ");
  required("body_html");

  const useCaseId = parseId(useCaseText);
  if (useCaseText && useCaseId === null)
    faults.push(fault("use_case_id", "invalid_format", "must be a UUID"));
  const inReplyToText = texts.in_reply_to_id?.text || null;
  const inReplyToId = inReplyToText === null ? null : parseId(inReplyToText);
  if (inReplyToText !== null && inReplyToId === null)
    faults.push(fault("in_reply_to_id", "invalid_format", "must be a UUID"));
  const toAddress = toSendableAddress(toText);
  if (toText && !toAddress.ok)
    faults.push(fault("to_address", toAddress.error, addressFaultMessage(toAddress.error)));
  const subjectIs = subject === "" ? null : subjectFault(subject);
  if (subjectIs) faults.push(fault("subject", subjectIs, SUBJECT_MESSAGE));
  for (const field of ["body_html", "body_text"] as const)
    if ((texts[field]?.octets.length ?? 0) > BODY_BYTES_MAX)
      faults.push(fault(field, "too_large", "must have at most 1 MB"));

  const bodyHtml = texts.body_html;
  if (useCaseId === null || !toAddress.ok || !bodyHtml) return null;
  const bodyText = texts.body_text?.text || null;
  return { useCaseId, toAddress: addressOf(toAddress.value), subject, bodyHtml, bodyText, inReplyToId };
}

function checkFiles(files: readonly Part[], faults: FieldFault[]): void {
  if (files.length > ATTACHMENTS_MAX)
    faults.push(fault(FILE_FIELD, "too_many", `must be at most ${ATTACHMENTS_MAX} files`));
  for (const [index, file] of files.entries()) {
    const pointer = `${FILE_FIELD}/${index}`;
    const name = fileNameFault(file.filename ?? "");
    if (name) faults.push(fault(pointer, name, FILE_NAME_MESSAGES[name]));
    if (file.octets.length === 0) faults.push(fault(pointer, "empty", "must not be an empty file"));
  }
  const duplicate = duplicateOf(files.map((file) => file.filename ?? ""));
  if (duplicate !== null)
    faults.push(
      fault(FILE_FIELD, "duplicate_name", "must have different names (case does not tell them apart)"),
    );
}

/** One after the other: WebCrypto hashes a copy of its input, and five copies at once would be a second form. */
async function readFiles(parts: readonly Part[]): Promise<readonly FileToSend[]> {
  const files: FileToSend[] = [];
  for (const { filename, contentType, octets } of parts)
    files.push({
      filename: (filename ?? "").normalize("NFC"),
      contentType: contentType ?? UNNAMED_TYPE,
      octets,
      sha256: await sha256Hex(octets),
    });
  return files;
}

/** Field names come from the sender: what is echoed is cut. */
const fault = (pointer: string, code: string, message: string): FieldFault => ({
  pointer: pointer.slice(0, POINTER_CHARACTERS_MAX),
  code,
  message,
});
