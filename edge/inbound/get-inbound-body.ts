import { readInboundBody } from "../../core/inbound/read-inbound.ts";
import { ok } from "../../core/result.ts";
import { inWorkspace, operation } from "../operation.ts";
import { untrustedContent } from "../untrusted-content.ts";

export const getInboundBodyOperation = operation({
  summary: "Get a received e-mail's body",
  description:
    "The HTML, else the plain text. Its scripts, forms and frames are disabled by a sandboxing policy.",
  tag: "Inbound e-mails",
  method: "get",
  paths: [{ path: "/v1/{workspace_id}/email/inbound/{inbound_id}/body", operationId: "getInboundEmailBody" }],
  permission: "Channel.view",
  ids: { inbound_id: "inbound_email_not_found" },
  refusals: ["inbound_email_not_found", "no_body"],
  answer: {
    status: 200,
    description: "The HTML, else the plain text",
    contentType: ["text/html", "text/plain"],
  },
  handle: async ({ ports, ids, ...input }) => {
    const where = { workspaceId: inWorkspace(input), inboundId: ids.inbound_id };
    const body = await readInboundBody(ports, where);
    return body.ok ? ok(untrustedContent(body.value.octets, body.value.contentType)) : body;
  },
});
