import { ok } from "../../core/result.ts";
import { getReputation } from "../../core/reputation/get-reputation.ts";
import { operation } from "../operation.ts";
import { reputationExample } from "./examples.ts";
import { channelPaths } from "./paths.ts";
import { ReputationBody, toReputationBody } from "./reputation-wire.ts";

export const getReputationOperation = operation({
  summary: "Get an e-mail use case's reputation",
  description:
    "Its tier, what of today's capacity is used and left, each rate with its sample beside the limit it is held against, what the next tier asks for, and every change of tier with the figures that led to it.",
  tag: "Use cases",
  method: "get",
  paths: channelPaths("/use-case/{use_case_id}/reputation", "getReputation"),
  permission: "Channel.view",
  ids: { use_case_id: "use_case_not_found" },
  refusals: ["use_case_not_found"],
  answer: { status: 200, schema: ReputationBody, example: reputationExample },
  handle: async ({ ports, workspaceId, ids }) => {
    const reputation = await getReputation(ports, { workspaceId, useCaseId: ids.use_case_id });
    return reputation.ok ? ok(toReputationBody(reputation.value)) : reputation;
  },
});
