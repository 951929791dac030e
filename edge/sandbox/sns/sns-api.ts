// The SNS actions Postrider uses (API version 2010-03-31). An endpoint must be on this machine: the sandbox opens no
// other connection. No FIFO topics, filters, policies or throttles; attributes are kept and given back.
import { createHash, randomBytes } from "node:crypto";

import { topicArn } from "../arn.ts";
import { AwsError } from "../aws-error.ts";
import { isLoopbackHost } from "../host-check.ts";
import { entries, type QueryAction, type QueryService, required } from "../query-api.ts";
import type { SubscriptionRecord, TopicRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { element } from "../xml.ts";
import { publish, putTopic, requestConfirmation } from "./topics.ts";

const TOPICS_MAX = 1_000;
const SUBSCRIPTIONS_MAX = 1_000;
/** SNS: "message up to 256 KB". */
const MESSAGE_BYTES_MAX = 262_144;
const TOPIC_ATTRIBUTES = new Set([
  "ArchivePolicy",
  "DeliveryPolicy",
  "DisplayName",
  "KmsMasterKeyId",
  "Policy",
  "SignatureVersion",
  "TracingConfig",
]);

const createTopic: QueryAction = (sandbox, form) => {
  const name = required(form, "Name");
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) throw invalid("Topic Name");
  const arn = topicArn(name);
  const { topics } = sandbox.records;
  const attributes = entries(form, "Attributes");
  for (const [key, value] of Object.entries(attributes)) checkTopicAttribute(key, value);
  if (!topics.has(arn) && topics.count() >= TOPICS_MAX) {
    throw new AwsError(403, "TopicLimitExceeded", "Too many topics");
  }
  putTopic(sandbox, arn, attributes);
  return element("TopicArn", arn);
};

const getTopicAttributes: QueryAction = (sandbox, form) => {
  const topic = topicOf(sandbox, form);
  const shown = { TopicArn: topic.arn, ...topic.attributes };
  const xml = Object.entries(shown).map(
    ([key, value]) => `<entry>${element("key", key)}${element("value", value)}</entry>`,
  );
  return `<Attributes>${xml.join("")}</Attributes>`;
};

const setTopicAttributes: QueryAction = (sandbox, form) => {
  const topic = topicOf(sandbox, form);
  const name = required(form, "AttributeName");
  const value = form.get("AttributeValue") ?? "";
  checkTopicAttribute(name, value);
  sandbox.records.topics.put(topic.arn, { ...topic, attributes: { ...topic.attributes, [name]: value } });
  return null;
};

const subscribe: QueryAction = (sandbox, form, hostname) => {
  const topic = topicOf(sandbox, form);
  const protocol = required(form, "Protocol");
  const endpoint = required(form, "Endpoint");
  if (protocol !== "http" && protocol !== "https") {
    throw new AwsError(
      400,
      "InvalidParameter",
      "Invalid parameter: the sandbox delivers by http and https only",
    );
  }
  const url = URL.parse(endpoint);
  if (url === null || url.protocol !== `${protocol}:`) throw invalid("Endpoint");
  if (!isLoopbackHost(url.hostname)) {
    const message =
      "Invalid parameter: Endpoint: the sandbox posts to this machine only (127.0.0.1, localhost, [::1])";
    throw new AwsError(400, "InvalidParameter", message);
  }
  const subscription = subscriptionFor(sandbox, topic, { protocol, endpoint, hostname });
  if (!subscription.isConfirmed) requestConfirmation(sandbox, topic, subscription);
  const isArnShown = subscription.isConfirmed || form.get("ReturnSubscriptionArn") === "true";
  return element("SubscriptionArn", isArnShown ? subscription.arn : "pending confirmation");
};

// Subscribing the same endpoint again answers the subscription there is.
function subscriptionFor(
  sandbox: Sandbox,
  topic: TopicRecord,
  asked: Pick<SubscriptionRecord, "protocol" | "endpoint" | "hostname">,
): SubscriptionRecord {
  const { subscriptions } = sandbox.records;
  const existing = subscriptions.list({ label: topic.arn }).find((one) => one.endpoint === asked.endpoint);
  if (existing !== undefined) {
    subscriptions.put(existing.arn, { ...existing, hostname: asked.hostname }, topic.arn);
    return { ...existing, hostname: asked.hostname };
  }
  if (subscriptions.count() >= SUBSCRIPTIONS_MAX) {
    throw new AwsError(403, "SubscriptionLimitExceeded", "Too many subscriptions");
  }
  const subscription: SubscriptionRecord = {
    arn: `${topic.arn}:${crypto.randomUUID()}`,
    topicArn: topic.arn,
    ...asked,
    token: createHash("sha512").update(randomBytes(32)).digest("hex"),
    isConfirmed: false,
    unsubscribeNeedsSignature: false,
  };
  subscriptions.put(subscription.arn, subscription, topic.arn);
  return subscription;
}

const confirmSubscription: QueryAction = (sandbox, form) => {
  const topic = topicOf(sandbox, form);
  const token = required(form, "Token");
  const { subscriptions } = sandbox.records;
  const subscription = subscriptions.list({ label: topic.arn }).find((one) => one.token === token);
  if (subscription === undefined) throw invalid("Token");
  const confirmed = {
    ...subscription,
    isConfirmed: true,
    unsubscribeNeedsSignature: form.get("AuthenticateOnUnsubscribe") === "true",
  };
  subscriptions.put(confirmed.arn, confirmed, topic.arn);
  return element("SubscriptionArn", confirmed.arn);
};

const listSubscriptionsByTopic: QueryAction = (sandbox, form) => {
  const topic = topicOf(sandbox, form);
  const members = sandbox.records.subscriptions
    .list({ label: topic.arn })
    .map(
      (one) =>
        `<member>${element("TopicArn", one.topicArn)}${element("Protocol", one.protocol)}` +
        element("SubscriptionArn", one.isConfirmed ? one.arn : "PendingConfirmation") +
        `${element("Owner", topic.arn.split(":")[4] ?? "")}${element("Endpoint", one.endpoint)}</member>`,
    );
  return `<Subscriptions>${members.join("")}</Subscriptions>`;
};

// What is not there is as good as removed: SNS answers success.
const unsubscribe: QueryAction = (sandbox, form) => {
  sandbox.records.subscriptions.delete(required(form, "SubscriptionArn"));
  return null;
};

const unsubscribeByLink: QueryAction = (sandbox, form, hostname) => {
  const subscription = sandbox.records.subscriptions.get(required(form, "SubscriptionArn"));
  if (subscription?.unsubscribeNeedsSignature === true) {
    throw new AwsError(403, "AuthorizationError", "Unsubscribing this endpoint needs a signed call");
  }
  return unsubscribe(sandbox, form, hostname);
};

const publishAction: QueryAction = (sandbox, form) => {
  const topic = topicOf(sandbox, form);
  const message = required(form, "Message");
  if (Buffer.byteLength(message) > MESSAGE_BYTES_MAX) throw invalid("Message too long");
  return element("MessageId", publish(sandbox, topic.arn, message, form.get("Subject")) ?? "");
};

export const SNS: QueryService = {
  service: "sns",
  version: "2010-03-31",
  namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
  actions: {
    CreateTopic: createTopic,
    GetTopicAttributes: getTopicAttributes,
    SetTopicAttributes: setTopicAttributes,
    Subscribe: subscribe,
    ConfirmSubscription: confirmSubscription,
    ListSubscriptionsByTopic: listSubscriptionsByTopic,
    Unsubscribe: unsubscribe,
    Publish: publishAction,
  },
  linkActions: { ConfirmSubscription: confirmSubscription, Unsubscribe: unsubscribeByLink },
};

function topicOf(sandbox: Sandbox, form: URLSearchParams): TopicRecord {
  const topic = sandbox.records.topics.get(required(form, "TopicArn"));
  if (topic === null) throw new AwsError(404, "NotFound", "Topic does not exist");
  return topic;
}

function checkTopicAttribute(name: string, value: string): void {
  if (!TOPIC_ATTRIBUTES.has(name)) throw invalid("AttributeName");
  if (name === "SignatureVersion" && value !== "1" && value !== "2") throw invalid("SignatureVersion");
}

const invalid = (what: string): AwsError =>
  new AwsError(400, "InvalidParameter", `Invalid parameter: ${what}`);
