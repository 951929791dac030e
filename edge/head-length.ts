// RFC 9110 section 8.6: the Content-Length of an answer to HEAD is what GET would have. Hono answers HEAD by GET and drops
// the body, of which Bun then says that it has no octets. What names its length itself is left alone.
import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./app-env.ts";

export const headLength: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  const { headers, body } = context.res;
  if (context.req.raw.method !== "HEAD" || body === null || headers.has("Content-Length")) return;
  const { byteLength } = await context.res.clone().arrayBuffer();
  headers.set("Content-Length", String(byteLength));
};
