import { z } from "@hono/zod-openapi";
import { EMAIL_STATES, SHOWN_SEND_OUTCOMES } from "../../core/email/email-state.ts";
import { ok } from "../../core/result.ts";
import { operation } from "../operation.ts";
import { keysetEnd, keysetQuery, keysetTokens, toKeysetEnd } from "../pagination.ts";
import { addressText } from "../address.ts";
import { repeatable, timeText } from "../wire.ts";
import { emailSummaryExample } from "./examples.ts";
import { scopeQuery, toCanonicalAddresses, toScope } from "./scope.ts";
import { EmailSummaryBody, toEmailSummaryBody } from "./wire.ts";

const Query = z.strictObject({
  ...scopeQuery,
  to_address: repeatable(addressText),
  state: repeatable(z.enum(EMAIL_STATES)),
  send_outcome: repeatable(z.enum(SHOWN_SEND_OUTCOMES)).openapi({
    description: "Mails whose sending is not (yet) known are listed only when asked for.",
  }),
  sent_after: timeText.optional().openapi({ description: "Inclusive." }),
  sent_before: timeText.optional().openapi({ description: "Exclusive." }),
  ...keysetQuery,
});

const Page = z
  .object({
    emails: z.array(EmailSummaryBody),
    ...keysetEnd,
  })
  .openapi("EmailPage");

export const listEmailsOperation = operation({
  summary: "List e-mails",
  description:
    "Newest first. At least one of use_case_id and setup_id; both: and. Repeated filters match any.",
  tag: "E-mails",
  method: "get",
  paths: [{ path: "/v1/{workspace_id}/email", operationId: "listEmails" }],
  permission: "Channel.view",
  query: Query,
  refusals: ["scope_required", "continuation_token_invalid"],
  answer: {
    status: 200,
    schema: Page,
    example: { emails: [emailSummaryExample], has_more: false, continuation_token: null },
  },
  handle: async ({ ports, query: { limit, continuation_token: token, ...query }, ...input }) => {
    const scope = toScope(input, query);
    if (!scope.ok) return scope;
    const filter = {
      ...scope.value,
      toAddresses: toCanonicalAddresses(query.to_address),
      states: query.state ?? [],
      sendOutcomes: query.send_outcome ?? [],
      sentAfter: query.sent_after ?? null,
      sentBefore: query.sent_before ?? null,
    };
    const tokens = keysetTokens(ports.signer, "listEmails", filter);
    const after = await tokens.read(token);
    if (!after.ok) return after;
    const now = ports.clock.now();
    const page = await ports.emails.list(filter, { after: after.value, limit }, now);
    return ok({
      emails: page.items.map((email) => toEmailSummaryBody(email, now)),
      ...(await toKeysetEnd(page, tokens)),
    });
  },
});
