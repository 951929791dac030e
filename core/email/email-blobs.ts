// Where an e-mail's contents lie in the blob store: keys are our ids, never names.
import type { Id } from "../ids.ts";

export const bodyBlobKey = (emailId: Id): string => `email/${emailId}/body`;
export const attachmentBlobKey = (emailId: Id, attachmentId: Id): string =>
  `email/${emailId}/${attachmentId}`;
