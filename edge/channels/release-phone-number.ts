import { ok } from "../../core/result.ts";
import { releaseNumber } from "../../core/voice/release-number.ts";
import { noContent } from "../answers.ts";
import { operation } from "../operation.ts";
import { channelPaths } from "./paths.ts";

export const releasePhoneNumberOperation = operation({
  summary: "Release a phone number",
  description:
    "Clears at Twilio what of the number still points here; what was set elsewhere since then stays. It can be assigned again afterwards.",
  tag: "Phone numbers",
  method: "delete",
  paths: channelPaths("/use-case/{use_case_id}/phone-number/{phone_number_id}", "releasePhoneNumber"),
  permission: "Channel.delete",
  ids: { use_case_id: "use_case_not_found", phone_number_id: "phone_number_not_found" },
  refusals: [
    "use_case_not_found",
    "phone_number_not_found",
    "twilio_token_refused",
    "provider_throttled",
    "provider_unavailable",
    "provider_timed_out",
  ],
  answer: { status: 204, description: "Released", contentType: null },
  handle: async ({ ports, workspaceId, ids }) => {
    const { use_case_id: useCaseId, phone_number_id: phoneNumberId } = ids;
    const released = await releaseNumber(ports, { workspaceId, useCaseId, phoneNumberId });
    return released.ok ? ok(noContent()) : released;
  },
});
