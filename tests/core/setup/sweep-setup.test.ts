import { describe, expect, test } from "bun:test";
import { deriveDnsRecords } from "../../../core/setup/dns-records.ts";
import type { VerdictReason } from "../../../core/setup/dns-verdict.ts";
import { isAbandoned, nextSweepAt } from "../../../core/setup/sweep-setup.ts";
import { tick } from "../../../core/tasks/tick.ts";
import { addUseCase } from "../../support/channel-samples.ts";
import { makeSetupWorld } from "../../support/own-setup-world.ts";
import { createdSetup, DOMAIN, publish, verifiedSetup } from "../../support/setup-world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("when a setup is looked at next", () => {
  const waiting = { dnsVerified: false, dnsLostAt: null, createdAt: 0 };
  const rows: [name: string, setup: Parameters<typeof nextSweepAt>[0], now: number, pause: number][] = [
    ["just made", waiting, 0, MINUTE],
    ["within the first hour", waiting, HOUR - 1, MINUTE],
    ["after an hour", waiting, HOUR, 6 * MINUTE],
    ["after ten hours", waiting, 10 * HOUR, HOUR],
    ["after a week", waiting, 7 * DAY, HOUR],
    ["verified", { ...waiting, dnsVerified: true }, DAY, DAY],
    ["having lost a record just now", { ...waiting, dnsLostAt: 30 * DAY }, 30 * DAY, MINUTE],
  ];
  test.each(rows)("%s", (_, setup, now, pause) => expect(nextSweepAt(setup, now)).toBe(now + pause));
});

describe("a setup counts as abandoned", () => {
  const verdicts = [
    { verified: true, reason: null },
    { verified: false, reason: "missing" },
  ] as const;
  const waiting = { dnsVerified: false, dnsLostAt: null, createdAt: 0, verdicts };
  const says = (reason: VerdictReason) => ({ ...waiting, verdicts: [{ verified: false, reason }] });
  type Row = [name: string, setup: Parameters<typeof isAbandoned>[0], now: number, expected: boolean];
  const rows: Row[] = [
    ["not within 14 days", waiting, 14 * DAY, false],
    ["after them", waiting, 14 * DAY + 1, true],
    ["never while it is verified", { ...waiting, dnsVerified: true }, 99 * DAY, false],
    ["never once it was", { ...waiting, dnsLostAt: 1 }, 99 * DAY, false],
    ["not before anybody looked", { ...waiting, verdicts: [] }, 99 * DAY, false],
    ["not while nobody can look", says("lookup_failed"), 99 * DAY, false],
    ["not while the rest of it is made", says("provisioning"), 99 * DAY, false],
  ];
  test.each(rows)("%s", (_, setup, now, expected) => {
    for (const hasAnswered of [false, true]) expect(isAbandoned(setup, hasAnswered, now)).toBe(expected);
  });

  test("by the provider's word when DNS is right, but not by its silence", () => {
    expect(isAbandoned(says("awaiting_provider"), true, 99 * DAY)).toBe(true);
    expect(isAbandoned(says("awaiting_provider"), true, 14 * DAY)).toBe(false);
    expect(isAbandoned(says("awaiting_provider"), false, 99 * DAY)).toBe(false);
  });
});

describe("a sweep", () => {
  test("finds what was published, and asks the provider only once it can have seen it", async () => {
    const world = await makeSetupWorld();
    const { ports } = world;
    const setup = await createdSetup(world);
    const sweep = async (at: number): Promise<readonly string[]> => {
      ports.mailProvider.calls.length = 0;
      await tick(ports, { at: ports.clock.now() + at });
      const aboutAccount = ["listPausedTenants", "getSendQuota"];
      return ports.mailProvider.calls.filter((call) => !aboutAccount.includes(call));
    };
    expect(await sweep(2 * MINUTE)).toEqual([]);
    expect(await ports.setups.find(setup.id)).toMatchObject({ dnsVerified: false });
    publish(world, setup);
    expect(await sweep(4 * MINUTE)).toEqual(["getIdentity"]);
    expect(await ports.setups.find(setup.id)).toMatchObject({ dnsVerified: true });
    // From now on daily.
    ports.dns.asked.length = 0;
    expect(await sweep(DAY)).toEqual([]);
    expect(ports.dns.asked).toEqual([]);
    expect(await sweep(DAY + 5 * MINUTE)).toEqual(["getIdentity"]);
  });

  test("removes a setup nobody verified, and leaves those that were or are used", async () => {
    const world = await makeSetupWorld();
    const { ports } = world;
    const abandoned = await createdSetup(world);
    const used = await createdSetup(world, "used.example");
    await addUseCase(ports, used, 1);
    const verified = await verifiedSetup(world, "verified.example");
    await tick(ports, { at: ports.clock.now() + 14 * DAY - HOUR });
    expect(await ports.setups.find(abandoned.id)).not.toBe(null);
    await tick(ports, { at: ports.clock.now() + 14 * DAY + HOUR });
    expect(await ports.setups.find(abandoned.id)).toBe(null);
    expect(ports.mailProvider.identities.has(DOMAIN)).toBe(false);
    for (const { id } of [used, verified]) expect(await ports.setups.find(id)).not.toBe(null);
  });

  test("removes nothing because an upstream is out on the last day", async () => {
    const world = await makeSetupWorld();
    const { ports } = world;
    const { id } = await createdSetup(world);
    const late = ports.clock.now() + 14 * DAY + HOUR;
    ports.dns.resolvers = [false, false];
    await tick(ports, { at: late });
    expect(await ports.setups.find(id)).not.toBe(null);
    ports.dns.resolvers = [true, true];
    await tick(ports, { at: late + 2 * HOUR });
    expect(await ports.setups.find(id)).toBe(null);

    const published = await createdSetup(world, "published.example");
    ports.dns.publish(deriveDnsRecords(published));
    ports.mailProvider.faults.set("getIdentity", { kind: "unavailable", always: true });
    await tick(ports, { at: late + 4 * HOUR });
    expect(await ports.setups.find(published.id)).not.toBe(null);
    ports.mailProvider.faults.clear();
    await tick(ports, { at: late + 20 * DAY });
    expect(await ports.setups.find(published.id)).toBe(null);
  });
});

describe("what is asked of the account", () => {
  test("notes pauses with their cause, and their end", async () => {
    const world = await makeSetupWorld();
    const { ports } = world;
    const [one, two] = [await createdSetup(world, "a.example"), await createdSetup(world, "b.example")];
    const causes = async (at: number): Promise<unknown> => {
      await tick(ports, { at: ports.clock.now() + at });
      return Promise.all(
        [one, two].map(async ({ id }) => (await ports.setups.find(id))?.sendingPausedCause ?? null),
      );
    };
    ports.mailProvider.paused.set(one.tenantArn ?? "", "Bounces.");
    expect(await causes(0)).toEqual(["Bounces.", null]);
    ports.mailProvider.paused.clear();
    ports.mailProvider.paused.set(two.tenantArn ?? "", "Complaints.");
    // Once a minute.
    expect(await causes(30_000)).toEqual(["Bounces.", null]);
    ports.mailProvider.faults.set("listPausedTenants", { kind: "unavailable" });
    expect(await causes(MINUTE + 1)).toEqual(["Bounces.", null]);
    expect(await causes(3 * MINUTE)).toEqual([null, "Complaints."]);
  });

  test("waits for no turn", async () => {
    const world = await makeSetupWorld();
    await createdSetup(world);
    world.ports.mailProvider.noTurns = true;
    const ticked = await tick(world.ports, { at: null });
    expect(ticked).toMatchObject([
      { kind: "review_tenants", end: { kind: "again" } },
      { kind: "read_account", end: { kind: "again" } },
      { kind: "reconcile_inbound", end: { kind: "again" } },
    ]);
  });
});

describe("a tick", () => {
  test("does at most twenty tasks, and a failing one holds up no other", async () => {
    const world = await makeSetupWorld();
    const { ports } = world;
    for (let n = 0; n < 25; n++) await createdSetup(world, `d${n}.example`);
    const at = ports.clock.now() + 5 * MINUTE;
    // What is no setup any more, and what the resolver breaks over.
    ports.dns.lookup = () => Promise.reject(new Error("no resolver"));
    const [first, second, third] = [
      await tick(ports, { at }),
      await tick(ports, { at }),
      await tick(ports, { at }),
    ];
    expect([first.length, second.length, third.length]).toEqual([20, 8, 0]);
    const ends = [...first, ...second].map(({ kind, end }) => `${kind} ${end.kind}`);
    expect(new Set(ends)).toEqual(
      new Set([
        "review_tenants again",
        "read_account again",
        "reconcile_inbound again",
        "check_setup failed",
      ]),
    );
    // Later and later.
    expect(await tick(ports, { at: at + 14_000 })).toHaveLength(0);
    expect(await tick(ports, { at: at + 16_000 })).toHaveLength(20);
  });
});
