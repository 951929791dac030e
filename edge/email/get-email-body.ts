import { readEmailBody } from "../../core/email/read-email.ts";
import { ok } from "../../core/result.ts";
import { inWorkspace, operation } from "../operation.ts";
import { untrustedContent } from "../untrusted-content.ts";

export const getEmailBodyOperation = operation({
  summary: "Get an e-mail's body",
  description:
    "The HTML as it was given to be sent. Its scripts, forms and frames are disabled by a sandboxing policy.",
  tag: "E-mails",
  method: "get",
  paths: [{ path: "/v1/{workspace_id}/email/{email_id}/body", operationId: "getEmailBody" }],
  permission: "Channel.view",
  ids: { email_id: "email_not_found" },
  refusals: ["email_not_found"],
  answer: { status: 200, description: "The HTML body", contentType: "text/html" },
  handle: async ({ ports, ids, ...input }) => {
    const body = await readEmailBody(ports, { workspaceId: inWorkspace(input), emailId: ids.email_id });
    return body.ok ? ok(untrustedContent(body.value, "text/html; charset=utf-8")) : body;
  },
});
