/**
 * Contents too large for a row. Keys are made of our ids only (`email/{id}/body`), never of names.
 *
 * - `put` is idempotent: the same key again replaces the content as a whole; a reader sees the old or the new, no mix.
 *   When it has answered, a killed process does not lose it.
 * - `get` answers null for an unknown key.
 * - `delete` of unknown keys is no error.
 * - `downloadUrl` answers a URL that lives until `expiresAt` (ms) and serves exactly this blob under this name and
 *   type with `Content-Disposition`; it does not check that the blob exists.
 * - All throw OutageError (`blobs`) when the store does not answer.
 */
export type BlobStore = {
  put(key: string, content: Uint8Array, contentType: string): Promise<void>;
  get(key: string): Promise<Uint8Array | null>;
  delete(keys: readonly string[]): Promise<void>;
  downloadUrl(key: string, download: BlobDownload): Promise<string>;
};

export type BlobDownload = {
  readonly fileName: string;
  /** What the file is served as; the caller has already replaced types that are not on the safe list. */
  readonly contentType: string;
  readonly expiresAt: number;
};
