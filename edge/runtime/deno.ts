// Postrider on Deno: `deno run --allow-all edge/runtime/deno.ts`, with the same node_modules. The sandbox runs beside it.
import process from "node:process";
import { openEmbedded } from "../../adapters/libsql/embedded/node-sqlite.ts";
import { blobBody, sentOnceBody } from "../../adapters/system/known-length-body.ts";
import { runOrExplain } from "./run-or-explain.ts";
import { start } from "./start.ts";

/** What is used of it: the project is type-checked without Deno's types. */
declare const Deno: {
  serve(
    options: { readonly hostname: string; readonly port: number; readonly onListen: () => void },
    handler: (request: Request) => Response | Promise<Response>,
  ): { shutdown(): Promise<void> };
};

await runOrExplain(() =>
  start(process.env, {
    openEmbedded,
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
