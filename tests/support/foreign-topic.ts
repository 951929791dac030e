// A topic of somebody else at the same provider, who may do there whatever the provider lets anybody do.
import assert from "node:assert/strict";
import { type PostedNotification, sandboxAws } from "./sandbox.ts";
import { until } from "./until.ts";
import type { World } from "./world.ts";

/** What SNS posts. */
export type Envelope = Readonly<Record<string, string>>;

/** Somebody else's topic at the same provider: whatever is published there is signed by the same key as ours. */
export async function foreignTopic(world: World) {
  const { sandbox } = world;
  const aws = sandboxAws(sandbox.url);
  const call = async (form: Record<string, string>): Promise<string> => {
    const answer = await aws.sns(form);
    assert.equal(answer.status, 200, form["Action"]);
    return answer.text();
  };
  const named = await call({
    Action: "CreateTopic",
    Name: world.unique("foreign"),
    "Attributes.entry.1.key": "SignatureVersion",
    "Attributes.entry.1.value": "2",
  });
  const topicArn = /<TopicArn>(.*)<\/TopicArn>/.exec(named)?.[1] ?? "";
  const posted = (isWanted: (one: PostedNotification, envelope: Envelope) => boolean): Promise<Envelope> =>
    until(
      "the notification is posted",
      async () =>
        (await sandbox.notifications())
          .map((one) => ({ one, envelope: JSON.parse(one.body) as Envelope }))
          .find(({ one, envelope }) => envelope["TopicArn"] === topicArn && isWanted(one, envelope))
          ?.envelope,
      (envelope) => envelope !== undefined,
    ) as Promise<Envelope>;
  return {
    topicArn,
    /** Confirmed by its owner, at an address that answers 404 to whatever comes. */
    async subscribeOwnEndpoint(): Promise<void> {
      const Endpoint = `${sandbox.url}/nobody`;
      await call({ Action: "Subscribe", TopicArn: topicArn, Protocol: "http", Endpoint });
      const { Token = "" } = await posted(
        (one) => one.type === "SubscriptionConfirmation" && one.endpoint === Endpoint,
      );
      await call({ Action: "ConfirmSubscription", TopicArn: topicArn, Token });
    },
    subscribe: (Endpoint: string) =>
      call({ Action: "Subscribe", TopicArn: topicArn, Protocol: "http", Endpoint }),
    /** The signed envelope of a message published there. */
    async publish(Message: string): Promise<Envelope> {
      await call({ Action: "Publish", TopicArn: topicArn, Message });
      return posted((_, envelope) => envelope["Message"] === Message);
    },
    posted,
  };
}
