// kill -9 while sends are in flight, at three different moments, the provider staying up: no mail
// goes out twice, none is lost after a 201, and what was taken without an answer is settled by its events.
import { test } from "bun:test";
import assert from "node:assert/strict";
import { type ApiAnswer, jsonOf } from "../support/api-client.ts";
import type { SentEmail } from "../support/api-shapes.ts";
import { type MailSender, randomFile, type SendFields } from "../support/mail-sender.ts";
import { startOwnProgram } from "../support/own-program.ts";
import { assertProblem } from "../support/refusals.ts";
import { until } from "../support/until.ts";

const SENDS = 60;
const SENDS_AT_ONCE = 20;
/** Of the provider: what keeps the sends in flight. */
const LATENCY_MS = 250;
const CRASH_TEST_MS_MAX = 120_000;

type Attempt = {
  readonly key: string;
  readonly to: string;
  readonly fields: SendFields;
  answer: SentEmail | null;
};
/** How far the sends have come: written ahead, taken by the provider, answered. */
type Progress = { readonly written: number; readonly taken: number; readonly answered: number };

type Moment = {
  readonly name: string;
  readonly isNow: (progress: Progress) => boolean;
  /** The provider is at work on sends then, and takes them after their caller has died. */
  readonly isAmidCalls: boolean;
};

const MOMENTS: readonly Moment[] = [
  { name: "as sends are written ahead", isNow: ({ written }) => written >= 1, isAmidCalls: false },
  { name: "as the provider takes the first ones", isNow: ({ taken }) => taken >= 1, isAmidCalls: true },
  { name: "when a third was answered", isNow: ({ answered }) => answered >= SENDS / 3, isAmidCalls: true },
];

const program = await startOwnProgram();
const { world } = program;

/** Sends one after the other, several at a time, until the program is killed; what was cut off has no answer. */
async function sendUntilKilled(sender: MailSender, isNow: Moment["isNow"]): Promise<readonly Attempt[]> {
  const attempts = Array.from({ length: SENDS }, (_, index): Attempt => {
    const to = sender.newRecipient();
    const attachments = index % 4 === 0 ? [randomFile("a.pdf", 20_000)] : [];
    return { key: world.unique("key"), to, fields: { to_address: to, attachments }, answer: null };
  });
  const mailsBefore = (await world.sandbox.state()).mailbox_count;
  const waiting = attempts.values();
  const sending = Array.from({ length: SENDS_AT_ONCE }, async (_, index) => {
    // Spread over the provider's latency, so that at every moment some are in each phase of a send.
    await new Promise((resolve) => setTimeout(resolve, (index * LATENCY_MS) / SENDS_AT_ONCE));
    for (const attempt of waiting) {
      const answer = await sender.post(attempt.fields, attempt.key).catch(() => null);
      if (answer?.status === 201) attempt.answer = jsonOf<SentEmail>(answer);
    }
  });
  await until(
    "it is the moment",
    async () => ({
      written: (await sender.emails({ send_outcome: ["pending", "sent"], limit: 200 })).emails.length,
      taken: (await world.sandbox.state()).mailbox_count - mailsBefore,
      answered: attempts.filter(({ answer }) => answer !== null).length,
    }),
    isNow,
  );
  await program.kill();
  await Promise.all(sending);
  return attempts;
}

/** Waits until the provider has dealt with the calls whose caller died: nothing new for longer than it ever thinks. */
async function providerDone(): Promise<void> {
  let last = { count: -1, at: 0 };
  await until(
    "the provider is done",
    async () => (await world.sandbox.state()).mailbox_count,
    (count) => {
      if (count !== last.count) last = { count, at: performance.now() };
      return performance.now() - last.at > 2 * LATENCY_MS;
    },
  );
  await world.sandbox.settled();
}

/** Every 201 is there, with its message id, and its recipient got it. */
async function assertKept(sender: MailSender, { to, answer }: Attempt): Promise<void> {
  if (answer === null) return;
  const email = await sender.email(answer.id);
  assert.deepEqual(
    [email.state, email.message_id, email.sent_at, email.to_address],
    ["delivered", answer.message_id, answer.sent_at, to],
  );
  assert.equal((await world.sandbox.onlyMail(to)).id, answer.message_id);
}

/** True for a mail that went out without an answer: its events alone have settled it. */
async function wasSettledByEvents(sender: MailSender, { to, answer }: Attempt): Promise<boolean> {
  const mails = await world.sandbox.mailbox(to);
  assert.ok(mails.length <= 1, `${to} got ${mails.length} mails`);
  if (answer !== null || mails.length === 0) return false;
  const { emails } = await sender.emails({ to_address: to });
  const email = await sender.email(emails[0]?.id ?? "");
  assert.deepEqual([emails.length, email.state, email.message_id], [1, "delivered", mails[0]?.id]);
  return true;
}

/** The same request under the same key: the first mail's answer, or the first mail, or nothing; never a second mail. */
async function assertRepeatable(sender: MailSender, { key, to, fields, answer }: Attempt): Promise<void> {
  const [mail] = await world.sandbox.mailbox(to);
  const again: ApiAnswer = await sender.post(fields, key);
  const mails = await world.sandbox.mailbox(to);
  assert.ok(mails.length <= 1, `${to} got ${mails.length} mails`);
  if (mail !== undefined) {
    assert.equal(again.status, 201, again.text);
    assert.equal(again.headers.get("idempotency-replayed"), "true");
    assert.equal(jsonOf<SentEmail>(again).message_id, mail.id);
    if (answer !== null) assert.deepEqual(jsonOf(again), answer);
  } else if (again.status === 201) {
    // Nothing had been written: this was the first time.
    assert.equal(jsonOf<SentEmail>(again).message_id, mails[0]?.id);
  } else {
    // Written, and never taken, which nobody can know: pending for as long as its request might live, then unknown.
    const running = { status: 409, code: "request_in_progress" };
    assertProblem(again, again.status === 409 ? running : { status: 504, code: "send_outcome_unknown" });
  }
}

for (const { name, isNow, isAmidCalls } of MOMENTS)
  test(
    `killed ${name}: nothing lost, nothing twice`,
    async () => {
      const sender = await (await world.newWorkspace()).sender();
      const attempts = await world.sandbox.withFaults({ ses: { latency_ms: LATENCY_MS } }, () =>
        sendUntilKilled(sender, isNow),
      );
      await program.restart();
      await providerDone();

      assert.ok(
        attempts.some(({ answer }) => answer === null),
        "every send was answered before the kill",
      );
      await Promise.all(attempts.map((attempt) => assertKept(sender, attempt)));
      const settled = await Promise.all(attempts.map((attempt) => wasSettledByEvents(sender, attempt)));
      if (isAmidCalls) assert.ok(settled.includes(true), "the provider took nothing unanswered");
      await Promise.all(attempts.map((attempt) => assertRepeatable(sender, attempt)));
    },
    CRASH_TEST_MS_MAX,
  );
