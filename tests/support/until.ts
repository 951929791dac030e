// Waiting for something to become true, by asking again in small steps and not for ever.

const STEP_MS = 10;
const STEP_MS_MAX = 100;
/** A machine that does many other things at once; nothing here takes that long on a quiet one. */
const WAIT_MS_MAX = 25_000;

/** Reads until it is so, and answers what was read; otherwise an error that shows what was read last. */
export async function until<T>(
  what: string,
  read: () => Promise<T>,
  isSo: (value: T) => boolean,
  waitMsMax: number = WAIT_MS_MAX,
): Promise<T> {
  const startedAt = performance.now();
  for (let step = STEP_MS; ; step = Math.min(step * 1.5, STEP_MS_MAX)) {
    const value = await read();
    if (isSo(value)) return value;
    if (performance.now() - startedAt > waitMsMax)
      throw new Error(
        `${what}: not so after ${waitMsMax} ms; last seen: ${JSON.stringify(value)?.slice(0, 2000)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, step));
  }
}
