import { z } from "@hono/zod-openapi";
import { ok } from "../../core/result.ts";
import { releaseNumber } from "../../core/voice/release-number.ts";
import { noContent } from "../answers.ts";
import { operation } from "../operation.ts";
import { channelPaths } from "./paths.ts";

const Query = z.strictObject({
  forget: z.enum(["true", "false"]).optional().openapi({
    description:
      "`true`: release it even when Twilio accepts the account's token no longer, after the account was closed for example. Calls that still come here are refused then.",
  }),
});

export const releasePhoneNumberOperation = operation({
  summary: "Release a phone number",
  description:
    "Clears at Twilio what of the number still points here; what was set elsewhere since then stays. It can be assigned again afterwards.",
  tag: "Phone numbers",
  method: "delete",
  paths: channelPaths("/use-case/{use_case_id}/phone-number/{phone_number_id}", "releasePhoneNumber"),
  permission: "Channel.delete",
  query: Query,
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
  handle: async ({ ports, workspaceId, ids, query }) => {
    const { use_case_id: useCaseId, phone_number_id: phoneNumberId } = ids;
    const forgets = query.forget === "true";
    const released = await releaseNumber(ports, { workspaceId, useCaseId, phoneNumberId, forgets });
    return released.ok ? ok(noContent()) : released;
  },
});
