/** A window into a list in creation order: `offset` items are skipped, at most `limit` answered. */
export type OffsetWindow = { readonly offset: number; readonly limit: number };

/** `total` is exact at the time of the read. */
export type OffsetPage<T> = { readonly items: readonly T[]; readonly total: number };
