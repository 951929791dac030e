// Work asked for by several at once. A long-lived process lets them share it; on Workers a request that waits for the
// promise of another one hangs when that one ends, so everybody does it.
import type { SharedWork } from "../../core/ports/shared-work.ts";

/** For long-lived runtimes. Nothing is kept once it is done. */
export function makeSharedWork(): SharedWork {
  const running = new Map<string, Promise<unknown>>();
  const next = new Map<string, Promise<unknown>>();

  function join<T>(runs: Map<string, Promise<unknown>>, key: string, begin: () => Promise<T>): Promise<T> {
    const earlier = runs.get(key) as Promise<T> | undefined;
    if (earlier) return earlier;
    const begun = begin().finally(() => runs.delete(key));
    runs.set(key, begun);
    return begun;
  }
  const share = <T>(key: string, work: () => Promise<T>): Promise<T> => join(running, key, work);

  return {
    share,
    shareNext<T>(key: string, work: () => Promise<T>): Promise<T> {
      const current = running.get(key);
      if (!current) return share(key, work);
      const begin = (): Promise<T> => {
        next.delete(key);
        return share(key, work);
      };
      return join(next, key, () => current.then(begin, begin));
    },
  };
}

/** For Workers. */
export const unsharedWork: SharedWork = {
  share: (_key, work) => work(),
  shareNext: (_key, work) => work(),
};
