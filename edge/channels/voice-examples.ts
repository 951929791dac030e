// Example answers of the OpenAPI document: one Twilio setup, a use case under it and its number.
import type { z } from "@hono/zod-openapi";
import type { TwilioUseCaseBody } from "./wire.ts";
import type { AccountPhoneNumber, PhoneNumber, TwilioSetup } from "./voice-wire.ts";

const TIME = "2026-01-02T03:04:05.678Z";
const TWILIO_SETUP_ID = "01920f3e-7c1a-7b2e-9d3c-000000000030";
const VOICE_USE_CASE_ID = "01920f3e-7c1a-7b2e-9d3c-000000000040";

export const authTokenExample = { auth_token: "0123456789abcdef0123456789abcdef" };

export const createTwilioSetupExample = {
  friendly_name: "Clinic North",
  account_sid: "AC00112233445566778899aabbccddeeff",
  ...authTokenExample,
  customer_profile_sid: "BU00112233445566778899aabbccddeeff",
};

export const twilioSetupExample: z.infer<typeof TwilioSetup> = {
  id: TWILIO_SETUP_ID,
  friendly_name: createTwilioSetupExample.friendly_name,
  account_sid: createTwilioSetupExample.account_sid,
  customer_profile_sid: createTwilioSetupExample.customer_profile_sid,
  customer_profile_status: "twilio-approved",
  customer_profile_checked_at: TIME,
  created_at: TIME,
  updated_at: TIME,
};

export const createVoiceUseCaseExample = {
  channel: "inbound_voice" as const,
  entity_name: "Clinic North",
  name: "Front desk",
  description: null,
  twilio_setup_id: TWILIO_SETUP_ID,
};

export const voiceUseCaseExample: z.infer<typeof TwilioUseCaseBody> = {
  ...createVoiceUseCaseExample,
  id: VOICE_USE_CASE_ID,
  customer_profile_status: twilioSetupExample.customer_profile_status,
  created_at: TIME,
  updated_at: TIME,
};

export const assignPhoneNumberExample = { phone_number_sid: "PN00112233445566778899aabbccddeeff" };

export const phoneNumberExample: z.infer<typeof PhoneNumber> = {
  id: "01920f3e-7c1a-7b2e-9d3c-000000000050",
  use_case_id: VOICE_USE_CASE_ID,
  ...assignPhoneNumberExample,
  phone_number: "+15005550006",
  status: "assigned",
  last_webhook_at: null,
  created_at: TIME,
  updated_at: TIME,
};

export const accountPhoneNumberExample: z.infer<typeof AccountPhoneNumber> = {
  ...assignPhoneNumberExample,
  phone_number: phoneNumberExample.phone_number,
  friendly_name: "Front desk",
  use_case_id: VOICE_USE_CASE_ID,
};
