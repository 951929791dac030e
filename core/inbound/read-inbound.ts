// Reading what was received: one e-mail, its text and body, where to download its files and the raw message, its thread.
import { type AttachmentNotFound, contentsMissing, DOWNLOAD_TTL_MS } from "../email/read-email.ts";
import { safeContentType } from "../email/attachment.ts";
import type { Id } from "../ids.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { InboundStore, ThreadPage } from "../ports/inbound-store.ts";
import type { KeysetWindow } from "../ports/keyset-page.ts";
import { err, ok, type Result } from "../result.ts";
import { fallbackName, safeFileName } from "./file-name.ts";
import { htmlBlobKey, inboundFileBlobKey, rawBlobKey, textBlobKey } from "./inbound-blobs.ts";
import type { InboundAttachment, InboundEmail } from "./inbound-email.ts";

export type ReadInboundPorts = {
  readonly inbound: Pick<InboundStore, "find" | "thread">;
  readonly blobs: BlobStore;
  readonly clock: Clock;
};
export type ReadInbound = { readonly workspaceId: Id; readonly inboundId: Id };

export type InboundNotFound = { readonly kind: "inbound_email_not_found" };
/** The provider found a virus in it: its files and octets are kept from everybody. */
export type Infected = { readonly kind: "infected" };

/** It was too large to be fetched, or the provider's bucket no longer had it. */
export type RawNotKept = { readonly kind: "raw_not_kept" };
export type NoBody = { readonly kind: "no_body" };
export type ThreadNotFound = { readonly kind: "thread_not_found" };

export type InboundDetail = { readonly email: InboundEmail; readonly text: string | null };

/** With its plain text, as it was written or null. */
export async function readInbound(
  ports: ReadInboundPorts,
  command: ReadInbound,
): Promise<Result<InboundDetail, InboundNotFound>> {
  const found = await findInbound(ports, command);
  if (!found.ok) return found;
  const email = found.value;
  const text = email.hasText
    ? new TextDecoder().decode(await contentsOf(ports, textBlobKey(email.id)))
    : null;
  return ok({ email, text });
}

export type InboundBody = { readonly octets: Uint8Array; readonly contentType: string };

/** The HTML body, else the plain text, as UTF-8. */
export async function readInboundBody(
  ports: ReadInboundPorts,
  command: ReadInbound,
): Promise<Result<InboundBody, InboundNotFound | NoBody>> {
  const found = await findInbound(ports, command);
  if (!found.ok) return found;
  const { id, hasHtml, hasText } = found.value;
  if (hasHtml)
    return ok({ octets: await contentsOf(ports, htmlBlobKey(id)), contentType: "text/html; charset=utf-8" });
  if (hasText)
    return ok({ octets: await contentsOf(ports, textBlobKey(id)), contentType: "text/plain; charset=utf-8" });
  return err({ kind: "no_body" });
}

/** A URL that serves a file for five minutes: the one of this Content-ID, else the one stored under this name. */
export async function locateInboundFile(
  ports: ReadInboundPorts,
  command: ReadInbound & { readonly filename: string },
): Promise<Result<string, InboundNotFound | Infected | AttachmentNotFound>> {
  const found = await findInbound(ports, command);
  if (!found.ok) return found;
  const { id, files, verdicts } = found.value;
  if (verdicts.virus === "FAIL") return err({ kind: "infected" });
  const file = fileCalled(files, command.filename);
  if (!file) return err({ kind: "attachment_not_found" });
  const position = files.indexOf(file);
  return ok(
    await ports.blobs.downloadUrl(inboundFileBlobKey(id, position), {
      // A Content-ID is a name as its sender wrote it; on somebody's disk it is one of a file (RFC 2183 section 2.3).
      fileName: safeFileName(file.filename) ?? fallbackName(position + 1, file.contentType),
      contentType: safeContentType(file.contentType),
      expiresAt: ports.clock.now() + DOWNLOAD_TTL_MS,
    }),
  );
}

/** The first of each: what the HTML shows before what only has an id; ids that differ in case alone when nothing else is meant. */
function fileCalled(files: readonly InboundAttachment[], asked: string): InboundAttachment | undefined {
  const name = asked.normalize("NFC");
  const folded = asked.toLowerCase();
  return (
    files.find(({ isInline, contentId }) => isInline && contentId === asked) ??
    files.find(({ contentId }) => contentId === asked) ??
    files.find(({ filename }) => filename === name) ??
    files.find(({ contentId }) => contentId?.toLowerCase() === folded)
  );
}

/** A URL that serves the message octet for octet for five minutes. */
export async function locateRaw(
  ports: ReadInboundPorts,
  command: ReadInbound,
): Promise<Result<string, InboundNotFound | Infected | RawNotKept>> {
  const found = await findInbound(ports, command);
  if (!found.ok) return found;
  const { id, verdicts, rawSizeBytes } = found.value;
  if (verdicts.virus === "FAIL") return err({ kind: "infected" });
  if (rawSizeBytes === null) return err({ kind: "raw_not_kept" });
  return ok(
    await ports.blobs.downloadUrl(rawBlobKey(id), {
      fileName: `${id}.eml`,
      contentType: "application/octet-stream",
      expiresAt: ports.clock.now() + DOWNLOAD_TTL_MS,
    }),
  );
}

/** Oldest first. Any message's id names its thread, so that a thread that became part of an older one still answers. */
export async function readThread(
  { inbound }: ReadInboundPorts,
  { workspaceId, threadId }: { readonly workspaceId: Id; readonly threadId: Id },
  window: KeysetWindow,
): Promise<Result<ThreadPage, ThreadNotFound>> {
  const thread = await inbound.thread(workspaceId, threadId, window);
  return thread ? ok(thread) : err({ kind: "thread_not_found" });
}

async function findInbound(
  { inbound }: ReadInboundPorts,
  { workspaceId, inboundId }: ReadInbound,
): Promise<Result<InboundEmail, InboundNotFound>> {
  const email = await inbound.find(workspaceId, inboundId);
  return email ? ok(email) : err({ kind: "inbound_email_not_found" });
}

async function contentsOf({ blobs }: ReadInboundPorts, key: string): Promise<Uint8Array> {
  return (await blobs.get(key)) ?? contentsMissing();
}
