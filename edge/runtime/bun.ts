// Postrider on Bun: the usual way to run it.
import { openEmbedded } from "../../adapters/libsql/embedded/bun-sqlite.ts";
import { plainBody, streamedBody } from "../../adapters/system/known-length-body.ts";
import { runOrExplain } from "./run-or-explain.ts";
import { start } from "./start.ts";

/** Seconds without an octet either way. Longer than the slowest answer, which waits for a provider's. */
const IDLE_SECONDS_MAX = 120;

await runOrExplain(() =>
  start(process.env, {
    openEmbedded,
    schedule: null,
    knownLengthBody: streamedBody,
    wholeBody: plainBody,
    startSandbox: async (options) => {
      const { startSandbox } = await import("../sandbox/start.ts");
      await startSandbox(options);
    },
    serve: async (listen) => {
      const server = Bun.serve({
        ...listen,
        // Ours is named and answers with a problem; this one only guards the process.
        maxRequestBodySize: Number.MAX_SAFE_INTEGER,
        idleTimeout: IDLE_SECONDS_MAX,
      });
      return () => server.stop();
    },
  }),
);
