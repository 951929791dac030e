// The newest so many entries of something that happens all the time: provider calls, posted notifications. In memory
// only: it is for looking at, nothing depends on it.

export type BoundedLog<T> = {
  add(entry: T): void;
  /** Oldest first. */
  entries(): readonly T[];
  clear(): void;
};

export function makeBoundedLog<T>(entriesMax: number): BoundedLog<T> {
  let log: T[] = [];
  return {
    add(entry) {
      log.push(entry);
      // Cutting half at a time keeps an add cheap however long the log.
      if (log.length >= entriesMax * 2) log = log.slice(-entriesMax);
    },
    entries: () => log.slice(-entriesMax),
    clear() {
      log = [];
    },
  };
}
