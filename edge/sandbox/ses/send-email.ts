// SendEmail with raw content. SES: "SendEmail". Looks at everything SES looks at before it takes a message; then keeps
// it, delivers it into the sandbox's mailboxes, and publishes what would follow. Simple and templated content are not
// played.
import { randomBytes } from "node:crypto";
import { decodeWords } from "postal-mime";
import { z } from "zod";

import { parseMx, zoneValues } from "../dns/zone.ts";
import type { HeaderField, SentMessageRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { assertWithinQuota, countSent } from "./account.ts";
import { authorizeSend, type SendAuthorized } from "./authorize-send.ts";
import { assertSendable, isInfected } from "./check-message.ts";
import { type DeliveredMessage, deliveredMessage, mailDate } from "./delivered-message.ts";
import { type Envelope, readEnvelope } from "./envelope.ts";
import { bounceBody, complaintBody, deliveryBody, rejectBody } from "./event-bodies.ts";
import { publishEvent } from "./events.ts";
import { decodeBlob } from "./json-body.ts";
import { INBOUND_HOST, receiveMail } from "./receive-mail.ts";
import { fieldValue, type ScannedMessage, scanMessage } from "./scan-message.ts";
import { badRequest, parseBody, type SesOperation } from "./ses-operation.ts";
import { objectName } from "./ses-schema.ts";
import { simulatedFate } from "./simulator.ts";
import { suppressedBy } from "./suppression-list.ts";

const TAGS_MAX = 50;
/** "ASCII letters, numbers, underscores or dashes, at most 256 characters"; of `ses:` names two may be given. */
const tagName = z.string().regex(/^([A-Za-z0-9_-]{1,256}|ses:feedback-id-[ab])$/);
const tagValue = z.string().regex(/^[A-Za-z0-9_-]{1,256}$/);
const addresses = z.array(z.string()).optional();

const sendBody = z.object({
  FromEmailAddress: z.string().min(1).optional(),
  Destination: z
    .object({ ToAddresses: addresses, CcAddresses: addresses, BccAddresses: addresses })
    .optional(),
  Content: z.object({ Raw: z.object({ Data: z.string() }).optional() }),
  EmailTags: z
    .array(z.object({ Name: tagName, Value: tagValue }))
    .max(TAGS_MAX)
    .default([]),
  ConfigurationSetName: objectName.optional(),
  TenantName: objectName.optional(),
});
type SendBody = z.infer<typeof sendBody>;

export const sendEmail: SesOperation = (sandbox, input) => {
  const body = parseBody(sendBody, input);
  if (body.Content.Raw === undefined) throw badRequest("The sandbox takes raw content only.");
  const octets = decodeBlob(input, body.Content.Raw.Data);
  const message = scanMessage(octets);
  assertSendable(message, octets.length);
  const envelope = readEnvelope(body, message);
  const authorized = authorizeSend(sandbox, {
    envelope,
    // A parameter wins over the header of the same meaning.
    tenantName: body.TenantName ?? fieldValue(message.fields, "x-ses-tenant"),
    configurationSet: body.ConfigurationSetName ?? fieldValue(message.fields, "x-ses-configuration-set"),
  });
  const simulated = envelope.recipients.filter((to) => simulatedFate(to) !== null).length;
  assertWithinQuota(sandbox, envelope.recipients.length, simulated);

  const acceptedAt = sandbox.clock();
  const messageId = makeMessageId(acceptedAt);
  const written = deliveredMessage({
    message,
    octets,
    messageId,
    acceptedAt,
    mailFromDomain: authorized.mailFromDomain,
    feedbackTags: feedbackTags(body),
  });
  const sent: SentMessageRecord = {
    messageId,
    acceptedAt,
    source: body.FromEmailAddress ?? fieldValue(message.fields, "from") ?? "",
    identity: authorized.identity.name,
    destination: envelope.recipients,
    configurationSet: authorized.set?.name ?? null,
    tenantName: authorized.tenant?.name ?? null,
    tags: eventTags(body, envelope, authorized),
    headers: sentHeaders(message, messageId, acceptedAt),
    subject: decodeWords(fieldValue(message.fields, "subject") ?? ""),
    sizeBytes: [written.returnPath, ...written.pieces].reduce((sum, piece) => sum + piece.length, 0),
  };
  sandbox.store.transaction(() => {
    countSent(sandbox, envelope.recipients.length - simulated);
    deliver(sandbox, sent, written, authorized, isInfected(octets));
  });
  return { MessageId: messageId };
};

/** `0100`, twelve hex digits of the time, and a random rest of the same shape as SES's. */
function makeMessageId(at: number): string {
  const [a, b, c, d, e] = [4, 2, 2, 2, 6].map((length) => randomBytes(length).toString("hex"));
  return `0100${at.toString(16).padStart(12, "0")}-${a}-${b}-${c}-${d}-${e}-000000`;
}

function deliver(
  sandbox: Sandbox,
  sent: SentMessageRecord,
  written: DeliveredMessage,
  { tenant, set }: SendAuthorized,
  infected: boolean,
): void {
  const fates = sent.destination.map((to) => ({
    to,
    fate: simulatedFate(to),
    suppression: suppressedBy(sandbox, to, tenant, set),
  }));
  const isDelivered = ({ fate, suppression }: (typeof fates)[number]): boolean =>
    !infected && suppression === null && fate !== "bounce" && fate !== "suppressionlist";
  const accepted = fates.filter(isDelivered).map(({ to }) => to);
  const refused = receiveOwn(sandbox, written, accepted);
  const delivered = accepted.filter((to) => !refused.includes(to));
  sandbox.mailbox.deliver(sent, [written.returnPath, ...written.pieces], delivered);
  publishEvent(sandbox, sent, "send", {});
  if (infected) {
    publishEvent(sandbox, sent, "reject", rejectBody());
    return;
  }
  for (const one of fates) {
    const moment = () => ({ recipient: one.to, acceptedAt: sent.acceptedAt, at: sandbox.uniqueTime() });
    if (one.suppression !== null) {
      publishEvent(sandbox, sent, "bounce", bounceBody(moment(), "Permanent", one.suppression));
    } else if (one.fate === "bounce" || refused.includes(one.to)) {
      publishEvent(sandbox, sent, "bounce", bounceBody(moment(), "Permanent", "General"));
    } else if (one.fate === "suppressionlist") {
      publishEvent(sandbox, sent, "bounce", bounceBody(moment(), "Permanent", "Suppressed"));
    } else {
      publishEvent(sandbox, sent, "delivery", deliveryBody(moment()));
      if (one.fate === "complaint") publishEvent(sandbox, sent, "complaint", complaintBody(moment()));
      // The automatic answer comes back as a soft bounce, after the delivery.
      if (one.fate === "ooto")
        publishEvent(sandbox, sent, "bounce", bounceBody(moment(), "Transient", "General"));
    }
  }
}

/** Mail to domains whose MX is SES's own inbound host arrives there; answers whom it was refused for. */
function receiveOwn(
  sandbox: Sandbox,
  { mailFrom, pieces }: DeliveredMessage,
  recipients: readonly string[],
): readonly string[] {
  const own = recipients.filter((to) =>
    zoneValues(sandbox.records.zone, to.slice(to.lastIndexOf("@") + 1), "MX").some(
      (value) => parseMx(value)?.host === INBOUND_HOST,
    ),
  );
  if (own.length === 0) return own;
  return receiveMail(sandbox, { envelopeFrom: mailFrom, recipients: own, pieces }).refused;
}

function eventTags(
  body: SendBody,
  envelope: Envelope,
  { set, tenant }: SendAuthorized,
): Record<string, readonly string[]> {
  return {
    ...(set === null ? {} : { "ses:configuration-set": [set.name] }),
    ...(tenant === null ? {} : { "ses:tenant-name": [tenant.name] }),
    "ses:operation": ["SendEmail"],
    "ses:source-ip": ["127.0.0.1"],
    "ses:from-domain": [envelope.from.slice(envelope.from.lastIndexOf("@") + 1).toLowerCase()],
    "ses:caller-identity": ["sandbox"],
    ...Object.fromEntries(body.EmailTags.map((tag) => [tag.Name, [tag.Value]])),
  };
}

// Feedback-ID: [a:[b:]]1.region.hash:AmazonSES.
const feedbackTags = (body: SendBody): readonly string[] =>
  ["ses:feedback-id-a", "ses:feedback-id-b"].flatMap((name) =>
    body.EmailTags.filter((tag) => tag.Name === name).map((tag) => tag.Value),
  );

function sentHeaders(message: ScannedMessage, messageId: string, at: number): readonly HeaderField[] {
  const own = new Map([
    ["message-id", { name: "Message-ID", value: `<${messageId}@email.amazonses.com>` }],
    ["date", { name: "Date", value: mailDate(at) }],
  ]);
  const kept = message.fields
    .filter(({ name }) => !/^(x-ses-.*|bcc)$/i.test(name))
    .filter(({ name }) => !own.has(name.toLowerCase()))
    .map(({ name, value }) => ({ name, value }));
  return [...kept, ...own.values()];
}
