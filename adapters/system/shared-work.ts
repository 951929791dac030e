// Work asked for by several at once. A long-lived process lets them share it; on Workers a request that waits for the
// promise of another one hangs when that one ends, so everybody does it.
import type { SharedWork } from "../../core/ports/shared-work.ts";

/** For long-lived runtimes. Nothing is kept once it is done. */
export function makeSharedWork(): SharedWork {
  const running = new Map<string, Promise<unknown>>();
  return {
    share<T>(key: string, work: () => Promise<T>): Promise<T> {
      const earlier = running.get(key) as Promise<T> | undefined;
      if (earlier) return earlier;
      const begun = work().finally(() => running.delete(key));
      running.set(key, begun);
      return begun;
    },
  };
}

/** For Workers. */
export const unsharedWork: SharedWork = { share: (_key, work) => work() };
