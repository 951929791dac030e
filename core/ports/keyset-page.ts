/** The last row of the page before: its time (ms) and the sequence that breaks ties. Newest first. */
export type KeysetCursor = { readonly at: number; readonly seq: number };

export type KeysetWindow = { readonly after: KeysetCursor | null; readonly limit: number };

/** `next` is null on the last page, else where the next page goes on. */
export type KeysetPage<T> = { readonly items: readonly T[]; readonly next: KeysetCursor | null };
