// A bound on heavy work that many ask for at once. Long-lived processes make them wait in line; on Workers a request that
// waits for another one hangs when that one ends, so nobody waits there.
import type { Slots } from "../../core/ports/slots.ts";

/** For long-lived runtimes: first come, first served. Beyond `waitingMax` in line nobody waits. */
export function makeQueuedSlots(count: number, waitingMax: number): Slots {
  let free = count;
  const line: ((release: () => void) => void)[] = [];
  const release = (): void => {
    const next = line.shift();
    if (next) next(once(release));
    else free += 1;
  };
  return {
    take() {
      if (free > 0) {
        free -= 1;
        return Promise.resolve(once(release));
      }
      if (line.length >= waitingMax) return Promise.resolve(null);
      return new Promise((resolve) => line.push(resolve));
    },
  };
}

/** For Workers. A request may end there without its `finally`: what it took is free again after `lapsesAfterMs`. */
export function makeLapsingSlots(count: number, lapsesAfterMs: number, now: () => number): Slots {
  const taken = new Set<{ readonly lapsesAt: number }>();
  return {
    take() {
      for (const one of taken) if (one.lapsesAt <= now()) taken.delete(one);
      if (taken.size >= count) return Promise.resolve(null);
      const mine = { lapsesAt: now() + lapsesAfterMs };
      taken.add(mine);
      return Promise.resolve(() => void taken.delete(mine));
    },
  };
}

function once(release: () => void): () => void {
  let isReleased = false;
  return () => {
    if (isReleased) return;
    isReleased = true;
    release();
  };
}
