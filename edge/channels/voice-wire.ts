// The shapes of Twilio setups and phone numbers on the wire. The account's token is in none of them.
import { z } from "@hono/zod-openapi";
import type { ListedAccountNumber } from "../../core/voice/list-account-numbers.ts";
import type { PhoneNumber as StoredNumber } from "../../core/voice/phone-number.ts";
import {
  CUSTOMER_PROFILE_STATUSES,
  isAuthToken,
  isSid,
  type TwilioSetup as StoredSetup,
} from "../../core/voice/twilio-setup.ts";
import { Id, Time, toTime, toTimeOrNull } from "../wire.ts";

export const CustomerProfileStatus = z.enum(CUSTOMER_PROFILE_STATUSES).openapi({
  description:
    "What Twilio last said of the setup's customer profile; `not-found`: it was removed there. New use cases need `twilio-approved`.",
});

/** A SID in a body: its two letters and 32 lower-case hexadecimal digits. */
export const sidText = (kind: Parameters<typeof isSid>[0], letters: string) =>
  z
    .string()
    .refine((text) => isSid(kind, text), {
      error: `must be ${letters} and 32 lower-case hexadecimal digits`,
      params: { code: "sid" },
    })
    .openapi({ type: "string", pattern: `^${letters}[0-9a-f]{32}$` });

export const authTokenText = z
  .string()
  .refine(isAuthToken, {
    error: "must be 16 to 128 printable ASCII characters without blanks",
    params: { code: "auth_token" },
  })
  .openapi({
    type: "string",
    format: "password",
    minLength: 16,
    maxLength: 128,
    description: "The account's own token. It is stored encrypted and never shown again.",
  });

export const TwilioSetup = z
  .object({
    id: Id,
    friendly_name: z.string(),
    account_sid: z.string(),
    customer_profile_sid: z.string(),
    customer_profile_status: CustomerProfileStatus,
    customer_profile_checked_at: Time,
    created_at: Time,
    updated_at: Time,
  })
  .openapi("TwilioSetup");

export const toTwilioSetup = (setup: StoredSetup): z.infer<typeof TwilioSetup> => ({
  id: setup.id,
  friendly_name: setup.friendlyName,
  account_sid: setup.accountSid,
  customer_profile_sid: setup.customerProfileSid,
  customer_profile_status: setup.customerProfileStatus,
  customer_profile_checked_at: toTime(setup.customerProfileCheckedAt),
  created_at: toTime(setup.createdAt),
  updated_at: toTime(setup.updatedAt),
});

const numberMembers = {
  phone_number_sid: z.string(),
  phone_number: z.string().openapi({ description: "E.164, as Twilio has it." }),
};

export const PhoneNumber = z
  .object({
    id: Id,
    use_case_id: Id,
    ...numberMembers,
    status: z
      .enum(["assigned", "releasing"])
      .openapi({ description: "`releasing`: Twilio has not confirmed yet that it points nowhere of ours." }),
    last_webhook_at: Time.nullable().openapi({ description: "When Twilio last told of a call." }),
    created_at: Time,
    updated_at: Time,
  })
  .openapi("PhoneNumber");

export const toPhoneNumber = (number: StoredNumber): z.infer<typeof PhoneNumber> => ({
  id: number.id,
  use_case_id: number.useCaseId,
  phone_number_sid: number.phoneNumberSid,
  phone_number: number.phoneNumber,
  status: number.status === "releasing" ? "releasing" : "assigned",
  last_webhook_at: toTimeOrNull(number.lastWebhookAt),
  created_at: toTime(number.createdAt),
  updated_at: toTime(number.updatedAt),
});

export const AccountPhoneNumber = z
  .object({
    ...numberMembers,
    friendly_name: z.string(),
    use_case_id: Id.nullable().openapi({ description: "The use case it serves here." }),
  })
  .openapi("AccountPhoneNumber");

export const toAccountPhoneNumber = (number: ListedAccountNumber): z.infer<typeof AccountPhoneNumber> => ({
  phone_number_sid: number.phoneNumberSid,
  phone_number: number.phoneNumber,
  friendly_name: number.friendlyName,
  use_case_id: number.useCaseId,
});
