// What SES refuses in a raw message: SES developer guide, "Amazon SES header fields", "Unsupported attachment types",
// "Service quotas". Some wordings are given by no page and were seen by others.
import { badRequest } from "./ses-operation.ts";
import type { ScannedMessage } from "./scan-message.ts";

/** SES v2: 40 MB, of the message with its attachments encoded. */
const MESSAGE_OCTETS_MAX = 41_943_040;
/** "The maximum line length is 1000 characters", the line end included. */
const LINE_OCTETS_MAX = 1_000;
const PARTS_MAX = 500;
/** The bait that virus scanners agreed on, as base64 begins to write it; SES rejects a mail that carries it. */
const EICAR_IN_BASE64 = "WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FS";

const EXTENSIONS_REFUSED = new Set(
  (
    "ade adp app asp bas bat cer chm cmd com cpl crt csh der exe fxp gadget hlp hta inf ins isp its js jse ksh lib lnk " +
    "mad maf mag mam maq mar mas mat mau mav maw mda mdb mde mdt mdw mdz msc msh msh1 msh2 mshxml msh1xml msh2xml msi " +
    "msp mst ops pcd pif plg prf prg reg scf scr sct shb shs sys ps1 ps1xml ps2 ps2xml psc1 psc2 tmp url vb vbe vbs " +
    "vps vsmacros vss vst vsw vxd ws wsc wsf wsh xnk"
  ).split(" "),
);

/** Fields that a message may have once. */
const SINGLE_FIELDS = new Set(
  (
    "accept-language archived-at auto-submitted bounces-to comments content-alternative content-base content-class " +
    "content-description content-disposition content-duration content-id content-language content-length " +
    "content-location content-md5 content-transfer-encoding content-type date delivered-to " +
    "disposition-notification-options disposition-notification-to dkim-signature domainkey-signature errors-to from " +
    "importance in-reply-to keywords list-archive list-help list-id list-owner list-post list-subscribe " +
    "list-unsubscribe list-unsubscribe-post message-context message-id mime-version organization original-from " +
    "original-message-id original-recipient original-subject precedence priority references reply-to return-path " +
    "return-receipt-to sender sensitivity solicitation subject thread-index thread-topic user-agent vbr-info"
  ).split(" "),
);

/** Throws what SES answers to a message it does not take. */
export function assertSendable(message: ScannedMessage, sizeBytes: number): void {
  if (sizeBytes > MESSAGE_OCTETS_MAX) {
    throw badRequest(`Message length is more than ${MESSAGE_OCTETS_MAX} bytes long: '${sizeBytes}'.`);
  }
  const seen = new Set<string>();
  for (const { name } of message.fields) {
    const lower = name.toLowerCase();
    if (SINGLE_FIELDS.has(lower) && seen.has(lower)) throw badRequest(`Duplicate header '${name}'.`);
    seen.add(lower);
  }
  if (!seen.has("from")) throw badRequest("Missing required header 'From'.");
  if (message.lineOctetsMax > LINE_OCTETS_MAX) {
    throw badRequest(`Message has a line longer than ${LINE_OCTETS_MAX} characters.`);
  }
  if (message.partCount > PARTS_MAX) throw badRequest(`Message has more than ${PARTS_MAX} MIME parts.`);
  for (const name of message.fileNames) {
    const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
    if (EXTENSIONS_REFUSED.has(extension)) throw badRequest(`Unsupported attachment filename: '${name}'.`);
  }
}

/** True for a message that SES takes and then rejects, "Bad content". */
export const isInfected = (octets: Uint8Array<ArrayBuffer>): boolean =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).includes(EICAR_IN_BASE64);
