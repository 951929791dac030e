import { z } from "@hono/zod-openapi";
import { ok } from "../../core/result.ts";
import { replaceAuthToken } from "../../core/voice/replace-auth-token.ts";
import { operation } from "../operation.ts";
import { channelPaths } from "./paths.ts";
import { authTokenExample, twilioSetupExample } from "./voice-examples.ts";
import { authTokenText, toTwilioSetup, TwilioSetup } from "./voice-wire.ts";

const Body = z.strictObject({ auth_token: authTokenText }).openapi("ReplaceAuthToken");

export const replaceAuthTokenOperation = operation({
  summary: "Replace a Twilio setup's token",
  description: "After the account's token was changed at Twilio. The new one is checked with Twilio first.",
  tag: "Twilio setups",
  method: "post",
  paths: channelPaths("/twilio-setup/{twilio_setup_id}/auth-token", "replaceAuthToken"),
  permission: "Channel.create",
  ids: { twilio_setup_id: "twilio_setup_not_found" },
  body: { schema: Body, example: authTokenExample },
  refusals: [
    "twilio_setup_not_found",
    "twilio_credentials_refused",
    "twilio_account_inactive",
    "provider_throttled",
    "provider_unavailable",
    "provider_timed_out",
  ],
  answer: { status: 200, schema: TwilioSetup, example: twilioSetupExample },
  handle: async ({ ports, workspaceId, ids, body }) => {
    const replaced = await replaceAuthToken(ports, {
      workspaceId,
      twilioSetupId: ids.twilio_setup_id,
      authToken: body.auth_token,
    });
    return replaced.ok ? ok(toTwilioSetup(replaced.value)) : replaced;
  },
});
