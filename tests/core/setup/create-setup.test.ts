import { describe, expect, test } from "bun:test";
import { createSetup } from "../../../core/setup/create-setup.ts";
import { deleteSetup } from "../../../core/setup/delete-setup.ts";
import { deriveDnsRecords } from "../../../core/setup/dns-records.ts";
import { shownVerdicts } from "../../../core/setup/check-setup.ts";
import { sampleClaim } from "../../support/channel-samples.ts";
import { FAKE_DKIM } from "../../support/fake-mail-provider.ts";
import { makeSetupWorld } from "../../support/own-setup-world.ts";
import {
  createdSetup,
  DOMAIN,
  type SetupWorld,
  outcomeOf,
  ticks,
  verifiedSetup,
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
    // The answer does not wait for the rest.
    expect([setup?.stepsDone, mailProvider.calls.length]).toEqual([2, 2]);
    await Promise.all(world.background);
    expect(await setups.find(setup?.id ?? "")).toMatchObject({ ...setup, stepsDone: 5 });
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
      "associate",
      "disableFeedbackForwarding",
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
    await Promise.all(world.background);
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
    await ticks(world);
    expect(world.ports.mailProvider.standing).toEqual(["clinic"]);
    expect(await world.ports.setups.findReleased(DOMAIN)).toBe(null);
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
    await Promise.all(world.background);
    const other = { ...command(world, true), tenantName: "other", domainIdentity: "other.example" };
    const calls = world.ports.mailProvider.calls.length;
    expect(outcomeOf(await createSetup(world.ports, other))).toBe("claim_lost");
    expect(world.ports.mailProvider.calls).toHaveLength(calls);
  });

  test("begins no call that could end after the caller's time; the same request goes on", async () => {
    const world = await makeSetupWorld();
    const { mailProvider, clock } = world.ports;
    mailProvider.onCall = () => clock.pass(18_000);
    expect(outcomeOf(await createSetup(world.ports, command(world, true)))).toBe("provider_timed_out");
    expect([mailProvider.calls, mailProvider.standing]).toEqual([["createTenant"], ["clinic"]]);
    // Nobody else gets the names meanwhile, nor this workspace with another partner.
    const others = { ...command(world), workspaceId: world.neighbourId };
    expect(outcomeOf(await createSetup(world.ports, others))).toBe("tenant_name_taken");
    const differs = { ...command(world), domainIdentity: "other.example" };
    expect(outcomeOf(await createSetup(world.ports, differs))).toBe("tenant_name_taken");

    mailProvider.onCall = () => undefined;
    const made = await createSetup(world.ports, command(world, true));
    await Promise.all(world.background);
    expect(made).toMatchObject({ ok: true, value: { status: "ready" } });
    expect(mailProvider.standing).toEqual(["clinic", DOMAIN, `clinic identity/${DOMAIN}`]);
  });

  test("leaves nothing at all when not even its first turn comes in time", async () => {
    const world = await makeSetupWorld();
    world.ports.mailProvider.noTurns = true;
    expect(outcomeOf(await createSetup(world.ports, command(world, true)))).toBe("provider_timed_out");
    world.ports.mailProvider.noTurns = false;
    const others = { ...command(world), workspaceId: world.neighbourId };
    expect(outcomeOf(await createSetup(world.ports, others))).toBe("done");
  });
});

describe("a creation that failed", () => {
  test("while it is undone keeps the names until the provider lets it", async () => {
    const world = await makeSetupWorld();
    const { mailProvider } = world.ports;
    mailProvider.faults.set("createIdentity", { kind: "refused" });
    mailProvider.faults.set("deleteTenant", { kind: "unavailable" });
    expect(outcomeOf(await createSetup(world.ports, command(world)))).toBe("provider_unavailable");
    const others = { ...command(world), workspaceId: world.neighbourId };
    expect(outcomeOf(await createSetup(world.ports, others))).toBe("tenant_name_taken");
    await ticks(world);
    expect(outcomeOf(await createSetup(world.ports, others))).toBe("done");
  });
});

describe("a domain somebody has or had", () => {
  const create = (world: SetupWorld, workspaceId: string, domainIdentity: string): Promise<string> =>
    createSetup(world.ports, {
      workspaceId,
      tenantName: `t-${domainIdentity.length}`,
      domainIdentity,
      claim: null,
    }).then(outcomeOf);

  test("is refused above and below another workspace's, not one's own", async () => {
    const world = await makeSetupWorld();
    await createdSetup(world);
    expect(await create(world, world.neighbourId, "clinic.example")).toBe("domain_conflict");
    expect(await create(world, world.neighbourId, `eu.${DOMAIN}`)).toBe("domain_conflict");
    expect(await create(world, world.workspaceId, "clinic.example")).toBe("done");
  });

  test("is refused to others while one of its DKIM records stands or cannot be looked up", async () => {
    const world = await makeSetupWorld();
    const { ports, workspaceId, neighbourId } = world;
    const setup = await verifiedSetup(world);
    expect(outcomeOf(await deleteSetup(ports, { workspaceId, setupId: setup.id }))).toBe("done");
    expect(await create(world, neighbourId, DOMAIN)).toBe("domain_recently_released");
    const [one, two, three] = deriveDnsRecords(setup).map(({ address }) => address);
    for (const address of [one, two]) ports.dns.set(address ?? "", "CNAME", []);
    expect(await create(world, neighbourId, DOMAIN)).toBe("domain_recently_released");
    ports.dns.broken.add(three ?? "");
    expect(await create(world, neighbourId, DOMAIN)).toBe("domain_recently_released");
    ports.dns.broken.clear();
    ports.dns.set(three ?? "", "CNAME", ["changed.example"]);
    expect(await create(world, neighbourId, DOMAIN)).toBe("done");
  });

  test("is the former owner's again at once", async () => {
    const world = await makeSetupWorld();
    const { ports, workspaceId } = world;
    const { id: setupId } = await verifiedSetup(world);
    expect(outcomeOf(await deleteSetup(ports, { workspaceId, setupId }))).toBe("done");
    expect(await create(world, workspaceId, DOMAIN)).toBe("done");
  });
});
