// Twilio setups, use cases under them and phone numbers for tests: values that differ only by a number. Imported by Node as
// well: no bun:test here.
import type { Id } from "../../core/ids.ts";
import type { NumberReservation } from "../../core/ports/phone-number-store.ts";
import type { TwilioUseCase } from "../../core/use-case/use-case.ts";
import type { NumberTarget, PhoneNumber } from "../../core/voice/phone-number.ts";
import type { TwilioSetup } from "../../core/voice/twilio-setup.ts";
import { addWorkspace, type ChannelStores, SAMPLE_TIME, sampleUseCase, valueOf } from "./channel-samples.ts";
import { accountSid, numberSid, profileSid } from "./twilio-samples.ts";

const sampleId = (kind: number, n: number): Id =>
  `00000000-0000-7000-801${kind}-${String(n).padStart(12, "0")}`;

export const sampleTwilioSetup = (workspaceId: Id, n: number): TwilioSetup => ({
  id: sampleId(1, n),
  workspaceId,
  friendlyName: `Clinic ${n}`,
  accountSid: accountSid(n),
  customerProfileSid: profileSid(n),
  sealedToken: `k1.sealed${n}`,
  customerProfileStatus: "twilio-approved",
  customerProfileCheckedAt: SAMPLE_TIME + n,
  createdAt: SAMPLE_TIME + n,
  updatedAt: SAMPLE_TIME + n,
});

export const sampleTwilioUseCase = (setup: TwilioSetup, n: number): TwilioUseCase => {
  const { id, workspaceId, entityName, name, createdAt, updatedAt } = sampleUseCase(setup, n);
  return {
    id,
    workspaceId,
    entityName,
    name,
    description: null,
    status: "ready",
    channel: "inbound_voice",
    twilioSetupId: setup.id,
    customerProfileStatus: setup.customerProfileStatus,
    createdAt,
    updatedAt,
  };
};

export const SAMPLE_TARGET: NumberTarget = {
  voiceUrl: "https://elsewhere.example/voice",
  voiceMethod: "GET",
  statusCallback: "",
  statusCallbackMethod: "POST",
  voiceApplicationSid: null,
  trunkSid: null,
};

export const sampleNumber = (useCase: TwilioUseCase, n: number): NumberReservation => ({
  id: sampleId(3, n),
  workspaceId: useCase.workspaceId,
  useCaseId: useCase.id,
  phoneNumberSid: numberSid(n),
  phoneNumber: `+1555000${n}`,
  formerTarget: SAMPLE_TARGET,
  createdAt: SAMPLE_TIME + n,
});

/** A workspace with a Twilio setup, both of this number. */
export async function addTwilioSetup(stores: ChannelStores, n = 1): Promise<TwilioSetup> {
  const { id } = await addWorkspace(stores, n);
  return valueOf(await stores.twilioSetups.create(sampleTwilioSetup(id, n), null));
}

export async function addTwilioUseCase(
  stores: ChannelStores,
  setup: TwilioSetup,
  n = 1,
): Promise<TwilioUseCase> {
  return valueOf(await stores.useCases.createTwilio(sampleTwilioUseCase(setup, n), null));
}

/** A number that is `assigned`. */
export async function addNumber(
  stores: Pick<ChannelStores, "phoneNumbers">,
  useCase: TwilioUseCase,
  n = 1,
): Promise<PhoneNumber> {
  const { number, task } = valueOf(await stores.phoneNumbers.reserve(sampleNumber(useCase, n), null));
  await stores.phoneNumbers.recordAssigned(task, number.createdAt);
  return { ...number, status: "assigned", formerTarget: null };
}
