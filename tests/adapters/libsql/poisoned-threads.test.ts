// Anybody cites anything: random mails of several people to two use cases, with ids borne twice and cited at will, in circles
// too, and answered by us. Whatever is filed in whatever order, parents and children are in one thread, and two people's
// conversations never become one.
import { beforeEach, expect, test } from "bun:test";
import fc from "fast-check";
import type { Id } from "../../../core/ids.ts";
import type { EmailUseCase } from "../../../core/use-case/use-case.ts";
import { addUseCase, SAMPLE_TIME } from "../../support/channel-samples.ts";
import { openTestDatabase } from "../../support/databases.ts";
import { addWrittenEmail, emailId, messageId, withUseCase } from "../../support/email-samples.ts";
import {
  ANN,
  BOB,
  headerId,
  inboundId,
  type InboundStores,
  joinThreads,
  makeInboundStores,
  onWire,
  receive,
  sampleInbound,
} from "../../support/inbound-samples.ts";

/** One writes most: what is hers does come together. */
const PEOPLE = [ANN, ANN, ANN, ANN, BOB, "mallory@elsewhere.example", null] as const;
/** The ids that mails of a run bear and cite; several bear one. */
const IDS = 5;
/** Of a run: the next one's mails and ids are others. */
const MAILS_MAX = 100;

const drawnMail = fc.record({
  /** We answer what has come, if anything has. */
  direction: fc.constantFrom("sent" as const, "received" as const, "received" as const),
  who: fc.constantFrom(...PEOPLE),
  bears: fc.nat(IDS - 1),
  cites: fc.array(fc.nat(2 * IDS - 1), { maxLength: 4 }),
  isInReplyTo: fc.boolean(),
  useCase: fc.constantFrom(0, 0, 0, 0, 1),
  answers: fc.nat(),
  isKnownLate: fc.boolean(),
});

/** A message as it is stored in the end; `at` counts what was filed before. */
type Filed = {
  readonly id: Id;
  readonly at: number;
  readonly parentId: Id | null;
  readonly threadId: Id;
  readonly useCaseId: Id | null;
  readonly correspondent: string | null;
};

let stores: InboundStores;
let useCases: readonly EmailUseCase[];
let runs = 0;
beforeEach(async () => {
  stores = makeInboundStores(await openTestDatabase());
  const first = await withUseCase(stores);
  useCases = [first, await addUseCase(stores, { id: first.setupId, workspaceId: first.workspaceId }, 2)];
});

/** Files them one after the other, and answers them as they are in the end. */
async function fileAll(drawn: readonly (typeof drawnMail extends fc.Arbitrary<infer Mail> ? Mail : never)[]) {
  const begin = (runs += 1) * MAILS_MAX;
  let n = begin;
  const filed: { readonly direction: "sent" | "received"; readonly n: number }[] = [];
  const late: number[] = [];
  for (const mail of drawn) {
    n += 1;
    const useCase = useCases[mail.useCase] ?? expect.unreachable();
    const received = filed.filter(({ direction }) => direction === "received");
    const answered = received[mail.answers % Math.max(received.length, 1)];
    if (mail.direction === "sent") {
      // Answers stay within the use case of what they answer.
      const theirs = answered && (await receivedMail(answered.n));
      const through = useCases.find(({ id }) => id === theirs?.useCaseId) ?? useCase;
      await addWrittenEmail(stores, through, n, {
        toAddress: mail.who ?? ANN,
        inReplyToId: theirs?.id ?? null,
      });
      if (mail.isKnownLate) late.push(n);
      else await stores.emails.recordSent(emailId(n), messageId(n), SAMPLE_TIME + n);
    } else {
      const cites = mail.cites.map((id) => (id < IDS ? headerId(begin + id) : onWire(begin + id - IDS + 1)));
      const [first, ...others] = cites;
      await receive(
        stores,
        sampleInbound(useCase, n, {
          fromAddress: mail.who,
          messageId: headerId(begin + mail.bears),
          ...(mail.isInReplyTo && first !== undefined
            ? { inReplyTo: [first], references: others }
            : { references: cites }),
        }),
      );
    }
    filed.push({ direction: mail.direction, n });
  }
  for (const one of late) await stores.emails.recordSent(emailId(one), messageId(one), SAMPLE_TIME + one);
  await joinThreads(stores);
  return Promise.all(
    filed.map((mail) => (mail.direction === "sent" ? sentMail(mail.n) : receivedMail(mail.n))),
  );
}

const workspaceId = (): Id => useCases[0]?.workspaceId ?? expect.unreachable();

async function sentMail(n: number): Promise<Filed> {
  const found = (await stores.emails.find(workspaceId(), emailId(n))) ?? expect.unreachable();
  const { id, threadId, useCaseId, inReplyToId: parentId, toAddress: correspondent } = found;
  return { id, at: n, parentId, threadId, useCaseId, correspondent };
}

async function receivedMail(n: number): Promise<Filed> {
  const found = (await stores.inbound.find(workspaceId(), inboundId(n))) ?? expect.unreachable();
  const { id, threadId, useCaseId, parentEmailId: parentId, fromAddress: correspondent } = found;
  return { id, at: n, parentId, threadId, useCaseId, correspondent };
}

test("a thread is one person's, in one use case, with whoever cites it; only one's own children join a parent that came after them", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(drawnMail, { minLength: 5, maxLength: 15 }), async (drawn) => {
      const all = await fileAll(drawn);
      const byId = new Map(all.map((mail) => [mail.id, mail]));
      for (const mail of all) {
        const parent = mail.parentId === null ? null : (byId.get(mail.parentId) ?? expect.unreachable());
        if (parent === null) continue;
        expect(mail.threadId).toBe(parent.threadId);
        const isSent = mail.id === emailId(mail.at);
        expect(mail.useCaseId).toBe(parent.useCaseId);
        if (!isSent && parent.at > mail.at) {
          expect(mail.correspondent).not.toBeNull();
          expect(mail.correspondent).toBe(parent.correspondent);
        }
        // It ends: nobody is an ancestor of himself.
        let above: Filed | undefined = parent;
        for (let steps = 0; above; steps += 1) {
          expect(steps).toBeLessThan(all.length);
          above = above.parentId === null ? undefined : byId.get(above.parentId);
        }
      }
      const roots = all.filter(({ parentId }) => parentId === null);
      for (const threadId of new Set(roots.map((root) => root.threadId))) {
        // A child that found a nearer parent leaves its first one in the thread: both wrote to, or are, one person.
        const own = roots.filter((root) => root.threadId === threadId);
        expect(new Set(own.map(({ useCaseId }) => useCaseId)).size).toBe(1);
        expect(new Set(own.map(({ correspondent }) => correspondent)).size).toBe(1);
        if (own.length > 1) expect(own[0]?.correspondent).not.toBeNull();
        const thread = await stores.inbound.thread(workspaceId(), threadId, { after: null, limit: 50 });
        const ids = all.filter((mail) => mail.threadId === threadId).map(({ id }) => id);
        expect(thread?.page.items.map(({ email }) => email.id).toSorted()).toEqual(ids.toSorted());
      }
    }),
    { numRuns: 60, endOnFailure: true },
  );
});
