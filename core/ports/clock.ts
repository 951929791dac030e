/** The present time in milliseconds since 1970-01-01T00:00:00Z. Core never reads a clock of its own. */
export type Clock = { now(): number };

/** Clocks of instances differ by less than this: a stored time farther ahead is one of a clock that had jumped. */
export const CLOCK_JUMP_MS = 300_000;
