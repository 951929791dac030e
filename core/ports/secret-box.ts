/**
 * Keeps secrets of others unreadable at rest. The key is derived from the installation's signing keys: the first seals,
 * all open, so that keys can be rotated.
 *
 * - `seal` answers text of printable characters, another one each time. `purpose` binds it to its place: it opens for
 *   exactly that one.
 * - `open` answers the secret, and whether the newest key sealed it; null when it was sealed for another purpose, with a key that is
 *   no longer known, or was altered.
 */
export type SecretBox = {
  seal(purpose: string, secret: string): Promise<string>;
  open(purpose: string, sealed: string): Promise<OpenedSecret | null>;
};

export type OpenedSecret = { readonly secret: string; readonly isNewestKey: boolean };
