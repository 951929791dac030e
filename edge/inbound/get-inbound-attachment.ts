import { locateInboundFile } from "../../core/inbound/read-inbound.ts";
import { ok } from "../../core/result.ts";
import { inWorkspace, operation } from "../operation.ts";
import { redirectToDownload } from "../untrusted-content.ts";

export const getInboundAttachmentOperation = operation({
  summary: "Download what a received e-mail brought",
  description:
    "Redirects to a URL that serves the file for five minutes. A `cid:` of the HTML leads here: its Content-ID is the name.",
  tag: "Inbound e-mails",
  method: "get",
  paths: [
    {
      path: "/v1/{workspace_id}/email/inbound/{inbound_id}/attachment/{filename}",
      operationId: "getInboundEmailAttachment",
    },
  ],
  permission: "Channel.view",
  ids: { inbound_id: "inbound_email_not_found" },
  parameters: { filename: "A Content-ID, else a filename of the e-mail, percent-encoded." },
  refusals: ["inbound_email_not_found", "attachment_not_found", "infected"],
  answer: { status: 307, description: "Where to download the file", contentType: null },
  handle: async ({ ports, ids, parameters, ...input }) => {
    const { filename } = parameters;
    const where = { workspaceId: inWorkspace(input), inboundId: ids.inbound_id, filename };
    const url = await locateInboundFile(ports, where);
    return url.ok ? ok(redirectToDownload(url.value)) : url;
  },
});
