// The HTTP application: every operation on its paths, the hooks, the files and the documents. It is handed its ports by
// the runtime (once, or per request on Workers) and knows neither an adapter nor a runtime.
import { OpenAPIHono } from "@hono/zod-openapi";
import { OutageError } from "../core/outage.ts";
import type { AppEnv } from "./app-env.ts";
import { channelOperations } from "./channels/operations.ts";
import { type DocsAssets, mountDocs } from "./docs/portal.ts";
import { mountOpenapi } from "./docs/openapi-document.ts";
import { DOWNLOAD_PATH, downloadFile } from "./email/download-file.ts";
import { emailOperations } from "./email/operations.ts";
import { inboundOperations } from "./inbound/operations.ts";
import { headLength } from "./head-length.ts";
import { mountAlive, mountReady } from "./health.ts";
import { mountSnsHook } from "./hooks/sns-hook.ts";
import { mountTwilioHook } from "./hooks/twilio-hook.ts";
import { mount } from "./mount.ts";
import { operatorOperations } from "./operator/operations.ts";
import type { Ports } from "./ports.ts";
import { problem, refusalOfOutage } from "./problem.ts";
import { type Log, requestLog } from "./request-log.ts";
import { suppressionOperations } from "./suppression/operations.ts";
import { mountUnsubscribeLink } from "./unsubscribe/unsubscribe-link.ts";
import { workspaceOperations } from "./workspace/operations.ts";

export type AppOptions = {
  /** The ports of one request: the same ones each time on long-lived runtimes, fresh ones on Workers. */
  readonly portsFor: (request: Request, executionContext: unknown) => Ports | Promise<Ports>;
  readonly log: Log;
  readonly docsAssets: DocsAssets;
};

export function makeApp({ portsFor, log, docsAssets }: AppOptions): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>();
  app.use(requestLog(log));
  app.use(headLength);
  // What needs no ports comes before them: on Workers they begin with asking the database.
  mountAlive(app);
  mountOpenapi(app);
  mountDocs(app, docsAssets);
  app.use(async (context, next) => {
    context.set("ports", await portsFor(context.req.raw, executionContextOf(context)));
    await next();
  });
  const operations = [
    workspaceOperations,
    channelOperations,
    suppressionOperations,
    inboundOperations,
    emailOperations,
    operatorOperations,
  ];
  for (const operation of operations.flat()) mount(app, operation);
  mountSnsHook(app);
  mountTwilioHook(app);
  mountUnsubscribeLink(app);
  app.get(DOWNLOAD_PATH, (context) => {
    const { fileDownloads, clock } = context.get("ports");
    return fileDownloads
      ? downloadFile(fileDownloads, clock)(context)
      : problem(context, { kind: "file_not_found" });
  });
  mountReady(app);
  app.notFound((context) => problem(context, { kind: "not_found" }));
  app.onError((error, context) => {
    if (error instanceof OutageError) {
      log({
        level: "warn",
        message: "outage",
        request_id: context.get("requestId"),
        ...describeOutage(error),
      });
      return problem(context, refusalOfOutage(error));
    }
    // A bug: the caller gets the request id, the log the stack. Messages of ours hold no addresses or contents.
    log({
      level: "error",
      message: "bug",
      request_id: context.get("requestId"),
      stack: error.stack ?? String(error),
    });
    return problem(context, { kind: "internal_error" });
  });
  return app;
}

const describeOutage = ({ outage, message }: OutageError) => ({
  service: outage.service,
  cause: outage.cause,
  detail: message,
});

/** Only Workers have one; asking for it elsewhere throws. */
function executionContextOf(context: { readonly executionCtx: unknown }): unknown {
  try {
    return context.executionCtx;
  } catch {
    return null;
  }
}
