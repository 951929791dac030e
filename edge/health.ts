// `GET /healthz`: the process is alive. `GET /readyz`: its storage answers and the migrations are in; never AWS.
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "./app-env.ts";
import { problem } from "./problem.ts";

const NOT_READY_RETRY_SECONDS = 5;

/** Asks nothing and nobody: to be mounted where no ports are made yet. */
export function mountAlive(app: OpenAPIHono<AppEnv>): void {
  app.get("/healthz", (context) => context.json({ status: "alive" }));
}

export function mountReady(app: OpenAPIHono<AppEnv>): void {
  app.get("/readyz", async (context) =>
    (await context.get("ports").isStorageReady())
      ? context.json({ status: "ready" })
      : problem(context, { kind: "storage_unavailable", retryAfterSeconds: NOT_READY_RETRY_SECONDS }),
  );
}
