import { readEmail } from "../../core/email/read-email.ts";
import { ok } from "../../core/result.ts";
import { inWorkspace, operation } from "../operation.ts";
import { emailDetailExample } from "./examples.ts";
import { EmailDetailBody, toEmailDetailBody } from "./wire.ts";

export const getEmailOperation = operation({
  summary: "Get an e-mail",
  description:
    "The full record, also of a mail whose sending is not (yet) known: then message_id and sent_at are null.",
  tag: "E-mails",
  method: "get",
  paths: [{ path: "/v1/{workspace_id}/email/{email_id}", operationId: "getEmail" }],
  permission: "Channel.view",
  ids: { email_id: "email_not_found" },
  refusals: ["email_not_found"],
  answer: { status: 200, schema: EmailDetailBody, example: emailDetailExample },
  handle: async ({ ports, ids, ...input }) => {
    const email = await readEmail(ports, { workspaceId: inWorkspace(input), emailId: ids.email_id });
    return email.ok ? ok(toEmailDetailBody(email.value, ports.clock.now())) : email;
  },
});
