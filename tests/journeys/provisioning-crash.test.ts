// kill -9 amid creations and deletions of setups and use cases at forty instants from the
// first provider call to the last, the provider being slow, sometimes throttled, and staying up. After a restart and
// ticks, what is listed stands whole under its tags, what is not listed has left nothing, and every name can be used again.
import { expect, test } from "bun:test";
import assert from "node:assert/strict";
import { type ApiAnswer, jsonOf } from "../support/api-client.ts";
import type { SetupDetail, SetupPage, UseCase } from "../support/api-shapes.ts";
import { onEachDatabase, USUAL_DATABASE } from "../support/each-database.ts";
import { type OwnProgramOptions, startOwnProgram } from "../support/own-program.ts";
import { promised, settle, standing } from "../support/provisioned.ts";
import { until } from "../support/until.ts";
import { letters, useCaseOn, type Workspace } from "../support/world.ts";

/** On the usual runtime and storage; on the others fewer instants cover the same calls. */
const KILLS = 40;
const KILLS_ELSEWHERE = 10;
/** Of each kind. A round deletes each one that is there, and makes each one that is not. */
const NAMES = ["north", "south", "west"];
/** Provider calls of the longest round: three setups made by five each, and three use cases by three each. */
const CALLS_MAX = 24;
const LATENCY_MS = 20;
const CALLS_PER_SECOND = 50;
/** No call begins so late after another one while there is work. */
const QUIET_MS = 4 * LATENCY_MS;
const KILLS_MS_MAX = 240_000;

type Round = {
  /** So many provider calls have been answered, and so long ago, when the program is killed: amid the next one, or between two. */
  readonly calls: number;
  readonly delayMs: number;
  /** Of the provider; the program was told CALLS_PER_SECOND. */
  readonly throttlePerSecond: number;
};
const roundsOf = (kills: number): readonly Round[] =>
  Array.from({ length: kills }, (_, index) => ({
    calls: Math.round((index * CALLS_MAX) / (kills - 1)),
    delayMs: ((index % 3) * LATENCY_MS) / 2,
    throttlePerSecond: index % 4 === 3 ? CALLS_PER_SECOND / 5 : CALLS_PER_SECOND,
  }));
const isThrottled = ({ throttlePerSecond }: Round): boolean => throttlePerSecond < CALLS_PER_SECOND;

type Change = {
  readonly path: string;
  /** Of what it deletes there; null: it makes something. */
  readonly id: string | null;
  /** Null: it was cut off. */
  readonly answer: Promise<ApiAnswer | null>;
};

type Listed = { readonly setups: SetupPage["items"]; readonly useCases: readonly UseCase[] };

/** Registers the test, with a program and a provider of its own. */
async function survives(
  where: string,
  kills: number,
  { environment = {}, ...options }: OwnProgramOptions,
): Promise<void> {
  const pace = { SES_CALLS_PER_SECOND: String(CALLS_PER_SECOND) };
  const program = await startOwnProgram({ ...options, environment: { ...pace, ...environment } });
  const { world } = program;
  const { sandbox } = world;

  async function listed({ api }: Workspace): Promise<Listed> {
    const { items: setups } = await api.get<SetupPage>("/v1/ses-setup");
    const { items: useCases } = await api.get<{ items: readonly UseCase[] }>("/v1/use-case");
    return { setups, useCases };
  }

  /** One change of each name, all at once; the use cases are the hub's. */
  async function beginChanges(workspace: Workspace, hub: SetupDetail): Promise<readonly Change[]> {
    const { api } = workspace;
    const { setups, useCases } = await listed(workspace);
    const toggle = (path: string, id: string | null, json: object): Change => ({
      path,
      id,
      answer: (id === null ? api.call("POST", path, { json }) : api.call("DELETE", `${path}/${id}`)).catch(
        () => null,
      ),
    });
    return NAMES.flatMap((name) => {
      const setup = setups.find(({ tenant_name: tenant }) => tenant === name);
      const useCase = useCases.find((one) => one.name === name);
      const domain = `${name}.example`;
      return [
        toggle("/v1/ses-setup", setup?.id ?? null, { tenant_name: name, domain_identity: domain }),
        toggle("/v1/use-case", useCase?.id ?? null, useCaseOn(world, hub, { name: letters(name) })),
      ];
    });
  }

  /** Waits until the provider has answered so many calls, or has nothing more to answer for. */
  async function providerAnswered(calls: number): Promise<void> {
    let last = { count: -1, at: 0 };
    await until(
      `${calls} provider calls`,
      async () => (await sandbox.calls()).length,
      (count) => {
        if (count !== last.count) last = { count, at: performance.now() };
        return count >= calls || performance.now() - last.at > QUIET_MS;
      },
    );
  }
  const providerQuiet = (): Promise<void> => providerAnswered(Number.POSITIVE_INFINITY);

  /** What was answered holds: what was made is listed, what was deleted is not. Answers how many were cut off. */
  async function assertKept(workspace: Workspace, changes: readonly Change[], round: Round): Promise<number> {
    const { setups, useCases } = await listed(workspace);
    const ids = new Set([...setups, ...useCases].map(({ id }) => id));
    let cutOff = 0;
    for (const { id, answer } of changes) {
      const given = await answer;
      if (given === null) cutOff += 1;
      else if (given.status === 201) expect(ids).toContain(jsonOf<{ id: string }>(given).id);
      else if (given.status === 204) expect(ids).not.toContain(id);
      else assert.deepEqual([given.status, isThrottled(round)], [502, true], given.text);
    }
    return cutOff;
  }

  test(
    `${where}: killed at ${kills} instants amid creations and deletions: nothing lost, nothing leaked`,
    async () => {
      const workspace = await world.newWorkspace();
      const hub = await workspace.verifiedSetup();
      let cutOff = 0;
      for (const round of roundsOf(kills)) {
        await sandbox.clearCalls();
        await sandbox.setFaults({
          ses: { latency_ms: LATENCY_MS, throttle_per_second: round.throttlePerSecond },
        });
        const changes = await beginChanges(workspace, hub);
        await providerAnswered(round.calls);
        await Bun.sleep(round.delayMs);
        await program.kill();
        await providerQuiet();
        await sandbox.clearFaults();

        await program.restart();
        await settle(world);
        await providerQuiet();
        cutOff += await assertKept(workspace, changes, round);
        expect(await standing(workspace), JSON.stringify(round)).toEqual(await promised(workspace));
      }
      expect(cutOff).toBeGreaterThan(kills);

      // Every name is free or taken by what is listed: each can be changed, and changed back.
      for (const _ of ["there", "back"]) {
        const answers = await Promise.all((await beginChanges(workspace, hub)).map(({ answer }) => answer));
        for (const answer of answers)
          assert.ok(answer?.status === 201 || answer?.status === 204, answer?.text ?? "no answer");
        await providerQuiet();
        await settle(world);
        expect(await standing(workspace)).toEqual(await promised(workspace));
      }
    },
    KILLS_MS_MAX,
  );
}

await onEachDatabase((where, options) =>
  survives(where, options === USUAL_DATABASE ? KILLS : KILLS_ELSEWHERE, options),
);
