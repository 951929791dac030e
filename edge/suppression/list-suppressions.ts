import { z } from "@hono/zod-openapi";
import { ok } from "../../core/result.ts";
import { SUPPRESSION_REASONS } from "../../core/suppression/suppression.ts";
import { addressText } from "../address.ts";
import { scopeQuery, toCanonicalAddresses, toScope } from "../email/scope.ts";
import { operation } from "../operation.ts";
import { keysetEnd, keysetQuery, keysetTokens, toKeysetEnd } from "../pagination.ts";
import { repeatable } from "../wire.ts";
import { SuppressionBody, suppressionExample, toSuppressionBody } from "./wire.ts";

const Query = z.strictObject({
  ...scopeQuery,
  address: repeatable(addressText),
  reason: repeatable(z.enum(SUPPRESSION_REASONS)),
  ...keysetQuery,
});

const Page = z
  .object({
    suppressions: z.array(SuppressionBody),
    ...keysetEnd,
  })
  .openapi("SuppressionPage");

export const listSuppressionsOperation = operation({
  summary: "List suppressions",
  description:
    "Those in force, newest first. A use case shows what stops its mail: its own suppressions and those of its whole setup; a setup shows all that came of its mail. At least one of use_case_id and setup_id; both: and. Repeated filters match any.",
  tag: "Suppressions",
  method: "get",
  paths: [{ path: "/v1/{workspace_id}/email/suppression", operationId: "listSuppressions" }],
  permission: "Channel.view",
  query: Query,
  refusals: ["scope_required", "continuation_token_invalid"],
  answer: {
    status: 200,
    schema: Page,
    example: { suppressions: [suppressionExample], has_more: false, continuation_token: null },
  },
  handle: async ({ ports, query: { limit, continuation_token: token, ...query }, ...input }) => {
    const scope = toScope(input, query);
    if (!scope.ok) return scope;
    const filter = {
      ...scope.value,
      addresses: toCanonicalAddresses(query.address),
      reasons: query.reason ?? [],
    };
    const tokens = keysetTokens(ports.signer, "listSuppressions", filter);
    const after = await tokens.read(token);
    if (!after.ok) return after;
    const window = { after: after.value, limit };
    const page = await ports.suppressions.list(filter, window, ports.clock.now());
    return ok({
      suppressions: page.items.map(toSuppressionBody),
      ...(await toKeysetEnd(page, tokens)),
    });
  },
});
