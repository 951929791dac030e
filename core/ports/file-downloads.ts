/** Octets from `start` to `end`, both inclusive, counted from 0 (as in RFC 9110 section 14.1.2). */
export type OctetRange = { readonly start: number; readonly end: number };

export type FileDownload = {
  /** For `Content-Disposition`. */
  readonly fileName: string;
  /** For `Content-Type`. */
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly expiresAt: number;
  /**
   * The octets of the range, or all of them, in pieces, as they are asked for: ending the iteration early closes the
   * file. The range must lie inside the file.
   */
  read(range?: OctetRange): AsyncGenerator<Uint8Array, void, void>;
};

/**
 * Files served by us, under the signed URLs a folder-backed BlobStore gives out.
 * `open` answers null, all alike, for a forged token, one that has expired at `now` (ms), and a blob that is gone.
 */
export type FileDownloads = { open(token: string, now: number): Promise<FileDownload | null> };
