// Waiting, by the runtime's timer.
import type { Pause } from "../../core/ports/pause.ts";

export const systemPause: Pause = (ms) => new Promise((resolve) => void setTimeout(resolve, ms));
