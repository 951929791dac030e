// The topic that the program's hook is subscribed to, as the mail provider publishes there.
import { sandboxAws } from "./sandbox.ts";
import type { World } from "./world.ts";

/** Publishes on the product's own topic, as only SES may; answers how the hook answered. */
export async function published(world: World, message: string): Promise<number | string | undefined> {
  const hook = `${world.url}/hooks/sns`;
  const { subscriptions } = await world.sandbox.state();
  const own = subscriptions.find(({ endpoint, is_confirmed }) => endpoint === hook && is_confirmed);
  const TopicArn = own?.arn.slice(0, own.arn.lastIndexOf(":")) ?? "";
  const answer = await sandboxAws(world.sandbox.url).sns({ Action: "Publish", TopicArn, Message: message });
  const messageId = /<MessageId>(.*)<\/MessageId>/.exec(await answer.text())?.[1] ?? "";
  await world.sandbox.settled();
  return (await world.sandbox.notifications(messageId))[0]?.outcome;
}
