// Reading one e-mail: its record, its body as the caller gave it, and where to download a file of it.
import type { Id } from "../ids.ts";
import { OutageError } from "../outage.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { EmailStore } from "../ports/email-store.ts";
import { err, ok, type Result } from "../result.ts";
import { safeContentType } from "./attachment.ts";
import { attachmentBlobKey, bodyBlobKey } from "./email-blobs.ts";
import type { Email } from "./email.ts";

/** Download URLs are followed at once; five minutes leave room for a slow click, not for passing them on. */
export const DOWNLOAD_TTL_MS = 5 * 60 * 1000;

export type ReadEmailPorts = { readonly emails: EmailStore };
export type ReadContentPorts = ReadEmailPorts & { readonly blobs: BlobStore; readonly clock: Clock };
export type ReadEmail = { readonly workspaceId: Id; readonly emailId: Id };
export type EmailNotFound = { readonly kind: "email_not_found" };
export type AttachmentNotFound = { readonly kind: "attachment_not_found" };

export async function readEmail(
  ports: ReadEmailPorts,
  command: ReadEmail,
): Promise<Result<Email, EmailNotFound>> {
  const email = await ports.emails.find(command.workspaceId, command.emailId);
  return email ? ok(email) : err({ kind: "email_not_found" });
}

/** The caller's HTML, octet for octet. */
export async function readEmailBody(
  ports: ReadContentPorts,
  command: ReadEmail,
): Promise<Result<Uint8Array, EmailNotFound>> {
  const email = await readEmail(ports, command);
  if (!email.ok) return email;
  return ok((await ports.blobs.get(bodyBlobKey(email.value.id))) ?? contentsMissing());
}

/** Contents are stored before the row that names them is shown: what is not there now is out of reach, not gone. */
export function contentsMissing(): never {
  throw new OutageError(
    { service: "blobs", cause: "unavailable", retryAfterSeconds: null },
    "the contents of an e-mail are missing",
  );
}

/** A URL that serves the file of this name for five minutes. Names compare after NFC, as they were stored. */
export async function locateAttachment(
  ports: ReadContentPorts,
  command: ReadEmail & { readonly filename: string },
): Promise<Result<string, EmailNotFound | AttachmentNotFound>> {
  const email = await readEmail(ports, command);
  if (!email.ok) return email;
  const filename = command.filename.normalize("NFC");
  const attachment = email.value.attachments.find((candidate) => candidate.filename === filename);
  if (!attachment) return err({ kind: "attachment_not_found" });
  const url = await ports.blobs.downloadUrl(attachmentBlobKey(email.value.id, attachment.id), {
    fileName: attachment.filename,
    contentType: safeContentType(attachment.contentType),
    expiresAt: ports.clock.now() + DOWNLOAD_TTL_MS,
  });
  return ok(url);
}
