/** The present time in milliseconds since 1970-01-01T00:00:00Z. Core never reads a clock of its own. */
export type Clock = { now(): number };
