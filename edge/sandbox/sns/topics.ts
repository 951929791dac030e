// Publishing to a topic: one delivery for each confirmed subscription. SES publishes its events through this too.
import type { PendingDelivery, SubscriptionRecord, TopicRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";

/** Makes the topic, unless there is one. */
export function putTopic(
  { records }: Sandbox,
  arn: string,
  attributes: Readonly<Record<string, string>>,
): void {
  if (records.topics.has(arn)) return;
  // SNS signs with version 1 until told otherwise.
  records.topics.put(arn, { arn, attributes: { SignatureVersion: "1", ...attributes } });
}

/** Puts a message on its way to every confirmed subscriber; answers the SNS MessageId, or null for an unknown topic. */
export function publish(
  sandbox: Sandbox,
  topicArn: string,
  message: string,
  subject: string | null,
): string | null {
  const topic = sandbox.records.topics.get(topicArn);
  if (topic === null) return null;
  const messageId = crypto.randomUUID();
  const timestamp = new Date(sandbox.clock()).toISOString();
  for (const subscription of sandbox.records.subscriptions.list({ label: topicArn })) {
    if (!subscription.isConfirmed) continue;
    sandbox.deliveries.add({
      ...addressed(topic, subscription, messageId),
      type: "Notification",
      timestamp,
      subject,
      message,
      token: null,
    });
  }
  return messageId;
}

/** Posts the token that confirms the subscription to its endpoint. */
export function requestConfirmation(
  sandbox: Sandbox,
  topic: TopicRecord,
  subscription: SubscriptionRecord,
): void {
  sandbox.deliveries.add({
    ...addressed(topic, subscription, crypto.randomUUID()),
    type: "SubscriptionConfirmation",
    timestamp: new Date(sandbox.clock()).toISOString(),
    subject: null,
    message:
      `You have chosen to subscribe to the topic ${topic.arn}.\n` +
      "To confirm the subscription, visit the SubscribeURL included in this message.",
    token: subscription.token,
  });
}

type Addressed = Pick<
  PendingDelivery,
  | "id"
  | "messageId"
  | "topicArn"
  | "subscriptionArn"
  | "endpoint"
  | "hostname"
  | "signatureVersion"
  | "attempts"
>;

const addressed = (topic: TopicRecord, subscription: SubscriptionRecord, messageId: string): Addressed => ({
  id: `${messageId}|${subscription.arn}`,
  messageId,
  topicArn: topic.arn,
  subscriptionArn: subscription.arn,
  endpoint: subscription.endpoint,
  hostname: subscription.hostname,
  signatureVersion: topic.attributes["SignatureVersion"] === "2" ? "2" : "1",
  attempts: 0,
});
