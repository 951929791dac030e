// Reading one setup and verifying it are the same live check: one is a read to the caller, the other an action.
import { checkSetup } from "../../core/setup/check-setup.ts";
import { ok } from "../../core/result.ts";
import { operation, type OperationInput } from "../operation.ts";
import { setupDetailExample } from "./examples.ts";
import { channelPaths } from "./paths.ts";
import { SesSetupDetail, toSetupDetail } from "./wire.ts";

const live = {
  tag: "Setups",
  permission: "Channel.view",
  ids: { setup_id: "setup_not_found" },
  refusals: ["setup_not_found"],
  answer: { status: 200, schema: SesSetupDetail, example: setupDetailExample },
} as const;

const checkLive =
  (waitsForRest: boolean) =>
  async ({ ports, workspaceId, ids }: OperationInput<unknown, unknown, "setup_id">) => {
    const checked = await checkSetup(ports, { workspaceId, setupId: ids.setup_id, waitsForRest });
    return checked.ok ? ok(toSetupDetail(checked.value)) : checked;
  };

export const getSetupOperation = operation({
  ...live,
  summary: "Get a setup",
  description:
    "Looks the records up in live DNS and answers the setup as it stands. Upstream trouble never fails it.",
  method: "get",
  paths: channelPaths("/ses-setup/{setup_id}", "getSesSetup"),
  handle: checkLive(false),
});

export const verifySetupOperation = operation({
  ...live,
  summary: "Verify a setup's DNS",
  description:
    "The same live check as reading the setup, as an action. Just after the setup was made it waits for the rest of it.",
  method: "post",
  paths: channelPaths("/ses-setup/{setup_id}/verify", "verifySesSetup"),
  handle: checkLive(true),
});
