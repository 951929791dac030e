import assert from "node:assert/strict";
import { settle } from "../../core/email/settle.ts";
import { IDEMPOTENCY_TTL_MS } from "../../core/idempotency/idempotency.ts";
import type { Email, EmailAttachment } from "../../core/email/email.ts";
import { SEND_LEASE_MS, SHOWN_SEND_OUTCOMES, TRACE_MS } from "../../core/email/email-state.ts";
import type { EmailFilter, SendContext } from "../../core/ports/email-store.ts";
import type { KeysetCursor } from "../../core/ports/keyset-page.ts";
import { REFERENCES_IDS_MAX } from "../../core/threading/reply-headers.ts";
import {
  sampleBeginning,
  addUseCase,
  addWorkspace,
  buryUseCase,
  SAMPLE_TIME,
  sampleClaim,
  sampleUseCase,
  valueOf,
} from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";
import {
  askedAt,
  addSentEmail,
  addWrittenEmail,
  emailFilter,
  emailId,
  type EmailStores,
  makeEmailStores,
  messageId,
  question,
  sampleEmail,
  sampleEvent,
  scopeOf,
  withUseCase,
} from "../support/email-samples.ts";
import {
  ANN,
  headerId,
  inboundId,
  joinThreads,
  makeInboundStores,
  onWire,
  receive,
  sampleInbound,
  threadQuestion,
} from "../support/inbound-samples.ts";

const LATER = SAMPLE_TIME + 60_000;
const ATTACHMENTS: readonly EmailAttachment[] = [
  {
    id: emailId(901),
    filename: "Überweisung №1.pdf",
    contentType: "application/pdf",
    sizeBytes: 5,
    sha256: "aa",
  },
  {
    id: emailId(900),
    filename: "b.txt",
    contentType: "text/plain; charset=utf-8",
    sizeBytes: 7,
    sha256: "bb",
  },
];

/** Subjects' numbers of one page, newest first. */
async function listed(
  stores: EmailStores,
  filter: EmailFilter,
  after: KeysetCursor | null = null,
  now = LATER,
): Promise<number[]> {
  const page = await stores.emails.list(filter, { after, limit: 200 }, now);
  return page.items.map((email) => Number(email.subject.replace("Reminder ", "")));
}

const outcomeOf = ({ sendOutcome, providerMessageId, sentAt }: Email) => [
  sendOutcome,
  providerMessageId,
  sentAt,
];

export const contract: Contract<EmailStores> = {
  name: "email store",
  open: makeEmailStores,
  cases: [
    {
      name: "sendContext answers the use case and its setup; without a key, no claim",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const setup = await stores.setups.find(useCase.setupId);
        const context = await stores.emails.sendContext(question(useCase), LATER);
        const nothingMore = {
          isSendingStopped: false,
          suppressions: [],
          inReplyTo: null,
          ancestors: [],
          claimed: null,
          claimedEmail: null,
        };
        assert.deepEqual(context, { useCase, setup, ...nothingMore });
      },
    },
    {
      name: "sendContext answers a setup that another workspace owns",
      async run(stores) {
        const { setupId } = await withUseCase(stores);
        const guest = await addWorkspace(stores, 2);
        const useCase = await addUseCase(stores, { id: setupId, workspaceId: guest.id }, 2);
        const context = await stores.emails.sendContext(question(useCase, { workspaceId: guest.id }), LATER);
        assert.deepEqual(context.useCase, useCase);
        assert.deepEqual(context.setup, await stores.setups.find(setupId));
      },
    },
    {
      name: "sendContext answers no use case that is foreign, provisioning, being deleted or deleted",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { workspaceId, setupId } = useCase;
        const provisioning = sampleUseCase({ id: setupId, workspaceId }, 2);
        await stores.useCases.reserveEmail(provisioning, null, sampleBeginning());
        const stranger = await addWorkspace(stores, 3);
        const known = async (workspace: string, id: string) => {
          const context = await stores.emails.sendContext(
            question(useCase, { workspaceId: workspace, useCaseId: id }),
            LATER,
          );
          assert.equal(context.setup === null, context.useCase === null);
          return context.useCase !== null;
        };
        assert.equal(await known(workspaceId, useCase.id), true);
        assert.equal(await known(stranger.id, useCase.id), false);
        assert.equal(await known(workspaceId, emailId(1)), false);
        assert.equal(await known(workspaceId, provisioning.id), false);
        const deletion = valueOf(await stores.useCases.beginDelete(useCase.id, LATER));
        assert.equal(await known(workspaceId, useCase.id), false);
        await stores.useCases.bury(deletion, LATER);
        assert.equal(await known(workspaceId, useCase.id), false);
      },
    },
    {
      name: "sendContext answers the claim and the e-mail it reserved, until the key is forgotten",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const email = sampleEmail(useCase, 1, { attachments: ATTACHMENTS });
        await stores.emails.writeAhead(email, sampleClaim(), askedAt());
        const ask = (key: string, now: number) =>
          stores.emails.sendContext(question(useCase, { idempotencyKey: key }), now);
        const { claimed, claimedEmail } = await ask("key-1", LATER);
        assert.equal(claimed?.resourceId, email.id);
        assert.equal(claimed.fingerprint, sampleClaim().fingerprint);
        assert.deepEqual(claimedEmail, await stores.emails.find(useCase.workspaceId, email.id));
        const forgotten = await ask("key-1", email.writtenAt + IDEMPOTENCY_TTL_MS);
        assert.deepEqual([forgotten.claimed, forgotten.claimedEmail], [null, null]);
        const unknown = await ask("key-2", LATER);
        assert.deepEqual([unknown.claimed, unknown.claimedEmail], [null, null]);
      },
    },
    {
      name: "sendContext answers no e-mail for a key that reserved something else",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const other = sampleUseCase({ id: useCase.setupId, workspaceId: useCase.workspaceId }, 2);
        await stores.useCases.reserveEmail(other, sampleClaim(), sampleBeginning());
        const context = await stores.emails.sendContext(
          question(useCase, { idempotencyKey: "key-1" }),
          LATER,
        );
        assert.equal(context.claimed?.resourceId, other.id);
        assert.equal(context.claimedEmail, null);
      },
    },
    {
      name: "writeAhead stores the e-mail as sending, with its attachments in their order",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const email = sampleEmail(useCase, 1, { subject: "Grüße, 日本", attachments: ATTACHMENTS });
        assert.equal((await stores.emails.writeAhead(email, null, askedAt())).ok, true);
        const {
          unsubscribeScope: _,
          answersHumanMailAt: __,
          cohortAt: ___,
          references: ____,
          ...shown
        } = email;
        assert.deepEqual(await stores.emails.find(useCase.workspaceId, email.id), {
          ...shown,
          hasAttachment: true,
          sendOutcome: "sending",
          providerMessageId: null,
          sentAt: null,
          threadId: email.id,
          updatedAt: email.writtenAt,
          ...settle([]),
        });
      },
    },
    {
      name: "sendContext answers the received e-mail to answer, of the workspace, also beside a claim",
      async run(stores, place) {
        const useCase = await withUseCase(stores);
        const stranger = await withUseCase(stores, 2);
        const answered = await receive(makeInboundStores(place.database), sampleInbound(useCase, 1));
        await stores.emails.writeAhead(sampleEmail(useCase, 1), sampleClaim(), askedAt());
        const ask = (changes: Parameters<typeof question>[1]) =>
          stores.emails.sendContext(question(useCase, { inReplyToId: answered.id, ...changes }), LATER);
        assert.deepEqual((await ask({})).inReplyTo, answered);
        const claiming = await ask({ idempotencyKey: "key-1" });
        assert.deepEqual([claiming.inReplyTo, claiming.claimedEmail?.id], [answered, emailId(1)]);
        assert.equal((await ask({ inReplyToId: emailId(1) })).inReplyTo, null);
        assert.equal((await ask({ workspaceId: stranger.workspaceId })).inReplyTo, null);
      },
    },
    {
      name: "sendContext answers what stands above the e-mail to answer, nearest first, those that came late too",
      async run(stores, place) {
        const inbound = makeInboundStores(place.database);
        const useCase = await withUseCase(stores);
        const stranger = await withUseCase(stores, 2);
        const answered = await receive(inbound, sampleInbound(useCase, 4, { inReplyTo: [onWire(3)] }));
        const above = async ({ workspaceId } = useCase): Promise<SendContext["ancestors"]> => {
          const asked = question(useCase, { inReplyToId: answered.id, workspaceId });
          return (await stores.emails.sendContext(asked, LATER)).ancestors;
        };
        assert.deepEqual(await above(), []);
        const second = await receive(
          inbound,
          sampleInbound(useCase, 2, { messageId: null, references: [headerId(1)] }),
        );
        const references = [headerId(1)];
        await addSentEmail(stores, useCase, 3, { toAddress: ANN, inReplyToId: second.id, references });
        await joinThreads(inbound);
        await receive(inbound, sampleInbound(useCase, 1));
        assert.deepEqual(await above(), [
          { messageId: onWire(3), chain: references },
          { messageId: null, chain: [headerId(1)] },
          { messageId: headerId(1), chain: [] },
        ]);
        assert.deepEqual(await above(stranger), []);
      },
    },
    {
      name: "sendContext answers no more of them than a chain names",
      async run(stores, place) {
        const inbound = makeInboundStores(place.database);
        const useCase = await withUseCase(stores);
        for (let n = 1; n <= REFERENCES_IDS_MAX + 5; n += 1)
          await receive(inbound, sampleInbound(useCase, n, { inReplyTo: n === 1 ? [] : [headerId(n - 1)] }));
        const last = REFERENCES_IDS_MAX + 5;
        const asked = question(useCase, { inReplyToId: inboundId(last) });
        const { ancestors } = await stores.emails.sendContext(asked, LATER);
        const nearest = Array.from({ length: REFERENCES_IDS_MAX }, (_, n) => headerId(last - 1 - n));
        assert.deepEqual(
          ancestors.map(({ messageId }) => messageId),
          nearest,
        );
      },
    },
    {
      name: "writeAhead stores an answer in the thread that its e-mail is in by then, and its References",
      async run(stores, place) {
        const inbound = makeInboundStores(place.database);
        const useCase = await withUseCase(stores);
        const cites = { inReplyTo: [headerId(1)] };
        const answered = await receive(inbound, sampleInbound(useCase, 2, cites));
        assert.equal(answered.threadId, answered.id);
        await receive(inbound, sampleInbound(useCase, 1));
        const references = [headerId(1), headerId(2)];
        await addSentEmail(stores, useCase, 1, { inReplyToId: answered.id, references });
        const { threadId, inReplyToId } =
          (await stores.emails.find(useCase.workspaceId, emailId(1))) ?? assert.fail();
        assert.deepEqual([threadId, inReplyToId], [inboundId(1), answered.id]);
        const citing = sampleInbound(useCase, 3, { inReplyTo: [onWire(1)] });
        const { parents } = await inbound.inbound.view(threadQuestion(citing));
        assert.deepEqual(parents.get(emailId(1)), { chain: references, messageId: onWire(1) });
      },
    },
    {
      name: "writeAhead stores nothing when another request holds the key",
      async run(stores, place) {
        const useCase = await withUseCase(stores);
        await stores.emails.writeAhead(sampleEmail(useCase, 1), sampleClaim(), askedAt());
        const second = sampleEmail(useCase, 2, { attachments: ATTACHMENTS });
        const outcome = await stores.emails.writeAhead(second, sampleClaim(), askedAt());
        assert.deepEqual(outcome, { ok: false, error: { kind: "claim_lost" } });
        assert.equal(await stores.emails.find(useCase.workspaceId, second.id), null);
        const [files] = await place.database.read([{ sql: "SELECT 1 FROM email_attachment", args: [] }]);
        assert.deepEqual(files, []);
        const record = await stores.idempotency.find(useCase.workspaceId, "key-1", LATER);
        assert.equal(record?.resourceId, emailId(1));
      },
    },
    {
      name: "writeAhead of the same key at once: one stores, the other loses the claim",
      async run(stores, place) {
        const useCase = await withUseCase(stores);
        const another = makeEmailStores(await place.openAnother());
        const outcomes = await Promise.all([
          stores.emails.writeAhead(sampleEmail(useCase, 1), sampleClaim(), askedAt()),
          another.emails.writeAhead(sampleEmail(useCase, 2), sampleClaim(), askedAt()),
        ]);
        assert.equal(outcomes.filter((outcome) => outcome.ok).length, 1);
        const found = await Promise.all(
          [1, 2].map((n) => stores.emails.find(useCase.workspaceId, emailId(n))),
        );
        assert.deepEqual(
          found.map((email) => email !== null),
          outcomes.map((outcome) => outcome.ok),
        );
      },
    },
    {
      name: "an event that carries the id of a mail written ahead settles it as sent",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await addWrittenEmail(stores, useCase, 1);
        await stores.events.record(sampleEvent(1, 1, { emailId: emailId(1), type: "Open" }), "{}");
        await stores.events.record(sampleEvent(1, 2), "{}");
        const email = await stores.emails.find(useCase.workspaceId, emailId(1));
        assert(email !== null);
        assert.deepEqual(outcomeOf(email), ["sent", messageId(1), SAMPLE_TIME + 1]);
        assert.deepEqual([email.state, email.openCount], ["delivered", 1]);
      },
    },
    {
      name: "recordSent notes the provider's acceptance and answers the mail",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { id } = await addWrittenEmail(stores, useCase, 1, { attachments: ATTACHMENTS });
        const email = await stores.emails.recordSent(id, messageId(1), SAMPLE_TIME + 500);
        assert.deepEqual(outcomeOf(email), ["sent", messageId(1), SAMPLE_TIME + 500]);
        assert.equal(email.updatedAt, SAMPLE_TIME + 500);
        assert.deepEqual(email.attachments, ATTACHMENTS);
        assert.deepEqual(await stores.emails.find(useCase.workspaceId, id), email);
      },
    },
    {
      name: "recordSent folds the events that waited for the message id",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { id } = await addWrittenEmail(stores, useCase, 1);
        const delivered = sampleEvent(1, 1);
        await stores.events.record(delivered, "{}");
        const email = await stores.emails.recordSent(id, messageId(1), SAMPLE_TIME + 500);
        assert.deepEqual([email.state, email.deliveredAt], ["delivered", delivered.occurredAt]);
      },
    },
    {
      name: "recordSent leaves what an event settled first",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { id } = await addWrittenEmail(stores, useCase, 1);
        await stores.events.record(sampleEvent(1, 1, { emailId: id, type: "Send" }), "{}");
        const email = await stores.emails.recordSent(id, messageId(1), SAMPLE_TIME + 500);
        assert.deepEqual(outcomeOf(email), ["sent", messageId(1), SAMPLE_TIME + 1]);
      },
    },
    {
      name: "recordUnknown notes that nobody knows; a mail known to be sent stays sent",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { id } = await addWrittenEmail(stores, useCase, 1);
        assert.deepEqual(outcomeOf(await stores.emails.recordUnknown(id, LATER)), ["unknown", null, null]);
        await addWrittenEmail(stores, useCase, 2);
        await stores.events.record(sampleEvent(2, 1, { emailId: emailId(2) }), "{}");
        const settled = await stores.emails.recordUnknown(emailId(2), LATER);
        assert.deepEqual(outcomeOf(settled), ["sent", messageId(2), SAMPLE_TIME + 2]);
        assert.equal(settled.state, "delivered");
      },
    },
    {
      name: "withdraw removes mail, attachments and claim, as if it had never been",
      async run(stores, place) {
        const useCase = await withUseCase(stores);
        const email = sampleEmail(useCase, 1, { attachments: ATTACHMENTS });
        await stores.emails.writeAhead(email, sampleClaim(), askedAt());
        await stores.emails.withdraw(email.id);
        assert.equal(await stores.emails.find(useCase.workspaceId, email.id), null);
        assert.equal(await stores.idempotency.find(useCase.workspaceId, "key-1", LATER), null);
        const [files] = await place.database.read([{ sql: "SELECT 1 FROM email_attachment", args: [] }]);
        assert.deepEqual(files, []);
        const again = await stores.emails.writeAhead(sampleEmail(useCase, 2), sampleClaim(), askedAt());
        assert.equal(again.ok, true);
      },
    },
    {
      name: "withdraw leaves a mail that is known to be sent, with attachments and claim",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const email = sampleEmail(useCase, 1, { attachments: ATTACHMENTS });
        await stores.emails.writeAhead(email, sampleClaim(), askedAt());
        await stores.events.record(sampleEvent(1, 1, { emailId: email.id, type: "Send" }), "{}");
        await stores.emails.withdraw(email.id);
        const left = await stores.emails.find(useCase.workspaceId, email.id);
        assert.deepEqual(left?.attachments, ATTACHMENTS);
        const claim = await stores.idempotency.find(useCase.workspaceId, "key-1", LATER);
        assert.equal(claim?.resourceId, email.id);
      },
    },
    {
      name: "find answers mails of the workspace only",
      async run(stores) {
        const useCase = await withUseCase(stores, 1);
        const stranger = await withUseCase(stores, 2);
        const { id } = await addSentEmail(stores, useCase, 1);
        assert.equal((await stores.emails.find(useCase.workspaceId, id))?.id, id);
        assert.equal(await stores.emails.find(stranger.workspaceId, id), null);
        assert.equal(await stores.emails.find(useCase.workspaceId, emailId(2)), null);
      },
    },
    {
      name: "list answers summaries of the mails known to be sent, newest first",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { workspaceId, setupId, id: useCaseId } = useCase;
        for (const n of [2, 3, 1]) await addSentEmail(stores, useCase, n);
        await addWrittenEmail(stores, useCase, 4);
        assert.deepEqual(await listed(stores, emailFilter(scopeOf(useCase))), [3, 2, 1]);
        const newest = { after: null, limit: 1 };
        const page = await stores.emails.list(emailFilter(scopeOf(useCase)), newest, LATER);
        assert.deepEqual(page.items, [
          {
            id: emailId(3),
            workspaceId,
            setupId,
            useCaseId,
            fromAddress: useCase.senderEmailAddress,
            toAddress: "Patient3@post.example",
            subject: "Reminder 3",
            hasAttachment: false,
            sendOutcome: "sent",
            writtenAt: SAMPLE_TIME + 3,
            sentAt: SAMPLE_TIME + 103,
            state: "sent",
            openCount: 0,
            clickCount: 0,
          },
        ]);
      },
    },
    {
      name: "list: pages follow each other, also between mails of one time, and the last has no next",
      async run(stores) {
        const useCase = await withUseCase(stores);
        for (const n of [1, 2, 3, 4, 5]) {
          await addSentEmail(stores, useCase, n, { writtenAt: SAMPLE_TIME + Math.min(n, 3) });
        }
        const seen: number[] = [];
        let after: KeysetCursor | null = null;
        const sizes: number[] = [];
        do {
          const page = await stores.emails.list(emailFilter(scopeOf(useCase)), { after, limit: 2 }, LATER);
          seen.push(...page.items.map((email) => Number(email.subject.slice(-1))));
          sizes.push(page.items.length);
          after = page.next;
        } while (after !== null);
        assert.deepEqual(seen, [5, 4, 3, 2, 1]);
        assert.deepEqual(sizes, [2, 2, 1]);
      },
    },
    {
      name: "list looks in a use case, in a setup, or in both; foreign and unknown scopes are empty, deleted ones are not",
      async run(stores) {
        const one = await withUseCase(stores, 1);
        const two = await addUseCase(stores, { id: one.setupId, workspaceId: one.workspaceId }, 2);
        const stranger = await withUseCase(stores, 3);
        // A guest on the first one's setup: its mails are its own.
        const guest = await addUseCase(stores, { id: one.setupId, workspaceId: stranger.workspaceId }, 4);
        await addSentEmail(stores, one, 1);
        await addSentEmail(stores, two, 2);
        await addSentEmail(stores, stranger, 3);
        await addSentEmail(stores, guest, 4);
        const of = (scope: Parameters<typeof emailFilter>[0]) => listed(stores, emailFilter(scope));
        const { workspaceId, setupId } = one;
        assert.deepEqual(await of(scopeOf(one)), [1]);
        assert.deepEqual(await of({ workspaceId, useCaseId: null, setupId }), [2, 1]);
        assert.deepEqual(await of(scopeOf(two, { setupId })), [2]);
        assert.deepEqual(await of(scopeOf(two, { setupId: stranger.setupId })), []);
        assert.deepEqual(await of(scopeOf(one, { workspaceId: stranger.workspaceId })), []);
        assert.deepEqual(await of({ workspaceId: stranger.workspaceId, useCaseId: null, setupId }), [4]);
        assert.deepEqual(await of({ workspaceId, useCaseId: null, setupId: stranger.setupId }), []);
        assert.deepEqual(await of(scopeOf(one, { useCaseId: emailId(1) })), []);
        assert.deepEqual(await of(scopeOf(one, { workspaceId: emailId(1) })), []);
        await buryUseCase(stores, one.id, LATER);
        assert.deepEqual(await of(scopeOf(one)), [1]);
      },
    },
    {
      name: "list filters by any of several recipients and states, each counted once",
      async run(stores) {
        const useCase = await withUseCase(stores);
        for (const n of [1, 2, 3, 4]) await addSentEmail(stores, useCase, n);
        await stores.events.record(sampleEvent(2, 1), "{}");
        await stores.events.record(sampleEvent(3, 2, { type: "Complaint" }), "{}");
        const of = (changes: Partial<EmailFilter>) => listed(stores, emailFilter(scopeOf(useCase), changes));
        const to = (...numbers: number[]) => numbers.map((n) => `patient${n}@post.example`);
        assert.deepEqual(await of({ toAddresses: to(3, 1, 3) }), [3, 1]);
        assert.deepEqual(await of({ toAddresses: to(9) }), []);
        assert.deepEqual(await of({ states: ["delivered", "sent", "sent"] }), [4, 2, 1]);
        assert.deepEqual(await of({ states: ["rejected"] }), []);
        assert.deepEqual(await of({ toAddresses: to(1, 2, 3), states: ["complained", "delivered"] }), [3, 2]);
      },
    },
    {
      name: "list takes sixteen recipients and every outcome at once",
      async run(stores) {
        const useCase = await withUseCase(stores);
        for (const n of [1, 2, 3]) await addSentEmail(stores, useCase, n);
        await addWrittenEmail(stores, useCase, 16);
        const toAddresses = Array.from({ length: 16 }, (_, n) => `patient${n + 1}@post.example`);
        const filter = { toAddresses, sendOutcomes: SHOWN_SEND_OUTCOMES };
        assert.deepEqual(await listed(stores, emailFilter(scopeOf(useCase), filter)), [3, 2, 1, 16]);
      },
    },
    {
      name: "list: sentAfter is inclusive, sentBefore exclusive",
      async run(stores) {
        const useCase = await withUseCase(stores);
        for (const n of [1, 2, 3]) await addSentEmail(stores, useCase, n);
        const of = (changes: Partial<EmailFilter>) => listed(stores, emailFilter(scopeOf(useCase), changes));
        const sent = (n: number) => SAMPLE_TIME + 100 + n;
        assert.deepEqual(await of({ sentAfter: sent(2) }), [3, 2]);
        assert.deepEqual(await of({ sentBefore: sent(2) }), [1]);
        assert.deepEqual(await of({ sentAfter: sent(2), sentBefore: sent(3) }), [2]);
        assert.deepEqual(await of({ sentAfter: sent(3), sentBefore: sent(3) }), []);
      },
    },
    {
      name: "list: send outcomes show the rest, by the time written; a crashed send is unknown when its lease is over",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await addWrittenEmail(stores, useCase, 1, { writtenAt: LATER - SEND_LEASE_MS });
        await addWrittenEmail(stores, useCase, 2, { writtenAt: LATER - SEND_LEASE_MS + 1 });
        await addWrittenEmail(stores, useCase, 3);
        await stores.emails.recordUnknown(emailId(3), LATER);
        await addWrittenEmail(stores, useCase, 4, { writtenAt: LATER - TRACE_MS });
        await stores.emails.recordUnknown(emailId(4), LATER);
        await addWrittenEmail(stores, useCase, 6, { writtenAt: LATER - TRACE_MS - 1 });
        await addSentEmail(stores, useCase, 5);
        const of = (changes: Partial<EmailFilter>) => listed(stores, emailFilter(scopeOf(useCase), changes));
        assert.deepEqual(await of({}), [5]);
        assert.deepEqual(await of({ sendOutcomes: ["pending"] }), [2]);
        assert.deepEqual(await of({ sendOutcomes: ["unknown"] }), [1, 3]);
        assert.deepEqual(await of({ sendOutcomes: ["refused"] }), [4, 6]);
        assert.deepEqual(
          await of({ sendOutcomes: ["refused", "sent", "unknown", "pending"] }),
          [2, 1, 5, 3, 4, 6],
        );
        const before = { sentBefore: SAMPLE_TIME + 4 };
        assert.deepEqual(await of({ sendOutcomes: ["refused", "unknown"], ...before }), [3, 4, 6]);
        const to = { toAddresses: ["patient2@post.example", "patient5@post.example"] };
        assert.deepEqual(await of({ sendOutcomes: ["pending", "unknown", "sent"], ...to }), [2, 5]);
        assert.deepEqual(await of({ sendOutcomes: ["unknown"], states: ["sent"] }), []);
        assert.deepEqual(await of({ sendOutcomes: ["unknown", "sent"], states: ["sent"] }), [5]);
      },
    },
  ],
};
