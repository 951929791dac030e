// `GET|HEAD /files/{token}`: the files of e-mails when they lie in a local folder. The token is the permission: it binds
// one blob, its name, its type and its expiry, so no API key is asked for (a browser follows the redirect without one).
// Content that others wrote: always a download, never rendered or sniffed (RFC 6266, RFC 9110 section 14 for ranges).
import type { Context } from "hono";
import { ATTACHMENT_BYTES_MAX } from "../../core/email/attachment.ts";
import { contentDisposition } from "../../core/email/content-disposition.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { FileDownload, FileDownloads } from "../../core/ports/file-downloads.ts";
import type { AppEnv } from "../app-env.ts";
import { parseByteRange } from "../byte-range.ts";
import { problem } from "../problem.ts";
import { UNTRUSTED_CONTENT_HEADERS } from "../untrusted-content.ts";

/** Hono answers a HEAD with the GET route, and then drops the body. */
export const DOWNLOAD_PATH = "/files/:token";

/** The handler. Forged, expired and outdated tokens answer alike: 404 `file_not_found`. */
export function downloadFile(files: FileDownloads, clock: Clock) {
  return async (context: Context<AppEnv>): Promise<Response> => {
    const file = await files.open(context.req.param("token") ?? "", clock.now());
    return file ? serve(context, file) : problem(context, { kind: "file_not_found" });
  };
}

async function serve(context: Context<AppEnv>, file: FileDownload): Promise<Response> {
  const range = parseByteRange(rangeHeader(context), file.sizeBytes);
  if (range === "unsatisfiable")
    return problem(context, { kind: "range_not_satisfiable", sizeBytes: file.sizeBytes });

  const { start, end } = range === "whole" ? { start: 0, end: file.sizeBytes - 1 } : range;
  const headers = new Headers({
    ...UNTRUSTED_CONTENT_HEADERS,
    "Content-Type": file.contentType,
    "Content-Disposition": contentDisposition(file.fileName, "attachment"),
    "Content-Length": `${end - start + 1}`,
    "Accept-Ranges": "bytes",
  });
  if (range !== "whole") headers.set("Content-Range", `bytes ${start}-${end}/${file.sizeBytes}`);
  // Without the check a HEAD would open the file, and nothing would ever close it.
  const body = context.req.method === "HEAD" ? null : await bodyOf(file, { start, end });
  return new Response(body, { status: range === "whole" ? 200 : 206, headers });
}

/** Bun sends a stream without its Content-Length, so what is small goes out whole. */
async function bodyOf(
  file: FileDownload,
  range: { readonly start: number; readonly end: number },
): Promise<BodyInit> {
  const pieces = file.read(range);
  if (range.end - range.start >= ATTACHMENT_BYTES_MAX) return streamOf(pieces);
  const whole = new Uint8Array(range.end - range.start + 1);
  let at = 0;
  for await (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** RFC 9110 sections 13.1.5 and 14.2: ignored when the method is not GET, and with an If-Range, since we give no validator. */
function rangeHeader(context: Context<AppEnv>): string | undefined {
  const applies = context.req.method === "GET" && context.req.header("If-Range") === undefined;
  return applies ? context.req.header("Range") : undefined;
}

/** Pieces as a body: read one by one as the client takes them; a client that leaves ends the reading. */
function streamOf(pieces: ReturnType<FileDownload["read"]>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await pieces.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: async () => void (await pieces.return()),
    },
    // Nothing is read ahead of the client.
    { highWaterMark: 0 },
  );
}
