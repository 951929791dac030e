import { describe, expect, test } from "bun:test";
import { createEmailUseCase, type CreateEmailUseCase } from "../../../core/use-case/create-email-use-case.ts";
import { deleteUseCase } from "../../../core/use-case/delete-use-case.ts";
import { getUseCase } from "../../../core/use-case/get-use-case.ts";
import { listUseCases } from "../../../core/use-case/list-use-cases.ts";
import type { EmailUseCase } from "../../../core/use-case/use-case.ts";
import { addUseCase, sampleBeginning, sampleClaim } from "../../support/channel-samples.ts";
import { makeSetupWorld } from "../../support/own-setup-world.ts";
import {
  checked,
  createdSetup,
  DOMAIN,
  outcomeOf,
  publish,
  type SetupWorld,
  verifiedSetup,
} from "../../support/setup-world.ts";

const command = (
  world: SetupWorld,
  setupId: string,
  changes: Partial<CreateEmailUseCase> = {},
): CreateEmailUseCase => ({
  workspaceId: world.workspaceId,
  setupId,
  entityName: "North Clinic",
  name: "Reminders",
  description: null,
  sender: { local: "Reminders", domain: DOMAIN },
  senderDisplayName: null,
  emailType: "transactional",
  unsubscribeScope: null,
  claim: null,
  ...changes,
});

async function createdUseCase(
  world: SetupWorld,
  setupId: string,
  changes: Partial<CreateEmailUseCase> = {},
): Promise<EmailUseCase> {
  const created = await createEmailUseCase(world.ports, command(world, setupId, changes));
  if (!created.ok) throw new Error(`no use case: ${created.error.kind}`);
  return created.value;
}

/** Everything that stands at the provider beside the setup's own. */
const standing = ({ ports }: SetupWorld): readonly string[] =>
  ports.mailProvider.standing.filter((name) => name.includes("configuration-set"));

describe("createEmailUseCase", () => {
  test("makes a configuration set, its destination and the bond, and stores what was bound", async () => {
    const world = await makeSetupWorld();
    const setup = await verifiedSetup(world);
    const useCase = await createdUseCase(world, setup.id, {
      entityName: "Nu\u0308rnberg",
      description: "For recalls.",
    });
    const { configurationSetName } = useCase;

    expect(useCase).toMatchObject({
      workspaceId: world.workspaceId,
      channel: "email",
      entityName: "Nürnberg",
      name: "Reminders",
      description: "For recalls.",
      status: "ready",
      setupId: setup.id,
      senderEmailAddress: `Reminders@${DOMAIN}`,
      senderDisplayName: null,
      emailType: "transactional",
      unsubscribeScope: "use_case",
      tier: "onboarding",
    });
    expect(configurationSetName).toMatch(/^nurnberg-reminders-[a-z2-7]{8}$/);
    expect(await world.ports.useCases.find(useCase.id, world.workspaceId)).toEqual(useCase);
    expect(standing(world)).toEqual([
      `configuration-set/${configurationSetName}`,
      `${setup.tenantName} configuration-set/${configurationSetName}`,
    ]);
    expect(world.ports.mailProvider.sets.get(configurationSetName)).toMatchObject({
      pool: null,
      destination: true,
      tags: { installation: "installation-1", owner: useCase.id },
    });
  });

  test("puts the set into the pool of its type and tier where there are pools", async () => {
    const world = await makeSetupWorld({ pools: "managed" });
    const { id } = await verifiedSetup(world);
    const { configurationSetName } = await createdUseCase(world, id, { emailType: "marketing" });
    expect(world.ports.mailProvider.sets.get(configurationSetName)?.pool).toBe("marketing-onboarding");
  });

  test("is refused for setups out of reach", async () => {
    const world = await makeSetupWorld();
    const { id } = await verifiedSetup(world);
    const foreign = command({ ...world, workspaceId: world.neighbourId }, id);
    expect(outcomeOf(await createEmailUseCase(world.ports, foreign))).toBe("setup_not_found");
    expect(outcomeOf(await createEmailUseCase(world.ports, command(world, world.ports.ids.newId())))).toBe(
      "setup_not_found",
    );
    world.ports.settings.setupSharing = "platform";
    expect(outcomeOf(await createEmailUseCase(world.ports, foreign))).toBe("done");
  });

  test("is refused for another domain, with the one that would do", async () => {
    const world = await makeSetupWorld();
    const { id } = await verifiedSetup(world);
    const sender = { local: "reminders", domain: `sub.${DOMAIN}` };
    const refusedFor = await createEmailUseCase(world.ports, command(world, id, { sender }));
    expect(refusedFor).toMatchObject({ error: { kind: "sender_domain_mismatch", expectedDomain: DOMAIN } });
  });

  test("is refused for an address that has another use", async () => {
    const world = await makeSetupWorld();
    const { id } = await verifiedSetup(world);
    const sender = { local: "Postmaster", domain: DOMAIN };
    expect(outcomeOf(await createEmailUseCase(world.ports, command(world, id, { sender })))).toBe(
      "sender_address_reserved",
    );
  });

  const taken: [name: string, changes: Partial<CreateEmailUseCase>, kind: string][] = [
    [
      "the name pair in another case",
      { entityName: "NORTH CLINIC", sender: { local: "other", domain: DOMAIN } },
      "use_case_name_taken",
    ],
    [
      "the sender address in another case",
      { name: "Recalls", sender: { local: "REMINDERS", domain: DOMAIN } },
      "sender_address_taken",
    ],
  ];
  test.each(taken)(
    "is refused when somebody has %s, before the provider is called",
    async (_, changes, kind) => {
      const world = await makeSetupWorld();
      const { id } = await verifiedSetup(world);
      await createdUseCase(world, id);
      const calls = world.ports.mailProvider.calls.length;
      expect(outcomeOf(await createEmailUseCase(world.ports, command(world, id, changes)))).toBe(kind);
      expect(world.ports.mailProvider.calls).toHaveLength(calls);
    },
  );

  test("is refused when the provider knows the set's name, and leaves that set alone", async () => {
    const world = await makeSetupWorld();
    const { id } = await verifiedSetup(world);
    const { configurationSetName, id: useCaseId } = await createdUseCase(world, id);
    await deleteUseCase(world.ports, { workspaceId: world.workspaceId, useCaseId });
    await world.ports.mailProvider.createConfigurationSet(configurationSetName, null, {
      installation: "x",
      owner: "y",
      attempt: "z",
    });
    expect(outcomeOf(await createEmailUseCase(world.ports, command(world, id)))).toBe(
      "configuration_set_name_taken",
    );
    expect(standing(world)).toEqual([`configuration-set/${configurationSetName}`]);
  });

  test("passes a lost claim on", async () => {
    const world = await makeSetupWorld();
    const { id } = await verifiedSetup(world);
    await createdUseCase(world, id, { claim: sampleClaim() });
    const other = command(world, id, {
      name: "Recalls",
      sender: { local: "b", domain: DOMAIN },
      claim: sampleClaim(),
    });
    expect(outcomeOf(await createEmailUseCase(world.ports, other))).toBe("claim_lost");
  });

  describe("needs verified DNS", () => {
    test("a setup never checked is checked first", async () => {
      const world = await makeSetupWorld();
      const setup = await createdSetup(world);
      expect(outcomeOf(await createEmailUseCase(world.ports, command(world, setup.id)))).toBe(
        "dns_not_verified",
      );
      expect(await world.ports.setups.find(setup.id)).toMatchObject({ dnsCheckedAt: world.ports.clock.at });
    });

    test("a no of up to 60 s stands, an older one is asked again", async () => {
      const world = await makeSetupWorld();
      const setup = await createdSetup(world);
      await checked(world, setup.id);
      publish(world, setup);
      world.ports.clock.pass(60_000);
      expect(outcomeOf(await createEmailUseCase(world.ports, command(world, setup.id)))).toBe(
        "dns_not_verified",
      );
      world.ports.clock.pass(1);
      expect(outcomeOf(await createEmailUseCase(world.ports, command(world, setup.id)))).toBe("done");
    });

    test("a yes is not asked again", async () => {
      const world = await makeSetupWorld();
      const { id } = await verifiedSetup(world);
      world.ports.clock.pass(3_600_000);
      world.ports.dns.asked.length = 0;
      await createdUseCase(world, id);
      expect(world.ports.dns.asked).toEqual([]);
    });
  });
});

describe("getUseCase and listUseCases", () => {
  test("show a workspace its own, the operator all", async () => {
    const world = await makeSetupWorld();
    const { ports, workspaceId, neighbourId } = world;
    const { id: setupId } = await verifiedSetup(world);
    const useCase = await createdUseCase(world, setupId);
    const ask = async (asking: string | null): Promise<string> =>
      outcomeOf(await getUseCase(ports, { workspaceId: asking, useCaseId: useCase.id }));
    expect([await ask(workspaceId), await ask(null), await ask(neighbourId)]).toEqual([
      "done",
      "done",
      "use_case_not_found",
    ]);
    expect(await listUseCases(ports, { workspaceId, entityName: "north CLINIC" })).toEqual([useCase]);
    expect(await listUseCases(ports, { workspaceId, channel: "inbound_voice" })).toEqual([]);
    expect(await listUseCases(ports, { workspaceId: neighbourId })).toEqual([]);
    expect(await listUseCases(ports, { workspaceId: null, setupId })).toEqual([useCase]);
  });

  test("do not know one that is still being made", async () => {
    const world = await makeSetupWorld();
    const setup = await verifiedSetup(world);
    const { id: useCaseId } = await addUseCase(world.ports, setup, 1);
    expect(outcomeOf(await getUseCase(world.ports, { workspaceId: null, useCaseId }))).toBe("done");
    const made = await createdUseCase(world, setup.id);
    const names = {
      entityName: "Other",
      configurationSetName: "other",
      senderEmailAddress: `other@${DOMAIN}`,
    };
    const reserved = { ...made, ...names, id: world.ports.ids.newId(), status: "provisioning" as const };
    await world.ports.useCases.reserveEmail(reserved, null, sampleBeginning());
    expect(outcomeOf(await getUseCase(world.ports, { workspaceId: null, useCaseId: reserved.id }))).toBe(
      "use_case_not_found",
    );
  });
});

describe("deleteUseCase", () => {
  test("takes down bond and set, and frees the names", async () => {
    const world = await makeSetupWorld();
    const { id } = await verifiedSetup(world);
    const { id: useCaseId } = await createdUseCase(world, id);
    const deletion = { workspaceId: world.workspaceId, useCaseId };
    expect(outcomeOf(await deleteUseCase(world.ports, deletion))).toBe("done");
    expect(standing(world)).toEqual([]);
    expect(outcomeOf(await deleteUseCase(world.ports, deletion))).toBe("use_case_not_found");
    expect(await createdUseCase(world, id)).toMatchObject({ status: "ready" });
  });

  test("is its own workspace's alone", async () => {
    const world = await makeSetupWorld({ setupSharing: "platform" });
    const { id } = await verifiedSetup(world);
    const { id: useCaseId } = await createdUseCase(world, id);
    const foreign = { workspaceId: world.neighbourId, useCaseId };
    expect(outcomeOf(await deleteUseCase(world.ports, foreign))).toBe("use_case_not_found");
  });

  test("takes what is gone already for success", async () => {
    const world = await makeSetupWorld();
    const { id } = await verifiedSetup(world);
    const { id: useCaseId } = await createdUseCase(world, id);
    world.ports.mailProvider.bonds.clear();
    world.ports.mailProvider.sets.clear();
    expect(outcomeOf(await deleteUseCase(world.ports, { workspaceId: null, useCaseId }))).toBe("done");
  });
});
