// A program that dies at any instant of assigning or releasing a number, and one that is held up until its lease ran out:
// whatever the next one's ticks find, a number is listed exactly when it points here, and can be used again.
import { expect, test } from "bun:test";
import fc from "fast-check";
import type { AccountNumber } from "../../../core/ports/voice-provider.ts";
import { ok } from "../../../core/result.ts";
import { tick } from "../../../core/tasks/tick.ts";
import { assignNumber } from "../../../core/voice/assign-number.ts";
import { listNumbers } from "../../../core/voice/list-numbers.ts";
import { webhookUrl } from "../../../core/voice/phone-number.ts";
import { releaseNumber } from "../../../core/voice/release-number.ts";
import { valueOf } from "../../support/channel-samples.ts";
import { Gate, Life, mortalPorts } from "../../support/mortal.ts";
import { leasesRunOut, outcomeOf, PUBLIC_URL, ticks } from "../../support/setup-world.ts";
import { ELSEWHERE, makeVoiceWorld, NUMBER, type VoiceWorld } from "../../support/voice-world.ts";

type Work = (world: VoiceWorld, ports: VoiceWorld["ports"]) => Promise<unknown>;

const assign: Work = ({ workspaceId, useCase }, ports) =>
  assignNumber(ports, { workspaceId, useCaseId: useCase.id, phoneNumberSid: NUMBER, claim: null });

const release: Work = async ({ ports: all, workspaceId, useCase }, ports) => {
  const [number] = valueOf(await listNumbers(all, { workspaceId, useCaseId: useCase.id }));
  if (number)
    await releaseNumber(ports, {
      workspaceId,
      useCaseId: useCase.id,
      phoneNumberId: number.id,
      forgets: false,
    });
};

/** Whether the number serves the use case; it points here then, and otherwise nowhere of ours. */
async function assertWhole({ ports, workspaceId, useCase }: VoiceWorld): Promise<boolean> {
  const numbers = valueOf(await listNumbers(ports, { workspaceId, useCaseId: useCase.id }));
  const { voiceUrl = "", statusCallback = "" } = ports.voiceProvider.targetOf(NUMBER) ?? {};
  if (numbers.length === 0) {
    expect([voiceUrl, statusCallback].filter((url) => url.startsWith(PUBLIC_URL))).toEqual([]);
    return false;
  }
  expect(numbers.map(({ status }) => status)).toEqual(["assigned"]);
  expect([voiceUrl, statusCallback]).toEqual([
    webhookUrl(PUBLIC_URL, useCase.id, "voice"),
    webhookUrl(PUBLIC_URL, useCase.id, "status"),
  ]);
  return true;
}

/** Lets the work die at each of its instants, one world each, and looks at each after its ticks; answers how many. */
async function dieAtEachInstant(
  prepare: Work | null,
  work: Work,
  look: (world: VoiceWorld) => Promise<void>,
): Promise<number> {
  for (let diesAt = 0; ; diesAt++) {
    const world = await makeVoiceWorld();
    await prepare?.(world, world.ports);
    const life = new Life(diesAt);
    await work(world, mortalPorts(world.ports, life)).catch(() => undefined);
    if (!life.isOver) return diesAt;
    await ticks(world);
    await look(world);
  }
}

test("a program that dies while it assigns a number leaves it assigned, or pointing where it did", async () => {
  const seen = new Set<boolean>();
  const instants = await dieAtEachInstant(null, assign, async (world) => {
    const isAssigned = await assertWhole(world);
    seen.add(isAssigned);
    if (!isAssigned) expect(world.ports.voiceProvider.targetOf(NUMBER)).toMatchObject(ELSEWHERE);
    const { ports, workspaceId, otherUseCase } = world;
    const again = await assignNumber(ports, {
      workspaceId,
      useCaseId: otherUseCase.id,
      phoneNumberSid: NUMBER,
      claim: null,
    });
    expect(outcomeOf(again)).toBe(isAssigned ? "phone_number_assigned" : "done");
  });
  expect(seen).toEqual(new Set([true, false]));
  expect(instants).toBeGreaterThan(8);
}, 60_000);

test("a program that dies while it releases a number leaves it assigned, or its next ticks end the release", async () => {
  const seen = new Set<boolean>();
  await dieAtEachInstant(assign, release, async (world) => void seen.add(await assertWhole(world)));
  expect(seen).toEqual(new Set([true, false]));
}, 60_000);

test("a program that dies while it undoes an assignment leaves nothing in the end", async () => {
  const cutOff: Work = async (world, ports) => {
    world.ports.voiceProvider.faults.set("pointNumber", { kind: "timed_out", afterAccept: true });
    return assign(world, ports);
  };
  const undo: Work = ({ ports: { clock } }, ports) => tick(ports, { at: clock.now() + 61_000 });
  await dieAtEachInstant(cutOff, undo, async (world) => {
    expect(await assertWhole(world)).toBe(false);
    expect(world.ports.voiceProvider.targetOf(NUMBER)).toMatchObject(ELSEWHERE);
  });
}, 60_000);

test.each(["refused", "throttled", "unavailable", "timed_out", "credentials_refused"] as const)(
  "a release that may be done is not taken for undone when it is asked for again and Twilio does not say: %s",
  async (kind) => {
    const world = await makeVoiceWorld();
    const { voiceProvider } = world.ports;
    await assign(world, world.ports);
    voiceProvider.faults.set("pointNumber", { kind: "timed_out", afterAccept: true });
    await release(world, world.ports);
    voiceProvider.faults.set("getNumber", { kind });
    await release(world, world.ports);
    await ticks(world);
    expect(await assertWhole(world)).toBe(false);
  },
);

test("an assignment that may be done is undone when it is asked for again and refused", async () => {
  const world = await makeVoiceWorld();
  const { voiceProvider } = world.ports;
  const before = voiceProvider.numbers.get(NUMBER);
  if (!before) throw new Error("no number");
  voiceProvider.faults.set("pointNumber", { kind: "timed_out", afterAccept: true });
  await assign(world, world.ports);
  // Its number was looked at before the first one's call took effect.
  const looks: AccountNumber[] = [before];
  const looksEarly = new Proxy(voiceProvider, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      const early = name === "getNumber" ? looks.pop() : undefined;
      return early ? () => Promise.resolve(ok(early)) : member.bind(target);
    },
  });
  voiceProvider.faults.set("pointNumber", { kind: "refused" });
  await assign(world, { ...world.ports, voiceProvider: looksEarly });
  await ticks(world);
  expect(await assertWhole(world)).toBe(false);
  expect(voiceProvider.targetOf(NUMBER)).toMatchObject(ELSEWHERE);
});

type Instants = { readonly first: number; readonly second: number; readonly repeats: boolean };

test.each<[string, Work | null, Work]>([
  ["assigning", null, assign],
  ["releasing", assign, release],
])(
  "a worker that was held up while %s changes nothing that its successor decided",
  async (_, prepare, work) => {
    const instants = fc.record({ first: fc.nat(14), second: fc.nat(16), repeats: fc.boolean() });
    // At each of its instants, its successor's work done in one go.
    const examples = Array.from({ length: 15 }, (_each, first): [Instants] => [
      { first, second: 99, repeats: false },
    ]);
    const property = fc.asyncProperty(instants, async ({ first, second, repeats }: Instants) => {
      const world = await makeVoiceWorld();
      await prepare?.(world, world.ports);
      const { clock } = world.ports;
      const [held, successor] = [new Gate(first), new Gate(second)];
      const before = work(world, mortalPorts(world.ports, held)).catch(() => undefined);
      await Promise.race([before, held.isClosed]);
      await leasesRunOut(world);
      const ports = mortalPorts(world.ports, successor);
      const after = (repeats ? work(world, ports) : tick(ports, { at: clock.now() })).catch(() => undefined);
      await Promise.race([after, successor.isClosed]);
      held.letGo();
      await before;
      successor.letGo();
      await after;
      await ticks(world);
      await assertWhole(world);
    });
    await fc.assert(property, { examples, numRuns: examples.length + 25 });
  },
  60_000,
);

type Step = {
  work: "assign" | "release" | "tick";
  faults: {
    operation: "getNumber" | "pointNumber";
    fault: {
      kind: "refused" | "throttled" | "credentials_refused" | "unavailable" | "timed_out";
      afterAccept?: boolean;
    };
  }[];
  waitMs: number;
};
const fault: fc.Arbitrary<Step["faults"][number]> = fc.record({
  operation: fc.constantFrom("getNumber", "pointNumber"),
  fault: fc.oneof(
    fc.record({ kind: fc.constantFrom("refused", "throttled", "credentials_refused") }),
    fc.record({ kind: fc.constantFrom("unavailable", "timed_out"), afterAccept: fc.boolean() }),
  ),
});
const step: fc.Arbitrary<Step> = fc.record({
  work: fc.constantFrom("assign", "release", "tick"),
  faults: fc.array(fault, { maxLength: 2 }),
  waitMs: fc.constantFrom(0, 0, 61_000),
});

test("whatever Twilio answers to requests and ticks in whatever order, in the end a number is listed exactly when it points here", async () => {
  const WORK: Readonly<Record<"assign" | "release" | "tick", Work>> = {
    assign,
    release,
    tick: ({ ports: { clock } }, ports) => tick(ports, { at: clock.now() }),
  };
  const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 7 }), async (steps) => {
    const world = await makeVoiceWorld();
    const { voiceProvider, clock } = world.ports;
    for (const { work, faults, waitMs } of steps) {
      for (const { operation, fault: one } of faults) voiceProvider.faults.set(operation, one);
      await WORK[work](world, world.ports);
      voiceProvider.faults.clear();
      clock.pass(waitMs);
    }
    await ticks(world);
    await assertWhole(world);
  });
  // What was taken and not heard of, repeated, and the repetition refused for sure.
  const unheard: Step["faults"] = [
    { operation: "pointNumber", fault: { kind: "timed_out", afterAccept: true } },
  ];
  const refused = (operation: "getNumber" | "pointNumber"): Step["faults"] => [
    { operation, fault: { kind: "throttled" } },
  ];
  const examples: [Step[]][] = [
    [
      [
        { work: "assign", faults: unheard, waitMs: 0 },
        { work: "assign", faults: refused("pointNumber"), waitMs: 0 },
      ],
    ],
    [
      [
        { work: "assign", faults: [], waitMs: 0 },
        { work: "release", faults: unheard, waitMs: 0 },
        { work: "release", faults: refused("getNumber"), waitMs: 0 },
      ],
    ],
  ];
  await fc.assert(property, { examples, numRuns: examples.length + 60 });
}, 60_000);
