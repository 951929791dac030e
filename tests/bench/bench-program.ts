// The bench's own programs (tests/bench/programs): each a process of its own, so that what is measured shares no event
// loop with what measures it. They speak by messages: the first one says that the program is ready.
import { join } from "node:path";

export type BenchProgram<Ready> = {
  readonly ready: Ready;
  readonly pid: number;
  /** Sends a message and answers the next one that comes back. */
  ask(message: unknown): Promise<unknown>;
  stop(): Promise<void>;
};

const FOLDER = join(import.meta.dir, "programs");

/** Starts `programs/{name}.ts`. Throws when it ends before it is ready. */
export async function startBenchProgram<Ready>(
  name: string,
  ...args: readonly string[]
): Promise<BenchProgram<Ready>> {
  let take: ((message: unknown) => void) | undefined;
  const nextMessage = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      take = resolve;
      void child.exited.then((code) => reject(new Error(`the bench program ${name} ended with ${code}`)));
    });
  const child = Bun.spawn([process.execPath, join(FOLDER, `${name}.ts`), ...args], {
    stdout: "ignore",
    stderr: "inherit",
    ipc: (message: unknown) => take?.(message),
  });
  const ready = (await nextMessage()) as Ready;
  return {
    ready,
    pid: child.pid,
    ask(message) {
      const answer = nextMessage();
      child.send(message);
      return answer;
    },
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** A program that serves HTTP. */
export type Serving = { readonly url: string };
