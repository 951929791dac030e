// Asks the load generator (programs/load-generator.ts) to post requests, so many at once, and says how it went.
import { type BenchProgram, startBenchProgram } from "./bench-program.ts";

/** What to post. The requests take the bodies in turn, each as often as it takes to reach `requests`. */
export type Job = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: readonly string[];
  readonly requests: number;
  readonly concurrency: number;
  readonly expectedStatus: number;
};

export type JobResult =
  | { readonly kind: "done"; readonly requestsPerSecond: number; readonly p99Ms: number }
  | { readonly kind: "failed"; readonly reason: string };

export type LoadGenerator = {
  /** Throws when a request is not answered with the status expected. */
  post(job: Job): Promise<Extract<JobResult, { kind: "done" }>>;
  stop(): Promise<void>;
};

export async function startLoadGenerator(): Promise<LoadGenerator> {
  const program: BenchProgram<unknown> = await startBenchProgram("load-generator");
  return {
    async post(job) {
      const result = (await program.ask(job)) as JobResult;
      if (result.kind === "failed") throw new Error(`the load failed: ${result.reason}`);
      return result;
    },
    stop: () => program.stop(),
  };
}
