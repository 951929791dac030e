// A sandbox with a file goes on where it was stopped: objects, zone, mail, keys, faults, and what was still to be posted.
import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startSandbox } from "../../support/sandbox.ts";
import { bodyJson } from "../../support/stub-server.ts";
import { accountSid, numberSid, profileSid } from "../../support/twilio-samples.ts";
import { done, EVENT_TYPES, mail, provision, send, subscribeHook } from "./provisioned.ts";

const dataDir = await mkdtemp(join(tmpdir(), "sandbox-"));
afterAll(() => rm(dataDir, { recursive: true, force: true }));

test("everything is there again, and the waiting notification arrives", async () => {
  const first = await startSandbox({ dataDir });
  await provision(first, "acme");
  let isTaking = false;
  const hook = await subscribeHook(first, "events", () => (isTaking ? 200 : 503));
  await done(
    first.aws.ses("POST", "/configuration-sets/acme/event-destinations", {
      EventDestinationName: "events",
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: EVENT_TYPES,
        SnsDestination: { TopicArn: hook.topicArn },
      },
    }),
  );
  await first.aws.s3("PUT", "/postrider/key", { body: "octets" });
  await first.control.setTwilioAccount(accountSid(1), { auth_token: "token" });
  await first.control.setCustomerProfile(profileSid(1), { status: "in-review", account_sid: accountSid(1) });
  await first.control.setPhoneNumber(numberSid(1), { account_sid: accountSid(1) });
  const faults = { ses: { fail: [{ operation: "GetAccount", status: 500, times: 2, after_accept: false }] } };
  await first.control.setFaults(faults);
  await first.aws.ses("GET", "/account");
  const messageId = String((await done(send(first, mail())))["MessageId"]);
  const before = await first.control.state();
  const raw = await first.control.raw(messageId);
  expect(before.pending_deliveries).toBe(3);
  await first.stop();

  isTaking = true;
  hook.requests.length = 0;
  const second = await startSandbox({ dataDir });
  await second.settled();
  const after = await second.control.state();
  expect({ ...after, pending_deliveries: 3 }).toEqual(before);
  expect(await second.control.raw(messageId)).toEqual(raw);
  expect(await (await second.aws.s3("GET", "/postrider/key")).text()).toBe("octets");
  expect((await second.control.callPhoneNumber(numberSid(1))).webhooks).toEqual([]);
  expect((await second.aws.ses("GET", "/account")).status).toBe(500);
  expect((await second.aws.ses("GET", "/account")).status).toBe(200);
  // A post that the first run broke off may still arrive: what counts is that the second run posts all three.
  const posts = hook.requests
    .map((request) => bodyJson(request) as { MessageId: string; SigningCertURL: string })
    .filter(({ SigningCertURL }) => SigningCertURL.startsWith(`${second.url}/`));
  expect(new Set(posts.map(({ MessageId }) => MessageId)).size).toBe(3);
  const types = hook.messages().map((message) => message["eventType"] ?? "probe");
  expect(new Set(types)).toEqual(new Set(["Delivery", "Send", "probe"]));
  expect((await fetch(posts[0]?.SigningCertURL ?? "")).status).toBe(200);
  await second.stop();
});
