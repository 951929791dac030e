// The SQL fold against core's `settle` and `countsOf`: random ledgers of a few mails, told in random order, twice and thrice,
// between the steps of the sends themselves, come to what these answer for the set of events; and `rebuild` finds no
// difference.
import { beforeEach, expect, test } from "bun:test";
import fc from "fast-check";
import type { MailEvent } from "../../../core/email/mail-event.ts";
import { EVENT_TYPES, type EventType } from "../../../core/email/email-state.ts";
import { settle } from "../../../core/email/settle.ts";
import { type Cohort, type CountableMail, countsOf, sumOf } from "../../../core/reputation/mail-counts.ts";
import type { EmailUseCase } from "../../../core/use-case/use-case.ts";
import { SAMPLE_TIME } from "../../support/channel-samples.ts";
import { openTestDatabase } from "../../support/databases.ts";
import {
  askedAt,
  emailId,
  type EmailStores,
  eventFilter,
  eventId,
  makeEmailStores,
  messageId,
  reputationQuestion,
  sampleEmail,
  sampleEvent,
  scopeOf,
  withUseCase,
} from "../../support/email-samples.ts";
import { eventContent } from "../../support/mail-event-arbitrary.ts";

const told = fc.record({
  content: eventContent,
  isTagged: fc.boolean(),
  /** Told again under another event id: `sent` with the same notification id, `published` with another. */
  copies: fc.array(fc.constantFrom("sent", "published"), { maxLength: 2 }),
});
const mail = fc.record({
  events: fc.array(told, { maxLength: 6 }),
  answer: fc.constantFrom("accepted", "unknown", "withdrawn", "none"),
  cohort: fc.constantFrom(null, SAMPLE_TIME, SAMPLE_TIME + 1, SAMPLE_TIME + 2),
});

type Step =
  | { readonly kind: "write"; readonly mail: number; readonly cohort: number | null }
  | { readonly kind: "accepted" | "unknown" | "withdrawn"; readonly mail: number }
  | { readonly kind: "event"; readonly mail: number; readonly event: MailEvent };

let eventCount = 0;
let mailCount = 0;

/** A mail's write comes before its answer, and before the events that bear our tag: the provider has the tag from us. */
const history = fc.array(mail, { minLength: 1, maxLength: 3 }).chain((mails) => {
  const steps = mails.flatMap(({ events, answer, cohort }, index): Step[] => [
    { kind: "write", mail: index, cohort },
    ...(answer === "none" ? [] : [{ kind: answer, mail: index } as const]),
    ...events.flatMap(({ content, isTagged, copies }, n) =>
      ["first", ...copies].map((copy, again): Step => {
        const notificationId = copy === "published" ? `${index}-${n}-${again}` : `${index}-${n}`;
        const event = { ...sampleEvent(0, 0), ...content, notificationId, naturalKey: `${index}-${n}` };
        return { kind: "event", mail: index, event: { ...event, emailId: isTagged ? "tagged" : null } };
      }),
    ),
  ]);
  // A random key places each step, and no smaller one than the write's those that come after it.
  const writeOf = (mail: number): number =>
    steps.findIndex((step) => step.kind === "write" && step.mail === mail);
  return fc.array(fc.nat(), { minLength: steps.length, maxLength: steps.length }).map((keys) => ({
    mails,
    steps: steps
      .map((step, n) => {
        const isUntagged = step.kind === "event" && step.event.emailId === null;
        return { step, key: Math.max(keys[n] ?? 0, isUntagged ? 0 : (keys[writeOf(step.mail)] ?? 0)) };
      })
      .toSorted((a, b) => a.key - b.key)
      .map(({ step }) => step),
  }));
});

let stores: EmailStores;
let useCase: EmailUseCase;
/** Of all mails of all histories. */
let gone = 0;
const counted: (CountableMail & { readonly cohortAt: number })[] = [];
beforeEach(async () => {
  stores = makeEmailStores(await openTestDatabase());
  useCase = await withUseCase(stores);
});

/** Carries a history out on mails of its own; the writes are called in its order and grouped by the database. */
async function live(steps: readonly Step[], mails: number) {
  const offset = mailCount + 1;
  mailCount += mails;
  const events = new Map<number, MailEvent[]>();
  const sentAt = new Map<number, number>();
  const written = new Set<number>();
  const cohorts = new Map<number, number | null>();
  const withdrawn = new Set<number>();
  const writes = steps.map((step): Promise<unknown> => {
    const n = offset + step.mail;
    const id = emailId(n);
    if (step.kind === "event") {
      const event = {
        ...step.event,
        id: eventId(++eventCount),
        providerMessageId: messageId(n),
        emailId: step.event.emailId === null ? null : id,
        notificationId: `${offset}-${step.event.notificationId}`,
        naturalKey: `${offset}-${step.event.naturalKey}`,
      };
      events.set(n, [...(events.get(n) ?? []), event]);
      const isThere = written.has(n) && !withdrawn.has(n);
      if (event.emailId !== null && isThere && !sentAt.has(n)) sentAt.set(n, event.mailSentAt);
      return stores.events.record(event, "{}");
    }
    switch (step.kind) {
      case "write":
        written.add(n);
        cohorts.set(n, step.cohort);
        return stores.emails.writeAhead(sampleEmail(useCase, n, { cohortAt: step.cohort }), null, askedAt());
      case "accepted":
        if (!sentAt.has(n)) sentAt.set(n, SAMPLE_TIME + 5_000 + n);
        return stores.emails.recordSent(id, messageId(n), SAMPLE_TIME + 5_000 + n);
      case "unknown":
        return stores.emails.recordUnknown(id, SAMPLE_TIME + 5_000);
      case "withdrawn":
        if (!sentAt.has(n)) withdrawn.add(n);
        return stores.emails.withdraw(id);
    }
  });
  await Promise.all(writes);
  return Array.from({ length: mails }, (_, index) => {
    const n = offset + index;
    return {
      n,
      events: events.get(n) ?? [],
      sentAt: sentAt.get(n) ?? null,
      cohortAt: cohorts.get(n) ?? null,
      isGone: withdrawn.has(n),
    };
  });
}

/** What core counts of all mails so far; a cohort of which nothing counts is left out. */
const cohortsOf = (mails: readonly (CountableMail & { readonly cohortAt: number })[]): readonly Cohort[] =>
  [...new Set(mails.map(({ cohortAt }) => cohortAt))]
    .toSorted((a, b) => a - b)
    .map((startsAt) => ({
      startsAt,
      ...sumOf(mails.filter(({ cohortAt }) => cohortAt === startsAt).map(countsOf)),
    }))
    .filter(({ taken }) => taken > 0);

test("the SQL fold equals settle and countsOf, whatever the order of events and answers, and rebuild finds no difference", async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ mails, steps }) => {
      const lived = await live(steps, mails.length);
      for (const { n, events, sentAt, cohortAt, isGone } of lived) {
        const email = await stores.emails.find(useCase.workspaceId, emailId(n));
        const isSent = sentAt !== null;
        if (isGone) {
          expect(email).toBeNull();
          gone += 1;
          continue;
        }
        expect(email).toMatchObject({
          ...settle(isSent ? events : []),
          sentAt,
          providerMessageId: isSent ? messageId(n) : null,
        });
        expect(email?.sendOutcome === "sent").toBe(isSent);
        const filter = eventFilter(scopeOf(useCase), { emailIds: [emailId(n)] });
        const { items } = await stores.events.list(filter, { after: null, limit: 200 });
        const shown = new Set(
          events
            .filter(({ type }) => isSent && EVENT_TYPES.includes(type as EventType))
            .map(({ naturalKey }) => naturalKey),
        );
        expect(items.length).toBe(shown.size);
        if (email && cohortAt !== null) counted.push({ ...email, cohortAt });
      }
      const { buckets } = (await stores.reputation.find(reputationQuestion(useCase))) ?? {};
      expect(buckets).toEqual(cohortsOf(counted));
      const { looked, differed } = await stores.events.rebuild(0, 10_000);
      expect({ looked, differed }).toEqual({ looked: mailCount - gone, differed: 0 });
    }),
    { numRuns: 100, endOnFailure: true },
  );
});
