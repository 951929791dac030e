// Pages against a plain model: for random mails, filters and page sizes, while mails arrive between two pages, the pages
// show every mail that was there and matches, exactly once, newest first.
import { beforeEach, expect, test } from "bun:test";
import fc from "fast-check";
import { EMAIL_STATES, type EmailState } from "../../../core/email/email-state.ts";
import type { EmailSummary } from "../../../core/email/email.ts";
import type { MailEvent } from "../../../core/email/mail-event.ts";
import type { ListedEvent } from "../../../core/ports/event-store.ts";
import type { KeysetCursor, KeysetPage, KeysetWindow } from "../../../core/ports/keyset-page.ts";
import type { EmailUseCase } from "../../../core/use-case/use-case.ts";
import { addUseCase, SAMPLE_TIME } from "../../support/channel-samples.ts";
import { openTestDatabase } from "../../support/databases.ts";
import {
  askedAt,
  emailFilter,
  emailId,
  type EmailStores,
  eventFilter,
  makeEmailStores,
  messageId,
  sampleEmail,
  sampleEvent,
  scopeOf,
  withUseCase,
} from "../../support/email-samples.ts";

const EVENT_BEHIND: Record<EmailState, Partial<MailEvent>> = {
  sent: { type: "Send" },
  delivered: { type: "Delivery" },
  // Neither suppresses the address: more mail is written to it.
  bounced: { type: "Bounce", bounceType: "Transient", bounceSubtype: "ContentRejected" },
  complained: { type: "Complaint", complaintSubtype: "OnTenantSuppressionList" },
  rejected: { type: "Reject" },
};
const RECIPIENTS = ["ann@post.example", "ben@post.example", "cleo@post.example"];

/** Few times, so that many mails share one. */
const time = fc.integer({ min: SAMPLE_TIME, max: SAMPLE_TIME + 4 });
const drawnMail = fc.record({
  sentAt: time,
  to: fc.constantFrom(...RECIPIENTS),
  state: fc.constantFrom(...EMAIL_STATES),
});
type Drawn = typeof drawnMail extends fc.Arbitrary<infer Value> ? Value : never;
type Mail = Drawn & { readonly n: number };

const filters = fc.record({
  toAddresses: fc.subarray(RECIPIENTS),
  states: fc.subarray([...EMAIL_STATES]),
  sentAfter: fc.option(time),
  sentBefore: fc.option(time),
});

let stores: EmailStores;
let first: EmailUseCase;
let mailCount = 0;
beforeEach(async () => {
  stores = makeEmailStores(await openTestDatabase());
  first = await withUseCase(stores);
});

/** Stores the mails; the writes are called at once and grouped by the database. */
async function send(useCase: EmailUseCase, drawn: readonly Drawn[]): Promise<readonly Mail[]> {
  const mails = drawn.map((mail) => ({ ...mail, n: ++mailCount }));
  await Promise.all(
    mails.flatMap(({ n, to, sentAt, state }) => [
      stores.emails.writeAhead(sampleEmail(useCase, n, { toAddress: to }), null, askedAt()),
      stores.emails.recordSent(emailId(n), messageId(n), sentAt),
      stores.events.record(sampleEvent(n, n, { ...EVENT_BEHIND[state], occurredAt: sentAt }), "{}"),
    ]),
  );
  return mails;
}

/** All pages, with `between` happening after each. */
async function allPages<T>(
  read: (window: KeysetWindow) => Promise<KeysetPage<T>>,
  limit: number,
  between: () => Promise<unknown>,
): Promise<readonly T[]> {
  const seen: T[] = [];
  let after: KeysetCursor | null = null;
  do {
    const page: KeysetPage<T> = await read({ after, limit });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    expect(page.items.length > 0 || page.next === null).toBe(true);
    seen.push(...page.items);
    after = page.next;
    if (after !== null) await between();
  } while (after !== null);
  return seen;
}

const newestFirst = (mails: readonly Mail[]): Mail[] =>
  mails.toSorted((a, b) => b.sentAt - a.sentAt || b.n - a.n);
const numbered = (id: string): number => Number(id.slice(-12));

const drawn = fc.record({
  mails: fc.array(drawnMail, { maxLength: 25 }),
  limit: fc.integer({ min: 1, max: 6 }),
  arriving: fc.array(drawnMail, { minLength: 1, maxLength: 3 }),
  filter: filters,
  bySetup: fc.boolean(),
});

let runs = 1;
/** A use case of its own for each run, on the same setup. */
const anotherUseCase = () =>
  addUseCase(stores, { id: first.setupId, workspaceId: first.workspaceId }, ++runs);

test("pages of e-mails neither skip nor repeat while mails arrive", async () => {
  const all: Mail[] = [];
  await fc.assert(
    fc.asyncProperty(drawn, async ({ mails, limit, arriving, filter, bySetup }) => {
      const useCase = await anotherUseCase();
      const own = await send(useCase, mails);
      all.push(...own);
      const { workspaceId, setupId } = useCase;
      const scope = bySetup ? { workspaceId, useCaseId: null, setupId } : scopeOf(useCase);
      const wanted = newestFirst(bySetup ? all : own).filter(
        ({ to, state, sentAt }) =>
          (filter.toAddresses.length === 0 || filter.toAddresses.includes(to)) &&
          (filter.states.length === 0 || filter.states.includes(state)) &&
          sentAt >= (filter.sentAfter ?? 0) &&
          sentAt < (filter.sentBefore ?? Infinity),
      );
      const arrived = new Set<number>();
      const seen = await allPages<EmailSummary>(
        (window) => stores.emails.list(emailFilter(scope, filter), window, SAMPLE_TIME),
        bySetup ? limit * 20 : limit,
        async () => {
          for (const mail of await send(useCase, arriving)) {
            all.push(mail);
            arrived.add(mail.n);
          }
        },
      );
      const numbers = seen.map(({ id }) => numbered(id));
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(numbers.filter((n) => !arrived.has(n))).toEqual(wanted.map(({ n }) => n));
      for (const email of seen)
        expect(email.state).toBe(all.find(({ n }) => n === numbered(email.id))?.state ?? "sent");
    }),
    { numRuns: 40 },
  );
});

test("pages of events neither skip nor repeat while events arrive", async () => {
  await fc.assert(
    fc.asyncProperty(drawn, async ({ mails, limit, arriving }) => {
      const useCase = await anotherUseCase();
      const own = await send(useCase, mails);
      // The type behind `sent` is in no list.
      const wanted = newestFirst(own).filter(({ state }) => state !== "sent");
      const arrived = new Set<number>();
      const seen = await allPages<ListedEvent>(
        (window) => stores.events.list(eventFilter(scopeOf(useCase)), window),
        limit,
        async () => {
          for (const { n } of await send(useCase, arriving)) arrived.add(n);
        },
      );
      const numbers = seen.map(({ id }) => numbered(id));
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(numbers.filter((n) => !arrived.has(n))).toEqual(wanted.map(({ n }) => n));
    }),
    { numRuns: 30 },
  );
});
