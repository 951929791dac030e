// Whether the customer profile is approved is Twilio's word at the moment, not what was last seen of it.
import { expect, test } from "bun:test";
import { createTwilioUseCase } from "../../../core/use-case/create-twilio-use-case.ts";
import { outcomeOf } from "../../support/setup-world.ts";
import { profileSid } from "../../support/twilio-samples.ts";
import { makeVoiceWorld, type VoiceWorld } from "../../support/voice-world.ts";

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

test("an approval that was revoked a moment ago binds nothing, and nobody had to read the setup", async () => {
  const world = await makeVoiceWorld();
  const { voiceProvider, twilioSetups } = world.ports;
  voiceProvider.profiles.set(profileSid(1), "twilio-rejected");
  expect(await create(world)).toBe("customer_profile_not_approved");
  // What was made under it stays, and says so.
  expect((await twilioSetups.find(world.setup.id, null))?.customerProfileStatus).toBe("twilio-rejected");
  const stands = await world.ports.useCases.find(world.useCase.id, world.workspaceId);
  expect(stands).toMatchObject({ status: "ready", customerProfileStatus: "twilio-rejected" });
  voiceProvider.profiles.set(profileSid(1), "twilio-approved");
  expect(await create(world)).toBe("done");
});

test("what another clock saw later than now is not taken for it either", async () => {
  const world = await makeVoiceWorld();
  const { clock, voiceProvider } = world.ports;
  voiceProvider.profiles.set(profileSid(1), "draft");
  clock.pass(-120_000);
  expect(await create(world)).toBe("customer_profile_not_approved");
});

test.each([
  ["unavailable", "provider_unavailable"],
  ["timed_out", "provider_timed_out"],
  ["throttled", "provider_throttled"],
  ["credentials_refused", "twilio_token_refused"],
] as const)(
  "when Twilio answers %s there is no use case, however it was approved before",
  async (kind, refusal) => {
    const world = await makeVoiceWorld();
    const { voiceProvider } = world.ports;
    voiceProvider.faults.set("getCustomerProfile", { kind });
    expect(await create(world)).toBe(refusal);
    expect(await create(world)).toBe("done");
  },
);
