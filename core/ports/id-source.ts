import type { Id } from "../ids.ts";

/** New ids, UUID v7, never the same twice. Core draws no random numbers of its own. */
export type IdSource = { newId(): Id };
