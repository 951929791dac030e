// Connects a started program to its sandbox, as provisioning connects one to an AWS account: the topic is made and our
// hook subscribed to it. What is published before the subscription is confirmed is lost, so that is waited for.
import { makeSignedFetch } from "../../adapters/aws/signed-fetch.ts";
import { subscribeHook } from "../../adapters/sns/subscribe.ts";
import { type Config, sandboxUrl } from "../config.ts";

/** The sandbox makes its signing key first, which takes a slow machine a second or two. */
const CONFIRMATION_TIMEOUT_MS = 15_000;
const POLL_MS = 20;

/**
 * To be called once the program listens: the confirmation comes to its hook. False when none has come, because the
 * sandbox cannot reach the hook at PUBLIC_URL; everything but events works then. Does nothing to a live installation.
 */
export async function connectSandbox(config: Config): Promise<boolean> {
  if (config.sandbox.mode === "off") return true;
  const hookUrl = `${config.publicUrl}/hooks/sns`;
  const topicName = config.snsTopicArns[0]?.split(":").at(-1) ?? "";
  await subscribeHook(makeSignedFetch(config.aws), config.aws, { topicName, hookUrl });

  const stateUrl = `${sandboxUrl(config.sandbox)}/_sandbox/state`;
  const deadline = performance.now() + CONFIRMATION_TIMEOUT_MS;
  while (!(await isConfirmed(stateUrl, hookUrl))) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}

type SandboxState = {
  readonly subscriptions: readonly { readonly endpoint: string; readonly is_confirmed: boolean }[];
};

async function isConfirmed(stateUrl: string, hookUrl: string): Promise<boolean> {
  const { subscriptions } = (await (await fetch(stateUrl)).json()) as SandboxState;
  return subscriptions.some(({ endpoint, is_confirmed }) => endpoint === hookUrl && is_confirmed);
}
