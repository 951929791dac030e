// Blobs in a local folder, for one machine; Bun, Deno and Node, not Workers. Downloads go through our own route under a
// signed URL that binds blob, name, type and expiry. Writes are not synced to the disk one by one: a killed process loses
// nothing, a power cut may lose the last seconds (the rows that name them are synced).
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { assertBlobKey } from "../../core/blob-key.ts";
import { OutageError } from "../../core/outage.ts";
import type { BlobStore } from "../../core/ports/blob-store.ts";
import type { FileDownload, FileDownloads, OctetRange } from "../../core/ports/file-downloads.ts";
import type { TokenSigner } from "../../core/ports/token-signer.ts";
import { openDownloadToken, signDownloadToken } from "./download-token.ts";

export type FileBlobStoreSettings = {
  /** The folder; made when it is not there. */
  readonly folder: string;
  /** Where callers reach us, without trailing slash. */
  readonly publicUrl: string;
};

/** Contents on their way in. In the same file system as the rest, or renaming would be copying. */
const INCOMING = ".incoming";
/** A write takes seconds at most: what is older was left by a process that died. */
const ABANDONED_AFTER_MS = 3600 * 1000;
/**
 * Folders split by the start of the first id in the key: 7 hexadecimal digits of a UUID v7 are 17 minutes, so that no
 * folder grows with the age of the installation.
 */
const SHARD_CHARACTERS = 7;
const READ_PIECE_BYTES = 64 * 1024;

/** Opens the store, and clears what a killed process left half-written. */
export async function openFileBlobStore(
  settings: FileBlobStoreSettings,
  signer: TokenSigner,
): Promise<BlobStore & FileDownloads> {
  const incoming = join(settings.folder, INCOMING);
  await mkdir(incoming, { recursive: true });
  await clearAbandoned(incoming);
  let writes = 0;

  return {
    async put(key, content, _contentType) {
      const path = pathOf(settings.folder, key);
      // Several processes may share the folder: the name is this write's alone.
      const temporary = join(incoming, `${crypto.randomUUID()}-${writes++}`);
      await outage(async () => {
        await writeFile(temporary, content);
        try {
          await renameInto(temporary, path);
        } catch (fault) {
          await rm(temporary, { force: true });
          throw fault;
        }
      });
    },

    async get(key) {
      const path = pathOf(settings.folder, key);
      return outage(() => unlessMissing(readFile(path)));
    },

    async delete(keys) {
      const paths = keys.map((key) => pathOf(settings.folder, key));
      await outage(async () => {
        for (const path of paths) await rm(path, { force: true });
      });
    },

    async downloadUrl(key, download) {
      assertBlobKey(key);
      return `${settings.publicUrl}/files/${await signDownloadToken(signer, { key, ...download })}`;
    },

    async open(token, now) {
      const download = await openDownloadToken(signer, token);
      if (!download || download.expiresAt <= now) return null;
      const path = pathOf(settings.folder, download.key);
      const found = await outage(() => unlessMissing(stat(path)));
      if (!found?.isFile()) return null;
      const { fileName, contentType, expiresAt } = download;
      return {
        fileName,
        contentType,
        expiresAt,
        sizeBytes: found.size,
        read: (range) => readRange(path, range),
      };
    },
  } satisfies BlobStore & { open(token: string, now: number): Promise<FileDownload | null> };
}

/** `email/{id}/{rest}` lies in `email/{start of id}/{id}~{rest}`: the grammar of keys has no `~`, dot or backslash. */
function pathOf(folder: string, key: string): string {
  assertBlobKey(key);
  const [kind = "", ...rest] = key.split("/");
  return join(folder, kind, (rest[0] ?? "").slice(0, SHARD_CHARACTERS), rest.join("~") || kind);
}

/** A rename shows the old content or the new, never a part. The folder is made only when it proves missing. */
async function renameInto(temporary: string, path: string): Promise<void> {
  try {
    await rename(temporary, path);
  } catch (fault) {
    if (!isMissing(fault)) throw fault;
    await mkdir(dirname(path), { recursive: true });
    await rename(temporary, path);
  }
}

async function* readRange(path: string, range?: OctetRange): AsyncGenerator<Uint8Array, void, void> {
  const file = await outage(() => open(path, "r"));
  try {
    let at = range?.start ?? 0;
    const end = range?.end ?? Number.POSITIVE_INFINITY;
    while (at <= end) {
      const piece = new Uint8Array(Math.min(READ_PIECE_BYTES, end - at + 1));
      const { bytesRead } = await outage(() => file.read(piece, 0, piece.length, at));
      if (bytesRead === 0) return;
      at += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function clearAbandoned(incoming: string): Promise<void> {
  const before = Date.now() - ABANDONED_AFTER_MS;
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const left = await unlessMissing(stat(path));
    if (left && left.mtimeMs < before) await rm(path, { force: true });
  }
}

const isMissing = (fault: unknown): boolean =>
  fault instanceof Error && "code" in fault && fault.code === "ENOENT";

async function unlessMissing<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (fault) {
    if (isMissing(fault)) return null;
    throw fault;
  }
}

/** A disk that is full, gone or read-only is an outage of the blobs, whatever the system calls it. */
async function outage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    const code = fault instanceof Error && "code" in fault ? String(fault.code) : "failed";
    throw new OutageError(
      { service: "blobs", cause: "unavailable", retryAfterSeconds: null },
      `the blob folder: ${code}`,
      { cause: fault },
    );
  }
}
