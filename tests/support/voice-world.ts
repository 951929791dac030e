// A workspace with a Twilio setup and two use cases under it, on the stores and the fake provider of the setup world, for
// tests of the operations on phone numbers.
import { valueOf } from "./channel-samples.ts";
import { makeSetupWorld } from "./own-setup-world.ts";
import type { SetupWorld } from "./setup-world.ts";
import { createTwilioSetup } from "../../core/voice/create-twilio-setup.ts";
import { createTwilioUseCase } from "../../core/use-case/create-twilio-use-case.ts";
import type { TwilioUseCase } from "../../core/use-case/use-case.ts";
import type { TwilioSetup } from "../../core/voice/twilio-setup.ts";
import { accountSid, numberSid, profileSid } from "./twilio-samples.ts";

export type VoiceWorld = SetupWorld & {
  readonly setup: TwilioSetup;
  readonly useCase: TwilioUseCase;
  readonly otherUseCase: TwilioUseCase;
};

export const AUTH_TOKEN = "0123456789abcdef0123456789abcdef";
export const NUMBER = numberSid(1);
export const ELSEWHERE = { voiceUrl: "https://elsewhere.example/voice", voiceMethod: "GET" } as const;

/** The account has NUMBER, which points ELSEWHERE. */
export async function makeVoiceWorld(): Promise<VoiceWorld> {
  const world = await makeSetupWorld();
  const { ports, workspaceId } = world;
  ports.voiceProvider.accounts.set(accountSid(1), AUTH_TOKEN);
  ports.voiceProvider.profiles.set(profileSid(1), "twilio-approved");
  ports.voiceProvider.addNumber(NUMBER, ELSEWHERE);
  const setup = valueOf(
    await createTwilioSetup(ports, {
      workspaceId,
      friendlyName: "Clinic",
      accountSid: accountSid(1),
      customerProfileSid: profileSid(1),
      authToken: AUTH_TOKEN,
      claim: null,
    }),
  );
  const useCaseOf = async (name: string): Promise<TwilioUseCase> =>
    valueOf(
      await createTwilioUseCase(ports, {
        workspaceId,
        channel: "inbound_voice",
        twilioSetupId: setup.id,
        entityName: "Clinic",
        name,
        description: null,
        claim: null,
      }),
    );
  return { ...world, setup, useCase: await useCaseOf("Calls"), otherUseCase: await useCaseOf("Others") };
}
