import { readInbound } from "../../core/inbound/read-inbound.ts";
import { ok } from "../../core/result.ts";
import { inWorkspace, operation } from "../operation.ts";
import { inboundDetailExample } from "./examples.ts";
import { InboundDetailBody, toInboundDetailBody } from "./wire.ts";

export const getInboundOperation = operation({
  summary: "Get a received e-mail",
  description:
    "With its plain text and what it brought. Everything in it is what its sender wrote: show it as text, trust none of it.",
  tag: "Inbound e-mails",
  method: "get",
  paths: [{ path: "/v1/{workspace_id}/email/inbound/{inbound_id}", operationId: "getInboundEmail" }],
  permission: "Channel.view",
  ids: { inbound_id: "inbound_email_not_found" },
  refusals: ["inbound_email_not_found"],
  answer: { status: 200, schema: InboundDetailBody, example: inboundDetailExample },
  handle: async ({ ports, ids, ...input }) => {
    const found = await readInbound(ports, { workspaceId: inWorkspace(input), inboundId: ids.inbound_id });
    return found.ok ? ok(toInboundDetailBody(found.value)) : found;
  },
});
