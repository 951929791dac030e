import { ok } from "../../core/result.ts";
import { getTwilioSetup } from "../../core/voice/check-profile.ts";
import { operation } from "../operation.ts";
import { channelPaths } from "./paths.ts";
import { twilioSetupExample } from "./voice-examples.ts";
import { toTwilioSetup, TwilioSetup } from "./voice-wire.ts";

export const getTwilioSetupOperation = operation({
  summary: "Get a Twilio setup",
  description:
    "Asks Twilio how the customer profile stands and answers the setup. Trouble at Twilio never fails it: the last known status stands.",
  tag: "Twilio setups",
  method: "get",
  paths: channelPaths("/twilio-setup/{twilio_setup_id}", "getTwilioSetup"),
  permission: "Channel.view",
  ids: { twilio_setup_id: "twilio_setup_not_found" },
  refusals: ["twilio_setup_not_found"],
  answer: { status: 200, schema: TwilioSetup, example: twilioSetupExample },
  handle: async ({ ports, workspaceId, ids }) => {
    const setup = await getTwilioSetup(ports, { workspaceId, twilioSetupId: ids.twilio_setup_id });
    return setup.ok ? ok(toTwilioSetup(setup.value)) : setup;
  },
});
