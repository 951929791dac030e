// Every call to SES that makes or deletes a setup or a use case, never answered, before and after it took effect: each
// request is answered 504 in its time, what was to be made can be asked for again or leaves nothing, and what was to be
// deleted goes. Many at once, because each silence lasts as long as a call may: as many requests as there are silences,
// each of which ends one of them, whichever.
import { expect, test } from "bun:test";
import type { ApiAnswer } from "../support/api-client.ts";
import { onEachDatabase } from "../support/each-database.ts";
import { type OwnProgramOptions, startOwnProgram } from "../support/own-program.ts";
import { promised, settle, standing } from "../support/provisioned.ts";
import { assertProblem } from "../support/refusals.ts";
import { useCaseOn } from "../support/world.ts";

const SILENCES_MS_MAX = 120_000;
const MAKING_SETUPS = ["CreateTenant", "CreateEmailIdentity"];
const MAKING_USE_CASES = [
  "CreateConfigurationSet",
  "CreateConfigurationSetEventDestination",
  "CreateTenantResourceAssociation",
];
const REMOVING_USE_CASES = ["DeleteTenantResourceAssociation", "DeleteConfigurationSet"];
const REMOVING_SETUPS = ["DeleteTenantResourceAssociation", "DeleteEmailIdentity", "DeleteTenant"];

type Request = () => Promise<ApiAnswer>;

const silences = (operations: readonly string[]): readonly object[] =>
  operations.flatMap((operation) => [
    { operation, status: "timeout" },
    { operation, status: "timeout", after_accept: true },
  ]);

/** One for each silence. */
const forEach = (operations: readonly string[], request: (index: number) => Request): readonly Request[] =>
  silences(operations).map((_, index) => request(index));

const allOf = (requests: readonly Request[]): Promise<readonly ApiAnswer[]> =>
  Promise.all(requests.map((request) => request()));

async function survives(where: string, options: OwnProgramOptions): Promise<void> {
  const { world } = await startOwnProgram(options);
  const { sandbox } = world;

  /** All of them at once, and each of the silences ends one. */
  async function meetSilence(operations: readonly string[], requests: readonly Request[]): Promise<void> {
    const fail = silences(operations);
    expect(requests).toHaveLength(fail.length);
    const answers = await sandbox.withFaults({ ses: { fail } }, () => allOf(requests));
    for (const answer of answers) assertProblem(answer, { status: 504, code: "provider_timed_out" });
  }

  test.concurrent(
    `${where}: SES that does not answer costs a 504 and nothing else`,
    async () => {
      const workspace = await world.newWorkspace();
      const { api } = workspace;
      const create =
        (path: string, json: object): Request =>
        () =>
          api.call("POST", path, { json });
      const remove =
        (path: string, id: string): Request =>
        () =>
          api.call("DELETE", `${path}/${id}`);
      const hub = await workspace.verifiedSetup();
      const useCases = await Promise.all(silences(REMOVING_USE_CASES).map(() => workspace.useCase(hub)));
      const newSetup = (): Request => {
        const name = world.unique("silent");
        return create("/v1/ses-setup", { tenant_name: name, domain_identity: `${name}.example` });
      };
      const newUseCase = (): Request => create("/v1/use-case", useCaseOn(world, hub));
      const creations = [...forEach(MAKING_SETUPS, newSetup), ...forEach(MAKING_USE_CASES, newUseCase)];
      const removals = useCases.map(({ id }) => remove("/v1/use-case", id));
      await meetSilence(
        [...MAKING_SETUPS, ...MAKING_USE_CASES, ...REMOVING_USE_CASES],
        [...creations, ...removals],
      );

      // Every other creation is asked for again at once; the rest is not, and is undone.
      const again = await allOf(creations.filter((_, index) => index % 2 === 0));
      expect(again.map(({ status }) => status)).toEqual(again.map(() => 201));
      expect((await allOf(removals)).map(({ status }) => status)).toEqual(removals.map(() => 204));
      await settle(world);
      const afterCreations = await promised(workspace);
      expect(afterCreations.configurationSets).toHaveLength(MAKING_USE_CASES.length);
      expect(await standing(workspace)).toEqual(afterCreations);

      const setups = await Promise.all(silences(REMOVING_SETUPS).map(() => workspace.newSetup()));
      const deletions = setups.map(({ id }) => remove("/v1/ses-setup", id));
      await meetSilence(REMOVING_SETUPS, deletions);
      // Some are asked for again; the others go on by themselves.
      const repeated = await allOf(deletions.filter((_, index) => index % 2 === 0));
      expect(repeated.map(({ status }) => status)).toEqual(repeated.map(() => 204));
      await settle(world);
      const afterDeletions = await promised(workspace);
      expect(afterDeletions.tenants).toHaveLength(afterCreations.tenants.length);
      expect(await standing(workspace)).toEqual(afterDeletions);
    },
    SILENCES_MS_MAX,
  );
}

await onEachDatabase(survives);
