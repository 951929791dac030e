// What SES publishes when a mail has arrived for us: the SES Developer Guide's "Contents of notifications for Amazon SES
// email receiving". The notification is SES's own; everything in it about the message is what a stranger wrote, and is
// doubted. Whom the mail is for is what the envelope said, never its headers.
import type { ObjectPlace, ReceivedMail, Verdicts, VerdictWord } from "../../core/inbound/arrival.ts";
import { VERDICT_WORDS } from "../../core/inbound/arrival.ts";
import type { MessageFields } from "../../core/inbound/parsed-message.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { readMessageIds } from "../../core/threading/message-id.ts";
import { parseAwsTime } from "../aws/time.ts";
import { asArray, asObject, asText, type JsonObject } from "../system/json.ts";
import { readPath, readRecipients } from "./envelope.ts";
import { parseProviderMessageId } from "./provider-message-id.ts";

export type ReceivedFault =
  | { readonly kind: "malformed_event"; readonly reason: string }
  /** The rule's action laid the mail nowhere we could fetch it from. */
  | { readonly kind: "no_object"; readonly action: string };

/** S3, "Bucket naming rules"; a name with a slash or dots at its ends would lead elsewhere. */
const BUCKET = /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/;
/** S3: "up to 1,024 octets long". */
const KEY_OCTETS_MAX = 1024;
/** A segment that is one of these would be resolved on the way, and the request would be for another bucket. */
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/;
const CONTROL = /\p{Cc}/u;
const CONTROLS = /\p{Cc}+/gu;

const ACTION_CHARACTERS_MAX = 20;
/** SNS publishes 256 KB at most. */
const FIELD_CHARACTERS_MAX = 256 * 1024;
/** RFC 5322 section 2.1.1: what a line may have; also what `MessageFields` promises. */
const SUBJECT_CHARACTERS_MAX = 998;
const ADDRESS_CHARACTERS_MAX = 254;

/** The mail it tells of. Refuses what is not shaped like SES's, and an action other than S3's. */
export function parseReceived(document: JsonObject): Result<ReceivedMail, ReceivedFault> {
  const mail = asObject(document.mail);
  const receipt = asObject(document.receipt);
  const action = asObject(receipt?.action);
  if (!mail || !receipt || !action) return malformed("mail, receipt or receipt.action is missing");
  const actionType = asText(action.type, ACTION_CHARACTERS_MAX) ?? "";
  if (actionType !== "S3")
    return err({ kind: "no_object", action: printable(actionType, actionType.length) });
  const providerMessageId = parseProviderMessageId(mail.messageId);
  const receivedAt = parseAwsTime(mail.timestamp);
  const place = readPlace(action);
  if (providerMessageId === null) return malformed("mail.messageId is missing");
  if (receivedAt === null) return malformed("mail.timestamp is no time");
  if (place === null) return malformed("receipt.action names no object");
  return ok({
    providerMessageId,
    place,
    recipients: readRecipients(asArray(receipt.recipients)),
    envelopeFrom: readPath(mail.source),
    receivedAt,
    verdicts: readVerdicts(receipt),
    fields: readFields(mail),
  });
}

const malformed = (reason: string): { ok: false; error: ReceivedFault } =>
  err({ kind: "malformed_event", reason });

/** The key as it is given: SES puts prefix and message id together in more ways than one. */
function readPlace(action: JsonObject): ObjectPlace | null {
  const bucket = asText(action.bucketName, 63);
  const key = asText(action.objectKey, KEY_OCTETS_MAX);
  if (bucket === null || !BUCKET.test(bucket) || key === null || key === "") return null;
  if (key.startsWith("/") || DOT_SEGMENT.test(key) || CONTROL.test(key) || !key.isWellFormed()) return null;
  return new TextEncoder().encode(key).length <= KEY_OCTETS_MAX ? { bucket, key } : null;
}

const readVerdicts = (receipt: JsonObject): Verdicts => ({
  spam: readVerdict(receipt.spamVerdict),
  virus: readVerdict(receipt.virusVerdict),
  spf: readVerdict(receipt.spfVerdict),
  dkim: readVerdict(receipt.dkimVerdict),
  dmarc: readVerdict(receipt.dmarcVerdict),
});

const readVerdict = (verdict: unknown): VerdictWord | null =>
  VERDICT_WORDS.find((word) => word === asObject(verdict)?.status) ?? null;

function readFields(mail: JsonObject): MessageFields {
  const common = asObject(mail.commonHeaders) ?? {};
  const from = readMailbox(asText(asArray(common.from)[0], FIELD_CHARACTERS_MAX) ?? "");
  return {
    fromAddress: from.address,
    fromName: from.name,
    subject: printable(asText(common.subject, FIELD_CHARACTERS_MAX) ?? "", SUBJECT_CHARACTERS_MAX),
    messageId: readMessageIds(asText(common.messageId, FIELD_CHARACTERS_MAX) ?? "")[0] ?? null,
    inReplyTo: readMessageIds(headerValue(mail, "in-reply-to")),
    references: readMessageIds(headerValue(mail, "references")),
  };
}

/** Of the first of that name; empty when there is none, or it is beyond the 10 KB that SES repeats. */
function headerValue(mail: JsonObject, name: string): string {
  const header = asArray(mail.headers)
    .map(asObject)
    .find((one) => asText(one?.name, ADDRESS_CHARACTERS_MAX)?.toLowerCase() === name);
  return asText(header?.value, FIELD_CHARACTERS_MAX) ?? "";
}

/** `Name <address>` or an address alone, as far as a fallback needs it: the message itself is read by the parser. */
function readMailbox(text: string): { readonly name: string | null; readonly address: string | null } {
  const open = text.lastIndexOf("<");
  const address = readPath(open < 0 ? text : text.slice(open, text.indexOf(">", open) + 1));
  const name = printable(text.slice(0, Math.max(open, 0)), SUBJECT_CHARACTERS_MAX).replace(/^"(.*)"$/, "$1");
  return {
    name: name === "" ? null : name,
    address: address !== null && address.length <= ADDRESS_CHARACTERS_MAX ? address : null,
  };
}

const printable = (text: string, charactersMax: number): string =>
  text.replaceAll(CONTROLS, " ").trim().slice(0, charactersMax).toWellFormed();
