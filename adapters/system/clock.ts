// The machine's clock. On Workers it stands still between one I/O and the next, which no caller minds.
import type { Clock } from "../../core/ports/clock.ts";

export const systemClock: Clock = { now: () => Date.now() };
