import { z } from "@hono/zod-openapi";
import { EVENT_TYPES } from "../../core/email/email-state.ts";
import { ok } from "../../core/result.ts";
import { operation } from "../operation.ts";
import { keysetEnd, keysetQuery, keysetTokens, toKeysetEnd } from "../pagination.ts";
import { idText, repeatable, timeText } from "../wire.ts";
import { emailEventExample } from "./examples.ts";
import { scopeQuery, toScope } from "./scope.ts";
import { EmailEventBody, toEmailEventBody } from "./wire.ts";

const Query = z.strictObject({
  ...scopeQuery,
  email_id: repeatable(idText),
  event_type: repeatable(z.enum(EVENT_TYPES)),
  event_at_after: timeText.optional().openapi({ description: "Inclusive." }),
  event_at_before: timeText.optional().openapi({ description: "Exclusive." }),
  ...keysetQuery,
});

const Page = z
  .object({
    events: z.array(EmailEventBody),
    ...keysetEnd,
  })
  .openapi("EmailEventPage");

export const listEmailEventsOperation = operation({
  summary: "List e-mail events",
  description:
    "Newest first. At least one of use_case_id and setup_id; both: and. Repeated filters match any.",
  tag: "E-mails",
  method: "get",
  paths: [{ path: "/v1/{workspace_id}/email/event", operationId: "listEmailEvents" }],
  permission: "Channel.view",
  query: Query,
  refusals: ["scope_required", "continuation_token_invalid"],
  answer: {
    status: 200,
    schema: Page,
    example: { events: [emailEventExample], has_more: false, continuation_token: null },
  },
  handle: async ({ ports, query: { limit, continuation_token: token, ...query }, ...input }) => {
    const scope = toScope(input, query);
    if (!scope.ok) return scope;
    const filter = {
      ...scope.value,
      emailIds: [...new Set(query.email_id ?? [])],
      eventTypes: query.event_type ?? [],
      eventAtAfter: query.event_at_after ?? null,
      eventAtBefore: query.event_at_before ?? null,
    };
    const tokens = keysetTokens(ports.signer, "listEmailEvents", filter);
    const after = await tokens.read(token);
    if (!after.ok) return after;
    const page = await ports.events.list(filter, { after: after.value, limit });
    return ok({ events: page.items.map(toEmailEventBody), ...(await toKeysetEnd(page, tokens)) });
  },
});
