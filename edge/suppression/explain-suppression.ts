import { z } from "@hono/zod-openapi";
import { ok } from "../../core/result.ts";
import { explainSuppression } from "../../core/suppression/explain-suppression.ts";
import { addressText } from "../address.ts";
import { inWorkspace, operation } from "../operation.ts";
import { idText } from "../wire.ts";
import { SendExplanationBody, suppressionExample, toSendExplanationBody } from "./wire.ts";

const Query = z.strictObject({ use_case_id: idText, address: addressText });

export const explainSuppressionOperation = operation({
  summary: "Explain whether an address would get mail",
  description:
    "The rule by which a send through this use case to this address would go out or be refused, as far as suppressions go.",
  tag: "Suppressions",
  method: "get",
  paths: [{ path: "/v1/{workspace_id}/email/suppression/explain", operationId: "explainSuppression" }],
  permission: "Channel.view",
  query: Query,
  refusals: ["use_case_not_found"],
  answer: {
    status: 200,
    schema: SendExplanationBody,
    example: { would_send: false, rule: "hard_bounce", suppression: suppressionExample },
  },
  handle: async ({ ports, query, ...input }) => {
    const explained = await explainSuppression(ports, {
      workspaceId: inWorkspace(input),
      useCaseId: query.use_case_id,
      address: query.address,
    });
    return explained.ok ? ok(toSendExplanationBody(explained.value)) : explained;
  },
});
