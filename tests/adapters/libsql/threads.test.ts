// Conversations in any order: random trees of mails between us and one correspondent, whose programs cite in different
// ways, filed in random order, with message ids known late, and several at once. However they came, all mails of a tree are
// in one thread, and each has the parent it answers.
import { beforeEach, expect, test } from "bun:test";
import fc from "fast-check";
import type { Id } from "../../../core/ids.ts";
import type { EmailUseCase } from "../../../core/use-case/use-case.ts";
import { SAMPLE_TIME } from "../../support/channel-samples.ts";
import { openTestDatabase } from "../../support/databases.ts";
import { addWrittenEmail, emailId, messageId, withUseCase } from "../../support/email-samples.ts";
import {
  ANN,
  headerId,
  inboundId,
  type InboundStores,
  joinThreads,
  makeInboundStores,
  onWire,
  receive,
  sampleInbound,
} from "../../support/inbound-samples.ts";

/** A mail of a tree: `answers` chooses among those before it; how it is cited is its sender's program's. */
const drawnMail = fc.record({
  direction: fc.constantFrom("sent" as const, "received" as const),
  answers: fc.option(fc.nat(), { freq: 6 }),
  cites: fc.constantFrom("parent", "parent in References", "everything", "everything, and the parent first"),
  at: fc.nat(),
  knownAt: fc.nat(),
});
type Drawn = typeof drawnMail extends fc.Arbitrary<infer Value> ? Value : never;
type Mail = Omit<Drawn, "answers"> & {
  readonly n: number;
  readonly parent: Mail | null;
  /** Whether some bear the id of its conversation. */
  readonly root: number;
};

const idOf = ({ direction, n }: Mail): Id => (direction === "sent" ? emailId(n) : inboundId(n));
const headerOf = ({ direction, n }: Mail): string => (direction === "sent" ? onWire(n) : headerId(n));
const above = (mail: Mail): readonly Mail[] => (mail.parent ? [...above(mail.parent), mail.parent] : []);

let count = 0;
/** The trees: we answer only what we received, and she anything. */
function grow(drawn: readonly Drawn[]): readonly Mail[] {
  const mails: Mail[] = [];
  for (const { answers, ...mail } of drawn) {
    const answerable = mails.filter(
      ({ direction }) => mail.direction === "received" || direction === "received",
    );
    const parent = answers === null ? undefined : answerable[answers % Math.max(answerable.length, 1)];
    count += 1;
    mails.push({ ...mail, n: count, parent: parent ?? null, root: parent?.root ?? count });
  }
  return mails;
}

let stores: InboundStores;
let useCase: EmailUseCase;
beforeEach(async () => {
  stores = makeInboundStores(await openTestDatabase());
  useCase = await withUseCase(stores);
});

function citations(mail: Mail): { inReplyTo: readonly string[]; references: readonly string[] } {
  const ids = above(mail).map(headerOf);
  switch (mail.cites) {
    case "parent":
      return { inReplyTo: ids.slice(-1), references: [] };
    case "parent in References":
      return { inReplyTo: [], references: ids.slice(-1) };
    case "everything":
      return { inReplyTo: [], references: ids };
    default:
      return { inReplyTo: ids.slice(-1), references: ids.slice(0, -1) };
  }
}

async function write({ n, parent }: Mail): Promise<void> {
  await addWrittenEmail(stores, useCase, n, { toAddress: ANN, inReplyToId: parent && idOf(parent) });
}

const known = ({ n }: Mail): Promise<unknown> =>
  stores.emails.recordSent(emailId(n), messageId(n), SAMPLE_TIME + n);

/**
 * What happens, in waves of what happens at once. We answer what has come; an id is known after its mail is written;
 * otherwise the drawn times decide.
 */
function waves(mails: readonly Mail[]): readonly (readonly (() => Promise<unknown>)[])[] {
  const wave = (at: number): number => at % 5;
  const cameIn = new Map<Mail, number>();
  const happenings: { readonly wave: number; readonly run: () => Promise<unknown> }[] = [];
  for (const mail of mails) {
    const after = mail.direction === "sent" && mail.parent ? (cameIn.get(mail.parent) ?? 0) + 1 : 0;
    const came = Math.max(wave(mail.at), after);
    cameIn.set(mail, came);
    if (mail.direction === "received") {
      const filed = sampleInbound(useCase, mail.n, citations(mail));
      happenings.push({ wave: came, run: () => receive(stores, filed) });
    } else {
      happenings.push({ wave: came, run: () => write(mail) });
      happenings.push({ wave: Math.max(came + 1, wave(mail.knownAt)), run: () => known(mail) });
    }
  }
  const last = Math.max(...happenings.map((happening) => happening.wave));
  return Array.from({ length: last + 1 }, (_, n) =>
    happenings.filter((happening) => happening.wave === n).map(({ run }) => run),
  );
}

test("a conversation is one thread, and each mail has the parent it answers, in whatever order they came", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(drawnMail, { minLength: 2, maxLength: 9 }), async (drawn) => {
      const mails = grow(drawn);
      for (const wave of waves(mails)) await Promise.all(wave.map((run) => run()));
      await joinThreads(stores);
      const threads = new Map<number, Set<Id>>();
      for (const mail of mails) {
        const found =
          mail.direction === "sent"
            ? await stores.emails.find(useCase.workspaceId, emailId(mail.n))
            : await stores.inbound.find(useCase.workspaceId, inboundId(mail.n));
        if (found === null) throw new Error("a mail is gone");
        threads.set(mail.root, (threads.get(mail.root) ?? new Set<Id>()).add(found.threadId));
        const parentId = "inReplyToId" in found ? found.inReplyToId : found.parentEmailId;
        expect(parentId).toBe(mail.parent && idOf(mail.parent));
      }
      const ids = [...threads.values()].map((found) => [...found]);
      expect(ids.map(({ length }) => length)).toEqual(ids.map(() => 1));
      expect(new Set(ids.flat()).size).toBe(threads.size);
      for (const [root, [threadId = ""]] of [...threads.keys()].map(
        (key, n) => [key, ids[n] ?? []] as const,
      )) {
        const thread = await stores.inbound.thread(useCase.workspaceId, threadId, { after: null, limit: 50 });
        const shown = thread?.page.items.map(({ email }) => email.id).toSorted();
        expect(shown).toEqual(
          mails
            .filter((mail) => mail.root === root)
            .map(idOf)
            .toSorted(),
        );
      }
    }),
    { numRuns: 80, endOnFailure: true },
  );
});
