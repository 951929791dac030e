/**
 * How many pieces of one heavy kind of work this process has in hand at once. `take` answers what gives the place back, to be
 * called in a `finally`; null when there is none and nobody is to wait for one: the work is left to the next tick.
 */
export type Slots = { take(): Promise<(() => void) | null> };
