/**
 * Work that several callers ask for at once is done once, where the runtime allows one request to wait for another's
 * promise; on Workers everybody does it. Nothing is kept once it is done.
 */
export type SharedWork = { share<T>(key: string, work: () => Promise<T>): Promise<T> };
