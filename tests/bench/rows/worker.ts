// The Worker: how large it is as Cloudflare counts, and how long it takes from its start to its first answer. workerd and
// miniflare take their own time to start, whatever they run: an empty Worker, started in turn with ours, says how much.
import { join } from "node:path";
import type { Readable } from "node:stream";
import { Miniflare } from "miniflare";
import { buildWorker, WORKER_COMPATIBILITY, WORKER_GZIP_BYTES_MAX } from "../../../edge/cli/build-worker.ts";
import { temporaryFolder } from "../../support/program.ts";
import { type BenchRow, type Figure, within } from "../figure.ts";
import { median, takeTurns } from "../rounds.ts";

const STARTS = 10;
const START_MS_MAX = 100;
const EMPTY = `export default { fetch: () => new Response("alive") };`;
/** Settings that are in order; nothing is reached by them, since being alive needs nothing. */
const BINDINGS = {
  PUBLIC_URL: "http://127.0.0.1:1",
  SANDBOX_URL: "http://127.0.0.1:1",
  DATABASE_URL: "http://127.0.0.1:1",
  BLOB_STORE: "s3://bucket/prefix",
  SIGNING_KEYS: `k1:${btoa("s".repeat(32))}`,
  OPERATOR_API_KEY: "operator-key-of-the-bench-0123456789",
};

/** Milliseconds from nothing to the answer. */
async function start(folder: string, path: string): Promise<number> {
  const startedAt = performance.now();
  const worker = new Miniflare({
    modules: [{ type: "ESModule", path }],
    modulesRoot: folder,
    compatibilityDate: WORKER_COMPATIBILITY.compatibility_date,
    compatibilityFlags: [...WORKER_COMPATIBILITY.compatibility_flags],
    bindings: BINDINGS,
    cf: false,
    // Its log lines.
    handleRuntimeStdio: (...streams: Readable[]) => void streams.map((stream) => stream.resume()),
  });
  try {
    const answer = await fetch(new URL("/healthz", await worker.ready));
    await answer.text();
    if (!answer.ok) throw new Error(`the Worker answered ${answer.status}`);
    return performance.now() - startedAt;
  } finally {
    await worker.dispose();
  }
}

async function run(): Promise<readonly Figure[]> {
  const folder = await temporaryFolder();
  try {
    const built = await buildWorker(folder.path);
    const empty = join(folder.path, "empty.js");
    await Bun.write(empty, EMPTY);
    const taken = await takeTurns(
      { ours: () => start(folder.path, built.path), empty: () => start(folder.path, empty) },
      STARTS,
    );
    const [ours, without] = [median(taken.ours), median(taken.empty)];
    return [
      within("Worker, gzip", built.gzipBytes / 1024, WORKER_GZIP_BYTES_MAX / 1024, "KB"),
      {
        ...within("Worker, start to first answer, beyond an empty one", ours - without, START_MS_MAX, "ms"),
        reference: `${Math.round(without)} ms empty`,
      },
    ];
  } finally {
    await folder.remove();
  }
}

export const workerRow: BenchRow = { name: "worker", run };
