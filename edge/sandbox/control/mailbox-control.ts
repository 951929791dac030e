// Looking into the mailboxes, and doing to a message what its recipient or their server might: opening, clicking,
// complaining, bouncing it. Members of the SES event may be given and are laid over the usual ones.
import type { Context, Hono } from "hono";
import { z } from "zod";

import type { MailboxItem } from "../mailbox.ts";
import type { MailboxRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import {
  bounceBody,
  clickBody,
  complaintBody,
  deliveryBody,
  deliveryDelayBody,
  type EventMoment,
  openBody,
  rejectBody,
  renderingFailureBody,
} from "../ses/event-bodies.ts";
import { type EventBody, type EventKind, publishEvent } from "../ses/events.ts";
import { problem, readControlBody, unknownQuery } from "./control-request.ts";

const timestamp = z.iso.datetime().optional();
const addressed = z.array(z.looseObject({ emailAddress: z.string() })).min(1);
const engagement = {
  timestamp,
  ipAddress: z.string().optional(),
  userAgent: z.string().optional(),
  isBotEvent: z.enum(["Likely", "Unlikely"]).optional(),
};
const bounce = {
  timestamp,
  feedbackId: z.string().optional(),
  bouncedRecipients: addressed.optional(),
  reportingMTA: z.string().optional(),
};

/** Where SES's events hold these members. */
const MEMBER_OF: Readonly<Record<string, string>> = {
  delivery: "delivery",
  bounce: "bounce",
  auto_reply: "bounce",
  complaint: "complaint",
  reject: "reject",
  open: "open",
  click: "click",
  delivery_delay: "deliveryDelay",
  rendering_failure: "failure",
};

/** `{type, bounce: {bounceType}}`, as an event has it, is taken as `{type, bounceType}`. */
function flattened(body: unknown): unknown {
  if (typeof body !== "object" || body === null || !("type" in body)) return body;
  const member = MEMBER_OF[String(body.type)];
  if (member === undefined) return body;
  const { [member]: nested, ...rest } = body as Record<string, unknown>;
  return typeof nested === "object" && nested !== null ? { ...rest, ...nested } : body;
}

// Member names are SES's own, therefore in its case.
const eventMembers = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("send") }),
  z.strictObject({
    type: z.literal("delivery"),
    timestamp,
    processingTimeMillis: z.int().min(0).optional(),
    recipients: z.array(z.string()).optional(),
    smtpResponse: z.string().optional(),
    reportingMTA: z.string().optional(),
    remoteMtaIp: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal("bounce"),
    bounceType: z.enum(["Permanent", "Transient", "Undetermined"]).optional(),
    bounceSubType: z.string().optional(),
    ...bounce,
  }),
  z.strictObject({ type: z.literal("auto_reply"), ...bounce }),
  z.strictObject({
    type: z.literal("complaint"),
    timestamp,
    feedbackId: z.string().optional(),
    complainedRecipients: addressed.optional(),
    complaintSubType: z.string().nullable().optional(),
    complaintFeedbackType: z.string().optional(),
    userAgent: z.string().optional(),
    arrivalDate: z.iso.datetime().optional(),
  }),
  z.strictObject({ type: z.literal("reject"), reason: z.string().optional() }),
  z.strictObject({ type: z.literal("open"), ...engagement }),
  z.strictObject({
    type: z.literal("click"),
    ...engagement,
    link: z.string().optional(),
    linkTags: z.record(z.string(), z.array(z.string())).nullable().optional(),
  }),
  z.strictObject({
    type: z.literal("delivery_delay"),
    timestamp,
    delayType: z.string().optional(),
    expirationTime: z.iso.datetime().optional(),
    reportingMTA: z.string().optional(),
    delayedRecipients: addressed.optional(),
  }),
  z.strictObject({
    type: z.literal("rendering_failure"),
    templateName: z.string().optional(),
    errorMessage: z.string().optional(),
  }),
]);
const eventBody = z.preprocess(flattened, eventMembers);
type EventAsked = z.infer<typeof eventMembers>["type"];

const EVENT_BODIES: Record<EventAsked, readonly [EventKind, (moment: EventMoment) => EventBody]> = {
  send: ["send", () => ({})],
  delivery: ["delivery", deliveryBody],
  bounce: ["bounce", (moment) => bounceBody(moment, "Permanent", "General")],
  // What an out-of-office answer looks like to SES.
  auto_reply: ["bounce", (moment) => bounceBody(moment, "Transient", "General")],
  complaint: ["complaint", complaintBody],
  reject: ["reject", rejectBody],
  open: ["open", openBody],
  click: ["click", clickBody],
  delivery_delay: ["delivery_delay", deliveryDelayBody],
  rendering_failure: ["rendering_failure", renderingFailureBody],
};

export function mountMailboxControl(app: Hono, sandbox: Sandbox): void {
  app.get("/_sandbox/mailbox", (c) => {
    return unknownQuery(c, ["to"]) ?? c.json({ items: sandbox.mailbox.list(c.req.query("to")).map(toItem) });
  });

  app.get("/_sandbox/mailbox/:id/raw", (c) => {
    const found = sandbox.mailbox.get(c.req.param("id"));
    if (found === null) return noSuchMail();
    return c.body(sandbox.mailbox.raw(found.message), 200, { "content-type": "message/rfc822" });
  });

  app.post("/_sandbox/mailbox/:id/events", async (c) => {
    const found = sandbox.mailbox.get(c.req.param("id"));
    return found === null ? noSuchMail() : makeEvent(sandbox, c, found);
  });
}

async function makeEvent(sandbox: Sandbox, c: Context, { item, message }: MailboxItem): Promise<Response> {
  const asked = await readControlBody(c, eventBody);
  if (asked instanceof Response) return asked;
  const { type, ...given } = asked;
  const [kind, usual] = EVENT_BODIES[type];
  const moment = { recipient: item.to, acceptedAt: message.acceptedAt, at: sandbox.uniqueTime() };
  const body = { ...usual(moment), ...given };
  const topics = sandbox.store.transaction(() => publishEvent(sandbox, message, kind, body));
  return c.json({ type, event: body, topics }, 202);
}

const toItem = (item: MailboxRecord): object => ({
  id: item.id,
  to: item.to,
  from: item.from,
  subject: item.subject,
  message_id: item.messageId,
  received_at: new Date(item.receivedAt).toISOString(),
});

const noSuchMail = (): Response =>
  problem(404, "No such item in any mailbox.", {
    hint: "GET /_sandbox/mailbox?to= lists what was delivered.",
  });
