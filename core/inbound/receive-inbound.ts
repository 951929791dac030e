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
    // Before it is read: whatever reading comes to, its octets are ours.
    for (const { id } of deliveries)
      if (fetched.raw !== null) await ports.blobs.put(rawBlobKey(id), fetched.raw, "message/rfc822");
    const message = await readMessage(ports, arrival, fetched);
    for (const delivery of deliveries) await file(ports, arrival, delivery, message);
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

type Delivery = {
  /** Of the e-mail: it follows from receipt and setup. */
  readonly id: Id;
  readonly route: InboundRoute;
  readonly recipients: readonly string[];
};

/** One for each setup that has none yet, with its own recipients only; who wrote to nobody of ours is not received. */
async function deliveriesOf(
  { inbound, sha256 }: ReceiveInboundPorts,
  { recipients, ...receipt }: Arrival,
): Promise<readonly Delivery[]> {
  const domains = [...new Set(recipients.map(domainOf))];
  if (domains.length === 0) return [];
  const routes = await inbound.routes(domains, receipt);
  return Promise.all(
    routes.map(async (route) => ({
      id: idNamedBy(
        receipt.receivedAt,
        await sha256.digest(`inbound ${receipt.providerMessageId} ${route.setupId}`),
      ),
      route,
      recipients: recipients.filter((recipient) => domainOf(recipient) === route.domain),
    })),
  );
}

/** What there is of the message. */
type Fetched = {
  /** As it was sent, without what the provider wrote on top; null: it cannot be kept. */
  readonly raw: Uint8Array | null;
  /** What is to be read; else why it is not. */
  readonly stored: Uint8Array | Exclude<ParseStatus, "parsed">;
};

/** Null: it may still come. */
async function fetchMessage(
  { inboundMailbox, arrivalReader, clock }: ReceiveInboundPorts,
  { place, receivedAt }: Arrival,
): Promise<Fetched | null> {
  const stored = await inboundMailbox.get(place);
  if (stored === null)
    return clock.now() - receivedAt < MISSING_MS ? null : { raw: null, stored: "raw_missing" };
  if (stored === "too_large") return { raw: null, stored };
  const raw = arrivalReader.withoutProviderHeader(stored, place);
  return { raw, stored: raw.length > INBOUND_BYTES_MAX ? "too_large" : stored };
}

/** What is known of it: by reading it, or where that did not go well by what was told. */
type Message = ParsedMessage & { readonly status: ParseStatus; readonly rawSizeBytes: number | null };

async function readMessage(
  ports: ReceiveInboundPorts,
  { fields }: Arrival,
  { raw, stored }: Fetched,
): Promise<Message> {
  const rawSizeBytes = raw?.length ?? null;
  const unread = { rawSizeBytes, fields, mailClass: "human", html: null, text: null, files: [] } as const;
  if (typeof stored === "string") return { ...unread, status: stored };
  const read = await parse(ports, stored);
  if (read.ok) return { rawSizeBytes, status: "parsed", ...read.value };
  return { ...unread, ...read.error, fields: read.error.fields ?? fields };
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
  message: Message,
): Promise<void> {
  const { id } = delivery;
  if (message.html !== null) await putText(ports, htmlBlobKey(id), message.html, "text/html");
  if (message.text !== null) await putText(ports, textBlobKey(id), message.text, "text/plain");
  const files: InboundAttachment[] = [];
  // One after the other: all at once would be held in flight all over again.
  for (const [position, one] of message.files.entries())
    files.push(await putFile(ports, inboundFileBlobKey(id, position), one));
  await place(ports, newEmail(arrival, delivery, message, files));
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
  arrival: Arrival,
  { id, route, recipients }: Delivery,
  { rawSizeBytes, status, fields, mailClass, html, text }: Message,
  files: readonly InboundAttachment[],
): NewInboundEmail {
  const { fromAddress, subject, messageId, inReplyTo, references } = fields;
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
    mailClass,
    hasAttachment: files.some(({ isInline }) => !isInline),
    messageId,
    key: messageId === null ? null : messageKey(messageId),
    inReplyTo,
    references,
    files,
    verdicts: arrival.verdicts,
    parseStatus: status,
    rawSizeBytes,
    hasHtml: html !== null,
    hasText: text !== null,
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
