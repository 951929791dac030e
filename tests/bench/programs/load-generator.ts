// Posts prepared bodies as fast as they are answered, a fixed number at once (a closed loop), and measures each request
// from before it is sent until its answer has been read.
import type { Job, JobResult } from "../load.ts";
import { quantile } from "../rounds.ts";

async function run(job: Job): Promise<JobResult> {
  const latenciesMs: number[] = [];
  let next = 0;
  let failure: string | null = null;
  const post = async (body: string): Promise<void> => {
    const startedAt = performance.now();
    const answer = await fetch(job.url, { method: "POST", headers: job.headers, body });
    const text = await answer.text();
    latenciesMs.push(performance.now() - startedAt);
    if (answer.status !== job.expectedStatus) failure ??= `${answer.status} ${text}`;
  };
  const worker = async (): Promise<void> => {
    while (next < job.requests && failure === null) await post(job.bodies[next++ % job.bodies.length] ?? "");
  };

  const startedAt = performance.now();
  await Promise.all(Array.from({ length: job.concurrency }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  if (failure !== null) return { kind: "failed", reason: failure };
  return { kind: "done", requestsPerSecond: job.requests / seconds, p99Ms: quantile(latenciesMs, 0.99) };
}

process.on("message", (job: Job) => {
  void run(job)
    .catch((fault: unknown): JobResult => ({ kind: "failed", reason: String(fault) }))
    .then((result) => process.send?.(result));
});
process.send?.("ready");
