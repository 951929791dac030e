// `POST /_sandbox/mailbox/{id}/reply`: the recipient answers a message in their mail program, and the answer arrives where
// the message asked for it (Reply-To, else From). The chain of References is kept, or lost as some programs lose it.
import type { Hono } from "hono";
import { z } from "zod";

import type { MailboxItem } from "../mailbox.ts";
import { writeMessage } from "../reply-message.ts";
import type { Sandbox } from "../sandbox.ts";
import { addressesIn, headerValue } from "../ses/common-headers.ts";
import { receiveMail } from "../ses/receive-mail.ts";
import { problem, readControlBody } from "./control-request.ts";
import { shownArrival } from "./inbound-control.ts";

/** RFC 5322 section 2.2: nothing given here may begin another line. */
const oneLine = z
  .string()
  .max(998)
  .regex(/^\P{Cc}*$/u, "must be one line");
const address = oneLine.regex(/^[^\s<>]+@[a-zA-Z0-9.-]+$/, "is no address such as pat@example.org");
const replyBody = z.strictObject({
  text: z.string(),
  html: z.string().optional(),
  /** In-Reply-To alone is left, as some mail programs and gateways leave it. */
  strip_references: z.boolean().default(false),
  subject: oneLine.optional(),
  /** Somebody else answers: a colleague it was forwarded to. */
  from: address.optional(),
  /** Somewhere else than the message asked for. */
  to: address.optional(),
});

export function mountReplyControl(app: Hono, sandbox: Sandbox): void {
  app.post("/_sandbox/mailbox/:id/reply", async (c) => {
    const found = sandbox.mailbox.get(c.req.param("id"));
    if (found === null) return problem(404, "No such item in any mailbox.");
    const asked = await readControlBody(c, replyBody);
    if (asked instanceof Response) return asked;
    const { item, message } = found;
    const value = (name: string): string => headerValue(message.headers, name) ?? "";
    const to = asked.to ?? addressesIn(value("reply-to"))[0] ?? addressesIn(value("from"))[0];
    if (to === undefined) return problem(409, "The message names nobody to answer.");
    const from = asked.from ?? item.to;
    const messageId = newMessageId(from);
    const octets = writeMessage({
      from,
      to,
      subject: asked.subject ?? replySubject(message.subject),
      messageId,
      inReplyTo: value("message-id"),
      references: asked.strip_references ? [] : referencesOf(found),
      text: asked.text,
      html: asked.html ?? null,
      at: sandbox.clock(),
    });
    const arrived = receiveMail(sandbox, { envelopeFrom: from, recipients: [to], pieces: [octets] });
    return c.json({ ...shownArrival(arrived), reply_message_id: messageId.slice(1, -1) });
  });
}

/** Of the sender's own domain, as mail programs make them. */
export const newMessageId = (from: string): string =>
  `<${crypto.randomUUID()}${from.slice(from.lastIndexOf("@"))}>`;

/** RFC 5322 section 3.6.4: the parent's References, then its Message-ID. */
function referencesOf({ message }: MailboxItem): readonly string[] {
  const idsOf = (name: string): readonly string[] =>
    (headerValue(message.headers, name) ?? "").match(/<[^<>\s]+>/g) ?? [];
  return [...idsOf("references"), ...idsOf("message-id")];
}

/** RFC 5322 section 3.6.5: one "Re: ". */
const replySubject = (subject: string): string => (/^re:/i.test(subject) ? subject : `Re: ${subject}`);
