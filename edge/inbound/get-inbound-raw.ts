import { locateRaw } from "../../core/inbound/read-inbound.ts";
import { ok } from "../../core/result.ts";
import { inWorkspace, operation } from "../operation.ts";
import { redirectToDownload } from "../untrusted-content.ts";

export const getInboundRawOperation = operation({
  summary: "Download a received e-mail as it was sent",
  description: "Redirects to a URL that serves the message (RFC 5322), octet for octet, for five minutes.",
  tag: "Inbound e-mails",
  method: "get",
  paths: [{ path: "/v1/{workspace_id}/email/inbound/{inbound_id}/raw", operationId: "getInboundEmailRaw" }],
  permission: "Channel.view",
  ids: { inbound_id: "inbound_email_not_found" },
  refusals: ["inbound_email_not_found", "infected", "raw_not_kept"],
  answer: { status: 307, description: "Where to download the message", contentType: null },
  handle: async ({ ports, ids, ...input }) => {
    const url = await locateRaw(ports, { workspaceId: inWorkspace(input), inboundId: ids.inbound_id });
    return url.ok ? ok(redirectToDownload(url.value)) : url;
  },
});
