import { describe, expect, test } from "bun:test";
import { createSetup } from "../../../core/setup/create-setup.ts";
import { shownVerdicts } from "../../../core/setup/check-setup.ts";
import { sampleClaim } from "../../support/channel-samples.ts";
import { FAKE_DKIM, faultRows, type Operation } from "../../support/fake-mail-provider.ts";
import {
  createdSetup,
  DOMAIN,
  makeSetupWorld,
  type SetupWorld,
  outcomeOf,
} from "../../support/setup-world.ts";

const command = ({ workspaceId }: SetupWorld, claim = false) => ({
  workspaceId,
  tenantName: "clinic",
  domainIdentity: DOMAIN,
  claim: claim ? sampleClaim() : null,
});

describe("createSetup", () => {
  test("makes tenant, identity, MAIL FROM and bond, each tagged, and stores their keys", async () => {
    const world = await makeSetupWorld();
    const created = await createSetup(world.ports, command(world));
    const { mailProvider, setups } = world.ports;

    expect(created).toMatchObject({
      ok: true,
      value: {
        workspaceId: world.workspaceId,
        tenantName: "clinic",
        domainIdentity: DOMAIN,
        region: "eu-central-1",
        status: "ready",
        dkim: FAKE_DKIM,
        dnsVerified: false,
        dnsCheckedAt: null,
      },
    });
    const setup = created.ok ? created.value : null;
    expect(await setups.find(setup?.id ?? "")).toEqual(setup);
    expect(mailProvider.standing).toEqual(["clinic", DOMAIN, `clinic identity/${DOMAIN}`]);
    const tags = mailProvider.tenants.get("clinic")?.tags;
    expect(tags).toMatchObject({ installation: "installation-1", owner: setup?.id });
    const identity = mailProvider.identities.get(DOMAIN);
    expect(identity).toMatchObject({ state: { mailFromDomain: `bounce.${DOMAIN}` }, feedback: false });
    expect(identity?.state.tags).toEqual(tags ?? null);
    expect(mailProvider.calls).toEqual([
      "createTenant",
      "createIdentity",
      "setMailFrom",
      "disableFeedbackForwarding",
      "associate",
    ]);
  });

  test("shows seven records, none verified, before the first check", async () => {
    const verdicts = shownVerdicts(await createdSetup(await makeSetupWorld()));
    expect(verdicts.map(({ type, verified }) => [type, verified])).toEqual([
      ["CNAME", false],
      ["CNAME", false],
      ["CNAME", false],
      ["MX", false],
      ["TXT", false],
      ["TXT", false],
      ["MX", false],
    ]);
  });

  test("asks the provider nothing when a name is taken here", async () => {
    const world = await makeSetupWorld();
    await createSetup(world.ports, command(world));
    const calls = world.ports.mailProvider.calls.length;
    const again = { ...command(world), workspaceId: world.neighbourId };
    expect(outcomeOf(await createSetup(world.ports, again))).toBe("tenant_name_taken");
    expect(outcomeOf(await createSetup(world.ports, { ...again, tenantName: "other" }))).toBe(
      "domain_identity_taken",
    );
    expect(world.ports.mailProvider.calls).toHaveLength(calls);
  });

  test("leaves a stranger's objects at the provider alone", async () => {
    const stranger = { installation: "another", owner: "x", attempt: "y" };
    const world = await makeSetupWorld();
    const { mailProvider, setups } = world.ports;

    await mailProvider.createIdentity(DOMAIN, stranger);
    expect(outcomeOf(await createSetup(world.ports, command(world)))).toBe("domain_identity_taken");
    expect(mailProvider.standing).toEqual([DOMAIN]);

    await mailProvider.createTenant("clinic", stranger);
    expect(outcomeOf(await createSetup(world.ports, command(world)))).toBe("tenant_name_taken");
    expect(mailProvider.standing).toEqual(["clinic", DOMAIN]);
    expect(await setups.list(null, { offset: 0, limit: 10 })).toEqual({ items: [], total: 0 });
  });

  test("deletes no stranger's tenant when its own creation is unknown", async () => {
    const world = await makeSetupWorld();
    await world.ports.mailProvider.createTenant("clinic", {
      installation: "another",
      owner: "x",
      attempt: "y",
    });
    world.ports.mailProvider.faults.set("createTenant", { kind: "timed_out" });
    expect(outcomeOf(await createSetup(world.ports, command(world)))).toBe("provider_timed_out");
    expect(world.ports.mailProvider.standing).toEqual(["clinic"]);
  });

  test("takes what exists under its own tags as made", async () => {
    const world = await makeSetupWorld();
    world.ports.mailProvider.faults.set("createIdentity", { kind: "already_exists", afterAccept: true });
    expect(await createSetup(world.ports, command(world))).toMatchObject({
      ok: true,
      value: { dkim: FAKE_DKIM },
    });
  });

  test("passes a lost claim on, and asks the provider nothing", async () => {
    const world = await makeSetupWorld();
    await createSetup(world.ports, command(world, true));
    const other = { ...command(world, true), tenantName: "other", domainIdentity: "other.example" };
    const calls = world.ports.mailProvider.calls.length;
    expect(outcomeOf(await createSetup(world.ports, other))).toBe("claim_lost");
    expect(world.ports.mailProvider.calls).toHaveLength(calls);
  });

  test("begins no call that could end after the caller's time", async () => {
    const world = await makeSetupWorld();
    world.ports.mailProvider.onCall = () => world.ports.clock.pass(7_900);
    expect(outcomeOf(await createSetup(world.ports, command(world)))).toBe("provider_timed_out");
    expect(world.ports.mailProvider.calls).toEqual([
      "createTenant",
      "createIdentity",
      "setMailFrom",
      "deleteIdentity",
      "deleteTenant",
    ]);
    expect(world.ports.mailProvider.standing).toEqual([]);
  });
});

describe("a fault of the provider leaves nothing behind", () => {
  const operations: readonly Operation[] = [
    "createTenant",
    "createIdentity",
    "setMailFrom",
    "disableFeedbackForwarding",
    "associate",
  ];
  test.each(faultRows(operations))("%s", async (_, operation, fault, kind) => {
    const world = await makeSetupWorld();
    world.ports.mailProvider.faults.set(operation, fault);
    expect(outcomeOf(await createSetup(world.ports, command(world, true)))).toBe(kind);
    expect(world.ports.mailProvider.standing).toEqual([]);
    // Names and key are free: the same request may come again.
    expect(outcomeOf(await createSetup(world.ports, command(world, true)))).toBe("done");
  });
});
