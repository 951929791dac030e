// A day's capacity to the last mail, of one program and of two on one database: how many are sent, what the others are
// told, and what they leave behind. And the account's own quota, which one workspace may not use up while others send.
import { expect, test } from "bun:test";
import assert from "node:assert/strict";
import { type Api, type ApiAnswer, apiClient } from "../support/api-client.ts";
import { clearOfMidnight } from "../support/clear-of-midnight.ts";
import { freePort } from "../support/free-port.ts";
import type { MailSender } from "../support/mail-sender.ts";
import { startOwnProgram } from "../support/own-program.ts";
import {
  OPERATOR_KEY,
  startProgram,
  startSandboxProgram,
  temporaryFolder,
  UNHURRIED,
} from "../support/program.ts";
import { assertProblem } from "../support/refusals.ts";
import { until } from "../support/until.ts";
import { makeWorld } from "../support/world.ts";

const SENDS = 400;
const AT_ONCE = 100;
const CAPACITY = 200;
const TEST_MS_MAX = 180_000;

/** So many sends, each with a key of its own, so many at a time, by each of these in turn. */
async function sendMany(sender: MailSender, apis: readonly Api[]): Promise<readonly ApiAnswer[]> {
  const answers: ApiAnswer[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < SENDS) {
      const index = next++;
      const to = { to_address: `pat-${index}@example.org` };
      answers[index] = await sender.post(to, `key-${index}`, apis[index % apis.length]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers;
}

/** Half are sent, half refused; the refused left nothing behind, not even their keys. */
async function assertExactlyCapacity(sender: MailSender, apis: readonly Api[]): Promise<void> {
  const { sandbox } = sender.workspace.world;
  await clearOfMidnight();
  const askedAt = Date.now();
  const answers = await sendMany(sender, apis);
  const sent = answers.filter(({ status }) => status === 201);
  const refused = answers.filter(({ status }) => status !== 201);
  expect([sent.length, refused.length]).toEqual([CAPACITY, SENDS - CAPACITY]);
  const midnight = Math.ceil(askedAt / 86_400_000) * 86_400_000;
  for (const answer of refused) {
    const problem = assertProblem(answer, {
      status: 429,
      code: "daily_capacity_exceeded",
      members: { capacity: CAPACITY, used: CAPACITY },
      headers: { "ratelimit-limit": /^200$/, "ratelimit-remaining": /^0$/, "ratelimit-reset": /^\d+$/ },
    });
    assert.match(problem.detail, /200 of today's 200/);
    const retryAfter = Number(answer.headers.get("retry-after"));
    assert.ok(retryAfter <= Math.ceil((midnight - askedAt) / 1000), String(retryAfter));
    assert.ok(retryAfter >= Math.floor((midnight - Date.now()) / 1000), String(retryAfter));
  }
  const left = sent.map(({ headers }) => Number(headers.get("ratelimit-remaining")));
  expect(left.toSorted((a, b) => b - a)).toEqual(
    Array.from({ length: CAPACITY }, (_, n) => CAPACITY - 1 - n),
  );

  expect(await sandbox.mailbox()).toHaveLength(CAPACITY);
  const { used, left: none } = await sender.reputation();
  expect([used, none]).toEqual([CAPACITY, 0]);
  const outcomes = ["pending", "sent", "unknown", "refused"];
  const page = await sender.emails({ limit: 200, send_outcome: outcomes });
  expect([page.emails.length, page.has_more]).toEqual([CAPACITY, false]);
  // A key that was refused belongs to no request: another one may have it. It is refused for itself, not for the key.
  const index = answers.findIndex(({ status }) => status === 429);
  const again = await sender.post({ to_address: "someone-else@example.org" }, `key-${index}`);
  assertProblem(again, { status: 429, code: "daily_capacity_exceeded" });
}

test(
  "400 sends, 100 at a time: 200 are sent",
  async () => {
    const { world } = await startOwnProgram();
    const sender = await (await world.newWorkspace()).sender();
    await assertExactlyCapacity(sender, [sender.workspace.api]);
  },
  TEST_MS_MAX,
);

test(
  "of two programs on one database",
  async () => {
    const folder = await temporaryFolder();
    const sandbox = await startSandboxProgram(`${folder.path}/sandbox`);
    const environment = {
      DATABASE_URL: `file:${folder.path}/postrider.db`,
      SIGNING_KEYS: `k1:${btoa("s".repeat(32))}`,
      SES_CALLS_PER_SECOND: UNHURRIED,
    };
    const programs = [];
    try {
      for (const port of [await freePort(), await freePort()])
        programs.push(
          await startProgram({
            sandboxUrl: sandbox.url,
            dataDir: `${folder.path}/data`,
            port,
            environment,
          }),
        );
      const world = makeWorld({
        url: programs[0]?.url ?? "",
        sandboxUrl: sandbox.url,
        operatorKey: OPERATOR_KEY,
        runtime: "bun",
        countBlobs: () => Promise.resolve(0),
      });
      const sender = await (await world.newWorkspace()).sender();
      const apis = programs.map(({ url }) => apiClient(url, sender.workspace.api.key));
      await assertExactlyCapacity(sender, apis);
    } finally {
      for (const program of programs) await program.stop();
      await sandbox.stop();
      await folder.remove();
    }
  },
  TEST_MS_MAX,
);

test(
  "what the provider refused gives its capacity back, what is unknown keeps it",
  async () => {
    const { world } = await startOwnProgram();
    const sender = await (await world.newWorkspace()).sender();
    const fail = (failing: object) => ({ ses: { fail: { operation: "SendEmail", times: 1, ...failing } } });
    const refused = fail({ status: 400, error: "MessageRejected", message: "Not this one." });
    const answer = await world.sandbox.withFaults(refused, () => sender.post());
    assertProblem(answer, { status: 422, code: "message_rejected" });
    expect((await sender.reputation()).used).toBe(0);

    const unknown = await world.sandbox.withFaults(fail({ status: 500 }), () => sender.post());
    assertProblem(unknown, { status: 504, code: "send_outcome_unknown" });
    expect((await sender.reputation()).used).toBe(1);
  },
  TEST_MS_MAX,
);

test(
  "one workspace uses at most half of the account's quota, and of its rate, while others send",
  async () => {
    const { world } = await startOwnProgram();
    const ours = await (await world.newWorkspace()).sender();
    const theirs = await (await world.newWorkspace()).sender();
    const exceeded = { status: 429, code: "account_capacity_exceeded" };
    /** The account as it is from now on, read by the task as if a quarter of an hour had passed. */
    const account = async (limits: object, minutes: number): Promise<void> => {
      await world.sandbox.setAccount(limits);
      const now = new Date(Date.now() + minutes * 60_000).toISOString();
      await world.operator.expect(200, "POST", "/v1/operator/tick", { json: { now } });
    };

    await account({ max_24_hour_send: 6, max_send_rate: 10_000 }, 16);
    for (let n = 0; n < 4; n++) await ours.send({ to_address: ours.newRecipient() });
    // Alone it may have all; now that they send, it has had more than its half.
    await theirs.send({ to_address: theirs.newRecipient() });
    const refused = await ours.post({ to_address: ours.newRecipient() });
    assertProblem(refused, { ...exceeded, headers: { "retry-after": /^\d+$/ } });
    assert.ok(Number(refused.headers.get("retry-after")) <= 3600);
    await ours.send({ to_address: "success@simulator.amazonses.com" });
    await theirs.send({ to_address: theirs.newRecipient() });
    // What SES itself says of its quota is told the same way.
    const spent = await theirs.post({ to_address: theirs.newRecipient() });
    assertProblem(spent, { ...exceeded, headers: { "retry-after": /^3600$/ } });
    expect((await theirs.reputation()).used).toBe(2);

    await account({ max_24_hour_send: 10_000, max_send_rate: 8 }, 48);
    const post = (): Promise<ApiAnswer> => ours.post({ to_address: ours.newRecipient() });
    const burst = await Promise.all(Array.from({ length: 40 }, post));
    const late = burst.filter(({ status }) => status !== 201);
    assert.ok(late.length > 0, "40 within a moment, of 8 a second");
    for (const answer of late) assertProblem(answer, { ...exceeded, headers: { "retry-after": /^1$/ } });
    await until("another second has begun", post, ({ status }) => status === 201);
  },
  TEST_MS_MAX,
);
