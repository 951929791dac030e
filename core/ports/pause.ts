/** Resolves after so many milliseconds. Core has no timers of its own. */
export type Pause = (ms: number) => Promise<void>;
