// What core's rules about the class of a mail look at: the top header, the types of the parts, and what the reports
// among them say (RFC 3464 section 2, RFC 5965 section 3). Reports inside a message within the message are not ours.
import type { ClassEvidence } from "../../core/inbound/mail-class.ts";
import type { Part } from "../../core/inbound/leaves.ts";
import type { MessageFields } from "../../core/inbound/parsed-message.ts";
import { decodeUnlabelled } from "./charset.ts";
import { type HeaderFields, readHeader } from "./header-fields.ts";
import { Lines } from "./lines.ts";
import { type MessageLeaf, mediaTypeOf } from "./part-tree.ts";
import { readParameter, readStructuredField } from "./structured-field.ts";
import { decodeTransfer } from "./transfer-encoding.ts";

/** Reports are short; thousands of recipients fit in. */
const REPORT_OCTETS_MAX = 64 * 1024;
const ACTION = /^action[ \t]*:[ \t]*([a-z]+)/gim;
const DELIVERY_STATUS = /^message\/(?:global-)?delivery-status$/;
const FEEDBACK_REPORT = "message/feedback-report";

/** `root` is null for a message that was not read beyond its header. */
export function classEvidence(
  fields: HeaderFields,
  { fromAddress, subject }: MessageFields,
  root: Part<MessageLeaf> | null,
): ClassEvidence {
  const type = readStructuredField(fields.get("content-type") ?? "");
  const topType = mediaTypeOf(type);
  const mediaTypes = new Set([topType]);
  const actions: string[] = [];
  let feedbackType: string | null = null;
  for (const part of root === null ? [] : partsOf(root)) {
    const mediaType = part.kind === "leaf" ? part.leaf.mediaType : part.mediaType;
    mediaTypes.add(mediaType);
    if (part.kind === "multipart") continue;
    if (DELIVERY_STATUS.test(mediaType)) actions.push(...actionsOf(reportOf(part.leaf)));
    else if (mediaType === FEEDBACK_REPORT) feedbackType ??= feedbackTypeOf(reportOf(part.leaf));
  }
  return {
    field: (name) => fields.get(name),
    fromAddress,
    subject,
    mediaTypes,
    reportType:
      topType === "multipart/report" ? (readParameter(type, "report-type")?.toLowerCase() ?? null) : null,
    feedbackType,
    actions,
  };
}

function* partsOf(root: Part<MessageLeaf>): Generator<Part<MessageLeaf>> {
  const waiting = [root];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    yield part;
    if (part.kind === "multipart") waiting.push(...part.parts);
  }
}

const reportOf = ({ octets, encoding }: MessageLeaf): Uint8Array =>
  decodeTransfer(octets.subarray(0, REPORT_OCTETS_MAX), encoding);

/** One group of fields for each recipient, behind the one of the message. */
const actionsOf = (report: Uint8Array): string[] =>
  Array.from(decodeUnlabelled(report).matchAll(ACTION), ([, action = ""]) => action.toLowerCase());

function feedbackTypeOf(report: Uint8Array): string | null {
  const { fields } = readHeader(new Lines(report), 0, REPORT_OCTETS_MAX, () => false);
  return fields.get("feedback-type")?.trim().toLowerCase() ?? null;
}
