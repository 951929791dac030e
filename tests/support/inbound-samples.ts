// Received e-mails for tests: values that differ only by a number, and filing them as the program does.
// Imported by Node as well: no bun:test here.
import assert from "node:assert/strict";
import type { Database } from "../../adapters/libsql/database.ts";
import { makeInboundStore } from "../../adapters/libsql/inbound-store.ts";
import { canonicalAddress } from "../../core/email/address.ts";
import type { Arrival } from "../../core/inbound/arrival.ts";
import type { InboundEmail } from "../../core/inbound/inbound-email.ts";
import type { Id } from "../../core/ids.ts";
import type {
  InboundFilter,
  InboundStore,
  NewInboundEmail,
  ThreadQuestion,
} from "../../core/ports/inbound-store.ts";
import { joinThread } from "../../core/threading/join-thread.ts";
import { messageKey, wireMessageId } from "../../core/threading/message-id.ts";
import { citedKeys, placeInThread, type Placement } from "../../core/threading/place-in-thread.ts";
import { chainOf } from "../../core/threading/reply-headers.ts";
import { SAMPLE_TIME, sampleReservation } from "./channel-samples.ts";
import { makeEmailStores, messageId, numbered } from "./email-samples.ts";

export const makeInboundStores = (database: Database) => ({
  ...makeEmailStores(database),
  inbound: makeInboundStore(database),
});
export type InboundStores = ReturnType<typeof makeInboundStores>;

export const inboundId = (n: number): Id => numbered("e03", n);
export const arrivalId = (n: number): Id => numbered("e04", n);
/** The Message-ID of received mail n. */
export const headerId = (n: number): string => `message-${n}@post.example`;
/** The Message-ID that sent mail n has on the wire. */
export const onWire = (n: number): string => wireMessageId(messageId(n), sampleReservation("", 1).region);

export const ANN = "ann@post.example";
export const BOB = "bob@elsewhere.example";

const VERDICTS = { spam: "PASS", virus: "PASS", spf: "PASS", dkim: "PASS", dmarc: "GRAY" } as const;

export const sampleArrival = (n: number, changes: Partial<Arrival> = {}): Arrival => ({
  id: arrivalId(n),
  source: "notification",
  providerMessageId: `receipt-${n}`,
  place: { bucket: "mail", key: `inbound/receipt-${n}` },
  recipients: [`reminders${n}@mail1.example`],
  envelopeFrom: ANN,
  receivedAt: SAMPLE_TIME + n,
  verdicts: VERDICTS,
  fields: {
    fromAddress: ANN,
    fromName: null,
    subject: `Answer ${n}`,
    messageId: headerId(n),
    inReplyTo: [],
    references: [],
  },
  ...changes,
});

type Owner = { readonly workspaceId: Id; readonly setupId: Id; readonly senderEmailAddress: string };

/** From Ann, to the use case's sender; what it cites is given as its header has it. */
export const sampleInbound = (
  { workspaceId, setupId, senderEmailAddress }: Owner,
  n: number,
  changes: Partial<Omit<NewInboundEmail, "key" | "correspondent">> = {},
): NewInboundEmail => {
  const mail = {
    id: inboundId(n),
    providerMessageId: `receipt-${n}`,
    workspaceId,
    setupId,
    fromAddress: ANN,
    toAddresses: [senderEmailAddress],
    subject: `Answer ${n}`,
    receivedAt: SAMPLE_TIME + n,
    mailClass: "human",
    hasAttachment: false,
    messageId: headerId(n),
    inReplyTo: [],
    references: [],
    files: [],
    verdicts: VERDICTS,
    parseStatus: "parsed",
    rawSizeBytes: 1_000 + n,
    hasHtml: true,
    hasText: false,
    ...changes,
  } as const;
  return {
    ...mail,
    key: mail.messageId === null ? null : messageKey(mail.messageId),
    correspondent: mail.fromAddress === null ? null : canonicalAddress(mail.fromAddress),
  };
};

export function threadQuestion(mail: NewInboundEmail): ThreadQuestion {
  const { id, setupId, workspaceId, key, correspondent } = mail;
  const { keys: cites, inReplyToCount } = citedKeys(mail, messageKey);
  const recipients = mail.toAddresses.map(canonicalAddress);
  return { setupId, workspaceId, key, recipients, message: { id, cites, inReplyToCount, correspondent } };
}

type Look = Awaited<ReturnType<InboundStore["view"]>>;
export type Placed = Parameters<InboundStore["record"]>[1] & { readonly placement: Placement };

/** Where core would put the mail on what was seen. */
export function placedBy(mail: NewInboundEmail, view: Look): Placed {
  const question = threadQuestion(mail);
  const placement = placeInThread(question.message, view);
  const parent = placement.parentId === null ? null : (view.parents.get(placement.parentId) ?? null);
  return { placement, chain: chainOf(mail, parent), question, version: view.version };
}

/** Files the mail as core says, looking again whenever somebody was faster; answers it as it is stored. */
export async function receive(stores: InboundStores, mail: NewInboundEmail): Promise<InboundEmail> {
  for (let tries = 0; tries < 100; tries += 1) {
    const view = await stores.inbound.view(threadQuestion(mail));
    if (!(await stores.inbound.record(mail, placedBy(mail, view)))) continue;
    const found = await stores.inbound.find(mail.workspaceId, mail.id);
    assert(found !== null);
    return found;
  }
  throw new Error("somebody was faster a hundred times");
}

/** Does the tasks `join_thread` that are due; answers about which mails they were. */
export async function joinThreads({ tasks, inbound }: InboundStores): Promise<readonly Id[]> {
  const due = (await tasks.claimDue(100, 60_000, null)).filter(({ kind }) => kind === "join_thread");
  for (const task of due) {
    assert.deepEqual(await joinThread({ inbound }, task), { kind: "done" });
    await tasks.complete(task);
  }
  return due.map(({ subjectId }) => subjectId);
}

type Scope = Pick<InboundFilter, "workspaceId" | "useCaseId" | "setupId">;

export const inboundFilter = (scope: Scope, changes: Partial<InboundFilter> = {}): InboundFilter => ({
  ...scope,
  fromAddresses: [],
  classes: [],
  threadId: null,
  receivedAfter: null,
  receivedBefore: null,
  ...changes,
});
