import { ok } from "../../core/result.ts";
import { deleteTwilioSetup } from "../../core/voice/delete-twilio-setup.ts";
import { noContent } from "../answers.ts";
import { operation } from "../operation.ts";
import { channelPaths } from "./paths.ts";

export const deleteTwilioSetupOperation = operation({
  summary: "Delete a Twilio setup",
  description: "Forgets the account and its token. Refused while use cases refer to the setup.",
  tag: "Twilio setups",
  method: "delete",
  paths: channelPaths("/twilio-setup/{twilio_setup_id}", "deleteTwilioSetup"),
  permission: "Channel.delete",
  ids: { twilio_setup_id: "twilio_setup_not_found" },
  refusals: ["twilio_setup_not_found", "setup_in_use"],
  answer: { status: 204, description: "Deleted", contentType: null },
  handle: async ({ ports, workspaceId, ids }) => {
    const deleted = await deleteTwilioSetup(ports, { workspaceId, twilioSetupId: ids.twilio_setup_id });
    return deleted.ok ? ok(noContent()) : deleted;
  },
});
