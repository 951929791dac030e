// Reviews over real stores: what is moved at the provider and what is recorded, in this order, whatever fails in between;
// and what a suspension comes to when use cases and setups are deleted and made again.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { resumeSending } from "../../../core/reputation/resume-sending.ts";
import { deleteSetup } from "../../../core/setup/delete-setup.ts";
import { tick } from "../../../core/tasks/tick.ts";
import { LEASE_MS } from "../../../core/tasks/task.ts";
import { deleteUseCase } from "../../../core/use-case/delete-use-case.ts";
import { POOL_MODES, sendingPool } from "../../../core/use-case/sending-pool.ts";
import { EMAIL_TYPES, type EmailUseCase, TIERS } from "../../../core/use-case/use-case.ts";
import { Life, mortal, mortalPorts } from "../../support/mortal.ts";
import {
  HARD_BOUNCE,
  makeReputationWorld,
  type ReputationWorld,
  SMALL_POLICY,
} from "../../support/reputation-world.ts";
import { outcomeOf, verifiedSetup } from "../../support/setup-world.ts";

const tierOf = async (world: ReputationWorld, useCase: EmailUseCase): Promise<string> =>
  (await world.record(useCase)).standing.tier;

/** Three sending days, and the day of the review. */
async function warmedUp(world: ReputationWorld, useCase: EmailUseCase): Promise<void> {
  for (let day = 0; day < 3; day++) {
    await world.mails(useCase, 3);
    await world.days(1);
  }
}

const suspend = async (world: ReputationWorld, useCase: EmailUseCase): Promise<void> => {
  await world.mails(useCase, 7);
  await world.mails(useCase, 3, { ...HARD_BOUNCE });
};

describe("a change of tier", () => {
  test("moves the configuration set, then is recorded with the figures", async () => {
    const world = await makeReputationWorld();
    const useCase = await world.newUseCase();
    expect(world.poolOf(useCase)).toBe("transactional-onboarding");
    await warmedUp(world, useCase);
    const { standing, useCase: kept, history } = await world.record(useCase);
    expect(standing).toMatchObject({ tier: "standard", capacity: 40, movingTo: null });
    expect(kept.tier).toBe("standard");
    expect(world.poolOf(useCase)).toBe("transactional-standard");
    expect(history).toMatchObject([{ from: "onboarding", to: "standard", why: "promoted" }]);
    expect(history[0]?.figures.map(({ name }) => name)).toContain("sending_days");
  });

  test("without pools of ours nothing is moved, and all is recorded", async () => {
    const world = await makeReputationWorld({ pools: "none" });
    const useCase = await world.newUseCase();
    await suspend(world, useCase);
    await world.review();
    expect(await tierOf(world, useCase)).toBe("suspended");
    expect(world.ports.mailProvider.calls).not.toContain("setSendingPool");
  });

  test("an event wakes the review; nothing is due before the day is over otherwise", async () => {
    const world = await makeReputationWorld();
    const useCase = await world.newUseCase();
    await world.review();
    await world.mails(useCase, 7);
    expect((await tick(world.ports, { at: null })).filter(({ kind }) => kind === "review_tier")).toEqual([]);
    await world.mails(useCase, 3, { ...HARD_BOUNCE });
    const ticked = await tick(world.ports, { at: null });
    expect(ticked.map(({ kind, subjectId }) => [kind, subjectId])).toContainEqual([
      "review_tier",
      useCase.id,
    ]);
    expect(await tierOf(world, useCase)).toBe("suspended");
    expect(world.poolOf(useCase)).toBeNull();
  });

  test("capacity grows with the days, and is not given twice", async () => {
    const world = await makeReputationWorld();
    const useCase = await world.newUseCase();
    const seen: (readonly number[])[] = [];
    for (let day = 0; day < 3; day++) {
      await world.mails(useCase, 2);
      const { standing, used } = await world.record(useCase);
      seen.push([standing.capacity, used]);
      await world.days(1);
    }
    expect(seen).toEqual([
      [20, 2],
      [30, 2],
      [40, 2],
    ]);
  });

  for (const fault of ["unavailable", "timed_out", "throttled"] as const)
    test(`waits for a provider that is ${fault}`, async () => {
      const world = await makeReputationWorld();
      const useCase = await world.newUseCase();
      await suspend(world, useCase);
      world.ports.mailProvider.faults.set("setSendingPool", { kind: fault });
      const [ended] = (await tick(world.ports, { at: null })).filter(({ kind }) => kind === "review_tier");
      expect(ended?.end.kind).toBe("failed");
      expect(await tierOf(world, useCase)).toBe("onboarding");
      world.ports.clock.pass(60_000);
      await world.review();
      expect(await tierOf(world, useCase)).toBe("suspended");
      expect(world.poolOf(useCase)).toBeNull();
    });

  test("a program that dies at any instant of it leaves tier and pool agreeing in the end", async () => {
    let diesAt = 0;
    for (; ; diesAt++) {
      const world = await makeReputationWorld();
      const useCase = await world.newUseCase();
      await suspend(world, useCase);
      const life = new Life(diesAt);
      const reputation = mortal(world.ports.reputation, life);
      await tick({ ...mortalPorts(world.ports, life), reputation }, { at: null }).catch(() => undefined);
      if (!life.isOver) break;
      world.ports.clock.pass(LEASE_MS + 3_600_000);
      await world.review();
      expect(await tierOf(world, useCase)).toBe("suspended");
      expect(world.poolOf(useCase)).toBeNull();
      const { history } = await world.record(useCase);
      expect(history.map(({ why }) => why)).toEqual(["setup_limit_exceeded"]);
    }
    expect(diesAt).toBeGreaterThan(10);
  }, 60_000);

  test("a set that was moved for a change that is due no more goes back", async () => {
    const world = await makeReputationWorld();
    const useCase = await world.newUseCase();
    for (let day = 0; day < 3; day++) {
      await world.mails(useCase, 3);
      if (day < 2) await world.days(1);
    }
    world.ports.clock.pass(SMALL_POLICY.day);
    // The program dies between the move and its record.
    const reputation = { ...world.ports.reputation, record: () => Promise.reject(new Error("dead")) };
    await tick({ ...world.ports, reputation }, { at: world.ports.clock.now() });
    expect(world.poolOf(useCase)).toBe("transactional-standard");
    expect((await world.record(useCase)).standing).toMatchObject({
      tier: "onboarding",
      movingTo: "standard",
    });
    // By the next review two complaints stand against the promotion.
    await world.mails(useCase, 2, { type: "Complaint" });
    world.ports.clock.pass(3_600_000);
    await world.review();
    expect((await world.record(useCase)).standing).toMatchObject({ tier: "onboarding", movingTo: null });
    expect(world.poolOf(useCase)).toBe("transactional-onboarding");
  });
});

describe("a suspension", () => {
  test("is served, and the counters begin anew; the second lasts longer, the third waits for the operator", async () => {
    const world = await makeReputationWorld();
    const useCase = await world.newUseCase();
    for (const [offence, days] of [
      [1, 7],
      [2, 30],
    ] as const) {
      await suspend(world, useCase);
      await world.review();
      expect((await world.record(useCase)).standing.suspension).toMatchObject({ offence });
      await world.days(days - 1);
      expect(await tierOf(world, useCase)).toBe("suspended");
      await world.days(1);
      expect(await tierOf(world, useCase)).toBe("onboarding");
      expect(world.poolOf(useCase)).toBe("transactional-onboarding");
      expect((await world.record(useCase)).days).toEqual([]);
      world.ports.clock.pass(3_600_000);
    }
    await suspend(world, useCase);
    await world.review();
    expect((await world.record(useCase)).standing.suspension).toMatchObject({ offence: 3, until: null });
    await world.days(40);
    expect(await tierOf(world, useCase)).toBe("suspended");
    const resumed = await resumeSending(world.ports, { workspaceId: null, useCaseId: useCase.id });
    expect(outcomeOf(resumed)).toBe("done");
    await world.review();
    expect(await tierOf(world, useCase)).toBe("onboarding");
    expect(world.poolOf(useCase)).toBe("transactional-onboarding");
    const { history } = await world.record(useCase);
    expect(history.map(({ why }) => why)).toEqual([
      "operator_resumed",
      "setup_limit_exceeded",
      "suspension_served",
      "setup_limit_exceeded",
      "suspension_served",
      "setup_limit_exceeded",
    ]);
  });

  test("of the setup as a whole suspends every use case of the workspace on it", async () => {
    const world = await makeReputationWorld();
    const bad = await world.newUseCase();
    const sibling = await world.newUseCase("marketing");
    await world.review();
    await suspend(world, bad);
    await world.review();
    const [own, theirs] = [await world.record(bad), await world.record(sibling)];
    expect([own.standing.tier, theirs.standing.tier]).toEqual(["suspended", "suspended"]);
    expect(theirs.standing.suspension).toMatchObject({ offence: 1 });
    expect(theirs.standing.suspension?.incidentAt).toBe(own.standing.suspension?.incidentAt ?? 0);
    expect([world.poolOf(bad), world.poolOf(sibling)]).toEqual([null, null]);

    // The operator resumes one of them: the other's mail does not suspend it again.
    expect(outcomeOf(await resumeSending(world.ports, { workspaceId: null, useCaseId: sibling.id }))).toBe(
      "done",
    );
    await world.review();
    expect(await tierOf(world, sibling)).toBe("onboarding");
    expect(world.poolOf(sibling)).toBe("marketing-onboarding");
    expect(await tierOf(world, bad)).toBe("suspended");
  });

  test("is not laundered by deleting the use case, or the setup", async () => {
    const world = await makeReputationWorld();
    const { workspaceId, ports } = world;
    let useCase = await world.newUseCase();
    await suspend(world, useCase);
    await world.review();
    const { standing } = await world.record(useCase);

    expect(outcomeOf(await deleteUseCase(ports, { workspaceId, useCaseId: useCase.id }))).toBe("done");
    useCase = await world.newUseCase();
    expect(useCase.tier).toBe("suspended");
    expect(world.poolOf(useCase)).toBeNull();
    const heir = await world.record(useCase);
    expect(heir.standing).toMatchObject({ tier: "suspended", suspension: standing.suspension });
    expect(heir.history).toMatchObject([{ why: "inherited" }]);
    // What was used today is used.
    expect(heir.used).toBe(10);

    expect(outcomeOf(await deleteUseCase(ports, { workspaceId, useCaseId: useCase.id }))).toBe("done");
    expect(outcomeOf(await deleteSetup(ports, { workspaceId, setupId: world.setup.id }))).toBe("done");
    const again = await verifiedSetup(world);
    useCase = await world.newUseCase("marketing", again.id);
    expect((await world.record(useCase)).standing).toMatchObject({
      tier: "suspended",
      suspension: standing.suspension,
    });
    expect((await world.record(useCase)).used).toBe(10);

    // It is served at the same time, and counts as the first.
    await world.days(7);
    expect(await tierOf(world, useCase)).toBe("onboarding");
    world.ports.clock.pass(3_600_000);
    await suspend(world, useCase);
    await world.review();
    expect((await world.record(useCase)).standing.suspension).toMatchObject({ offence: 2 });
  });

  test("that waits for the operator ends for who inherited it when he resumes", async () => {
    const world = await makeReputationWorld();
    const { workspaceId, ports } = world;
    const useCase = await world.newUseCase();
    await world.mails(useCase, 10, { ...HARD_BOUNCE });
    await world.review();
    expect((await world.record(useCase)).standing.suspension).toMatchObject({ isStopped: true, until: null });
    await deleteUseCase(ports, { workspaceId, useCaseId: useCase.id });
    const heir = await world.newUseCase();
    expect((await world.record(heir)).standing).toMatchObject({
      capacity: 0,
      suspension: { isStopped: true },
    });
    expect(outcomeOf(await resumeSending(ports, { workspaceId: null, useCaseId: heir.id }))).toBe("done");
    await world.review();
    expect(await tierOf(world, heir)).toBe("onboarding");
    expect((await world.newUseCase()).tier).toBe("onboarding");
  });
});

describe("resumeSending", () => {
  test("refuses what is not suspended, and what is not there", async () => {
    const world = await makeReputationWorld();
    const { workspaceId, neighbourId, ports } = world;
    const useCase = await world.newUseCase();
    const resume = async (of: string | null, id = useCase.id) =>
      outcomeOf(await resumeSending(ports, { workspaceId: of, useCaseId: id }));
    expect(await resume(workspaceId)).toBe("not_suspended");
    await suspend(world, useCase);
    await world.review();
    expect(await resume(neighbourId)).toBe("use_case_not_found");
    expect(await resume(null, world.setup.id)).toBe("use_case_not_found");
    expect(await resume(workspaceId)).toBe("done");
    expect(await resume(workspaceId)).toBe("not_suspended");
  });

  test("waits for a review that is under way, and takes over when its program died", async () => {
    const world = await makeReputationWorld();
    const useCase = await world.newUseCase();
    await suspend(world, useCase);
    await world.review();
    const held = await world.ports.tasks.claim("review_tier", useCase.id, 1_000_000);
    const command = { workspaceId: null, useCaseId: useCase.id };
    expect(outcomeOf(await resumeSending(world.ports, command))).toBe("provider_timed_out");
    if (held) await world.ports.tasks.postpone(held, world.ports.clock.now(), 0);
    expect(outcomeOf(await resumeSending(world.ports, command))).toBe("done");
  });

  test("a provider that fails leaves it suspended, in no pool", async () => {
    const world = await makeReputationWorld();
    const useCase = await world.newUseCase();
    await suspend(world, useCase);
    await world.review();
    world.ports.mailProvider.faults.set("setSendingPool", { kind: "timed_out", afterAccept: true });
    const command = { workspaceId: null, useCaseId: useCase.id };
    expect(outcomeOf(await resumeSending(world.ports, command))).toBe("provider_timed_out");
    expect(world.poolOf(useCase)).toBe("transactional-onboarding");
    world.ports.clock.pass(1000);
    await world.review();
    expect(await tierOf(world, useCase)).toBe("suspended");
    expect(world.poolOf(useCase)).toBeNull();
  });
});

test("transactional mail never names a marketing pool, nor the reverse, nor a tier another's", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...POOL_MODES),
      fc.constantFrom(...EMAIL_TYPES),
      fc.constantFrom(...TIERS),
      (mode, emailType, tier) => {
        const pool = sendingPool(mode, emailType, tier);
        const others = EMAIL_TYPES.filter((type) => type !== emailType);
        if (pool === null) return;
        expect(pool).toBe(`${emailType}-${tier as Exclude<typeof tier, "suspended">}`);
        for (const other of others) expect(pool).not.toInclude(other);
      },
    ),
  );
});
