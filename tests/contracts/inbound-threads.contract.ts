// The half of the inbound store that is about threads: what is seen of a message, and what filing it moves.
import assert from "node:assert/strict";
import type { Id } from "../../core/ids.ts";
import type { NewInboundEmail } from "../../core/ports/inbound-store.ts";
import type { KeysetCursor } from "../../core/ports/keyset-page.ts";
import { messageKey } from "../../core/threading/message-id.ts";
import { joinChildren, WAITING_MAX } from "../../core/threading/place-in-thread.ts";
import type { EmailUseCase } from "../../core/use-case/use-case.ts";
import { addSetup, addUseCase, addWorkspace, buryUseCase, SAMPLE_TIME } from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";
import type { DatabasePlace } from "../support/database-place.ts";
import {
  addSentEmail,
  addWrittenEmail,
  emailId,
  messageId,
  sampleEvent,
  withUseCase,
} from "../support/email-samples.ts";
import {
  ANN,
  BOB,
  headerId,
  inboundId,
  type InboundStores,
  joinThreads,
  makeInboundStores,
  onWire,
  placedBy,
  receive,
  sampleInbound,
  threadQuestion,
} from "../support/inbound-samples.ts";

const TO_ANN = { toAddress: "Ann@post.example" };

/** What is seen of a mail from Ann that would cite these. */
const seenBy = (
  stores: InboundStores,
  useCase: EmailUseCase,
  cites: readonly string[],
  changes: Partial<NewInboundEmail> = {},
) => stores.inbound.view(threadQuestion(sampleInbound(useCase, 900, { references: cites, ...changes })));

const keysOf = ({ cited }: Awaited<ReturnType<typeof seenBy>>): readonly string[] =>
  cited.map(({ key }) => key).toSorted();

/** Whether Ann takes part in the thread of the cited message, and whether its correspondent owns it. */
async function standing(
  stores: InboundStores,
  useCase: EmailUseCase,
  cites: string,
  fromAddress: string | null = ANN,
): Promise<[boolean | undefined, boolean | undefined]> {
  const [cited] = (await seenBy(stores, useCase, [cites], { fromAddress })).cited;
  return [cited?.senderTakesPart, cited?.ownsThread];
}

/** The ids of all messages of a thread, oldest first, and by which it is called. */
async function threadOf(
  { inbound }: InboundStores,
  workspaceId: Id,
  id: Id,
): Promise<{ threadId: Id; ids: readonly Id[] } | null> {
  const thread = await inbound.thread(workspaceId, id, { after: null, limit: 200 });
  if (thread === null) return null;
  assert.equal(thread.page.next, null);
  return { threadId: thread.threadId, ids: thread.page.items.map(({ email }) => email.id) };
}

async function rows(place: DatabasePlace, sql: string): Promise<unknown[]> {
  const [answer = []] = await place.database.read([{ sql, args: [] }]);
  return answer.map((row) => Object.values(row)[0]);
}
const AWAITED = "SELECT key FROM inbound_await ORDER BY key";

export const contract: Contract<InboundStores> = {
  name: "inbound store: threads",
  open: makeInboundStores,
  cases: [
    {
      name: "view answers the sent and received e-mails that bear a cited id, and their parts of a chain",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await addSentEmail(stores, useCase, 1, { ...TO_ANN, references: [headerId(7), headerId(8)] });
        await addSentEmail(stores, useCase, 2, TO_ANN);
        await addWrittenEmail(stores, useCase, 3, TO_ANN);
        await receive(stores, sampleInbound(useCase, 4, { references: [headerId(8), headerId(9)] }));
        await receive(stores, sampleInbound(useCase, 5));
        const cites = [
          onWire(1).toUpperCase(),
          `${messageId(3)}@email.amazonses.com`,
          headerId(4),
          headerId(6),
        ];
        const view = await seenBy(stores, useCase, cites);
        const shared = {
          useCaseId: useCase.id,
          correspondent: ANN,
          ownsThread: true,
          senderTakesPart: true,
        };
        assert.deepEqual(view.cited, [
          { id: emailId(1), threadId: emailId(1), key: messageId(1), ...shared },
          { id: inboundId(4), threadId: inboundId(4), key: headerId(4), ...shared },
        ]);
        assert.deepEqual(
          view.parents,
          new Map([
            [emailId(1), { chain: [headerId(7), headerId(8)], messageId: onWire(1) }],
            [inboundId(4), { chain: [headerId(8), headerId(9)], messageId: headerId(4) }],
          ]),
        );
        assert.deepEqual((await seenBy(stores, useCase, [])).cited, []);
      },
    },
    {
      name: "view resolves nothing of another setup or workspace: neither what is cited, nor who waits, nor whom it is for",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { workspaceId, setupId } = useCase;
        const elsewhere = await addUseCase(stores, await addSetup(stores, workspaceId, 2), 2);
        const stranger = await withUseCase(stores, 3);
        // A guest on the setup: what he sent is not the owner's to see.
        const guest = await addUseCase(stores, { id: setupId, workspaceId: stranger.workspaceId }, 4);
        for (const [n, of] of [elsewhere, stranger, guest].entries()) {
          await addSentEmail(stores, of, n + 1, TO_ANN);
          if (of !== guest) {
            await receive(stores, sampleInbound(of, n + 10));
            await receive(stores, sampleInbound(of, n + 20, { references: [headerId(900)] }));
          }
        }
        const cites = [onWire(1), onWire(2), onWire(3), headerId(10), headerId(11)];
        const to = [elsewhere, stranger, guest].map(({ senderEmailAddress }) => senderEmailAddress);
        const view = await seenBy(stores, useCase, cites, { toAddresses: to });
        assert.deepEqual([view.cited, view.waiting, view.addressedUseCaseId], [[], [], null]);
        const [mail] = (await receive(stores, sampleInbound(useCase, 30, { references: cites }))).references;
        assert.equal(mail, onWire(1));
        assert.equal((await stores.inbound.find(workspaceId, inboundId(30)))?.threadId, inboundId(30));
        const own = await seenBy(stores, elsewhere, cites);
        assert.deepEqual(keysOf(own), [messageId(1), headerId(10)]);
      },
    },
    {
      name: "view answers the use case that has the first such recipient as its sender, unless it is deleted",
      async run(stores) {
        const one = await withUseCase(stores);
        const two = await addUseCase(stores, { id: one.setupId, workspaceId: one.workspaceId }, 2);
        const addressed = async (...toAddresses: string[]) =>
          (await seenBy(stores, one, [], { toAddresses })).addressedUseCaseId;
        const [first, second] = [one.senderEmailAddress, two.senderEmailAddress.toUpperCase()];
        assert.equal(await addressed("info@mail1.example", second, first), two.id);
        assert.equal(await addressed(first, second), one.id);
        assert.equal(await addressed("info@mail1.example"), null);
        assert.equal(await addressed(), null);
        await buryUseCase(stores, two.id, SAMPLE_TIME);
        assert.equal(await addressed(second, first), one.id);
      },
    },
    {
      name: "who was written to in a thread takes part in it, and who wrote in it as one who does; nobody else",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await addSentEmail(stores, useCase, 1, TO_ANN);
        assert.deepEqual(await standing(stores, useCase, onWire(1)), [true, true]);
        assert.deepEqual(await standing(stores, useCase, onWire(1), BOB), [false, true]);
        assert.deepEqual(await standing(stores, useCase, onWire(1), null), [false, true]);
        // A stranger writes in Ann's thread: it stays hers, and he stays a stranger.
        const intruding = await receive(
          stores,
          sampleInbound(useCase, 2, { fromAddress: BOB, inReplyTo: [onWire(1)] }),
        );
        assert.deepEqual([intruding.threadId, intruding.knownSender], [emailId(1), false]);
        assert.deepEqual(await standing(stores, useCase, onWire(1), BOB), [false, true]);
        assert.deepEqual(await standing(stores, useCase, headerId(2), BOB), [false, false]);
        assert.deepEqual(await standing(stores, useCase, headerId(2)), [true, false]);
        // Until he is written to.
        await addSentEmail(stores, useCase, 3, { toAddress: BOB, inReplyToId: intruding.id });
        assert.deepEqual(await standing(stores, useCase, onWire(1), BOB), [true, false]);
        assert.deepEqual(await standing(stores, useCase, onWire(1)), [true, false]);
        // Who begins a thread takes part in it; nobody owns one that was begun by nobody knows whom.
        await receive(stores, sampleInbound(useCase, 4, { fromAddress: BOB }));
        assert.deepEqual(await standing(stores, useCase, headerId(4), BOB), [true, true]);
        await receive(stores, sampleInbound(useCase, 5, { fromAddress: null }));
        assert.deepEqual(await standing(stores, useCase, headerId(5), null), [false, false]);
        await receive(stores, sampleInbound(useCase, 6, { inReplyTo: [headerId(5)] }));
        assert.deepEqual(await standing(stores, useCase, headerId(6)), [false, false]);
      },
    },
    {
      name: "of many e-mails that bear one id, view answers the first and the sender's own",
      async run(stores) {
        const useCase = await withUseCase(stores);
        for (const [n, fromAddress] of [BOB, BOB, "cleo@post.example", ANN, ANN].entries())
          await receive(stores, sampleInbound(useCase, n + 1, { fromAddress, messageId: headerId(1) }));
        const view = await seenBy(stores, useCase, [headerId(1)]);
        assert.deepEqual(
          view.cited.map(({ id }) => id),
          [inboundId(1), inboundId(4)],
        );
        const child = await receive(stores, sampleInbound(useCase, 9, { inReplyTo: [headerId(1)] }));
        assert.equal(child.parentEmailId, inboundId(4));
      },
    },
    {
      name: "view answers those of the sender who wait for the id, oldest first and no more than fifty",
      async run(stores, place) {
        const useCase = await withUseCase(stores);
        const late = { references: [headerId(900)] };
        const crowd = Array.from({ length: WAITING_MAX + 5 }, (_, n) => n);
        const waitsAs = (from: number, fromAddress: string) =>
          Promise.all(
            crowd.map((n) => receive(stores, sampleInbound(useCase, from + n, { ...late, fromAddress }))),
          );
        await waitsAs(100, BOB);
        await waitsAs(200, ANN);
        const { waiting } = await seenBy(stores, useCase, []);
        const oldest = `SELECT id FROM inbound_email WHERE correspondent = '${ANN}' ORDER BY seq LIMIT ${WAITING_MAX}`;
        const ids = waiting.map(({ id }) => id);
        assert.deepEqual(ids, await rows(place, oldest));
        assert.deepEqual(waiting[0], {
          id: ids[0],
          threadId: ids[0],
          useCaseId: useCase.id,
          correspondent: ANN,
          ownsThread: true,
          leadsToCited: false,
        });
        assert.deepEqual((await seenBy(stores, useCase, [], { messageId: null })).waiting, []);
      },
    },
    {
      name: "record is refused, and nothing of it is stored, when the view is another by now",
      async run(stores, place) {
        const useCase = await withUseCase(stores);
        const child = sampleInbound(useCase, 2, { references: [headerId(8), headerId(1)] });
        const parent = sampleInbound(useCase, 1, { references: [headerId(9)] });
        const placed = async (mail: NewInboundEmail) =>
          placedBy(mail, await stores.inbound.view(threadQuestion(mail)));
        const before = await placed(parent);
        await receive(stores, child);
        assert.equal(await stores.inbound.record(parent, before), false);
        assert.equal(await stores.inbound.find(useCase.workspaceId, parent.id), null);
        assert.deepEqual(await rows(place, AWAITED), [headerId(1), headerId(8)]);
        // The other way round: what the child cites has come.
        const sibling = sampleInbound(useCase, 3, { inReplyTo: [headerId(1)] });
        const alone = await placed(sibling);
        await receive(stores, parent);
        assert.equal(await stores.inbound.record(sibling, alone), false);
        // What has nothing to do with it changes nothing.
        const looked = await placed(sibling);
        await receive(stores, sampleInbound(useCase, 4));
        assert.equal(await stores.inbound.record(sibling, looked), true);
      },
    },
    {
      name: "record gives adopted children their parent, and they wait for nothing weaker any more",
      async run(stores, place) {
        const useCase = await withUseCase(stores);
        const cites = [5, 4, 3].map(headerId);
        const child = sampleInbound(useCase, 1, { inReplyTo: [headerId(6)], references: cites.toReversed() });
        await receive(stores, child);
        const asNow = async () => {
          const { parentEmailId, matchedBy } =
            (await stores.inbound.find(useCase.workspaceId, child.id)) ?? assert.fail();
          return [parentEmailId, matchedBy, await rows(place, AWAITED)];
        };
        assert.deepEqual(await asNow(), [null, "recipient", [3, 4, 5, 6].map(headerId)]);
        await receive(stores, sampleInbound(useCase, 4));
        assert.deepEqual(await asNow(), [inboundId(4), "references", [5, 6].map(headerId)]);
        await receive(stores, sampleInbound(useCase, 3));
        assert.deepEqual((await asNow())[0], inboundId(4));
        await receive(stores, sampleInbound(useCase, 6, { references: [headerId(5)] }));
        assert.deepEqual(await asNow(), [inboundId(6), "in_reply_to", [headerId(5)]]);
        // Stronger than none of its own: the rest waits for the parent's parent only.
        await receive(stores, sampleInbound(useCase, 5));
        assert.deepEqual(await asNow(), [inboundId(6), "in_reply_to", []]);
      },
    },
    {
      name: "record makes one thread of those it joins: the older id stays, the younger still answers",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { workspaceId } = useCase;
        await addSentEmail(stores, useCase, 1, TO_ANN);
        assert.equal((await stores.emails.find(workspaceId, emailId(1)))?.threadId, emailId(1));
        // Ann's third mail comes first, and is answered; then her second, which leads to the first sent.
        const third = await receive(stores, sampleInbound(useCase, 3, { inReplyTo: [headerId(2)] }));
        await addSentEmail(stores, useCase, 4, { ...TO_ANN, inReplyToId: third.id });
        await receive(stores, sampleInbound(useCase, 5, { fromAddress: BOB, inReplyTo: [headerId(3)] }));
        assert.deepEqual((await threadOf(stores, workspaceId, third.id))?.threadId, third.id);
        await receive(stores, sampleInbound(useCase, 2, { inReplyTo: [onWire(1)] }));
        const thread = {
          threadId: emailId(1),
          ids: [inboundId(2), inboundId(3), inboundId(5), emailId(1), emailId(4)],
        };
        for (const id of thread.ids) assert.deepEqual(await threadOf(stores, workspaceId, id), thread);
        for (const n of [1, 4])
          assert.equal((await stores.emails.find(workspaceId, emailId(n)))?.threadId, emailId(1));
        assert.equal((await stores.inbound.find(workspaceId, third.id))?.parentEmailId, inboundId(2));
      },
    },
    {
      name: "a thread that another took part in is not made one with any: only its single correspondent's are",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { workspaceId } = useCase;
        const child = await receive(stores, sampleInbound(useCase, 3, { inReplyTo: [headerId(2)] }));
        await addSentEmail(stores, useCase, 4, { toAddress: BOB, inReplyToId: child.id });
        await receive(stores, sampleInbound(useCase, 2));
        assert.deepEqual((await threadOf(stores, workspaceId, inboundId(2)))?.ids, [inboundId(2)]);
        assert.equal((await stores.inbound.find(workspaceId, child.id))?.parentEmailId, null);
        // Nor is somebody else's mail that waits for the id adopted.
        await receive(stores, sampleInbound(useCase, 6, { fromAddress: BOB, inReplyTo: [headerId(5)] }));
        await receive(stores, sampleInbound(useCase, 5));
        assert.equal((await stores.inbound.find(workspaceId, inboundId(6)))?.threadId, inboundId(6));
        // Nor one that came for another use case of the setup.
        const second = await addUseCase(stores, { id: useCase.setupId, workspaceId }, 2);
        await receive(stores, sampleInbound(second, 8, { inReplyTo: [headerId(7)] }));
        await receive(stores, sampleInbound(useCase, 7));
        assert.equal((await stores.inbound.find(workspaceId, inboundId(8)))?.threadId, inboundId(8));
      },
    },
    {
      name: "a stranger who cites the ids of two threads joins one as such, and makes them not one, now or later",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { workspaceId } = useCase;
        await addSentEmail(stores, useCase, 1, TO_ANN);
        await addSentEmail(stores, useCase, 2, { toAddress: BOB });
        const references = [onWire(1), headerId(9), onWire(2)];
        const poison = sampleInbound(useCase, 3, { fromAddress: "mallory@post.example", references });
        const { threadId, knownSender } = await receive(stores, poison);
        assert.deepEqual([threadId, knownSender], [emailId(2), false]);
        await receive(stores, sampleInbound(useCase, 4, { messageId: headerId(9), references: [onWire(1)] }));
        assert.equal((await threadOf(stores, workspaceId, emailId(1)))?.ids.length, 2);
        assert.equal((await threadOf(stores, workspaceId, emailId(2)))?.ids.length, 2);
      },
    },
    {
      name: "e-mails that cite each other in a circle are parent and child once, and the circle ends",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const cites = [2, 3, 4, 1].map((n) => [headerId(n)]);
        for (const [n, inReplyTo] of cites.entries())
          await receive(stores, sampleInbound(useCase, n + 1, { inReplyTo }));
        await receive(stores, sampleInbound(useCase, 5, { inReplyTo: [headerId(5)] }));
        const parents = await Promise.all(
          [1, 2, 3, 4, 5].map(
            async (n) =>
              (await stores.inbound.find(useCase.workspaceId, inboundId(n)))?.parentEmailId ?? null,
          ),
        );
        assert.deepEqual(parents, [inboundId(2), inboundId(3), null, inboundId(1), null]);
        // The third still waits for the fourth, and stands above all of them.
        for (const n of [1, 3, 4]) {
          const { waiting } = await seenBy(stores, useCase, [headerId(n)], { messageId: headerId(4) });
          assert.deepEqual(
            waiting.map(({ id, leadsToCited }) => [id, leadsToCited]),
            [[inboundId(3), true]],
          );
        }
        const { waiting } = await seenBy(stores, useCase, [headerId(5)], { messageId: headerId(4) });
        assert.equal(waiting[0]?.leadsToCited, false);
      },
    },
    {
      name: "parent and child recorded at once end in one thread, whichever was first",
      async run(stores, place) {
        const useCase = await withUseCase(stores);
        const others = makeInboundStores(await place.openAnother());
        for (const n of [10, 20, 30, 40]) {
          const parent = sampleInbound(useCase, n);
          const child = sampleInbound(useCase, n + 1, { inReplyTo: [headerId(n)] });
          const grandchild = sampleInbound(useCase, n + 2, { inReplyTo: [headerId(n + 1)] });
          await Promise.all([
            receive(stores, grandchild),
            receive(others, parent),
            receive(others, child),
            receive(stores, parent),
          ]);
          const thread = await threadOf(stores, useCase.workspaceId, grandchild.id);
          assert.deepEqual(thread?.ids, [parent.id, child.id, grandchild.id]);
          assert.equal((await stores.inbound.find(useCase.workspaceId, child.id))?.parentEmailId, parent.id);
        }
      },
    },
    {
      name: "what was answered before it was known to be sent gets a task when its id is known, and joins",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { workspaceId } = useCase;
        for (const n of [1, 2, 3, 4]) await addWrittenEmail(stores, useCase, n, TO_ANN);
        for (const n of [1, 2, 4]) {
          await receive(stores, sampleInbound(useCase, n, { inReplyTo: [onWire(n)] }));
          assert.equal(await stores.inbound.findLateParent(emailId(n)), null);
        }
        await receive(stores, sampleInbound(useCase, 5, { fromAddress: BOB, inReplyTo: [onWire(3)] }));
        assert.deepEqual(await joinThreads(stores), []);
        await stores.emails.recordSent(emailId(1), messageId(1), SAMPLE_TIME);
        await stores.events.record(sampleEvent(2, 2, { emailId: emailId(2) }), "{}");
        // Nobody of its own correspondence waits for the third, and the fourth is not known to be sent yet.
        await stores.emails.recordSent(emailId(3), messageId(3), SAMPLE_TIME);
        await stores.emails.recordUnknown(emailId(4), SAMPLE_TIME);
        assert.deepEqual(await joinThreads(stores), [emailId(1), emailId(2)]);
        for (const n of [1, 2]) {
          const { threadId, parentEmailId, matchedBy } =
            (await stores.inbound.find(workspaceId, inboundId(n))) ?? assert.fail();
          assert.deepEqual([threadId, parentEmailId, matchedBy], [emailId(n), emailId(n), "in_reply_to"]);
          assert.deepEqual((await threadOf(stores, workspaceId, inboundId(n)))?.ids.length, 2);
        }
        assert.equal(await stores.inbound.findLateParent(emailId(1)), null);
        // Nor does what came to the setup's owner wait for what a guest on it sent.
        const { id } = await addWorkspace(stores, 2);
        const guest = await addUseCase(stores, { id: useCase.setupId, workspaceId: id }, 2);
        await receive(stores, sampleInbound(useCase, 6, { inReplyTo: [onWire(6)] }));
        await addSentEmail(stores, guest, 6, TO_ANN);
        assert.equal(await stores.inbound.findLateParent(emailId(6)), null);
        // More events of it wake nobody.
        await stores.events.record(sampleEvent(1, 7), "{}");
        assert.deepEqual(await joinThreads(stores), []);
      },
    },
    {
      name: "findLateParent answers the mail and those of its recipient who wait; joinLate is refused when that has changed",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { inbound } = stores;
        const first = await receive(stores, sampleInbound(useCase, 1));
        await addWrittenEmail(stores, useCase, 2, { ...TO_ANN, inReplyToId: first.id });
        await receive(stores, sampleInbound(useCase, 3, { references: [onWire(2)] }));
        await stores.emails.recordSent(emailId(2), messageId(2), SAMPLE_TIME);
        const late = (await inbound.findLateParent(emailId(2))) ?? assert.fail();
        const shared = { useCaseId: useCase.id, correspondent: ANN, ownsThread: true };
        assert.deepEqual(late.message, { id: emailId(2), threadId: first.id, ...shared });
        assert.deepEqual(late.view.waiting, [
          { id: inboundId(3), threadId: inboundId(3), leadsToCited: false, ...shared },
        ]);
        const joined = joinChildren(late.message, late.view.waiting);
        await receive(stores, sampleInbound(useCase, 4, { fromAddress: BOB, references: [headerId(3)] }));
        await addSentEmail(stores, useCase, 5, { toAddress: BOB, inReplyToId: inboundId(4) });
        assert.equal(await inbound.joinLate(late, joined), false);
        assert.equal((await inbound.find(useCase.workspaceId, inboundId(3)))?.parentEmailId, null);
        assert.equal((await stores.emails.find(useCase.workspaceId, emailId(2)))?.threadId, first.id);
        const again = (await inbound.findLateParent(emailId(2))) ?? assert.fail();
        assert.equal(again.view.waiting[0]?.ownsThread, false);
        assert.equal(await inbound.findLateParent(emailId(9)), null);
      },
    },
    {
      name: "an answer that waits for a mail which answers it in turn leads to it: no circle is made",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const first = await receive(stores, sampleInbound(useCase, 1, { references: [onWire(2)] }));
        await addWrittenEmail(stores, useCase, 2, { ...TO_ANN, inReplyToId: first.id });
        await stores.emails.recordSent(emailId(2), messageId(2), SAMPLE_TIME);
        const late = await stores.inbound.findLateParent(emailId(2));
        assert.deepEqual(
          late?.view.waiting.map(({ id, leadsToCited }) => [id, leadsToCited]),
          [[first.id, true]],
        );
        assert.deepEqual(await joinThreads(stores), [emailId(2)]);
        assert.equal((await stores.inbound.find(useCase.workspaceId, first.id))?.parentEmailId, null);
      },
    },
    {
      name: "thread answers what was sent and received, oldest first; pages neither skip nor repeat, whatever their size",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { workspaceId } = useCase;
        // Times that meet: sequences break ties, and a sent one comes before a received one of its sequence.
        const at = { writtenAt: SAMPLE_TIME, receivedAt: SAMPLE_TIME + 100 };
        const first = await receive(stores, sampleInbound(useCase, 1, at));
        for (const n of [1, 2, 3])
          await addSentEmail(stores, useCase, n, { ...TO_ANN, ...at, inReplyToId: first.id });
        await addWrittenEmail(stores, useCase, 4, { ...TO_ANN, inReplyToId: first.id });
        for (const n of [2, 3])
          await receive(stores, sampleInbound(useCase, n, { ...at, inReplyTo: [onWire(n)] }));
        await receive(stores, sampleInbound(useCase, 4, { inReplyTo: [headerId(3)] }));
        const expected = [inboundId(4), ...[1, 2, 3].flatMap((n) => [emailId(n), inboundId(n)])];
        for (const limit of [1, 2, 3, 4, 200]) {
          const seen: Id[] = [];
          let after: KeysetCursor | null = null;
          do {
            const thread = await stores.inbound.thread(workspaceId, first.id, { after, limit });
            assert(thread !== null && thread.page.items.length <= limit);
            seen.push(...thread.page.items.map(({ email }) => email.id));
            after = thread.page.next;
          } while (after !== null);
          assert.deepEqual(seen, expected);
        }
        const page = await stores.inbound.thread(workspaceId, first.id, { after: null, limit: 2 });
        const [received, sent] = page?.page.items ?? [];
        assert(received?.direction === "inbound" && sent?.direction === "outbound");
        assert.deepEqual([received.at, received.email.parentEmailId], [SAMPLE_TIME + 4, inboundId(3)]);
        const { inReplyToId, ...summary } = sent.email;
        assert.deepEqual([sent.at, inReplyToId], [at.receivedAt, first.id]);
        const scope = { workspaceId, useCaseId: useCase.id, setupId: null };
        const filter = {
          ...scope,
          toAddresses: [],
          states: [],
          sendOutcomes: [],
          sentAfter: null,
          sentBefore: null,
        };
        const { items } = await stores.emails.list(filter, { after: null, limit: 3 }, SAMPLE_TIME);
        assert.deepEqual(summary, items.at(-1));
      },
    },
    {
      name: "thread answers a mail that is alone; null for what is of another workspace, or not there",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const stranger = await withUseCase(stores, 2);
        const { workspaceId } = useCase;
        await addSentEmail(stores, useCase, 1, TO_ANN);
        await addWrittenEmail(stores, useCase, 2, TO_ANN);
        await receive(stores, sampleInbound(useCase, 3));
        for (const id of [emailId(1), inboundId(3)]) {
          assert.deepEqual(await threadOf(stores, workspaceId, id), { threadId: id, ids: [id] });
          assert.equal(await threadOf(stores, stranger.workspaceId, id), null);
        }
        assert.deepEqual(await threadOf(stores, workspaceId, emailId(2)), { threadId: emailId(2), ids: [] });
        assert.equal(await threadOf(stores, workspaceId, emailId(9)), null);
      },
    },
    {
      name: "forty rounds, ids known late, mails doubled and in the wrong order, headers cut: one thread, right parents",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { workspaceId } = useCase;
        const regions = ["email", "eu-central-1", "us-west-2"];
        let answered: Id | null = null;
        const chain: string[] = [];
        for (let round = 0; round < 40; round += 1) {
          const times = { writtenAt: SAMPLE_TIME + round * 1_000 };
          await addWrittenEmail(stores, useCase, round, { ...TO_ANN, ...times, inReplyToId: answered });
          const wire = `${messageId(round)}@${regions[round % 3]}.amazonses.com`;
          const shown = round % 4 === 3 ? wire.toUpperCase() : wire;
          const receivedAt = times.writtenAt + 500;
          const [one, two] = [round * 2, round * 2 + 1];
          // Ann answers, and answers her own answer; her programs keep References, cut, or strip them.
          const answer = sampleInbound(useCase, one, {
            receivedAt,
            inReplyTo: [shown],
            references: round % 3 === 0 ? [...chain, shown] : round % 3 === 1 ? [shown] : [],
          });
          const more = sampleInbound(useCase, two, {
            receivedAt: receivedAt + 1,
            inReplyTo: round % 2 === 0 ? [] : [headerId(one)],
            references: round % 2 === 0 ? [headerId(0), headerId(one)] : [],
          });
          await receive(stores, more);
          await Promise.all([receive(stores, answer), receive(stores, more)]);
          await stores.emails.recordSent(emailId(round), messageId(round), times.writtenAt + 100);
          await receive(stores, answer);
          await joinThreads(stores);
          chain.push(wire, headerId(one), headerId(two));
          answered = more.id;
        }
        const first = await stores.inbound.thread(workspaceId, emailId(0), { after: null, limit: 200 });
        assert.equal(first?.threadId, emailId(0));
        const { items } = first.page;
        assert.deepEqual(
          items.map(({ email }) => email.id),
          Array.from({ length: 40 }, (_, n) => [emailId(n), inboundId(2 * n), inboundId(2 * n + 1)]).flat(),
        );
        const parents = items.map(({ direction, email }) =>
          direction === "inbound" ? email.parentEmailId : email.inReplyToId,
        );
        assert.deepEqual(parents, [null, ...items.slice(0, -1).map(({ email }) => email.id)]);
        const how = items.flatMap((item) => (item.direction === "inbound" ? [item.email.matchedBy] : []));
        assert.deepEqual(
          how,
          Array.from({ length: 40 }, (_, n) => [
            "in_reply_to",
            n % 2 === 0 ? "references" : "in_reply_to",
          ]).flat(),
        );
        assert.equal(messageKey(onWire(39)), messageId(39));
      },
    },
  ],
};
