/**
 * Work that several callers ask for at once, where the runtime allows one request to wait for another's promise; on Workers
 * everybody does it. Nothing is kept once it is done.
 *
 * - `share`: done once for all who ask while it is under way.
 * - `shareNext`: the same, but only a run that begins from now on will do, because a running one may have looked already:
 *   while one runs, one more follows it, for all who ask meanwhile.
 */
export type SharedWork = {
  share<T>(key: string, work: () => Promise<T>): Promise<T>;
  shareNext<T>(key: string, work: () => Promise<T>): Promise<T>;
};
