import type { Operation } from "../operation.ts";
import { getEmailAttachmentOperation } from "./get-email-attachment.ts";
import { getEmailBodyOperation } from "./get-email-body.ts";
import { getEmailOperation } from "./get-email.ts";
import { listEmailEventsOperation } from "./list-email-events.ts";
import { listEmailsOperation } from "./list-emails.ts";
import { sendEmailOperation } from "./send-email.ts";

/** The fixed endings (`/send`, `/event`) come before `/{email_id}`, which would match them too. */
export const emailOperations: readonly Operation[] = [
  sendEmailOperation,
  listEmailsOperation,
  listEmailEventsOperation,
  getEmailOperation,
  getEmailBodyOperation,
  getEmailAttachmentOperation,
];
