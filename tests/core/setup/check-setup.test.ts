import { describe, expect, test } from "bun:test";
import { checkSetup } from "../../../core/setup/check-setup.ts";
import { createSetup } from "../../../core/setup/create-setup.ts";
import { deriveDnsRecords } from "../../../core/setup/dns-records.ts";
import { FAKE_DKIM } from "../../support/fake-mail-provider.ts";
import { makeSetupWorld } from "../../support/own-setup-world.ts";
import {
  checked,
  createdSetup,
  DOMAIN,
  publish,
  verifiedSetup,
  outcomeOf,
} from "../../support/setup-world.ts";

const MINUTE = 60_000;
/** So long the provider's word is gone by. */
const ANSWER_MS = 30_000;
const reasonsOf = (setup: { verdicts: readonly { reason: string | null }[] }) =>
  setup.verdicts.map(({ reason }) => reason);

describe("checkSetup", () => {
  test("says what is missing, and stores it", async () => {
    const world = await makeSetupWorld();
    const { id } = await createdSetup(world);
    world.ports.clock.pass(MINUTE);
    const setup = await checked(world, id);
    expect(setup).toMatchObject({ dnsVerified: false, dnsCheckedAt: world.ports.clock.at, dnsLostAt: null });
    expect(reasonsOf(setup)).toEqual(Array.from({ length: 7 }, () => "missing"));
    expect(await world.ports.setups.find(id)).toEqual(setup);
  });

  test("verifies once all seven are there and the provider agrees", async () => {
    const world = await makeSetupWorld();
    const setup = await createdSetup(world);
    publish(world, setup);
    world.ports.mailProvider.setStatus(DOMAIN, "pending");
    const waiting = await checked(world, setup.id);
    expect(waiting.dnsVerified).toBe(false);
    expect(reasonsOf(waiting)).toEqual([
      "awaiting_provider",
      "awaiting_provider",
      "awaiting_provider",
      "awaiting_provider",
      null,
      null,
      null,
    ]);
    world.ports.mailProvider.setStatus(DOMAIN, "success");
    expect(await checked(world, setup.id)).toMatchObject({ dnsVerified: false });
    world.ports.clock.pass(ANSWER_MS);
    expect(await checked(world, setup.id)).toMatchObject({ dnsVerified: true });
  });

  test("notes when a verified setup lost a record, and forgets it when it is back", async () => {
    const world = await makeSetupWorld();
    const setup = await verifiedSetup(world);
    world.ports.dns.set(`bounce.${DOMAIN}`, "TXT", []);
    world.ports.clock.pass(MINUTE);
    const lost = world.ports.clock.at;
    expect(await checked(world, setup.id)).toMatchObject({ dnsVerified: false, dnsLostAt: lost });
    world.ports.clock.pass(MINUTE);
    expect(await checked(world, setup.id)).toMatchObject({ dnsVerified: false, dnsLostAt: lost });
    publish(world, setup);
    expect(await checked(world, setup.id)).toMatchObject({ dnsVerified: true, dnsLostAt: null });
  });

  test("changes nothing when nobody answers", async () => {
    const world = await makeSetupWorld();
    const setup = await verifiedSetup(world);
    world.ports.dns.resolvers = [false, false];
    world.ports.mailProvider.faults.set("getIdentity", { kind: "timed_out", always: true });
    world.ports.clock.pass(MINUTE);
    const after = await checked(world, setup.id);
    expect(after).toMatchObject({ dnsVerified: true, dnsCheckedAt: setup.dnsCheckedAt });
    expect(after.verdicts.map(({ verified, reason }) => [verified, reason])).toEqual(
      Array.from({ length: 7 }, () => [true, "lookup_failed"]),
    );
    expect(await world.ports.setups.find(setup.id)).toEqual(setup);
  });

  test("keeps the last answer of a record that nobody answers for, and judges the others", async () => {
    const world = await makeSetupWorld();
    const setup = await verifiedSetup(world);
    world.ports.dns.broken.add(`bounce.${DOMAIN}`);
    world.ports.dns.set(DOMAIN, "MX", ["1 mx.other.example"]);
    world.ports.clock.pass(MINUTE);
    const after = await checked(world, setup.id);
    expect(reasonsOf(after)).toEqual([
      null,
      null,
      null,
      "lookup_failed",
      "lookup_failed",
      null,
      "wrong_value",
    ]);
    expect(after).toMatchObject({ dnsVerified: false, dnsCheckedAt: world.ports.clock.at });
  });

  test("keeps the provider's last word while it cannot be asked", async () => {
    const world = await makeSetupWorld();
    const setup = await verifiedSetup(world);
    world.ports.mailProvider.faults.set("getIdentity", { kind: "throttled", always: true });
    expect(await checked(world, setup.id)).toMatchObject({ dnsVerified: true, dnsLostAt: null });
  });

  test("takes an identity that is gone, or points elsewhere, for a no", async () => {
    const world = await makeSetupWorld();
    const setup = await verifiedSetup(world);
    world.ports.mailProvider.changeIdentity(DOMAIN, { mailFromDomain: "elsewhere.example" });
    world.ports.clock.pass(ANSWER_MS);
    expect(reasonsOf(await checked(world, setup.id))).toEqual([
      null,
      null,
      null,
      "awaiting_provider",
      null,
      null,
      null,
    ]);
    world.ports.mailProvider.identities.delete(DOMAIN);
    world.ports.clock.pass(ANSWER_MS);
    expect(await checked(world, setup.id)).toMatchObject({ dnsVerified: false });
  });

  test("replaces keys the provider changed: told once, then the new records are judged", async () => {
    const world = await makeSetupWorld();
    const setup = await verifiedSetup(world);
    const renewed = { ...FAKE_DKIM, tokens: ["newa", "newb", "newc"] };
    world.ports.mailProvider.changeIdentity(DOMAIN, { dkim: renewed });
    world.ports.clock.pass(ANSWER_MS);
    const told = await checked(world, setup.id);
    expect(told).toMatchObject({ dkim: renewed, dnsVerified: false, dnsLostAt: world.ports.clock.at });
    expect(reasonsOf(told)).toEqual([
      "tokens_changed",
      "tokens_changed",
      "tokens_changed",
      null,
      null,
      null,
      null,
    ]);
    expect(told.verdicts[0]?.address).toBe(`newa._domainkey.${DOMAIN}`);
    expect(reasonsOf(await checked(world, setup.id)).slice(0, 3)).toEqual(["missing", "missing", "missing"]);
    publish(world, told);
    expect(await checked(world, setup.id)).toMatchObject({ dnsVerified: true, dnsLostAt: null });
  });

  test("asks DNS each time, and nothing more than seven questions while all is right", async () => {
    const world = await makeSetupWorld();
    const setup = await verifiedSetup(world);
    world.ports.dns.asked.length = 0;
    await checked(world, setup.id);
    expect(world.ports.dns.asked).toHaveLength(7);
  });

  test("shows a setup to its own workspace and the operator; to all under platform sharing", async () => {
    const alone = await makeSetupWorld();
    const { id: setupId } = await createdSetup(alone);
    const { neighbourId } = alone;
    expect(outcomeOf(await checkSetup(alone.ports, { workspaceId: neighbourId, setupId }))).toBe(
      "setup_not_found",
    );
    expect(outcomeOf(await checkSetup(alone.ports, { workspaceId: null, setupId }))).toBe("done");
    alone.ports.settings.setupSharing = "platform";
    expect(outcomeOf(await checkSetup(alone.ports, { workspaceId: neighbourId, setupId }))).toBe("done");
  });

  test("knows neither unknown setups nor ones still being made", async () => {
    const { ports, workspaceId } = await makeSetupWorld();
    const unknown = ports.ids.newId();
    expect(outcomeOf(await checkSetup(ports, { workspaceId, setupId: unknown }))).toBe("setup_not_found");
    const names = {
      tenantName: "clinic",
      domainIdentity: DOMAIN,
      region: "eu-central-1",
      releasedSetupId: null,
    };
    await ports.setups.reserve({ id: unknown, workspaceId, ...names, createdAt: ports.clock.at }, null);
    expect(outcomeOf(await checkSetup(ports, { workspaceId, setupId: unknown }))).toBe("setup_not_found");
  });

  test("asks the provider only where it has a say, and once in 30 s unless DNS shows more", async () => {
    const world = await makeSetupWorld();
    const setup = await createdSetup(world);
    const { ports } = world;
    const asked = async (): Promise<number> => {
      ports.mailProvider.calls.length = 0;
      await checked(world, setup.id);
      return ports.mailProvider.calls.length;
    };
    const records = deriveDnsRecords(setup);
    expect(await asked()).toBe(0);
    ports.dns.publish(records.filter(({ kind }) => kind === "mail_from"));
    expect([await asked(), await asked()]).toEqual([1, 0]);
    ports.dns.publish(records.filter(({ kind }) => kind === "dkim"));
    expect([await asked(), await asked()]).toEqual([1, 0]);
    ports.clock.pass(ANSWER_MS);
    expect(await asked()).toBe(1);
  });

  test("one answer serves all checks that run at once", async () => {
    const world = await makeSetupWorld();
    const setup = await verifiedSetup(world);
    const { ports } = world;
    ports.clock.pass(ANSWER_MS);
    ports.mailProvider.calls.length = 0;
    ports.dns.asked.length = 0;
    await Promise.all(Array.from({ length: 50 }, () => checked(world, setup.id)));
    expect(ports.mailProvider.calls).toEqual(["getIdentity"]);
    expect(ports.dns.asked).toHaveLength(7);
  });

  test("goes by the last known word while there is no turn, and asks as soon as there is one", async () => {
    const world = await makeSetupWorld();
    const setup = await verifiedSetup(world);
    const { ports } = world;
    ports.clock.pass(ANSWER_MS);
    ports.mailProvider.noTurns = true;
    expect(await checked(world, setup.id)).toMatchObject({ dnsVerified: true });
    ports.mailProvider.noTurns = false;
    ports.mailProvider.calls.length = 0;
    await checked(world, setup.id);
    expect(ports.mailProvider.calls).toEqual(["getIdentity"]);
  });

  test.each([
    ["a read", false, 1900, 1],
    ["a read, which has to end", false, 2100, 0],
    ["a verify, which wants to know", true, 2100, 1],
  ])("%s, whose DNS took its time", async (_, waitsForRest, tookMs, calls) => {
    const world = await makeSetupWorld();
    const { id } = await verifiedSetup(world);
    const { ports, workspaceId } = world;
    ports.clock.pass(ANSWER_MS);
    ports.mailProvider.calls.length = 0;
    ports.dns.beforeAnswer = () => {
      ports.clock.pass(tookMs);
      ports.dns.beforeAnswer = () => undefined;
    };
    const found = await checkSetup(ports, { workspaceId, setupId: id, waitsForRest });
    expect(found).toMatchObject({ ok: true, value: { dnsVerified: true } });
    expect(ports.mailProvider.calls).toHaveLength(calls);
  });

  test("tells the provider to look again once it has given up on what stands, hourly at most", async () => {
    const world = await makeSetupWorld();
    const setup = await createdSetup(world);
    const { ports } = world;
    publish(world, setup);
    const again = async (ms: number): Promise<readonly string[]> => {
      ports.mailProvider.setStatus(DOMAIN, "failed");
      ports.clock.pass(ms);
      ports.mailProvider.calls.length = 0;
      expect(reasonsOf(await checked(world, setup.id)).slice(0, 4)).toEqual(
        Array(4).fill("awaiting_provider"),
      );
      return ports.mailProvider.calls;
    };
    expect(await again(0)).toEqual(["getIdentity", "restartDkim", "setMailFrom"]);
    expect(await again(30 * MINUTE)).toEqual(["getIdentity"]);
    expect(await again(30 * MINUTE)).toEqual(["getIdentity", "restartDkim", "setMailFrom"]);
    ports.mailProvider.setStatus(DOMAIN, "success");
    expect(await checked(world, setup.id)).toMatchObject({ dnsVerified: true });
  });

  test("a verify waits for the rest of a setup that is just being made", async () => {
    const world = await makeSetupWorld();
    const { ports, workspaceId } = world;
    const command = { workspaceId, tenantName: "clinic", domainIdentity: DOMAIN, claim: null };
    const created = await createSetup(ports, command);
    if (!created.ok) throw new Error(created.error.kind);
    publish(world, created.value);
    // Its task runs still.
    expect(ports.mailProvider.calls).not.toContain("setMailFrom");
    await checkSetup(ports, { workspaceId, setupId: created.value.id, waitsForRest: true });
    const { calls } = ports.mailProvider;
    expect(calls.indexOf("getIdentity")).toBeGreaterThan(calls.indexOf("setMailFrom"));
    expect(calls).toContain("setMailFrom");
    await Promise.all(world.background);
  });
});
