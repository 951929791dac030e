import type { Operation } from "../operation.ts";
import { getInboundAttachmentOperation } from "./get-inbound-attachment.ts";
import { getInboundBodyOperation } from "./get-inbound-body.ts";
import { getInboundRawOperation } from "./get-inbound-raw.ts";
import { getInboundOperation } from "./get-inbound.ts";
import { getThreadOperation } from "./get-thread.ts";
import { listInboundOperation } from "./list-inbound.ts";

/** Before the e-mails: `/email/{email_id}` would match `/email/inbound` too, `/email/{email_id}/body` a thread. */
export const inboundOperations: readonly Operation[] = [
  listInboundOperation,
  getInboundOperation,
  getInboundBodyOperation,
  getInboundAttachmentOperation,
  getInboundRawOperation,
  getThreadOperation,
];
