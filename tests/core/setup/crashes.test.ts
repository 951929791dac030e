// A program that dies at any instant of making or deleting something: whatever the next one's ticks find, all of it is
// there or nothing, and the names can be used again.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Id } from "../../../core/ids.ts";
import { createSetup } from "../../../core/setup/create-setup.ts";
import { deleteSetup } from "../../../core/setup/delete-setup.ts";
import { listSetups } from "../../../core/setup/list-setups.ts";
import { runTask } from "../../../core/tasks/run-task.ts";
import { tick } from "../../../core/tasks/tick.ts";
import { createEmailUseCase } from "../../../core/use-case/create-email-use-case.ts";
import { deleteUseCase } from "../../../core/use-case/delete-use-case.ts";
import { listUseCases } from "../../../core/use-case/list-use-cases.ts";
import { faultRows, type Operation } from "../../support/fake-mail-provider.ts";
import { Gate, Life, mortalPorts } from "../../support/mortal.ts";
import { makeSetupWorld } from "../../support/own-setup-world.ts";
import {
  createdSetup,
  DOMAIN,
  leasesRunOut,
  outcomeOf,
  type SetupWorld,
  ticks,
  verifiedSetup,
} from "../../support/setup-world.ts";

const setupCommand = (workspaceId: string) => ({
  workspaceId,
  tenantName: "clinic",
  domainIdentity: DOMAIN,
  claim: null,
});
const useCaseCommand = (workspaceId: string, setupId: string) => ({
  workspaceId,
  setupId,
  entityName: "Clinic",
  name: "Reminders",
  description: null,
  sender: { local: "hello", domain: DOMAIN },
  senderDisplayName: null,
  emailType: "transactional" as const,
  unsubscribeScope: null,
  claim: null,
});

/** All of a setup, or none of it: as many as the list shows. */
async function assertWhole({ ports, workspaceId }: SetupWorld): Promise<boolean> {
  const { mailProvider } = ports;
  const { items } = await listSetups(ports, { workspaceId, window: null });
  const [setup] = items;
  const bonds = setup ? [setup.tenantName, DOMAIN, `${setup.tenantName} identity/${DOMAIN}`] : [];
  expect(mailProvider.standing.filter((name) => !name.includes("configuration-set"))).toEqual(bonds);
  if (!setup) return false;
  expect(setup).toMatchObject({ status: "ready", stepsDone: 5 });
  expect(mailProvider.identities.get(DOMAIN)).toMatchObject({
    state: { mailFromDomain: `bounce.${DOMAIN}`, tags: { owner: setup.id } },
    feedback: false,
  });
  return true;
}

/** All of each use case that the list shows, and of no other. */
async function assertWholeUseCases({ ports, workspaceId }: SetupWorld): Promise<void> {
  const useCases = await listUseCases(ports, { workspaceId });
  const sets = ports.mailProvider.standing.filter((name) => name.includes("configuration-set"));
  expect(sets).toHaveLength(useCases.length * 2);
  expect(useCases.map(({ status }) => status)).toEqual(useCases.map(() => "ready"));
  expect([...ports.mailProvider.sets.values()]).toEqual(
    useCases.map(({ id }) =>
      expect.objectContaining({ destination: true, tags: expect.objectContaining({ owner: id }) }),
    ),
  );
}

async function createdUseCase(world: SetupWorld): Promise<Id> {
  const { id } = await verifiedSetup(world);
  const made = await createEmailUseCase(world.ports, useCaseCommand(world.workspaceId, id));
  if (!made.ok) throw new Error(made.error.kind);
  return made.value.id;
}

type Work = (world: SetupWorld, ports: SetupWorld["ports"]) => Promise<unknown>;

/** Lets the work die at each of its instants, one world each, and looks at each after its ticks; answers how many. */
async function dieAtEachInstant(
  prepare: (world: SetupWorld) => Promise<Work>,
  look: (world: SetupWorld) => Promise<void>,
): Promise<number> {
  for (let diesAt = 0; ; diesAt++) {
    const world = await makeSetupWorld();
    const work = await prepare(world);
    const life = new Life(diesAt);
    await work(world, mortalPorts(world.ports, life)).catch(() => undefined);
    await Promise.all(world.background);
    if (!life.isOver) return diesAt;
    await ticks(world);
    await look(world);
  }
}

describe("a program that dies", () => {
  test("while it makes a setup leaves all or nothing, and the names are free in the latter case", async () => {
    const seen = new Set<boolean>();
    const instants = await dieAtEachInstant(
      async () => (world, ports) => createSetup(ports, setupCommand(world.workspaceId)),
      async (world) => {
        const isThere = await assertWhole(world);
        seen.add(isThere);
        const again = await createSetup(world.ports, setupCommand(world.neighbourId));
        expect(outcomeOf(again)).toBe(isThere ? "tenant_name_taken" : "done");
      },
    );
    expect(seen).toEqual(new Set([true, false]));
    expect(instants).toBeGreaterThan(20);
  }, 60_000);

  test("while it deletes a setup leaves it whole, or its next ticks end the deletion", async () => {
    await dieAtEachInstant(
      async (world) => {
        const { id: setupId } = await createdSetup(world);
        return ({ workspaceId }, ports) => deleteSetup(ports, { workspaceId, setupId });
      },
      async (world) => void (await assertWhole(world)),
    );
  }, 60_000);

  test("while it undoes a setup leaves nothing in the end", async () => {
    await dieAtEachInstant(
      async (world) => {
        world.ports.mailProvider.faults.set("createIdentity", { kind: "timed_out", afterAccept: true });
        await createSetup(world.ports, setupCommand(world.workspaceId));
        return ({ ports: { clock } }, ports) => tick(ports, { at: clock.now() + 61_000 });
      },
      async (world) => expect(await assertWhole(world)).toBe(false),
    );
  }, 60_000);

  test("while it makes or deletes a use case leaves all or nothing of it", async () => {
    await dieAtEachInstant(async (world) => {
      const { id } = await verifiedSetup(world);
      return ({ workspaceId }, ports) => createEmailUseCase(ports, useCaseCommand(workspaceId, id));
    }, assertWholeUseCases);
    await dieAtEachInstant(async (world) => {
      const useCaseId = await createdUseCase(world);
      return ({ workspaceId }, ports) => deleteUseCase(ports, { workspaceId, useCaseId });
    }, assertWholeUseCases);
  }, 60_000);
});

type Held = {
  readonly name: string;
  readonly prepare: (world: SetupWorld) => Promise<Work>;
  /** What may fail for the successor. */
  readonly calls: readonly Operation[];
  readonly look: (world: SetupWorld) => Promise<unknown>;
};

/** What befalls the successor. What a call that was refused and done all the same conceals of a bond, the next send mends. */
const faultsOf = (calls: readonly Operation[]) =>
  faultRows(calls).filter(
    ([, operation, { kind, afterAccept }]) =>
      !(operation === "dissociate" && kind === "refused" && afterAccept),
  );

describe("a worker that was held up", () => {
  const requests: readonly Held[] = [
    {
      name: "creating a setup",
      prepare:
        async () =>
        ({ workspaceId }, ports) =>
          createSetup(ports, setupCommand(workspaceId)),
      calls: ["createTenant", "createIdentity", "deleteIdentity", "deleteTenant"],
      look: assertWhole,
    },
    {
      name: "deleting a setup",
      prepare: async (world) => {
        const { id: setupId } = await createdSetup(world);
        return ({ workspaceId }, ports) => deleteSetup(ports, { workspaceId, setupId });
      },
      calls: ["dissociate", "deleteIdentity", "deleteTenant"],
      look: assertWhole,
    },
    {
      name: "creating a use case",
      prepare: async (world) => {
        const { id } = await verifiedSetup(world);
        return ({ workspaceId }, ports) => createEmailUseCase(ports, useCaseCommand(workspaceId, id));
      },
      calls: ["createConfigurationSet", "createEventDestination", "associate", "deleteConfigurationSet"],
      look: assertWholeUseCases,
    },
    {
      name: "deleting a use case",
      prepare: async (world) => {
        const useCaseId = await createdUseCase(world);
        return ({ workspaceId }, ports) => deleteUseCase(ports, { workspaceId, useCaseId });
      },
      calls: ["dissociate", "deleteConfigurationSet"],
      look: assertWholeUseCases,
    },
  ];
  test.each(requests.map((row): [string, Held] => [row.name, row]))(
    "until its lease ran out changes nothing that its successor decided: %s",
    async (_, { prepare, calls, look }) => {
      const arbitrary = fc.record({
        instants: fc.nat(40),
        successor: fc.nat(40),
        repeats: fc.boolean(),
        fault: fc.option(fc.constantFrom(...faultsOf(calls))),
      });
      const property = fc.asyncProperty(arbitrary, async ({ instants, successor, repeats, fault }) => {
        const world = await makeSetupWorld();
        const run = await prepare(world);
        const { clock } = world.ports;
        const [first, second] = [new Gate(instants), new Gate(successor)];
        const held = run(world, mortalPorts(world.ports, first)).catch(() => undefined);
        await Promise.race([held, first.isClosed]);
        await leasesRunOut(world);
        if (fault) world.ports.mailProvider.faults.set(fault[1], fault[2]);
        const ports = mortalPorts(world.ports, second);
        const after = (repeats ? run(world, ports) : tick(ports, { at: clock.now() })).catch(() => undefined);
        await Promise.race([after, second.isClosed]);
        first.letGo();
        await held;
        second.letGo();
        await after;
        await Promise.all(world.background);
        await ticks(world);
        await look(world);
      });
      await fc.assert(property, { numRuns: 50 });
    },
    60_000,
  );

  test("until a deletion began leaves its task to whoever makes the rest when the deletion has failed", async () => {
    const world = await makeSetupWorld();
    const { ports, workspaceId } = world;
    const { setups, tasks, mailProvider, clock } = ports;
    mailProvider.faults.set("setMailFrom", { kind: "refused" });
    const { id } = await createdSetup(world);
    // A lease that has run out as soon as it begins.
    const task = await tasks.claim("provision_setup", id, 0);
    if (task === null) throw new Error("no task");
    const recordStep: typeof setups.recordStep = async (held, done) => {
      const begun = await setups.beginDelete(id, clock.now());
      if (!begun.ok) throw new Error(begun.error.kind);
      const isRecorded = await setups.recordStep(held, done);
      await setups.abortDelete(begun.value, clock.now());
      return isRecorded;
    };
    await runTask({ ...ports, setups: { ...setups, recordStep } }, task);
    expect((await setups.find(id))?.stepsDone).toBe(2);
    await ticks(world);
    expect(await setups.find(id)).toMatchObject({ workspaceId, status: "ready", stepsDone: 5 });
  });
});
