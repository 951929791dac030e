// Postrider on Node 24 or newer, which runs the TypeScript sources as they are. The sandbox runs beside it.
import process from "node:process";
import { serve, type ServerType } from "@hono/node-server";
import { openEmbedded } from "../../adapters/libsql/embedded/node-sqlite.ts";
import { plainBody, streamedBody } from "../../adapters/system/known-length-body.ts";
import { runOrExplain } from "./run-or-explain.ts";
import { start } from "./start.ts";

/** Node lets a connection that was busy when the server closed wait 5 s for another request. */
const IDLE_SWEEP_MS = 50;
const closeIdle = (server: ServerType): void => {
  if ("closeIdleConnections" in server) server.closeIdleConnections();
};

await runOrExplain(() =>
  start(process.env, {
    openEmbedded,
    schedule: null,
    knownLengthBody: streamedBody,
    wholeBody: plainBody,
    startSandbox: null,
    serve: async (listen) => {
      const server = serve(listen);
      await new Promise((resolve, reject) => server.once("listening", resolve).once("error", reject));
      return () =>
        new Promise((resolve) => {
          const sweep = setInterval(() => closeIdle(server), IDLE_SWEEP_MS);
          server.close(() => {
            clearInterval(sweep);
            resolve();
          });
        });
    },
  }),
);
