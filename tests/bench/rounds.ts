// Measuring on a machine that does other things too: what is compared takes turns, so that a busy moment meets both, and
// the median of the rounds is taken, so that one bad moment decides nothing.

/** The middle value; of an even number the upper one of the two. */
export function median(values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  if (middle === undefined) throw new Error("there is nothing to take the median of");
  return middle;
}

/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/**
 * Measures each subject once a round, after one turn each that warms up and does not count. The order turns with the
 * rounds: whoever comes after another finds its caches.
 */
export async function takeTurns<Name extends string, T>(
  subjects: Readonly<Record<Name, (round: number) => Promise<T>>>,
  rounds: number,
): Promise<Readonly<Record<Name, readonly T[]>>> {
  const names = Object.keys(subjects) as Name[];
  const taken = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<Name, T[]>;
  for (let round = 0; round <= rounds; round++)
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      if (name === undefined) continue;
      const measured = await subjects[name](round);
      if (round > 0) taken[name].push(measured);
    }
  return taken;
}

/** How many times a second `work` can be done, doing it for at least `forMs`. */
export async function perSecond(forMs: number, work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  let times = 0;
  let elapsedMs = 0;
  while (elapsedMs < forMs) {
    const done = work();
    // Waiting for what is there already would cost those who are done at once.
    if (done instanceof Promise) await done;
    times++;
    elapsedMs = performance.now() - startedAt;
  }
  return (times / elapsedMs) * 1000;
}
