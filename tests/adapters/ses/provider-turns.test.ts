import { expect, test } from "bun:test";
import { makeProviderTurns } from "../../../adapters/ses/provider-turns.ts";
import { FakeMailProvider } from "../../support/fake-mail-provider.ts";
import { MovableClock } from "../../support/setup-world.ts";

/**
 * Turns of a second and a fifth on a clock that moves by waiting; `lateMs`: how much later than asked each wait ends;
 * `slowMs`: how long each question takes to reach the database, and each answer to come back; the database's clock is
 * `aheadMs` ahead of ours.
 */
function makeTurns({
  lateMs = [],
  slowMs = [],
  aheadMs = 0,
}: { lateMs?: number[]; slowMs?: (readonly [to: number, from: number])[]; aheadMs?: number } = {}) {
  const clock = new MovableClock();
  clock.at = 0;
  const provider = new FakeMailProvider();
  const madeAt: number[] = [];
  provider.onCall = () => void madeAt.push(clock.at);
  let nextAt = 0;
  const turns = {
    take(calls: number, waitMsMax: number, gapMs: number) {
      const [to, from] = slowMs.shift() ?? [0, 0];
      clock.pass(to);
      const takenAt = clock.at;
      clock.pass(from);
      const first = Math.max(nextAt, takenAt);
      if (first + gapMs * (calls - 1) > takenAt + waitMsMax) return Promise.resolve(null);
      nextAt = first + gapMs * calls;
      return Promise.resolve({ waitMs: first - takenAt, takenAt: takenAt + aheadMs });
    },
  };
  const pause = (ms: number): Promise<void> => {
    clock.pass(ms + (lateMs.shift() ?? 0));
    return Promise.resolve();
  };
  const paced = makeProviderTurns({ provider, turns, clock, pause }, { callsPerSecond: 1 });
  return { paced, provider, clock, madeAt };
}

test("calls go out a turn apart, and not after their time", async () => {
  const { paced, madeAt } = makeTurns();
  const provider = paced.startingBy(2500);
  for (let n = 0; n < 3; n++)
    expect(await provider.deleteTenant("a")).toMatchObject({ error: { kind: "not_found" } });
  expect(await provider.deleteTenant("a")).toMatchObject({ error: { kind: "out_of_turn" } });
  expect(madeAt).toEqual([0, 1200, 2400]);
});

test("turns reserved together are kept from others, and taken anew when they have passed", async () => {
  const { paced, clock, madeAt } = makeTurns();
  const two = paced.startingBy(10_000, { calls: 2 });
  const other = paced.startingBy(10_000);
  await two.deleteTenant("a");
  await other.deleteTenant("b");
  expect(madeAt).toEqual([0, 2400]);
  // The second of the two was at 1,200.
  await two.deleteTenant("a");
  expect(madeAt).toEqual([0, 2400, 3600]);
  clock.pass(60_000);
  expect(await two.deleteTenant("a")).toMatchObject({ error: { kind: "out_of_turn" } });
});

// As long as a creation, a verify, a read and a sweep wait: so long a line do they join.
test.each([
  [0, ["creation", "verify", "read", "sweep"]],
  [2, ["creation", "verify", "read"]],
  [5, ["creation", "verify"]],
  [10, ["creation"]],
  [15, []],
])("in a line of %i, who can wait longest is served: %j", async (line, served) => {
  const patience = { creation: 17_000, verify: 10_000, read: 3000, sweep: 100 };
  const isServed = async (waitMs: number): Promise<boolean> => {
    const { paced, clock } = makeTurns();
    const others = paced.startingBy(60_000, { calls: Math.max(1, line) });
    if (line > 0) await others.deleteTenant("a");
    const answer = await paced.startingBy(clock.at + waitMs).deleteTenant("b");
    return !answer.ok && answer.error.kind === "not_found";
  };
  const all = Object.entries(patience);
  const were = await Promise.all(all.map(async ([name, waitMs]) => ((await isServed(waitMs)) ? [name] : [])));
  expect(were.flat()).toEqual(served);
});

test("who wakes up too late takes another turn", async () => {
  const { paced, madeAt } = makeTurns({ lateMs: [0, 170, 190, 0] });
  const provider = paced.startingBy(60_000);
  for (let n = 0; n < 3; n++) await provider.deleteTenant("a");
  // The second call is late by little, the third by so much that it waits for the turn after.
  expect(madeAt[1]).toBe(1370);
  expect((madeAt[2] ?? 0) - (madeAt[1] ?? 0)).toBeGreaterThanOrEqual(1000);
});

// The database's clock is known from the quickest exchange: here the first.
test.each([
  ["the question waits behind other writes", [400, 0]],
  ["the answer does", [0, 400]],
  ["both do", [200, 200]],
] as const)("a call goes out when its turn comes, however long asking took: %s", async (_, slow) => {
  for (const aheadMs of [0, 86_400_000, -86_400_000]) {
    const { paced, madeAt } = makeTurns({ slowMs: [[1, 1], slow], aheadMs });
    const provider = paced.startingBy(60_000);
    await provider.deleteTenant("a");
    await provider.deleteTenant("b");
    expect(madeAt).toEqual([2, 1201]);
  }
});

test("a throttled call has another turn, three at most", async () => {
  const { paced, provider } = makeTurns();
  provider.faults.set("deleteTenant", { kind: "throttled", times: 2 });
  const patient = paced.startingBy(60_000);
  expect(await patient.deleteTenant("a")).toMatchObject({ error: { kind: "not_found" } });
  provider.faults.set("deleteTenant", { kind: "throttled", always: true });
  expect(await patient.deleteTenant("a")).toMatchObject({ error: { kind: "throttled" } });
  expect(provider.calls).toHaveLength(6);
});

test("nothing else is repeated", async () => {
  const { paced, provider } = makeTurns();
  provider.faults.set("deleteTenant", { kind: "unavailable", always: true });
  expect(await paced.startingBy(60_000).deleteTenant("a")).toMatchObject({ error: { kind: "unavailable" } });
  expect(provider.calls).toHaveLength(1);
});
