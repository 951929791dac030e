// What a recipient's mail program does when its unsubscribe button is pressed. One POST to the address in the message, as
// Gmail sends it (RFC 8058 section 3.2): no cookies, no referrer, no redirect followed, and only to this machine, for the
// sandbox opens no connection off it, whatever a message says. Or, as others do it, one mail (RFC 2369 section 3.2).
import type { Hono } from "hono";
import { z } from "zod";

import { isLoopbackHost } from "../host-check.ts";
import type { MailboxItem } from "../mailbox.ts";
import type { HeaderField } from "../records.ts";
import { writeMessage } from "../reply-message.ts";
import type { Sandbox } from "../sandbox.ts";
import { addressesIn, headerValue } from "../ses/common-headers.ts";
import { receiveMail } from "../ses/receive-mail.ts";
import { problem, readControlBody } from "./control-request.ts";
import { shownArrival } from "./inbound-control.ts";
import { newMessageId } from "./reply-control.ts";

/** Gmail gives up sooner. */
const TIMEOUT_MS = 10_000;
const ONE_CLICK = "List-Unsubscribe=One-Click";

const unsubscribeBody = z.strictObject({ by: z.enum(["post", "mail"]).default("post") });

export function mountUnsubscribeControl(app: Hono, sandbox: Sandbox): void {
  app.post("/_sandbox/mailbox/:id/unsubscribe", async (c) => {
    const found = sandbox.mailbox.get(c.req.param("id"));
    if (found === null) return problem(404, "No such item in any mailbox.");
    const asked = await readControlBody(c, unsubscribeBody);
    if (asked instanceof Response) return asked;
    const answer = asked.by === "mail" ? unsubscribeByMail(sandbox, found) : await unsubscribeByPost(found);
    return answer instanceof Response ? answer : c.json(answer);
  });
}

async function unsubscribeByPost({ message }: MailboxItem): Promise<object> {
  const url = oneClickUrl(message.headers);
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
  return { url, status: answer.status, body: await answer.text() };
}

/** The mail arrives as any other does, if its address is at a domain that is received for. */
function unsubscribeByMail(sandbox: Sandbox, { item, message }: MailboxItem): object {
  const url = urisOf(message.headers).find(({ protocol }) => protocol === "mailto:");
  const [to] = addressesIn(url?.pathname ?? "");
  if (url === undefined || to === undefined)
    return problem(409, "The message offers no unsubscribe by mail to an address.");
  const octets = writeMessage({
    from: item.to,
    to,
    subject: url.searchParams.get("subject") ?? "unsubscribe",
    messageId: newMessageId(item.to),
    inReplyTo: null,
    references: [],
    text: url.searchParams.get("body") ?? "",
    html: null,
    at: sandbox.clock(),
  });
  const arrived = receiveMail(sandbox, { envelopeFrom: item.to, recipients: [to], pieces: [octets] });
  return { url: url.href, ...shownArrival(arrived) };
}

const urisOf = (headers: readonly HeaderField[]): readonly URL[] =>
  [...(headerValue(headers, "list-unsubscribe") ?? "").matchAll(/<([^<>\s]+)>/g)]
    .map((match) => URL.parse(match[1] ?? ""))
    .filter((url) => url !== null);

/** RFC 8058 section 3.1: the one URI to post to, if the message says that it may be posted to. */
function oneClickUrl(headers: readonly HeaderField[]): string | null {
  if (headerValue(headers, "list-unsubscribe-post")?.trim() !== ONE_CLICK) return null;
  const url = urisOf(headers).find(({ protocol }) => /^https?:$/.test(protocol));
  return url !== undefined && isLoopbackHost(url.hostname) ? url.href : null;
}
