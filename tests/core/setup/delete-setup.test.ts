import { describe, expect, test } from "bun:test";
import { createSetup } from "../../../core/setup/create-setup.ts";
import { deleteSetup } from "../../../core/setup/delete-setup.ts";
import { listSetups } from "../../../core/setup/list-setups.ts";
import { tick } from "../../../core/tasks/tick.ts";
import { addUseCase } from "../../support/channel-samples.ts";
import { faultRows, type Operation } from "../../support/fake-mail-provider.ts";
import { makeSetupWorld } from "../../support/own-setup-world.ts";
import { createdSetup, DOMAIN, outcomeOf, ticks } from "../../support/setup-world.ts";

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

  test.each(faultRows(REMOVAL))(
    "stays listed and deletable after %s",
    async (_, operation, fault, refusal) => {
      const world = await makeSetupWorld();
      const { id: setupId } = await createdSetup(world);
      const { ports, workspaceId } = world;
      ports.mailProvider.faults.set(operation, fault);
      expect(outcomeOf(await deleteSetup(ports, { workspaceId, setupId }))).toBe(refusal);
      expect(await listSetups(ports, { workspaceId, window: null })).toMatchObject({ total: 1 });
      expect(outcomeOf(await deleteSetup(ports, { workspaceId, setupId }))).toBe("done");
      expect(ports.mailProvider.standing).toEqual([]);
    },
  );

  test.each(faultRows(REMOVAL))(
    "stands as it did, or goes on by itself once a part may be gone: after %s",
    async (_, operation, fault) => {
      const world = await makeSetupWorld();
      const { id: setupId } = await createdSetup(world);
      const { ports, workspaceId } = world;
      const before = ports.mailProvider.standing;
      ports.mailProvider.faults.set(operation, fault);
      await deleteSetup(ports, { workspaceId, setupId });
      const isWhole = operation === "dissociate" && /refused|throttled/.test(fault.kind);
      expect(await ports.setups.find(setupId)).toMatchObject({ status: isWhole ? "ready" : "deleting" });
      await ticks(world);
      expect(await listSetups(ports, { workspaceId, window: null })).toMatchObject({
        total: isWhole ? 1 : 0,
      });
      expect(ports.mailProvider.standing).toEqual(isWhole ? before : []);
    },
  );

  test("goes on after a minute, and then later and later", async () => {
    const world = await makeSetupWorld();
    const { id: setupId } = await createdSetup(world);
    const { ports, workspaceId } = world;
    ports.mailProvider.faults.set("deleteTenant", { kind: "throttled", times: 3 });
    await deleteSetup(ports, { workspaceId, setupId });
    const start = ports.clock.now();
    const ends = async (afterMs: number): Promise<readonly string[]> =>
      (await tick(ports, { at: start + afterMs }))
        .filter(({ kind }) => kind === "delete_setup")
        .map(({ end }) => end.kind);
    expect(await ends(59_999)).toEqual([]);
    expect(await ends(60_000)).toEqual(["failed"]);
    expect(await ends(89_999)).toEqual([]);
    expect(await ends(90_000)).toEqual(["failed"]);
    expect(await ends(149_999)).toEqual([]);
    expect(await ends(150_000)).toEqual(["done"]);
    expect(await ports.setups.find(setupId)).toBe(null);
  });

  test("that is half done stays so when its repetition is refused at once", async () => {
    const world = await makeSetupWorld();
    const { id: setupId } = await createdSetup(world);
    const { ports, workspaceId } = world;
    for (const operation of ["deleteTenant", "dissociate"] as const) {
      ports.mailProvider.faults.set(operation, { kind: "refused" });
      expect(outcomeOf(await deleteSetup(ports, { workspaceId, setupId }))).toBe("provider_unavailable");
      expect(await ports.setups.find(setupId)).toMatchObject({ status: "deleting" });
    }
    await ticks(world);
    expect(await ports.setups.find(setupId)).toBe(null);
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
