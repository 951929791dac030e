// Daily capacity begins anew at 00:00 UTC. A test of a whole day's capacity waits for the new day when the old one is about
// to end: once a day for a minute, otherwise not at all.

const DAY_MS = 86_400_000;
const CLEAR_MS = 60_000;

export async function clearOfMidnight(): Promise<void> {
  const leftMs = DAY_MS - (Date.now() % DAY_MS);
  if (leftMs < CLEAR_MS) await new Promise((resolve) => setTimeout(resolve, leftMs));
}
