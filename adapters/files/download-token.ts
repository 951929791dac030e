// What a download URL of ours says: which blob, under which name and type, until when. Signed, so that none of it can be
// changed; not secret, so nothing secret is in it.
import type { BlobDownload } from "../../core/ports/blob-store.ts";
import type { TokenSigner } from "../../core/ports/token-signer.ts";

const PURPOSE = "download";

export type DownloadToken = BlobDownload & { readonly key: string };

export const signDownloadToken = (signer: TokenSigner, download: DownloadToken): Promise<string> =>
  signer.sign(
    PURPOSE,
    JSON.stringify([download.key, download.fileName, download.contentType, download.expiresAt]),
  );

/** Null for a token that we did not sign. Its expiry is not judged here. */
export async function openDownloadToken(signer: TokenSigner, token: string): Promise<DownloadToken | null> {
  const payload = await signer.verify(PURPOSE, token);
  if (payload === null) return null;
  // Ours by its signature: the shape is the one above.
  const [key, fileName, contentType, expiresAt] = JSON.parse(payload) as [string, string, string, number];
  return { key, fileName, contentType, expiresAt };
}
