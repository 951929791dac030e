import { expect, test } from "bun:test";
import { makeSecretBox } from "../../../adapters/webcrypto/secret-box.ts";
import { tick } from "../../../core/tasks/tick.ts";
import { getTwilioSetup } from "../../../core/voice/check-profile.ts";
import { tokenPurpose } from "../../../core/voice/twilio-setup.ts";
import { profileSid } from "../../support/twilio-samples.ts";
import { AUTH_TOKEN, makeVoiceWorld, type VoiceWorld } from "../../support/voice-world.ts";

const DAY_MS = 86_400_000;
const SECRETS = { k1: new Uint8Array(32), k2: new Uint8Array(32).fill(7) };
const [K1, K2] = [
  { id: "k1", secret: SECRETS.k1 },
  { id: "k2", secret: SECRETS.k2 },
];

/** What the task of the setup came to, a day later. */
async function tickOn(world: VoiceWorld, days: number): Promise<string | undefined> {
  const ticked = await tick(world.ports, { at: world.ports.clock.now() + days * (DAY_MS + 60_000) });
  return ticked.find(({ kind }) => kind === "check_twilio_setup")?.end.kind;
}
const stored = ({ ports, setup }: VoiceWorld) => ports.twilioSetups.find(setup.id, null);

test("the profile is looked at once a day by itself", async () => {
  const world = await makeVoiceWorld();
  expect(await tickOn(world, 0)).toBeUndefined();
  world.ports.voiceProvider.profiles.set(profileSid(1), "twilio-rejected");
  expect(await tickOn(world, 1)).toBe("again");
  expect((await stored(world))?.customerProfileStatus).toBe("twilio-rejected");
  world.ports.voiceProvider.profiles.delete(profileSid(1));
  expect(await tickOn(world, 3)).toBe("again");
  expect((await stored(world))?.customerProfileStatus).toBe("not-found");
});

test("a look that failed is tried again, and changes nothing", async () => {
  const world = await makeVoiceWorld();
  const before = await stored(world);
  world.ports.voiceProvider.faults.set("getCustomerProfile", { kind: "unavailable" });
  expect(await tickOn(world, 1)).toBe("failed");
  expect(await stored(world)).toEqual(before);
});

test("a deleted setup has no task", async () => {
  const world = await makeVoiceWorld();
  const { ports, useCase, otherUseCase, setup } = world;
  for (const { id } of [useCase, otherUseCase]) {
    const begun = await ports.useCases.beginDelete(id, ports.clock.now());
    if (begun.ok) await ports.useCases.bury(begun.value, ports.clock.now());
  }
  expect(await ports.twilioSetups.bury(setup.id, ports.clock.now())).toBe(true);
  expect(await tickOn(world, 1)).toBeUndefined();
});

test("after the signing keys were rotated, the token is sealed anew by the day's look, and by nothing else", async () => {
  const world = await makeVoiceWorld();
  const before = await stored(world);
  const rotated = { ...world, ports: { ...world.ports, secretBox: makeSecretBox([K2, K1]) } };
  await getTwilioSetup(rotated.ports, { workspaceId: world.workspaceId, twilioSetupId: world.setup.id });
  expect((await stored(world))?.sealedToken).toBe(before?.sealedToken ?? "");
  expect(await tickOn(rotated, 1)).toBe("again");
  const sealed = (await stored(world))?.sealedToken ?? "";
  const purpose = tokenPurpose(world.setup.id);
  expect(await makeSecretBox([K2]).open(purpose, sealed)).toEqual({ secret: AUTH_TOKEN, isNewestKey: true });
});

test("with the old key gone, reading shows what was last known", async () => {
  const world = await makeVoiceWorld();
  const ports = { ...world.ports, secretBox: makeSecretBox([K2]) };
  world.ports.voiceProvider.profiles.set(profileSid(1), "draft");
  const { workspaceId, setup } = world;
  const read = await getTwilioSetup(ports, { workspaceId, twilioSetupId: setup.id });
  expect(read).toEqual({ ok: true, value: setup });
});
