import { locateAttachment } from "../../core/email/read-email.ts";
import { ok } from "../../core/result.ts";
import { inWorkspace, operation } from "../operation.ts";
import { redirectToDownload } from "../untrusted-content.ts";

export const getEmailAttachmentOperation = operation({
  summary: "Download an attachment",
  description: "Redirects to a URL that serves the file for five minutes.",
  tag: "E-mails",
  method: "get",
  paths: [
    { path: "/v1/{workspace_id}/email/{email_id}/attachment/{filename}", operationId: "getEmailAttachment" },
  ],
  permission: "Channel.view",
  ids: { email_id: "email_not_found" },
  parameters: { filename: "One of the e-mail's attachment_filenames, percent-encoded." },
  refusals: ["email_not_found", "attachment_not_found"],
  answer: { status: 307, description: "Where to download the file", contentType: null },
  handle: async ({ ports, ids, parameters, ...input }) => {
    const where = { workspaceId: inWorkspace(input), emailId: ids.email_id, filename: parameters.filename };
    const url = await locateAttachment(ports, where);
    return url.ok ? ok(redirectToDownload(url.value)) : url;
  },
});
