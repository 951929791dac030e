// When the approval of a customer profile is taken as last seen, and when Twilio is asked again.
import { expect, test } from "bun:test";
import { createTwilioUseCase } from "../../../core/use-case/create-twilio-use-case.ts";
import { outcomeOf } from "../../support/setup-world.ts";
import { profileSid } from "../../support/twilio-samples.ts";
import { makeVoiceWorld, type VoiceWorld } from "../../support/voice-world.ts";

const MINUTE_MS = 60_000;

const create = async ({ ports, workspaceId, setup }: VoiceWorld, name = "Drops"): Promise<string> =>
  outcomeOf(
    await createTwilioUseCase(ports, {
      workspaceId,
      channel: "ringless_voicemail",
      twilioSetupId: setup.id,
      entityName: "Clinic",
      name,
      description: null,
      claim: null,
    }),
  );

test("an approval seen within a minute is not asked for again", async () => {
  const world = await makeVoiceWorld();
  const { clock, voiceProvider } = world.ports;
  voiceProvider.profiles.set(profileSid(1), "twilio-rejected");
  clock.pass(MINUTE_MS - 1000);
  expect(await create(world)).toBe("done");
});

test("an older one is: it may have been revoked, and nobody had to read the setup", async () => {
  const world = await makeVoiceWorld();
  const { clock, voiceProvider, twilioSetups } = world.ports;
  voiceProvider.profiles.set(profileSid(1), "twilio-rejected");
  clock.pass(MINUTE_MS + 1000);
  expect(await create(world)).toBe("customer_profile_not_approved");
  // What was made under it stays, and says so.
  expect((await twilioSetups.find(world.setup.id, null))?.customerProfileStatus).toBe("twilio-rejected");
  const stands = await world.ports.useCases.find(world.useCase.id, world.workspaceId);
  expect(stands).toMatchObject({ status: "ready", customerProfileStatus: "twilio-rejected" });
  // A "no" is asked again at once.
  voiceProvider.profiles.set(profileSid(1), "twilio-approved");
  expect(await create(world)).toBe("done");
});

test("a time of seeing ahead of ours vouches for nothing", async () => {
  const world = await makeVoiceWorld();
  const { clock, voiceProvider } = world.ports;
  voiceProvider.profiles.set(profileSid(1), "draft");
  clock.pass(-2 * MINUTE_MS);
  expect(await create(world)).toBe("customer_profile_not_approved");
});

test.each([
  ["unavailable", "provider_unavailable"],
  ["timed_out", "provider_timed_out"],
  ["throttled", "provider_throttled"],
  ["credentials_refused", "twilio_token_refused"],
] as const)("when Twilio is to be asked and answers %s there is no use case", async (kind, refusal) => {
  const world = await makeVoiceWorld();
  const { clock, voiceProvider } = world.ports;
  clock.pass(2 * MINUTE_MS);
  voiceProvider.faults.set("getCustomerProfile", { kind });
  expect(await create(world)).toBe(refusal);
  expect(await create(world)).toBe("done");
});
