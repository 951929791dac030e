// Assignments whose end nobody knows, and which cannot be undone as usual: none of them holds the number or its use case
// for ever.
import { expect, test } from "bun:test";
import { tick } from "../../../core/tasks/tick.ts";
import { deleteUseCase } from "../../../core/use-case/delete-use-case.ts";
import { assignNumber } from "../../../core/voice/assign-number.ts";
import { outcomeOf } from "../../support/setup-world.ts";
import { accountSid } from "../../support/twilio-samples.ts";
import { AUTH_TOKEN, ELSEWHERE, makeVoiceWorld, NUMBER, type VoiceWorld } from "../../support/voice-world.ts";

const HOUR_MS = 3_600_000;

/** Twilio took the assignment, and nobody heard of it. */
async function cutOffAssignment(): Promise<VoiceWorld> {
  const world = await makeVoiceWorld();
  const { ports, workspaceId, useCase } = world;
  ports.voiceProvider.faults.set("pointNumber", { kind: "timed_out", afterAccept: true });
  const command = { workspaceId, useCaseId: useCase.id, phoneNumberSid: NUMBER, claim: null };
  expect(outcomeOf(await assignNumber(ports, command))).toBe("provider_timed_out");
  return world;
}

async function tickAfter({ ports }: VoiceWorld, ms: number): Promise<string | undefined> {
  ports.clock.pass(ms);
  const ticked = await tick(ports, { at: ports.clock.now() });
  return ticked.find(({ kind }) => kind === "assign_phone_number")?.end.kind;
}

const removeUseCase = async ({ ports, workspaceId, useCase }: VoiceWorld): Promise<string> =>
  outcomeOf(await deleteUseCase(ports, { workspaceId, useCaseId: useCase.id }));

test.each(["throttled", "credentials_refused", "refused"] as const)(
  "a repetition that is %s puts back what the first request may have done",
  async (kind) => {
    const world = await cutOffAssignment();
    const { ports, workspaceId, useCase } = world;
    ports.voiceProvider.faults.set("pointNumber", { kind });
    const command = { workspaceId, useCaseId: useCase.id, phoneNumberSid: NUMBER, claim: null };
    expect(outcomeOf(await assignNumber(ports, command))).not.toBe("done");
    expect(ports.voiceProvider.targetOf(NUMBER)).toMatchObject(ELSEWHERE);
    expect(await removeUseCase(world)).toBe("done");
  },
);

test("what Twilio does not take back is cleared: the number points nowhere of ours", async () => {
  const world = await cutOffAssignment();
  world.ports.voiceProvider.faults.set("pointNumber", { kind: "refused" });
  expect(await tickAfter(world, 61_000)).toBe("done");
  expect(world.ports.voiceProvider.targetOf(NUMBER)).toMatchObject({ voiceUrl: "", statusCallback: "" });
  expect(await removeUseCase(world)).toBe("done");
});

test("while the token is refused a day is waited for the present one", async () => {
  const world = await cutOffAssignment();
  const { accounts } = world.ports.voiceProvider;
  accounts.set(accountSid(1), "changed at Twilio");
  expect(await tickAfter(world, 61_000)).toBe("failed");
  expect(await tickAfter(world, 23 * HOUR_MS)).toBe("failed");
  expect(await removeUseCase(world)).toBe("phone_numbers_assigned");
  accounts.set(accountSid(1), AUTH_TOKEN);
  expect(await tickAfter(world, 50 * 60_000)).toBe("done");
  expect(world.ports.voiceProvider.targetOf(NUMBER)).toMatchObject(ELSEWHERE);
});

test("after a day it is forgotten: the account may be closed, and the use case can be deleted", async () => {
  const world = await cutOffAssignment();
  world.ports.voiceProvider.accounts.delete(accountSid(1));
  expect(await tickAfter(world, 61_000)).toBe("failed");
  expect(await tickAfter(world, 24 * HOUR_MS)).toBe("done");
  expect(await removeUseCase(world)).toBe("done");
});

test("trouble of another kind is no reason to forget, however long it lasts", async () => {
  const world = await cutOffAssignment();
  world.ports.voiceProvider.faults.set("getNumber", { kind: "unavailable" });
  expect(await tickAfter(world, 48 * HOUR_MS)).toBe("failed");
  expect(await removeUseCase(world)).toBe("phone_numbers_assigned");
  expect(await tickAfter(world, HOUR_MS)).toBe("done");
  expect(world.ports.voiceProvider.targetOf(NUMBER)).toMatchObject(ELSEWHERE);
});
