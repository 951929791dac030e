import { deleteSetup } from "../../core/setup/delete-setup.ts";
import { ok } from "../../core/result.ts";
import { noContent } from "../answers.ts";
import { operation } from "../operation.ts";
import { channelPaths } from "./paths.ts";

export const deleteSetupOperation = operation({
  summary: "Delete a setup",
  description: "Takes the tenant and the domain identity down. Refused while use cases refer to the setup.",
  tag: "Setups",
  method: "delete",
  paths: channelPaths("/ses-setup/{setup_id}", "deleteSesSetup"),
  permission: "Channel.delete",
  ids: { setup_id: "setup_not_found" },
  refusals: ["setup_not_found", "setup_in_use", "provider_unavailable", "provider_timed_out"],
  answer: { status: 204, description: "Deleted", contentType: null },
  handle: async ({ ports, workspaceId, ids }) => {
    const deleted = await deleteSetup(ports, { workspaceId, setupId: ids.setup_id });
    return deleted.ok ? ok(noContent()) : deleted;
  },
});
