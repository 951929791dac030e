// Postrider on Cloudflare Workers: a remote database, S3 or R2 for contents, no sandbox and no folder. Each request has its
// own database client; what is kept between requests are plain values (settings, derived keys, recognised callers).
import { makeWorkerApp, type WorkerEnvironment, type WorkerExecution } from "./worker-app.ts";

let app: ReturnType<typeof makeWorkerApp> | undefined;

export default {
  async fetch(
    request: Request,
    environment: WorkerEnvironment,
    execution: WorkerExecution,
  ): Promise<Response> {
    app ??= makeWorkerApp(environment);
    const answered = Promise.resolve(app.fetch(request, environment, execution));
    // A client that leaves ends its request, but a send that has begun shall learn whether the provider took the message.
    execution.waitUntil(answered);
    const answer = await answered;
    await readUnread(request);
    return answer;
  },

  /** By a cron trigger, every minute. */
  scheduled(_event: unknown, environment: WorkerEnvironment, execution: WorkerExecution): Promise<void> {
    app ??= makeWorkerApp(environment);
    return app.tick(execution);
  },
};

/** A larger rest is not worth its transfer: that connection ends. */
const UNREAD_BYTES_MAX = 1024 * 1024;

/**
 * A request may be refused before its body is read. workerd then closes the connection after the answer, on which the
 * client may be sending its next request already (measured: one in four of them was lost).
 */
async function readUnread(request: Request): Promise<void> {
  const size = request.headers.get("Content-Length");
  if (request.body === null || request.bodyUsed || size === null || Number(size) > UNREAD_BYTES_MAX) return;
  await request.arrayBuffer().catch(() => undefined);
}
