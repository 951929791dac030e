import { z } from "@hono/zod-openapi";
import { ok } from "../../core/result.ts";
import { assignNumber } from "../../core/voice/assign-number.ts";
import { operation } from "../operation.ts";
import { channelPaths } from "./paths.ts";
import { assignPhoneNumberExample, phoneNumberExample } from "./voice-examples.ts";
import { PhoneNumber, sidText, toPhoneNumber } from "./voice-wire.ts";

const Body = z.strictObject({ phone_number_sid: sidText("phoneNumber", "PN") }).openapi("AssignPhoneNumber");

export const assignPhoneNumberOperation = operation({
  summary: "Assign a phone number",
  description:
    "Points a number of the use case's Twilio account at this service, so that its calls come to the use case. A number serves one use case.",
  tag: "Phone numbers",
  method: "post",
  paths: channelPaths("/use-case/{use_case_id}/phone-number", "assignPhoneNumber"),
  permission: "Channel.create",
  needsWorkspace: true,
  ids: { use_case_id: "use_case_not_found" },
  body: { schema: Body, example: assignPhoneNumberExample },
  idempotency: {
    resume: async ({ ports, workspaceId }, id) => {
      const number = await ports.phoneNumbers.find(id);
      return number === null || number.workspaceId !== workspaceId || number.status === "assigning"
        ? null
        : toPhoneNumber(number);
    },
  },
  refusals: [
    "use_case_not_found",
    "phone_number_not_found",
    "phone_number_assigned",
    "twilio_token_refused",
    "provider_throttled",
    "provider_unavailable",
    "provider_timed_out",
  ],
  answer: { status: 201, schema: PhoneNumber, example: phoneNumberExample },
  handle: async ({ ports, workspaceId, ids, body, claim }) => {
    const assigned = await assignNumber(ports, {
      workspaceId,
      useCaseId: ids.use_case_id,
      phoneNumberSid: body.phone_number_sid,
      claim,
    });
    return assigned.ok ? ok(toPhoneNumber(assigned.value)) : assigned;
  },
});
