// What SES publishes about a message it took. SES: "Contents of event data that Amazon SES publishes to Amazon SNS". An
// event goes to every enabled destination of the message's configuration set that wants its type.
import { identityArn } from "../arn.ts";
import { SANDBOX_ACCOUNT_ID } from "../endpoints.ts";
import type { SentMessageRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { publish } from "../sns/topics.ts";
import { boundedHeaders, commonHeaders } from "./common-headers.ts";
import { EVENT_SUBJECT, type EventDestinationType } from "./event-destinations.ts";
import { suppressAfter } from "./suppression-list.ts";

/** Names on the wire, the member that holds the body, and the name in an event destination. */
const EVENTS = {
  send: { eventType: "Send", member: "send", matching: "SEND" },
  delivery: { eventType: "Delivery", member: "delivery", matching: "DELIVERY" },
  bounce: { eventType: "Bounce", member: "bounce", matching: "BOUNCE" },
  complaint: { eventType: "Complaint", member: "complaint", matching: "COMPLAINT" },
  reject: { eventType: "Reject", member: "reject", matching: "REJECT" },
  open: { eventType: "Open", member: "open", matching: "OPEN" },
  click: { eventType: "Click", member: "click", matching: "CLICK" },
  delivery_delay: { eventType: "DeliveryDelay", member: "deliveryDelay", matching: "DELIVERY_DELAY" },
  // With a space, and its body is called otherwise.
  rendering_failure: { eventType: "Rendering Failure", member: "failure", matching: "RENDERING_FAILURE" },
} as const satisfies Record<string, { eventType: string; member: string; matching: EventDestinationType }>;
export type EventKind = keyof typeof EVENTS;
export type EventBody = Readonly<Record<string, unknown>>;

/** Publishes one event, and lets SES draw its own conclusions from it; answers how many topics it went to. */
export function publishEvent(
  sandbox: Sandbox,
  mail: SentMessageRecord,
  kind: EventKind,
  body: EventBody,
): number {
  const { eventType, member, matching } = EVENTS[kind];
  feedSuppressionList(sandbox, mail, kind, body);
  if (mail.configurationSet === null) return 0;
  const destinations = sandbox.records.eventDestinations
    .list({ prefix: `${mail.configurationSet}|` })
    .filter((one) => one.enabled && one.eventTypes.includes(matching));
  const message = JSON.stringify({ eventType, mail: toMail(mail, kind), [member]: body });
  for (const { topicArn } of destinations) publish(sandbox, topicArn, message, EVENT_SUBJECT);
  return destinations.length;
}

/** A hard bounce of the recipient's own server, or a complaint, puts the address on the list in force. */
function feedSuppressionList(
  sandbox: Sandbox,
  mail: SentMessageRecord,
  kind: EventKind,
  body: EventBody,
): void {
  const isHardBounce =
    kind === "bounce" && body["bounceType"] === "Permanent" && !isOfList(body["bounceSubType"]);
  const isComplaint =
    kind === "complaint" && body["complaintSubType"] === null && body["complaintFeedbackType"] !== "not-spam";
  if (!isHardBounce && !isComplaint) return;
  const tenant = mail.tenantName === null ? null : sandbox.records.tenants.get(mail.tenantName);
  const set =
    mail.configurationSet === null ? null : sandbox.records.configurationSets.get(mail.configurationSet);
  for (const address of affectedAddresses(body)) {
    // "The simulator's bounces are not added to your suppression list."
    if (address.endsWith("@simulator.amazonses.com")) continue;
    suppressAfter(sandbox, address, isComplaint ? "COMPLAINT" : "BOUNCE", tenant, set);
  }
}

const isOfList = (subtype: unknown): boolean => typeof subtype === "string" && /suppress/i.test(subtype);

const affectedAddresses = (body: EventBody): readonly string[] =>
  [body["bouncedRecipients"], body["complainedRecipients"]]
    .flat()
    .flatMap((one: unknown) =>
      typeof one === "object" && one !== null && "emailAddress" in one ? [String(one.emailAddress)] : [],
    );

/** `ses:outgoing-ip` is there once a connection to the recipient's server was tried. */
const BEFORE_DELIVERY: ReadonlySet<EventKind> = new Set(["send", "reject", "rendering_failure"]);

function toMail(mail: SentMessageRecord, kind: EventKind): object {
  const headers = boundedHeaders(mail.headers);
  return {
    timestamp: new Date(mail.acceptedAt).toISOString(),
    source: mail.source,
    sourceArn: identityArn(mail.identity),
    sendingAccountId: SANDBOX_ACCOUNT_ID,
    messageId: mail.messageId,
    destination: mail.destination,
    headersTruncated: headers.length < mail.headers.length,
    headers,
    // In sending events the message id is SES's own, not the field.
    commonHeaders: { ...commonHeaders(mail.headers), messageId: mail.messageId, subject: mail.subject },
    tags: BEFORE_DELIVERY.has(kind) ? mail.tags : { ...mail.tags, "ses:outgoing-ip": ["127.0.0.1"] },
  };
}
