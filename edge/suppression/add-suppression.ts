import { z } from "@hono/zod-openapi";
import { err, ok } from "../../core/result.ts";
import {
  addSuppression,
  resumeAddSuppression,
  type SuppressionTarget,
} from "../../core/suppression/add-suppression.ts";
import { addressText } from "../address.ts";
import { inWorkspace, operation } from "../operation.ts";
import { idText } from "../wire.ts";
import { SuppressionBody, suppressionExample, toSuppressionBody } from "./wire.ts";

const Body = z
  .strictObject({
    address: addressText,
    use_case_id: idText.optional().openapi({ description: "Suppresses mail of this use case only." }),
    setup_id: idText.optional().openapi({ description: "Suppresses all mail from this setup." }),
  })
  .refine((body) => body.use_case_id === undefined || body.setup_id === undefined, {
    error: "give use_case_id or setup_id, not both: a suppression has one scope",
    path: ["setup_id"],
  })
  .openapi("AddSuppression");

export const addSuppressionOperation = operation({
  summary: "Suppress an address",
  description:
    "No mail goes to it in that scope until the suppression is lifted. Suppressing it again answers the same suppression. For a setup the mail service's own list follows.",
  tag: "Suppressions",
  method: "post",
  paths: [{ path: "/v1/{workspace_id}/email/suppression", operationId: "addSuppression" }],
  permission: "Channel.send",
  body: {
    schema: Body,
    example: { address: suppressionExample.address, setup_id: suppressionExample.setup_id },
  },
  idempotency: {
    resume: async ({ ports, ...input }, id) => {
      const suppression = await resumeAddSuppression(ports, { workspaceId: inWorkspace(input), id });
      return suppression && toSuppressionBody(suppression);
    },
  },
  refusals: [
    "scope_required",
    "setup_not_found",
    "use_case_not_found",
    "suppression_list_unavailable",
    "suppression_list_timed_out",
  ],
  answer: {
    status: 201,
    schema: SuppressionBody,
    example: { ...suppressionExample, reason: "manual", source_email_id: null },
  },
  handle: async ({ ports, body, claim, ...input }) => {
    const target = toTarget(body);
    if (!target) return err({ kind: "scope_required" });
    const workspaceId = inWorkspace(input);
    const added = await addSuppression(ports, { workspaceId, target, address: body.address, claim });
    return added.ok ? ok(toSuppressionBody(added.value)) : added;
  },
});

function toTarget({
  use_case_id: useCaseId,
  setup_id: setupId,
}: z.infer<typeof Body>): SuppressionTarget | null {
  if (useCaseId !== undefined) return { useCaseId };
  return setupId === undefined ? null : { setupId };
}
