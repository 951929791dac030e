import { z } from "@hono/zod-openapi";
import { MAIL_CLASSES } from "../../core/inbound/mail-class.ts";
import { ok } from "../../core/result.ts";
import { receivedAddressText } from "../address.ts";
import { scopeQuery, toCanonicalAddresses, toScope } from "../email/scope.ts";
import { operation } from "../operation.ts";
import { keysetEnd, keysetQuery, keysetTokens, toKeysetEnd } from "../pagination.ts";
import { idText, repeatable, timeText } from "../wire.ts";
import { inboundSummaryExample } from "./examples.ts";
import { InboundSummaryBody, toInboundSummaryBody } from "./wire.ts";

const Query = z.strictObject({
  ...scopeQuery,
  from_address: repeatable(receivedAddressText),
  class: repeatable(z.enum(MAIL_CLASSES)),
  thread_id: idText.optional().openapi({ description: "The id of any message of the thread." }),
  received_after: timeText.optional().openapi({ description: "Inclusive." }),
  received_before: timeText.optional().openapi({ description: "Exclusive." }),
  ...keysetQuery,
});

const Page = z
  .object({
    emails: z.array(InboundSummaryBody),
    ...keysetEnd,
  })
  .openapi("InboundEmailPage");

export const listInboundOperation = operation({
  summary: "List received e-mails",
  description:
    "Newest first. At least one of use_case_id and setup_id; both: and. Repeated filters match any.",
  tag: "Inbound e-mails",
  method: "get",
  paths: [{ path: "/v1/{workspace_id}/email/inbound", operationId: "listInboundEmails" }],
  permission: "Channel.view",
  query: Query,
  refusals: ["scope_required", "continuation_token_invalid"],
  answer: {
    status: 200,
    schema: Page,
    example: { emails: [inboundSummaryExample], has_more: false, continuation_token: null },
  },
  handle: async ({ ports, query: { limit, continuation_token: token, ...query }, ...input }) => {
    const scope = toScope(input, query);
    if (!scope.ok) return scope;
    const filter = {
      ...scope.value,
      fromAddresses: toCanonicalAddresses(query.from_address),
      classes: query.class ?? [],
      threadId: query.thread_id ?? null,
      receivedAfter: query.received_after ?? null,
      receivedBefore: query.received_before ?? null,
    };
    const tokens = keysetTokens(ports.signer, "listInboundEmails", filter);
    const after = await tokens.read(token);
    if (!after.ok) return after;
    const page = await ports.inbound.list(filter, { after: after.value, limit });
    return ok({ emails: page.items.map(toInboundSummaryBody), ...(await toKeysetEnd(page, tokens)) });
  },
});
