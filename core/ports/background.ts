/**
 * Work that goes on after the answer. The promise must not reject; on Workers it becomes `waitUntil`, elsewhere it
 * just runs. Nothing that must happen may depend on it: it is lost when the process ends.
 */
export type Background = { after(work: Promise<unknown>): void };
