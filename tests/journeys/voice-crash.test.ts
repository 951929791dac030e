// kill -9 amid assignments and releases of phone numbers, Twilio staying up: just after Twilio did what was asked and before we
// could write it down, and at instants spread over all its calls. After a restart and ticks a number is listed exactly when it
// points here, what was answered holds, and every number can be assigned again.
import { afterAll, expect, test } from "bun:test";
import assert from "node:assert/strict";
import { type ApiAnswer, jsonOf } from "../support/api-client.ts";
import type { PhoneNumber, TwilioUseCase } from "../support/api-shapes.ts";
import { startLibsqlServer, WHY_NO_LIBSQL_SERVER } from "../support/libsql-server.ts";
import { startOwnProgram } from "../support/own-program.ts";
import { whyNotInstalled } from "../support/program.ts";
import { settle } from "../support/provisioned.ts";
import { skipReason } from "../support/test-on.ts";
import { until } from "../support/until.ts";
import {
  assignNumber,
  createTwilioSetup,
  createVoiceUseCase,
  hookUrl,
  newTwilioAccount,
  newVoiceLine,
  numbersOf,
} from "../support/voice.ts";
import type { Workspace } from "../support/world.ts";

/** On the usual runtime and storage; on the others fewer instants cover the same calls. */
const KILLS = 12;
const KILLS_ELSEWHERE = 4;
const NUMBERS = 6;
/** A look at each number and a change of each. */
const CALLS_MAX = 2 * NUMBERS;
const LATENCY_MS = 20;
/** No call begins so late after another one while there is work. */
const QUIET_MS = 6 * LATENCY_MS;
const CRASH_TEST_MS_MAX = 120_000;
const ELSEWHERE = "https://elsewhere.example/voice";

type Change = {
  readonly sid: string;
  /** Of what it releases; null: it assigns. */
  readonly id: string | null;
  /** Null: it was cut off. */
  readonly answer: Promise<ApiAnswer | null>;
};

/** Releases each number that is assigned and assigns each other one, all at once. */
async function beginChanges(
  workspace: Workspace,
  useCase: TwilioUseCase,
  sids: readonly string[],
): Promise<readonly Change[]> {
  const listed = await numbersOf(workspace, useCase);
  const at = `/v1/use-case/${useCase.id}/phone-number`;
  return sids.map((sid) => {
    const id = listed.find(({ phone_number_sid: one }) => one === sid)?.id ?? null;
    const answer =
      id === null
        ? workspace.api.call("POST", at, { json: { phone_number_sid: sid } })
        : workspace.api.call("DELETE", `${at}/${id}`);
    return { sid, id, answer: answer.catch(() => null) };
  });
}

/** Registers the tests, with a program and a Twilio of their own. */
async function survives(
  where: string,
  kills: number,
  options: Parameters<typeof startOwnProgram>[0] = {},
): Promise<void> {
  const program = await startOwnProgram(options);
  const { world } = program;
  const { sandbox } = world;

  /** Twilio takes what it is asked next and never answers; the program is killed as soon as it has. */
  async function killAfterTaken(
    ask: () => Promise<ApiAnswer>,
    sid: string,
    isTaken: (voiceUrl: string) => boolean,
  ): Promise<void> {
    const fail = { operation: "UpdateIncomingPhoneNumber", status: "timeout", after_accept: true };
    await sandbox.setFaults({ twilio: { fail } });
    const answer = ask().catch(() => null);
    await until(
      "Twilio has taken it",
      () => sandbox.phoneNumber(sid),
      ({ voice_url: url }) => isTaken(url),
    );
    await program.kill();
    assert.equal(await answer, null);
    await sandbox.clearFaults();
    await program.restart();
  }

  /** Waits until Twilio has answered so many calls, or has nothing more to answer for. */
  async function twilioAnswered(calls: number): Promise<void> {
    let last = { count: -1, at: 0 };
    await until(
      `${calls} calls`,
      async () => (await sandbox.calls()).length,
      (count) => {
        if (count !== last.count) last = { count, at: performance.now() };
        return count >= calls || performance.now() - last.at > QUIET_MS;
      },
    );
  }

  test(
    `${where}: killed between Twilio's answer and our write, an assignment is undone and a release completed`,
    async () => {
      const workspace = await world.newWorkspace();
      const { setup, account, useCase } = await newVoiceLine(workspace);
      const other = await createVoiceUseCase(workspace, setup);
      const sid = await account.newNumber({ voice_url: ELSEWHERE });
      const request = { json: { phone_number_sid: sid }, headers: { "idempotency-key": "assign-1" } };
      const assign = (): Promise<ApiAnswer> =>
        workspace.api.call("POST", `/v1/use-case/${useCase.id}/phone-number`, request);

      await killAfterTaken(assign, sid, (url) => url === hookUrl(world, useCase, "voice"));
      expect((await assign()).status).toBe(409);
      await settle(world);
      expect((await sandbox.phoneNumber(sid)).voice_url).toBe(ELSEWHERE);
      expect((await numbersOf(workspace, useCase)).some(({ phone_number_sid: one }) => one === sid)).toBe(
        false,
      );
      const again = await assign();
      expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([201, null]);

      const number = jsonOf<PhoneNumber>(again);
      const release = (): Promise<ApiAnswer> =>
        workspace.api.call("DELETE", `/v1/use-case/${useCase.id}/phone-number/${number.id}`);
      await killAfterTaken(release, sid, (url) => url === "");
      const [listed] = (await numbersOf(workspace, useCase)).filter(({ id }) => id === number.id);
      expect(listed?.status).toBe("releasing");
      await settle(world);
      expect((await numbersOf(workspace, useCase)).some(({ id }) => id === number.id)).toBe(false);
      await assignNumber(workspace, other, sid);
    },
    CRASH_TEST_MS_MAX,
  );

  test(
    `${where}: killed at ${kills} instants amid assignments and releases: what is listed points here, nothing else does`,
    async () => {
      const workspace = await world.newWorkspace();
      const account = await newTwilioAccount(world);
      const useCase = await createVoiceUseCase(workspace, await createTwilioSetup(workspace, account));
      const sids = await Promise.all(Array.from({ length: NUMBERS }, () => account.newNumber()));
      let cutOff = 0;
      for (let round = 0; round < kills; round += 1) {
        await sandbox.clearCalls();
        await sandbox.setFaults({ twilio: { latency_ms: LATENCY_MS } });
        const changes = await beginChanges(workspace, useCase, sids);
        await twilioAnswered(Math.round((round * CALLS_MAX) / (kills - 1)));
        await program.kill();
        await twilioAnswered(Number.POSITIVE_INFINITY);
        await sandbox.clearFaults();
        await program.restart();
        await settle(world);

        const listed = await numbersOf(workspace, useCase);
        const pointing = await Promise.all(
          sids.map(async (sid) => ((await sandbox.phoneNumber(sid)).voice_url === "" ? [] : [sid])),
        );
        expect(listed.map(({ phone_number_sid: sid }) => sid).toSorted()).toEqual(pointing.flat().toSorted());
        expect(listed.every(({ status }) => status === "assigned")).toBe(true);
        for (const { sid, id, answer } of changes) {
          const given = await answer;
          const isListed = listed.some(({ phone_number_sid: one }) => one === sid);
          if (given === null) cutOff += 1;
          else expect([given.status, isListed]).toEqual(id === null ? [201, true] : [204, false]);
        }
      }
      expect(cutOff).toBeGreaterThan(kills);
      for (const _ of ["there", "back"])
        for (const { answer } of await beginChanges(workspace, useCase, sids))
          expect((await answer)?.status).toBeOneOf([201, 204]);
    },
    CRASH_TEST_MS_MAX,
  );
}

await survives("on Bun, in a file", KILLS);
const noNode = skipReason(whyNotInstalled("node"));
if (noNode === null) await survives("on Node, in a file", KILLS_ELSEWHERE, { runtime: "node" });
else test.skip(`on Node, in a file (${noNode})`, () => undefined);
const noServer = skipReason(WHY_NO_LIBSQL_SERVER);
if (noServer === null) {
  const server = await startLibsqlServer();
  afterAll(() => server.stop());
  const SIGNING_KEYS = `k1:${btoa("s".repeat(32))}`;
  await survives("on Bun, on a libSQL server", KILLS_ELSEWHERE, {
    environment: { DATABASE_URL: server.url, SIGNING_KEYS },
  });
} else test.skip(`on Bun, on a libSQL server (${noServer})`, () => undefined);
