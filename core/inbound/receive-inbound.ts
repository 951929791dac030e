// Receives one mail: fetches it from the provider's bucket, keeps it raw, reads it, and files it for each setup it was
// addressed to. Every step may be done again: the e-mail's id follows from what it is, so its contents lie where they lay,
// and its row is written once, whole. What cannot be read is kept raw and says so; nothing is dropped.
import { canonicalAddress, domainOf } from "../email/address.ts";
import { type Id, idNamedBy } from "../ids.ts";
import type { ArrivalReader } from "../ports/arrival-reader.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { InboundMailbox } from "../ports/inbound-mailbox.ts";
import type { InboundRoute, InboundStore, NewInboundEmail, ThreadQuestion } from "../ports/inbound-store.ts";
import type { MessageParser } from "../ports/message-parser.ts";
import type { Slots } from "../ports/slots.ts";
import type { Sha256 } from "../ports/sha256.ts";
import { err } from "../result.ts";
import { carryOut, type CarryOutPorts, TASK_DONE, type TaskEnd, taskFailed } from "../tasks/carry-out.ts";
import { LEASE_MS, type Task } from "../tasks/task.ts";
import { messageKey } from "../threading/message-id.ts";
import { citedKeys, placeInThread } from "../threading/place-in-thread.ts";
import { chainOf } from "../threading/reply-headers.ts";
import type { Arrival } from "./arrival.ts";
import { htmlBlobKey, inboundFileBlobKey, rawBlobKey, textBlobKey } from "./inbound-blobs.ts";
import type { InboundAttachment } from "./inbound-email.ts";
import {
  INBOUND_BYTES_MAX,
  type InboundFile,
  type ParsedMessage,
  type ParseStatus,
  type Unparsed,
} from "./parsed-message.ts";

export type ReceiveInboundPorts = {
  readonly inbound: InboundStore;
  readonly inboundMailbox: InboundMailbox;
  readonly arrivalReader: ArrivalReader;
  readonly messageParser: MessageParser;
  readonly blobs: BlobStore;
  readonly sha256: Sha256;
  readonly clock: Clock;
};

const encoder = new TextEncoder();

/** SES publishes once the object is there, and a bucket is consistent: one still missing after a day was deleted. */
const MISSING_MS = 24 * 60 * 60 * 1000;
/** Each try that fails means that another message of the setup was filed in between; four are at work at once. */
const PLACE_TRIES_MAX = 20;

/** The task of one arrival. */
export async function receiveInbound(ports: ReceiveInboundPorts, task: Task): Promise<TaskEnd> {
  const arrival = await ports.inbound.findArrival(task.subjectId);
  if (arrival === null) return TASK_DONE;
  const deliveries = await deliveriesOf(ports, arrival);
  if (deliveries.length > 0) {
    const fetched = await fetchMessage(ports, arrival);
    if (fetched === null) return taskFailed("the message is not in the bucket (yet)");
    for (const delivery of deliveries) await file(ports, arrival, delivery, fetched);
  }
  await ports.inbound.settleArrival(arrival.id);
  return TASK_DONE;
}

/** Each holds up to 40 MB and what is decoded of it: less than half a gigabyte, and enough to fill the line to a bucket. */
export const RECEIVING_AT_ONCE_MAX = 4;
/** An isolate has 128 MB for everything. */
export const RECEIVING_AT_ONCE_MAX_ON_WORKERS = 1;
/** In line; a waiting one is small, but what waits longer is done sooner by the tick. */
export const RECEIVING_WAITING_MAX = 1000;

export type ReceiveNowPorts = ReceiveInboundPorts & CarryOutPorts & { readonly receivingSlots: Slots };

/**
 * Claims the task of an arrival, if nobody holds it, and carries it out; mails come in bursts and each is held whole, so
 * only a few at once. Where there is no room the next tick does it.
 */
export async function receiveNow(ports: ReceiveNowPorts, arrival: Pick<Arrival, "id">): Promise<void> {
  const release = await ports.receivingSlots.take();
  if (release === null) return;
  try {
    const task = await ports.tasks.claim("receive_inbound", arrival.id, LEASE_MS);
    if (task) await carryOut(ports, task, () => receiveInbound(ports, task));
  } finally {
    release();
  }
}

type Delivery = { readonly route: InboundRoute; readonly recipients: readonly string[] };

/** One for each setup that has none yet, with its own recipients only; who wrote to nobody of ours is not received. */
async function deliveriesOf(
  { inbound }: ReceiveInboundPorts,
  { recipients, ...receipt }: Arrival,
): Promise<readonly Delivery[]> {
  const domains = [...new Set(recipients.map(domainOf))];
  if (domains.length === 0) return [];
  const routes = await inbound.routes(domains, receipt);
  return routes.map((route) => ({
    route,
    recipients: recipients.filter((recipient) => domainOf(recipient) === route.domain),
  }));
}

/** What there is of the message. */
type Fetched = {
  /** As it was sent, without what the provider wrote on top. */
  readonly raw: Uint8Array | null;
  readonly parsed: ParsedMessage | null;
  readonly unparsed: Omit<Unparsed, "status"> & { readonly status: ParseStatus };
};

async function fetchMessage(ports: ReceiveInboundPorts, arrival: Arrival): Promise<Fetched | null> {
  const stored = await ports.inboundMailbox.get(arrival.place);
  const told = { fields: arrival.fields, mailClass: "human" as const };
  if (stored === null)
    return ports.clock.now() - arrival.receivedAt < MISSING_MS
      ? null
      : { raw: null, parsed: null, unparsed: { ...told, status: "raw_missing" } };
  if (stored === "too_large") return { raw: null, parsed: null, unparsed: { ...told, status: "too_large" } };
  const raw = ports.arrivalReader.withoutProviderHeader(stored, arrival.place);
  if (raw.length > INBOUND_BYTES_MAX)
    return { raw, parsed: null, unparsed: { ...told, status: "too_large" } };
  const read = await parse(ports, stored);
  if (!read.ok)
    return { raw, parsed: null, unparsed: { ...read.error, fields: read.error.fields ?? arrival.fields } };
  return { raw, parsed: read.value, unparsed: { ...told, status: "parsed" } };
}

/**
 * With what the provider wrote on top, whose Return-Path is the envelope's and counts before the sender's own. A parser that
 * breaks over a message must not hold it back for ever: what it is was kept raw.
 */
const parse = (
  { messageParser }: ReceiveInboundPorts,
  stored: Uint8Array,
): ReturnType<MessageParser["parse"]> =>
  messageParser.parse(stored).catch(() => err({ status: "unreadable", fields: null, mailClass: "human" }));

/** Contents before the row, so that whoever finds an e-mail finds what it names. */
async function file(
  ports: ReceiveInboundPorts,
  arrival: Arrival,
  delivery: Delivery,
  fetched: Fetched,
): Promise<void> {
  const { setupId } = delivery.route;
  const name = await ports.sha256.digest(`inbound ${arrival.providerMessageId} ${setupId}`);
  const id = idNamedBy(arrival.receivedAt, name);
  const { raw, parsed } = fetched;
  if (raw !== null) await ports.blobs.put(rawBlobKey(id), raw, "message/rfc822");
  if (parsed?.html != null) await putText(ports, htmlBlobKey(id), parsed.html, "text/html");
  if (parsed?.text != null) await putText(ports, textBlobKey(id), parsed.text, "text/plain");
  const files: InboundAttachment[] = [];
  // One after the other: all at once would be held in flight all over again.
  for (const [position, one] of (parsed?.files ?? []).entries())
    files.push(await putFile(ports, inboundFileBlobKey(id, position), one));
  await place(ports, newEmail(id, arrival, delivery, fetched, files));
}

const putText = ({ blobs }: ReceiveInboundPorts, key: string, text: string, type: string): Promise<void> =>
  blobs.put(key, encoder.encode(text), `${type}; charset=utf-8`);

async function putFile(
  { blobs, sha256 }: ReceiveInboundPorts,
  key: string,
  file: InboundFile,
): Promise<InboundAttachment> {
  const { octets, ...named } = file;
  await blobs.put(key, octets, file.contentType);
  return { ...named, sizeBytes: octets.length, sha256: await sha256.hex(octets) };
}

function newEmail(
  id: Id,
  arrival: Arrival,
  { route, recipients }: Delivery,
  { raw, parsed, unparsed }: Fetched,
  files: readonly InboundAttachment[],
): NewInboundEmail {
  const { fromAddress, subject, messageId, inReplyTo, references } =
    parsed?.fields ?? unparsed.fields ?? arrival.fields;
  // Some machines write no From; the envelope says who sent it.
  const from = fromAddress ?? arrival.envelopeFrom;
  return {
    id,
    providerMessageId: arrival.providerMessageId,
    workspaceId: route.workspaceId,
    setupId: route.setupId,
    fromAddress: from,
    correspondent: from === null ? null : canonicalAddress(from),
    toAddresses: recipients,
    subject,
    receivedAt: arrival.receivedAt,
    mailClass: parsed?.mailClass ?? unparsed.mailClass,
    hasAttachment: files.some(({ isInline }) => !isInline),
    messageId,
    key: messageId === null ? null : messageKey(messageId),
    inReplyTo,
    references,
    files,
    verdicts: arrival.verdicts,
    parseStatus: unparsed.status,
    rawSizeBytes: raw?.length ?? null,
    hasHtml: parsed?.html != null,
    hasText: parsed?.text != null,
  };
}

/** Finds its thread and writes it there; when another message was filed in between, it looks again. */
async function place({ inbound }: ReceiveInboundPorts, email: NewInboundEmail): Promise<void> {
  const { keys: cites, inReplyToCount } = citedKeys(email, messageKey);
  const { id, setupId, workspaceId, correspondent, key } = email;
  const message = { id, cites, inReplyToCount, correspondent };
  const recipients = email.toAddresses.map(canonicalAddress);
  const question: ThreadQuestion = { setupId, workspaceId, message, key, recipients };
  for (let tries = 0; tries < PLACE_TRIES_MAX; tries += 1) {
    const view = await inbound.view(question);
    const placement = placeInThread(message, view);
    const parent = placement.parentId === null ? null : (view.parents.get(placement.parentId) ?? null);
    const chain = chainOf(email, parent);
    if (await inbound.record(email, { placement, chain, question, version: view.version })) return;
  }
  throw new Error("other messages of the setup were filed all the time");
}
