// Makes a topic whose messages are signed with SHA-256 and subscribes our hook to it. Each step may be repeated: SNS
// answers with what is there already. The subscription is confirmed when SNS posts its token to the hook.
import { OutageError } from "../../core/outage.ts";
import type { AwsError } from "../aws/error.ts";
import type { AwsSettings } from "../aws/settings.ts";
import type { SignedFetch } from "../aws/signed-fetch.ts";
import { xmlElement } from "../aws/xml.ts";
import { callSns } from "./query-call.ts";

export type SnsSubscription = {
  /** Letters, digits, hyphens and underscores. */
  readonly topicName: string;
  /** Absolute; its scheme is SNS's protocol. */
  readonly hookUrl: string;
};

/** Answers the topic's ARN. Throws OutageError (`sns`) when a step is not done. */
export async function subscribeHook(
  signedFetch: SignedFetch,
  settings: Pick<AwsSettings, "endpoints">,
  { topicName, hookUrl }: SnsSubscription,
): Promise<string> {
  const call = async (action: string, parameters: Readonly<Record<string, string>>): Promise<string> => {
    const answer = await callSns(signedFetch, settings.endpoints.sns, action, parameters);
    if (answer.ok) return answer.value;
    throw notDone(action, answer.error);
  };
  const topicArn = xmlElement(await call("CreateTopic", { Name: topicName }), "TopicArn");
  if (!topicArn) throw notDone("CreateTopic", { status: 200, type: null, message: "it named no topic" });
  await call("SetTopicAttributes", {
    TopicArn: topicArn,
    AttributeName: "SignatureVersion",
    AttributeValue: "2",
  });
  await call("Subscribe", {
    TopicArn: topicArn,
    Protocol: new URL(hookUrl).protocol.replace(":", ""),
    Endpoint: hookUrl,
    ReturnSubscriptionArn: "true",
  });
  return topicArn;
}

const notDone = (action: string, { type, message }: AwsError): OutageError =>
  new OutageError(
    { service: "sns", cause: "unavailable", retryAfterSeconds: null },
    `SNS ${action}: ${type ?? ""} ${message}`.trim(),
  );
