import { getUseCase } from "../../core/use-case/get-use-case.ts";
import { ok } from "../../core/result.ts";
import { operation } from "../operation.ts";
import { emailUseCaseExample } from "./examples.ts";
import { channelPaths } from "./paths.ts";
import { voiceUseCaseExample } from "./voice-examples.ts";
import { toUseCaseBody, UseCaseBody } from "./wire.ts";

export const getUseCaseOperation = operation({
  summary: "Get a use case",
  description: "One use case.",
  tag: "Use cases",
  method: "get",
  paths: channelPaths("/use-case/{use_case_id}", "getUseCase"),
  permission: "Channel.view",
  ids: { use_case_id: "use_case_not_found" },
  refusals: ["use_case_not_found"],
  answer: {
    status: 200,
    schema: UseCaseBody,
    example: emailUseCaseExample,
    otherExamples: { voice: voiceUseCaseExample },
  },
  handle: async ({ ports, workspaceId, ids }) => {
    const useCase = await getUseCase(ports, { workspaceId, useCaseId: ids.use_case_id });
    return useCase.ok ? ok(toUseCaseBody(useCase.value)) : useCase;
  },
});
