import { describe, expect, test } from "bun:test";
import { createSetup } from "../../../core/setup/create-setup.ts";
import { deleteSetup } from "../../../core/setup/delete-setup.ts";
import { listSetups } from "../../../core/setup/list-setups.ts";
import { addUseCase } from "../../support/channel-samples.ts";
import type { Operation } from "../../support/fake-mail-provider.ts";
import { makeSetupWorld } from "../../support/own-setup-world.ts";
import { createdSetup, DOMAIN, outcomeOf } from "../../support/setup-world.ts";

const REMOVAL: readonly Operation[] = ["dissociate", "deleteIdentity", "deleteTenant"];

describe("deleteSetup", () => {
  test("takes the provider's objects down in order and frees the names", async () => {
    const world = await makeSetupWorld();
    const { id: setupId } = await createdSetup(world);
    world.ports.mailProvider.calls.length = 0;
    const { workspaceId } = world;
    expect(outcomeOf(await deleteSetup(world.ports, { workspaceId, setupId }))).toBe("done");
    expect(world.ports.mailProvider.calls).toEqual([...REMOVAL]);
    expect(world.ports.mailProvider.standing).toEqual([]);
    expect(outcomeOf(await deleteSetup(world.ports, { workspaceId, setupId }))).toBe("setup_not_found");
    expect(await createdSetup(world)).toMatchObject({ domainIdentity: DOMAIN });
  });

  test("is the owner's alone, under either sharing", async () => {
    const world = await makeSetupWorld({ setupSharing: "platform" });
    const { id: setupId } = await createdSetup(world);
    const foreign = { workspaceId: world.neighbourId, setupId };
    expect(outcomeOf(await deleteSetup(world.ports, foreign))).toBe("setup_not_found");
    expect(outcomeOf(await deleteSetup(world.ports, { workspaceId: null, setupId }))).toBe("done");
  });

  test("is refused while a use case refers to it, before the provider is called", async () => {
    const world = await makeSetupWorld();
    const setup = await createdSetup(world);
    await addUseCase(world.ports, setup, 1);
    world.ports.mailProvider.calls.length = 0;
    const command = { workspaceId: world.workspaceId, setupId: setup.id };
    expect(outcomeOf(await deleteSetup(world.ports, command))).toBe("setup_in_use");
    expect(world.ports.mailProvider.calls).toEqual([]);
  });

  test("takes what is gone already for success", async () => {
    const world = await makeSetupWorld();
    const { id: setupId } = await createdSetup(world);
    const { mailProvider } = world.ports;
    mailProvider.bonds.clear();
    mailProvider.identities.clear();
    mailProvider.tenants.clear();
    expect(outcomeOf(await deleteSetup(world.ports, { workspaceId: world.workspaceId, setupId }))).toBe(
      "done",
    );
  });

  test("waits for the rest of a setup that is just being made, which would bind what is deleted", async () => {
    const world = await makeSetupWorld();
    const { ports, workspaceId } = world;
    const command = { workspaceId, tenantName: "clinic", domainIdentity: DOMAIN, claim: null };
    const created = await createSetup(ports, command);
    const setupId = created.ok ? created.value.id : "";
    expect(outcomeOf(await deleteSetup(ports, { workspaceId, setupId }))).toBe("done");
    await Promise.all(world.background);
    expect(ports.mailProvider.calls.slice(-4)).toEqual(["disableFeedbackForwarding", ...REMOVAL]);
    expect(ports.mailProvider.standing).toEqual([]);
  });

  test("asked for twice at once is done once, and both are told so", async () => {
    const world = await makeSetupWorld();
    const { id: setupId } = await createdSetup(world);
    world.ports.mailProvider.calls.length = 0;
    const command = { workspaceId: world.workspaceId, setupId };
    const both = await Promise.all([deleteSetup(world.ports, command), deleteSetup(world.ports, command)]);
    expect(both.map(outcomeOf)).toEqual(["done", "done"]);
    expect(world.ports.mailProvider.calls).toEqual([...REMOVAL]);
  });
});

describe("listSetups", () => {
  test("shows a workspace its own, the operator all, in creation order", async () => {
    const world = await makeSetupWorld();
    const { ports, workspaceId, neighbourId } = world;
    const [first, second] = [await createdSetup(world, "a.example"), await createdSetup(world, "b.example")];
    const theirs = await createdSetup({ ...world, workspaceId: neighbourId }, "c.example");
    const idsOf = async (command: Parameters<typeof listSetups>[1]): Promise<unknown> => {
      const { items, total } = await listSetups(ports, command);
      return { ids: items.map(({ id }) => id), total };
    };
    expect(await idsOf({ workspaceId, window: null })).toEqual({ ids: [first.id, second.id], total: 2 });
    expect(await idsOf({ workspaceId, window: { offset: 1, limit: 1 } })).toEqual({
      ids: [second.id],
      total: 2,
    });
    expect(await idsOf({ workspaceId: null, window: null })).toEqual({
      ids: [first.id, second.id, theirs.id],
      total: 3,
    });
    ports.settings.setupSharing = "platform";
    expect(await idsOf({ workspaceId, window: { offset: 2, limit: 5 } })).toEqual({
      ids: [theirs.id],
      total: 3,
    });
  });

  test("looks nothing up", async () => {
    const world = await makeSetupWorld();
    await createdSetup(world);
    world.ports.mailProvider.calls.length = 0;
    await listSetups(world.ports, { workspaceId: world.workspaceId, window: null });
    expect([world.ports.dns.asked, world.ports.mailProvider.calls]).toEqual([[], []]);
  });
});
