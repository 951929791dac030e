// The sandbox's HTTP: the services on their paths, and the control paths beside them. Everything is on one port, because
// the product is told each service's address anyway.
import { Hono } from "hono";

import { mountAccountControl } from "./control/account-control.ts";
import { problem } from "./control/control-request.ts";
import { mountInboundControl } from "./control/inbound-control.ts";
import { mountMailboxControl } from "./control/mailbox-control.ts";
import { mountReplyControl } from "./control/reply-control.ts";
import { mountStateControl } from "./control/state-control.ts";
import { mountTwilioControl } from "./control/twilio-control.ts";
import { mountUnsubscribeControl } from "./control/unsubscribe-control.ts";
import { mountZoneControl } from "./control/zone-control.ts";
import { answerDnsQuery } from "./dns/doh.ts";
import { isForSandbox } from "./host-check.ts";
import { answerQuery } from "./query-api.ts";
import { mountS3 } from "./s3/s3-api.ts";
import type { Sandbox } from "./sandbox.ts";
import { mountSes } from "./ses/ses-api.ts";
import { SES_QUERY } from "./ses/ses-query-api.ts";
import { SNS } from "./sns/sns-api.ts";
import { mountTwilio } from "./twilio/twilio-api.ts";

/** What to ask the sandbox itself, for its banner and for whoever asks for something else. */
export const CONTROL_PATHS = [
  "POST /_sandbox/dns/publish",
  "GET /_sandbox/dns",
  "PUT /_sandbox/dns/{name}/{type}",
  "DELETE /_sandbox/dns/{name}/{type}",
  "GET /dns-query?name=&type=",
  "GET /_sandbox/mailbox?to=",
  "GET /_sandbox/mailbox/{id}/raw",
  "POST /_sandbox/mailbox/{id}/events",
  "POST /_sandbox/mailbox/{id}/reply",
  "POST /_sandbox/mailbox/{id}/unsubscribe",
  "POST /_sandbox/inbound?rcpt=",
  "PUT /_sandbox/faults",
  "DELETE /_sandbox/faults",
  "GET /_sandbox/calls",
  "DELETE /_sandbox/calls",
  "GET /_sandbox/state",
  "PUT /_sandbox/account",
  "GET /_sandbox/sns/deliveries",
  "PUT /_sandbox/twilio/accounts/{sid}",
  "PUT /_sandbox/twilio/customer-profiles/{sid}",
  "DELETE /_sandbox/twilio/customer-profiles/{sid}",
  "GET /_sandbox/twilio/phone-numbers/{sid}",
  "PUT /_sandbox/twilio/phone-numbers/{sid}",
  "DELETE /_sandbox/twilio/phone-numbers/{sid}",
  "POST /_sandbox/twilio/phone-numbers/{sid}/calls",
] as const;

export function makeSandboxApp(sandbox: Sandbox): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    if (isForSandbox(c.req.raw.headers, sandbox.port)) return next();
    return problem(
      421,
      "The sandbox answers to 127.0.0.1, localhost and [::1] on its own port, and to no web page.",
    );
  });
  mountSes(app, sandbox);
  mountS3(app, sandbox);
  mountTwilio(app, sandbox);
  for (const [path, service] of [
    ["/sns", SNS],
    ["/ses", SES_QUERY],
  ] as const) {
    app.on(["GET", "POST"], [path, `${path}/`], (c) => answerQuery(sandbox, service, c.req.raw));
  }
  app.get("/:certificate{SimpleNotificationService-[0-9a-f]{32}\\.pem}", async (c) => {
    const key = await sandbox.signingKey();
    if (key.certificatePath !== c.req.path) return problem(404, "No such certificate.");
    return c.body(key.certificatePem, 200, { "content-type": "application/x-pem-file" });
  });
  app.get("/dns-query", (c) => answerDnsQuery(sandbox, c, 1));
  app.get("/dns-query/2", (c) => answerDnsQuery(sandbox, c, 2));
  mountZoneControl(app, sandbox);
  mountMailboxControl(app, sandbox);
  mountReplyControl(app, sandbox);
  mountUnsubscribeControl(app, sandbox);
  mountInboundControl(app, sandbox);
  mountAccountControl(app, sandbox);
  mountTwilioControl(app, sandbox);
  mountStateControl(app, sandbox);
  app.notFound((c) =>
    problem(404, `The sandbox has no ${c.req.method} ${c.req.path}.`, { control_paths: CONTROL_PATHS }),
  );
  app.onError((error) => {
    console.error(error);
    return problem(500, "The sandbox has a bug; its log says where.");
  });
  return app;
}
