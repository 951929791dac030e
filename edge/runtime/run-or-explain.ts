// Runs a program until it is told to stop. What stops the start is said in a sentence, without a stack.
import process from "node:process";

/** `run` answers how to stop. SIGINT and SIGTERM let requests under way end; a second signal does not wait. */
export async function runOrExplain(run: () => Promise<() => Promise<void>>): Promise<void> {
  const stop = await run().catch(explain);
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    void stop().finally(() => process.exit(0));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
}

/** Says what is wrong and ends the program with code 1. */
export function explain(fault: unknown): never {
  console.error(fault instanceof Error ? fault.message : String(fault));
  process.exit(1);
}
