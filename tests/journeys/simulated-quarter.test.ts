// A quarter of a sender's life in a minute: its sending day is a second, and every other number small. It climbs, is
// promoted twice, breaks a limit, serves, breaks it again, waits for the operator in the end, and gains nothing by deleting
// and making anew what is suspended.
import { expect, test } from "bun:test";
import assert from "node:assert/strict";
import type { Reputation } from "../support/api-shapes.ts";
import { type MailSender, makeMailSender } from "../support/mail-sender.ts";
import { startOwnProgram } from "../support/own-program.ts";
import { sandboxAws } from "../support/sandbox.ts";
import { until } from "../support/until.ts";
import type { Workspace, World } from "../support/world.ts";

const TIER_POLICY = {
  day: "1s",
  standard: { entry: { sinceFirstSend: "9d", delivered: 12 } },
  premium: { entry: { inTier: "4d", window: "4d", sent: 5 } },
  suspension: { lasts: ["4d", "6d"] },
};
const STEPS = [200, 300, 450, 675, 1000, 1500, 2000];
const HARD_BOUNCE = { type: "bounce", bounceType: "Permanent", bounceSubType: "NoEmail" };
/** Of what makes an account's pools once. */
const POOLS = ["transactional", "marketing"].flatMap((type) =>
  ["onboarding", "standard", "premium"].map((tier) => `${type}-${tier}`),
);
const QUARTER_MS_MAX = 240_000;

/** What is due is done, as the program's own timer would do it every ten seconds. */
const tick = (world: World, now?: string): Promise<unknown> =>
  world.operator.expect(200, "POST", "/v1/operator/tick", { json: now === undefined ? {} : { now } });

/** What the configuration set is told to deliver with. */
async function deliveryOf({ workspace, useCase }: MailSender) {
  const { configuration_sets: sets } = await workspace.world.sandbox.state();
  return sets.find(({ name }) => name === useCase.configuration_set_name)?.delivery_options;
}

/** TLS policy and the longest delivery time, which SES resets where they are not sent along. */
const OTHERS = { TlsPolicy: "OPTIONAL", MaxDeliverySeconds: 50_400 };

/** One sending day: its review, some mails, and the wait for the next one. Answers the reputation after the review. */
async function sendingDay(sender: MailSender, mails = 2): Promise<Reputation> {
  const { world } = sender.workspace;
  await tick(world);
  const reputation = await sender.reputation();
  for (let n = 0; n < mails; n++) await sender.send({ to_address: sender.newRecipient() });
  await world.sandbox.settled();
  await Bun.sleep(Math.max(0, Date.parse(reputation.resets_at) - Date.now()));
  return reputation;
}

/** Days until it is in this tier; each day's reputation, that one included. */
async function daysUntil(sender: MailSender, tier: Reputation["tier"]): Promise<readonly Reputation[]> {
  const days: Reputation[] = [];
  while (days.at(-1)?.tier !== tier) {
    assert.ok(days.length < 60, `still ${days.at(-1)?.tier} after 60 days`);
    days.push(await sendingDay(sender));
  }
  return days;
}

/** The longest window of the limits, in this policy. */
const WINDOW_MS = 7000;
const BREACHES_MAX = 4;

/**
 * Enough bounces for a suspension, not for a stop; answers when it is suspended. On a machine that was held up for a whole
 * window the first of them have left it before the last came: then all have, and it is tried once more.
 */
async function breach(sender: MailSender): Promise<Reputation> {
  const { sandbox } = sender.workspace.world;
  const isSuspended = ({ tier }: Reputation): boolean => tier === "suspended";
  for (let tries = 1; ; tries++) {
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const { message_id: id } = await sender.send({ to_address: sender.newRecipient() });
        await sandbox.event(id, HARD_BOUNCE);
      }),
    );
    const wasHeldUp = performance.now() - startedAt > WINDOW_MS;
    if (!wasHeldUp || tries === BREACHES_MAX) return until("it is suspended", sender.reputation, isSuspended);
    await Bun.sleep(WINDOW_MS);
    const reputation = await sender.reputation();
    if (isSuspended(reputation)) return reputation;
  }
}

/** The suspension is over when its time is; the bounces of its last part of a day are behind it a moment later. */
async function served(sender: MailSender): Promise<Reputation> {
  const { suspension } = await sender.reputation();
  await Bun.sleep(Math.max(0, Date.parse(suspension?.until ?? "") - Date.now()));
  await tick(sender.workspace.world);
  const reputation = await sender.reputation();
  await Bun.sleep(Math.max(0, Date.parse(reputation.counted_since) - Date.now()));
  return reputation;
}

async function makeAgain(workspace: Workspace, sender: MailSender): Promise<MailSender> {
  const { api, path } = workspace;
  const { setup } = sender;
  assert.equal((await api.call("DELETE", path(`/channels/use-case/${sender.useCase.id}`))).status, 204);
  return makeMailSender(workspace, setup, await workspace.useCase(setup));
}

/** What a suspension is told by. */
const terms = ({ tier, suspension }: Reputation) => [
  tier,
  suspension?.since,
  suspension?.offence,
  suspension?.until,
];

test(
  "a quarter: up to premium, down, and no way around it",
  async () => {
    const { world } = await startOwnProgram({
      environment: { TIER_POLICY: JSON.stringify(TIER_POLICY), POOLS: "managed" },
    });
    for (const PoolName of POOLS)
      expect(
        (await sandboxAws(world.sandbox.url).ses("POST", "/dedicated-ip-pools", { PoolName })).status,
      ).toBe(200);
    const workspace = await world.newWorkspace();
    let sender = await workspace.sender();
    expect(await deliveryOf(sender)).toEqual({ ...OTHERS, SendingPoolName: "transactional-onboarding" });

    // Up: a step a day, then standard, then premium.
    const onboarding = await daysUntil(sender, "standard");
    const climbed = [...new Set(onboarding.slice(0, -1).map(({ capacity }) => capacity))];
    // On a machine that is slow for a whole day a step may come and go unseen, but none comes out of turn.
    expect(climbed).toEqual(STEPS.filter((step) => climbed.includes(step)));
    expect([climbed[0], climbed.at(-1)]).toEqual([200, 2000]);
    expect(onboarding.at(-1)?.capacity).toBe(2000);
    expect(await deliveryOf(sender)).toEqual({ ...OTHERS, SendingPoolName: "transactional-standard" });
    const [premium] = (await daysUntil(sender, "premium")).slice(-1);
    expect(premium?.capacity).toBe(50_000);
    expect(await deliveryOf(sender)).toEqual({ ...OTHERS, SendingPoolName: "transactional-premium" });
    const sent = await sender.send({ to_address: sender.newRecipient() });
    expect((await sender.email(sent.id)).tier).toBe("premium");

    // Down: the tenth bounce tips it; the pool goes, the rest of the delivery options stays.
    const first = await breach(sender);
    expect(first).toMatchObject({ capacity: 2000, suspension: { offence: 1, sending_stopped: false } });
    expect(await deliveryOf(sender)).toEqual(OTHERS);

    // Served: onboarding, from the first step.
    expect(await served(sender)).toMatchObject({ tier: "onboarding", capacity: 200, suspension: null });
    expect(await deliveryOf(sender)).toEqual({ ...OTHERS, SendingPoolName: "transactional-onboarding" });

    // The second time takes longer, and deleting the use case takes nothing off it.
    const second = await breach(sender);
    expect(second.suspension).toMatchObject({ offence: 2, sending_stopped: false });
    const lastsMs = (of: Reputation): number =>
      Date.parse(of.suspension?.until ?? "") - Date.parse(of.suspension?.since ?? "");
    expect([lastsMs(first), lastsMs(second)]).toEqual([4000, 6000]);
    sender = await makeAgain(workspace, sender);
    expect(sender.useCase.tier).toBe("suspended");
    expect(terms(await sender.reputation())).toEqual(terms(second));
    expect(await deliveryOf(sender)).toEqual(OTHERS);
    expect((await served(sender)).tier).toBe("onboarding");

    // The third waits for the operator, whatever time passes, also in a new use case on a new setup.
    const third = await breach(sender);
    expect(third.suspension).toMatchObject({ offence: 3, until: null, sending_stopped: false });
    await tick(world, new Date(Date.now() + 600_000).toISOString());
    expect((await sender.reputation()).tier).toBe("suspended");
    const { api, path } = workspace;
    const { id, tenant_name: tenant, domain_identity: domain } = sender.setup;
    expect((await api.call("DELETE", path(`/channels/use-case/${sender.useCase.id}`))).status).toBe(204);
    expect((await api.call("DELETE", path(`/channels/ses-setup/${id}`))).status).toBe(204);
    await api.expect(201, "POST", path("/channels/ses-setup"), {
      json: { tenant_name: tenant, domain_identity: domain },
    });
    const setup = await until(
      "the domain is verified again",
      async () => {
        const { items } = await api.get<{ items: readonly (typeof sender.setup)[] }>("/v1/ses-setup");
        const verified = await api.expect<typeof sender.setup>(
          200,
          "POST",
          path(`/channels/ses-setup/${items[0]?.id}/verify`),
        );
        await workspace.publish(verified);
        return verified;
      },
      ({ dns_records: records }) => records.every(({ verified }) => verified),
    );
    sender = makeMailSender(workspace, setup, await workspace.useCase(setup));
    expect(terms(await sender.reputation())).toEqual(terms(third));
    const resume = path(`/channels/use-case/${sender.useCase.id}/reputation/resume`);
    const resumed = await world.operator.expect<Reputation>(200, "POST", resume);
    expect(resumed).toMatchObject({ tier: "onboarding", suspension: null });
    expect(resumed.history.map(({ why }) => why)).toEqual(["operator_resumed", "inherited"]);
    expect(await deliveryOf(sender)).toEqual({ ...OTHERS, SendingPoolName: "transactional-onboarding" });
  },
  QUARTER_MS_MAX,
);
