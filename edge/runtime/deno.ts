// Postrider on Deno: `deno run --allow-all edge/runtime/deno.ts`, with the same node_modules. The sandbox runs beside it.
// Background work is called for by Deno's cron where that is (`--unstable-cron`), and by a timer elsewhere.
import process from "node:process";
import { openEmbedded } from "../../adapters/libsql/embedded/node-sqlite.ts";
import { blobBody, sentOnceBody } from "../../adapters/system/known-length-body.ts";
import { runOrExplain } from "./run-or-explain.ts";
import { start } from "./start.ts";
import type { Schedule } from "./ticking.ts";

/** What is used of it: the project is type-checked without Deno's types. */
declare const Deno: {
  serve(
    options: { readonly hostname: string; readonly port: number; readonly onListen: () => void },
    handler: (request: Request) => Response | Promise<Response>,
  ): { shutdown(): Promise<void> };
  /** There with --unstable-cron only; on Deno Deploy it starts a program that sleeps. */
  readonly cron?: (
    name: string,
    schedule: string,
    options: { readonly signal: AbortSignal },
    work: () => Promise<void>,
  ) => Promise<void>;
};

/** Every minute, the finest a cron can. */
const byCron =
  (cron: NonNullable<typeof Deno.cron>): Schedule =>
  (work) => {
    const stopped = new AbortController();
    void cron("tick", "* * * * *", { signal: stopped.signal }, work);
    return () => stopped.abort();
  };

await runOrExplain(() =>
  start(process.env, {
    openEmbedded,
    schedule: Deno.cron ? byCron(Deno.cron) : null,
    knownLengthBody: blobBody,
    wholeBody: sentOnceBody,
    startSandbox: null,
    serve: async ({ hostname, port, fetch }) => {
      // Without a listener of ours Deno prints its own line.
      const server = Deno.serve({ hostname, port, onListen: () => undefined }, fetch);
      return () => server.shutdown();
    },
  }),
);
