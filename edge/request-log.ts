// Request ids, and one structured log line per request. A line never holds a path, query, header or body: those carry
// addresses, subjects and secrets. The route pattern, status and time say what happened.
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { AppEnv } from "./app-env.ts";

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

export type LogLine = Readonly<Record<string, string | number | boolean | null>>;
export type Log = (line: LogLine) => void;

/** Gives each request its id (the one sent in when it is well-formed), answers it, and logs how the request ended. */
export function requestLog(log: Log): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const startedAt = performance.now();
    const sent = context.req.header("x-request-id");
    const requestId = sent && REQUEST_ID.test(sent) ? sent : crypto.randomUUID();
    context.set("requestId", requestId);
    await next();
    context.res.headers.set("X-Request-Id", requestId);
    log({
      level: context.res.status >= 500 ? "error" : "info",
      message: "request",
      request_id: requestId,
      method: context.req.method,
      route: routePath(context, -1),
      status: context.res.status,
      duration_ms: Math.round(performance.now() - startedAt),
      workspace_id: context.get("workspaceId") ?? null,
      code: context.get("problemCode") ?? null,
      // A provider's own words, for the operator; whatever looks like an address in them is taken out.
      reason: context.get("reason")?.replace(/[^\s<>"']+@[^\s<>"',]+/g, "[address]") ?? null,
    });
  };
}
