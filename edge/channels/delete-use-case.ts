import { deleteUseCase } from "../../core/use-case/delete-use-case.ts";
import { ok } from "../../core/result.ts";
import { noContent } from "../answers.ts";
import { operation } from "../operation.ts";
import { channelPaths } from "./paths.ts";

export const deleteUseCaseOperation = operation({
  summary: "Delete a use case",
  description:
    "Takes the sending configuration down and frees the names. Its e-mails stay readable. Refused while phone numbers serve it.",
  tag: "Use cases",
  method: "delete",
  paths: channelPaths("/use-case/{use_case_id}", "deleteUseCase"),
  permission: "Channel.delete",
  ids: { use_case_id: "use_case_not_found" },
  refusals: ["use_case_not_found", "phone_numbers_assigned", "provider_unavailable", "provider_timed_out"],
  answer: { status: 204, description: "Deleted", contentType: null },
  handle: async ({ ports, workspaceId, ids }) => {
    const deleted = await deleteUseCase(ports, { workspaceId, useCaseId: ids.use_case_id });
    return deleted.ok ? ok(noContent()) : deleted;
  },
});
