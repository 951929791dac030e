// `POST /hooks/sns`: notifications of the mail provider. 200 only once an event is durable; 403 for what is not genuine
// (SNS does not repeat a 4xx); trouble of ours is a 5xx, so that SNS sends it again.
import type { OpenAPIHono } from "@hono/zod-openapi";
import { receiveNotification } from "../../core/email/receive-notification.ts";
import type { AppEnv } from "../app-env.ts";
import { problem } from "../problem.ts";
import { readBody } from "../request-body.ts";

/** SNS sends at most 256 KB, escaped once more as JSON. */
const NOTIFICATION_BYTES_MAX = 512 * 1024;
/** SNS posts JSON as text unless the subscription says otherwise; without a type it is read as that. */
const CONTENT_TYPES = /^(?:text\/plain|application\/json|)$/;

export function mountSnsHook(app: OpenAPIHono<AppEnv>): void {
  app.post("/hooks/sns", async (context) => {
    const ports = context.get("ports");
    const type = context.req.header("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
    if (!CONTENT_TYPES.test(type))
      return problem(context, { kind: "unsupported_media_type", expected: "text/plain or application/json" });
    const body = await readBody(context.req.raw, {
      maxBytes: NOTIFICATION_BYTES_MAX,
      budget: ports.bodyBudget,
    });
    if (!body.ok) return problem(context, body.error);
    try {
      const taken = await receiveNotification(ports, body.value.octets);
      // SNS shows its answers to nobody: whoever sets up a topic or a rule finds out here what is wrong with it.
      const told = taken.ok ? taken.value : taken.error;
      if ("reason" in told) context.set("reason", told.reason);
      return taken.ok ? context.text(taken.value.kind) : problem(context, taken.error);
    } finally {
      body.value.release();
    }
  });
}
