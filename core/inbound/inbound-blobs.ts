// Where a received e-mail's contents lie in the blob store: keys are our ids and positions, never names.
import type { Id } from "../ids.ts";

export const rawBlobKey = (id: Id): string => `inbound/${id}/raw`;
export const htmlBlobKey = (id: Id): string => `inbound/${id}/html`;
export const textBlobKey = (id: Id): string => `inbound/${id}/text`;
/** By its place among the files. */
export const inboundFileBlobKey = (id: Id, position: number): string => `inbound/${id}/file-${position}`;
