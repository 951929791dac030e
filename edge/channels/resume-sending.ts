import { getReputation } from "../../core/reputation/get-reputation.ts";
import { resumeSending } from "../../core/reputation/resume-sending.ts";
import { ok } from "../../core/result.ts";
import { operation } from "../operation.ts";
import { reputationExample } from "./examples.ts";
import { channelPaths } from "./paths.ts";
import { ReputationBody, toReputationBody } from "./reputation-wire.ts";

export const resumeSendingOperation = operation({
  summary: "End a suspension",
  description:
    "Takes a suspended use case back to onboarding, whenever its suspension would have ended, and lets it send again if sending was stopped. Its counters begin anew.",
  tag: "Operator",
  method: "post",
  paths: channelPaths("/use-case/{use_case_id}/reputation/resume", "resumeSending"),
  permission: null,
  ids: { use_case_id: "use_case_not_found" },
  refusals: ["use_case_not_found", "not_suspended", "provider_unavailable", "provider_timed_out"],
  answer: { status: 200, schema: ReputationBody, example: reputationExample },
  handle: async ({ ports, workspaceId, ids }) => {
    const asked = { workspaceId, useCaseId: ids.use_case_id };
    const resumed = await resumeSending(ports, asked);
    if (!resumed.ok) return resumed;
    const reputation = await getReputation(ports, asked);
    return reputation.ok ? ok(toReputationBody(reputation.value)) : reputation;
  },
});
