// What a recipient's mail program does when its unsubscribe button is pressed: one POST to the address in the message, as
// Gmail sends it (RFC 8058 section 3.2): no cookies, no referrer, no redirect followed. Only to this machine: the sandbox
// opens no connection off it, whatever a message says.
import type { Hono } from "hono";

import { isLoopbackHost } from "../host-check.ts";
import type { HeaderField } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { problem } from "./control-request.ts";

/** Gmail gives up sooner. */
const TIMEOUT_MS = 10_000;
const ONE_CLICK = "List-Unsubscribe=One-Click";

export function mountUnsubscribeControl(app: Hono, sandbox: Sandbox): void {
  app.post("/_sandbox/mailbox/:id/unsubscribe", async (c) => {
    const found = sandbox.mailbox.get(c.req.param("id"));
    if (found === null) return problem(404, "No such item in any mailbox.");
    const url = oneClickUrl(found.message.headers);
    if (url === null)
      return problem(409, "The message offers no one-click unsubscribe to an address on this machine.");
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: ONE_CLICK,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => null);
    if (answer === null) return problem(502, `Nobody answered at ${url}.`);
    return c.json({ url, status: answer.status, body: await answer.text() });
  });
}

/** RFC 8058 section 3.1: the one URI to post to, if the message says that it may be posted to. */
function oneClickUrl(headers: readonly HeaderField[]): string | null {
  const valueOf = (name: string): string =>
    headers.find((header) => header.name.toLowerCase() === name)?.value ?? "";
  if (valueOf("list-unsubscribe-post").trim() !== ONE_CLICK) return null;
  const uris = [...valueOf("list-unsubscribe").matchAll(/<([^<>\s]+)>/g)].map((match) => match[1] ?? "");
  const url = uris.map((uri) => URL.parse(uri)).find((one) => one !== null && /^https?:$/.test(one.protocol));
  return url && isLoopbackHost(url.hostname) ? url.href : null;
}
