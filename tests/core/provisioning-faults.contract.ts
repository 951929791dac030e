// Every call to the mail provider that makes or deletes a setup or a use case, failing in every way: what the request is
// refused with, that a creation leaves all or nothing, and that a deletion can be repeated and goes on by itself once a
// part is gone. On every database, whose clock, claims and unique names this rests on (see tests/support/contract.ts).
import assert from "node:assert/strict";
import type { Id } from "../../core/ids.ts";
import type { Result } from "../../core/result.ts";
import { createSetup } from "../../core/setup/create-setup.ts";
import { deleteSetup } from "../../core/setup/delete-setup.ts";
import { listSetups } from "../../core/setup/list-setups.ts";
import type { TaskKind } from "../../core/tasks/task.ts";
import { tick } from "../../core/tasks/tick.ts";
import { createEmailUseCase, type CreateEmailUseCase } from "../../core/use-case/create-email-use-case.ts";
import { deleteUseCase } from "../../core/use-case/delete-use-case.ts";
import { listUseCases } from "../../core/use-case/list-use-cases.ts";
import { sampleClaim } from "../support/channel-samples.ts";
import type { Contract, ContractCase } from "../support/contract.ts";
import { faultRows, type Operation, type PlannedFault } from "../support/fake-mail-provider.ts";
import {
  DOMAIN,
  outcomeOf,
  setupWorldOn,
  type SetupWorld,
  ticks,
  verifiedSetup,
} from "../support/setup-world.ts";

type Outcome = Result<unknown, { readonly kind: string }>;

/** What is made and deleted, in the words that a setup and a use case have in common. */
type Thing = {
  readonly name: string;
  /** The calls within the request, in their order. */
  readonly making: readonly Operation[];
  /** Those of the task that follows. */
  readonly completing: readonly Operation[];
  readonly removal: readonly Operation[];
  readonly deletion: TaskKind;
  /** What a request of the same names is refused with while they are not free. */
  readonly taken: string;
  /** It is at the provider, with everything that belongs to it. */
  assertWhole(world: SetupWorld): void;
  /** Makes what it needs, and answers its requests. */
  prepare(world: SetupWorld): Promise<{
    create(key?: string): Promise<Outcome>;
    /** Of the same names, but not the same request. */
    createOther(): Promise<Outcome>;
    remove(id: Id): Promise<Outcome>;
    list(): Promise<readonly { readonly id: Id; readonly status: string }[]>;
  }>;
};

const THINGS: readonly Thing[] = [
  {
    name: "setup",
    making: ["createTenant", "createIdentity"],
    completing: ["setMailFrom", "associate", "disableFeedbackForwarding"],
    removal: ["dissociate", "deleteIdentity", "deleteTenant"],
    deletion: "delete_setup",
    taken: "tenant_name_taken",
    assertWhole({ ports: { mailProvider } }) {
      assert.deepEqual(mailProvider.standing, ["clinic", DOMAIN, `clinic identity/${DOMAIN}`]);
      const identity = mailProvider.identities.get(DOMAIN);
      assert.equal(identity?.state.mailFromDomain, `bounce.${DOMAIN}`);
      assert.equal(identity.feedback, false);
    },
    prepare: async ({ ports, workspaceId, neighbourId }) => {
      const request = { workspaceId, tenantName: "clinic", domainIdentity: DOMAIN, claim: null };
      return {
        create: (key) => createSetup(ports, { ...request, claim: sampleClaim(key) }),
        createOther: () => createSetup(ports, { ...request, workspaceId: neighbourId }),
        remove: (setupId) => deleteSetup(ports, { workspaceId, setupId }),
        list: async () => (await listSetups(ports, { workspaceId, window: null })).items,
      };
    },
  },
  {
    name: "use case",
    making: ["createConfigurationSet", "createEventDestination", "associate"],
    completing: [],
    removal: ["dissociate", "deleteConfigurationSet"],
    deletion: "delete_use_case",
    taken: "use_case_name_taken",
    assertWhole({ ports: { mailProvider } }) {
      const [[name, set] = []] = mailProvider.sets;
      assert.deepEqual([mailProvider.sets.size, set?.destination], [1, true]);
      const bonds = mailProvider.standing.filter((bond) => bond.endsWith(` configuration-set/${name}`));
      assert.equal(bonds.length, 1);
    },
    async prepare(world) {
      const { ports, workspaceId } = world;
      const request: CreateEmailUseCase = {
        workspaceId,
        setupId: (await verifiedSetup(world)).id,
        entityName: "North Clinic",
        name: "Reminders",
        description: null,
        sender: { local: "reminders", domain: DOMAIN },
        senderDisplayName: null,
        emailType: "transactional",
        unsubscribeScope: null,
        claim: null,
      };
      return {
        create: (key) => createEmailUseCase(ports, { ...request, claim: sampleClaim(key) }),
        createOther: () => createEmailUseCase(ports, { ...request, emailType: "marketing" }),
        remove: (useCaseId) => deleteUseCase(ports, { workspaceId, useCaseId }),
        list: () => listUseCases(ports, { workspaceId }),
      };
    },
  },
];

type Requests = Awaited<ReturnType<Thing["prepare"]>>;

/** Makes it, and answers its id. */
async function made(world: SetupWorld, { create, list }: Requests, key?: string): Promise<Id> {
  assert.equal(outcomeOf(await create(key)), "done");
  await Promise.all(world.background);
  const [standing] = await list();
  assert.ok(standing);
  return standing.id;
}

const creations = (thing: Thing): readonly ContractCase<SetupWorld>[] =>
  faultRows(thing.making).map(([name, operation, fault, refusal]) => ({
    name: `a ${thing.name} that cannot be made can be asked for again, or leaves nothing behind: ${name}`,
    async run(world) {
      const requests = await thing.prepare(world);
      const { mailProvider } = world.ports;
      const before = mailProvider.standing;

      mailProvider.faults.set(operation, fault);
      assert.equal(outcomeOf(await requests.create()), refusal);
      const id = await made(world, requests);
      thing.assertWhole(world);
      assert.equal(outcomeOf(await requests.remove(id)), "done");

      mailProvider.faults.set(operation, fault);
      assert.equal(outcomeOf(await requests.create("key-2")), refusal);
      // What a time-out leaves is undone unless the request is repeated; everything else was undone at once.
      if (refusal === "provider_timed_out") {
        assert.equal(outcomeOf(await requests.createOther()), thing.taken);
        await ticks(world);
      }
      assert.deepEqual(mailProvider.standing, before);
      assert.deepEqual(await requests.list(), []);
      assert.equal(outcomeOf(await requests.createOther()), "done");
    },
  }));

const withoutTurn = (operation: Operation): ReturnType<typeof faultRows>[number] => [
  `no turn for ${operation}`,
  operation,
  { kind: "out_of_turn" },
  "provider_timed_out",
];

/** A request ran out of time, all it asked for being there; the same one takes it up, and fails as well. */
const resumptions = (thing: Thing): readonly ContractCase<SetupWorld>[] =>
  [...faultRows(thing.making), ...thing.making.map(withoutTurn)].map(([name, operation, fault, refusal]) => ({
    name: `a ${thing.name} that is taken up and fails again leaves nothing behind: ${name}`,
    async run(world) {
      const requests = await thing.prepare(world);
      const { mailProvider } = world.ports;
      const before = mailProvider.standing;
      const last = thing.making.at(-1);
      assert.ok(last);
      mailProvider.faults.set(last, { kind: "timed_out", afterAccept: true });
      assert.equal(outcomeOf(await requests.create()), "provider_timed_out");

      mailProvider.faults.set(operation, fault);
      assert.equal(outcomeOf(await requests.create("key-2")), refusal);
      if (refusal === "provider_timed_out") await ticks(world);
      assert.deepEqual(mailProvider.standing, before);
      assert.deepEqual(await requests.list(), []);
      assert.equal(outcomeOf(await requests.createOther()), "done");
    },
  }));

const completions = (thing: Thing): readonly ContractCase<SetupWorld>[] =>
  faultRows(thing.completing).map(([name, operation, fault]) => ({
    name: `a ${thing.name} that was answered is completed by its task: ${name}`,
    async run(world) {
      world.ports.mailProvider.faults.set(operation, fault);
      await made(world, await thing.prepare(world));
      await ticks(world);
      thing.assertWhole(world);
    },
  }));

/** The ends of its deletions in a tick so much later. */
const endsOf = async ({ ports }: SetupWorld, { deletion }: Thing, afterMs: number): Promise<unknown> =>
  (await tick(ports, { at: ports.clock.now() + afterMs }))
    .filter(({ kind }) => kind === deletion)
    .map(({ end }) => end.kind);

const deletions = (thing: Thing): readonly ContractCase<SetupWorld>[] => [
  ...faultRows(thing.removal).map(([name, operation, fault, refusal]) => ({
    name: `a ${thing.name} whose deletion fails can be deleted again, or stands as it did, or goes by itself: ${name}`,
    async run(world: SetupWorld) {
      const requests = await thing.prepare(world);
      const { remove, list, createOther } = requests;
      const { faults } = world.ports.mailProvider;

      const first = await made(world, requests);
      faults.set(operation, fault);
      assert.equal(outcomeOf(await remove(first)), refusal);
      assert.equal((await list()).length, 1);
      assert.equal(outcomeOf(await createOther()), thing.taken);
      assert.equal(outcomeOf(await remove(first)), "done");
      assert.deepEqual(await list(), []);

      const second = await made(world, requests, "key-2");
      faults.set(operation, fault);
      assert.equal(outcomeOf(await remove(second)), refusal);
      const nothingGone = operation === thing.removal[0] && isCertain(fault);
      assert.equal((await list())[0]?.status, nothingGone ? "ready" : "deleting");
      await ticks(world);
      if (nothingGone && fault.afterAccept !== true) thing.assertWhole(world);
      if (!nothingGone) assert.deepEqual(await list(), []);
      assert.equal(outcomeOf(await createOther()), nothingGone ? thing.taken : "done");
    },
  })),
  {
    name: `a ${thing.name} that is half gone goes after a minute, and then later and later`,
    async run(world) {
      const requests = await thing.prepare(world);
      const { remove, list } = requests;
      const id = await made(world, requests);
      const last = thing.removal.at(-1);
      assert.ok(last);
      world.ports.mailProvider.faults.set(last, { kind: "throttled", times: 3 });
      assert.equal(outcomeOf(await remove(id)), "provider_unavailable");
      assert.deepEqual(await endsOf(world, thing, 59_999), []);
      assert.deepEqual(await endsOf(world, thing, 60_000), ["failed"]);
      assert.deepEqual(await endsOf(world, thing, 89_999), []);
      assert.deepEqual(await endsOf(world, thing, 90_000), ["failed"]);
      assert.deepEqual(await endsOf(world, thing, 149_999), []);
      assert.deepEqual(await endsOf(world, thing, 150_000), ["done"]);
      assert.deepEqual(await list(), []);
    },
  },
  {
    name: `a ${thing.name} that is half gone does not stand again when its repeated deletion is refused at once`,
    async run(world) {
      const requests = await thing.prepare(world);
      const { remove, list } = requests;
      const id = await made(world, requests);
      for (const operation of thing.removal.toReversed()) {
        world.ports.mailProvider.faults.set(operation, { kind: "refused" });
        assert.equal(outcomeOf(await remove(id)), "provider_unavailable");
        assert.equal((await list())[0]?.status, "deleting");
      }
      await ticks(world);
      assert.deepEqual(await list(), []);
    },
  },
];

/** It is said that the call was not carried out. What that conceals of a bond is mended by the next send. */
const isCertain = ({ kind }: PlannedFault): boolean => kind === "refused" || kind === "throttled";

export const contract: Contract<SetupWorld> = {
  name: "setups and use cases while the mail provider fails",
  open: (database) => setupWorldOn(database),
  cases: THINGS.flatMap((thing) => [
    ...creations(thing),
    ...resumptions(thing),
    ...completions(thing),
    ...deletions(thing),
  ]),
};
