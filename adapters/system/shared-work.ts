// Work asked for by several at once. A long-lived process lets them share it; on Workers a request that waits for the
// promise of another one hangs when that one ends, so everybody does it.
import type { SharedWork } from "../../core/ports/shared-work.ts";

/** For long-lived runtimes. Nothing is kept once it is done. */
export function makeSharedWork(): SharedWork {
  const running = new Map<string, Promise<unknown>>();
  const next = new Map<string, Promise<unknown>>();

  function share<T>(key: string, work: () => Promise<T>): Promise<T> {
    const earlier = running.get(key) as Promise<T> | undefined;
    if (earlier) return earlier;
    const begun = work().finally(() => running.delete(key));
    running.set(key, begun);
    return begun;
  }

  function shareNext<T>(key: string, work: () => Promise<T>): Promise<T> {
    const waiting = next.get(key) as Promise<T> | undefined;
    if (waiting) return waiting;
    const current = running.get(key);
    if (!current) return share(key, work);
    const begin = (): Promise<T> => {
      next.delete(key);
      return share(key, work);
    };
    const following = current.then(begin, begin);
    next.set(key, following);
    return following;
  }

  return { share, shareNext };
}

/** For Workers. */
export const unsharedWork: SharedWork = {
  share: (_key, work) => work(),
  shareNext: (_key, work) => work(),
};
