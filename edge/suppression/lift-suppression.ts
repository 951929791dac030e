import { z } from "@hono/zod-openapi";
import { ok } from "../../core/result.ts";
import { liftSuppression } from "../../core/suppression/lift-suppression.ts";
import { noContent } from "../answers.ts";
import { inWorkspace, operation } from "../operation.ts";

const Query = z.strictObject({
  confirm: z
    .enum(["true", "false"])
    .optional()
    .openapi({ description: "`true`: the person who unsubscribed wants the mail again." }),
});

export const liftSuppressionOperation = operation({
  summary: "Lift a suppression",
  description:
    "Mail may go there again. Nothing that happened before brings it back. An unsubscribe needs `confirm=true`; a complaint is lifted by the operator only.",
  tag: "Suppressions",
  method: "delete",
  paths: [{ path: "/v1/{workspace_id}/email/suppression/{suppression_id}", operationId: "liftSuppression" }],
  permission: "Channel.delete",
  ids: { suppression_id: "suppression_not_found" },
  query: Query,
  refusals: [
    "suppression_not_found",
    "operator_only",
    "confirmation_required",
    "suppression_list_unavailable",
    "suppression_list_timed_out",
  ],
  answer: { status: 204, description: "Lifted", contentType: null },
  handle: async ({ ports, ids, caller, query, ...input }) => {
    const lifted = await liftSuppression(ports, {
      workspaceId: inWorkspace(input),
      suppressionId: ids.suppression_id,
      caller,
      isConfirmed: query.confirm === "true",
    });
    return lifted.ok ? ok(noContent()) : lifted;
  },
});
