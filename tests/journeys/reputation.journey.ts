// What a sender's own mail does to its tier, as its workspace sees it: the figures beside their limits, a suspension
// within moments of the event that tips it, and the operator's word that ends it.
import assert from "node:assert/strict";
import { assertStatus, jsonOf } from "../support/api-client.ts";
import type { Reputation, ReputationCheck } from "../support/api-shapes.ts";
import { clearOfMidnight } from "../support/clear-of-midnight.ts";
import { type MailSender, makeMailSender } from "../support/mail-sender.ts";
import { assertProblem } from "../support/refusals.ts";
import { until } from "../support/until.ts";
import type { Journey } from "../support/world.ts";

const WEEK_SECONDS = 7 * 86_400;
const DAY_SECONDS = 86_400;

/** Sends so many mails to as many people, and once each is delivered has this become of it. */
async function mailsThat(
  sender: MailSender,
  count: number,
  event: { readonly type: string } & Readonly<Record<string, unknown>>,
): Promise<void> {
  const { sandbox } = sender.workspace.world;
  for (let index = 0; index < count; index++) {
    const { id, message_id: messageId } = await sender.send({ to_address: sender.newRecipient() });
    await sender.emailIn(id, "delivered");
    await sandbox.event(messageId, event);
  }
  await sandbox.settled();
}

const HARD_BOUNCE = { type: "bounce", bounceType: "Permanent", bounceSubType: "NoEmail" };

const inTier = (sender: MailSender, tier: Reputation["tier"]): Promise<Reputation> =>
  until(`the tier is ${tier}`, sender.reputation, (reputation) => reputation.tier === tier);

const checkOf = (
  checks: readonly ReputationCheck[],
  name: string,
  scope: string,
  windowSeconds: number,
): ReputationCheck | undefined =>
  checks.find((one) => one.name === name && one.scope === scope && one.window_seconds === windowSeconds);

const resumePath = (sender: MailSender): string =>
  sender.workspace.path(`/channels/use-case/${sender.useCase.id}/reputation/resume`);

export const journeys: readonly Journey[] = [
  {
    name: "a reputation explains itself, and mail to the simulator is not in it",
    async run(world) {
      await clearOfMidnight();
      const sender = await (await world.newWorkspace()).sender();
      assert.equal(sender.useCase.tier, "onboarding");
      const fresh = await sender.reputation();
      assert.deepEqual(
        [fresh.tier, fresh.capacity, fresh.used, fresh.left, fresh.suspension, fresh.history],
        ["onboarding", 200, 0, 200, null, []],
      );
      assert.deepEqual(fresh.next_tier?.missing, ["time_since_first_send", "sending_days", "delivered"]);

      await mailsThat(sender, 2, { type: "complaint" });
      await sender.send({ to_address: "bounce@simulator.amazonses.com" });
      const answer = assertStatus(await sender.post({ to_address: sender.newRecipient() }), 201, "send");
      assert.equal(answer.headers.get("ratelimit-limit"), "200");
      assert.equal(answer.headers.get("ratelimit-remaining"), "197");
      await world.sandbox.settled();

      const known = await sender.reputation();
      assert.deepEqual([known.used, known.left], [3, 197]);
      const midnight = new Date(Math.ceil(Date.now() / 86_400_000) * 86_400_000).toISOString();
      assert.equal(known.resets_at, midnight);
      const resetSeconds = Number(answer.headers.get("ratelimit-reset"));
      assert.ok(resetSeconds >= 1 && resetSeconds <= DAY_SECONDS, String(resetSeconds));
      assert.equal(known.suspension_limits.length, 8);
      for (const scope of ["use_case", "setup"]) {
        assert.deepEqual(checkOf(known.suspension_limits, "complaint_rate", scope, WEEK_SECONDS), {
          name: "complaint_rate",
          scope,
          window_seconds: WEEK_SECONDS,
          value: 0.002,
          limit: 0.002,
          count: 2,
          sample: 3,
          count_min: 3,
          sample_min: 1000,
          holds: false,
        });
        assert.deepEqual(checkOf(known.suspension_limits, "bounce_rate", scope, DAY_SECONDS), {
          name: "bounce_rate",
          scope,
          window_seconds: DAY_SECONDS,
          value: 0,
          limit: 0.08,
          count: 0,
          sample: 3,
          count_min: 20,
          sample_min: 200,
          holds: false,
        });
      }
      // Two complaints of three mails are too many for standard as well.
      assert.deepEqual(known.next_tier?.missing, [...(fresh.next_tier?.missing ?? []), "complaints"]);
    },
  },
  {
    name: "a breach suspends at once, the operator resumes",
    async run(world) {
      const workspace = await world.newWorkspace();
      const sender = await workspace.sender();
      assertProblem(await workspace.api.call("POST", resumePath(sender)), {
        status: 403,
        code: "operator_only",
      });
      assertProblem(await world.operator.call("POST", resumePath(sender)), {
        status: 409,
        code: "not_suspended",
      });

      await mailsThat(sender, 2, { type: "complaint" });
      assert.equal((await sender.reputation()).tier, "onboarding");
      await mailsThat(sender, 1, { type: "complaint" });
      const suspended = await inTier(sender, "suspended");
      assert.equal(suspended.capacity, 200);
      const [line] = suspended.history;
      assert.ok(line && suspended.suspension);
      assert.deepEqual(
        [line.from, line.to, line.why, line.suspension],
        ["onboarding", "suspended", "setup_limit_exceeded", suspended.suspension],
      );
      const { since, until: end, offence, sending_stopped: isStopped } = suspended.suspension;
      assert.deepEqual([offence, isStopped], [1, false]);
      assert.equal(Date.parse(end ?? "") - Date.parse(since), 7 * 86_400_000);
      assert.deepEqual(
        line.figures.map(({ name, scope, count, sample, value }) => [name, scope, count, sample, value]),
        [
          ["complaint_rate", "use_case", 3, 3, 0.003],
          ["complaint_rate", "setup", 3, 3, 0.003],
        ],
      );

      // It may send still, and the mail remembers the tier it was sent in.
      const sent = await sender.send({ to_address: sender.newRecipient() });
      assert.equal((await sender.email(sent.id)).tier, "suspended");

      const resumed = await world.operator.expect<Reputation>(200, "POST", resumePath(sender));
      assert.deepEqual([resumed.tier, resumed.suspension], ["onboarding", null]);
      assert.equal(resumed.history[0]?.why, "operator_resumed");
      const kept = await workspace.api.get<{ tier: string }>(`/v1/use-case/${sender.useCase.id}`);
      assert.equal(kept.tier, "onboarding");
    },
  },
  {
    name: "what was complained of before a use case was deleted counts against the one made after it",
    async run(world) {
      const workspace = await world.newWorkspace();
      const sender = await workspace.sender();
      await mailsThat(sender, 2, { type: "complaint" });
      const path = workspace.path(`/channels/use-case/${sender.useCase.id}`);
      assertStatus(await workspace.api.call("DELETE", path), 204, "delete");
      const again = makeMailSender(workspace, sender.setup, await workspace.useCase(sender.setup));
      await mailsThat(again, 1, { type: "complaint" });
      const { history } = await inTier(again, "suspended");
      assert.deepEqual(
        history[0]?.figures.map(({ scope, count, sample }) => [scope, count, sample]),
        [
          ["use_case", 3, 3],
          ["setup", 3, 3],
        ],
      );
    },
  },
  {
    name: "twice the limits stop sending, for the whole setup, until the operator resumes; a new use case inherits it",
    async run(world) {
      const workspace = await world.newWorkspace();
      const sender = await workspace.sender();
      const sibling = makeMailSender(workspace, sender.setup, await workspace.useCase(sender.setup));
      await mailsThat(sender, 16, HARD_BOUNCE);
      const isStopped = (reputation: Reputation): boolean => reputation.suspension?.sending_stopped === true;
      for (const one of [sender, sibling]) {
        const stopped = await until("sending is stopped", one.reputation, isStopped);
        assert.deepEqual([stopped.tier, stopped.capacity, stopped.left], ["suspended", 0, 0]);
        assert.equal(stopped.suspension?.until, null);
        const refused = await one.post({ to_address: one.newRecipient() });
        assertProblem(refused, { status: 409, code: "sending_paused" });
      }

      const heir = makeMailSender(workspace, sender.setup, await workspace.useCase(sender.setup));
      assert.equal(heir.useCase.tier, "suspended");
      assert.equal((await heir.reputation()).history[0]?.why, "inherited");
      assertProblem(await heir.post(), { status: 409, code: "sending_paused" });

      const resumed = await world.operator.call("POST", resumePath(heir));
      assert.equal(jsonOf<Reputation>(assertStatus(resumed, 200, "resume")).tier, "onboarding");
      await heir.send({ to_address: heir.newRecipient() });
      assertProblem(await sibling.post(), { status: 409, code: "sending_paused" });
    },
  },
];
