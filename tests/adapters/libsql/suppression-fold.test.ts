// The SQL that founds and ends suppressions against core's `suppressionsFounded`: random mails, events, lifts and
// unsubscribes, in random order. After each step the rows are what core says, nobody is mailed whom the newest rule forbids,
// and in the end a rebuild, also from nothing, finds the same.
import { beforeEach, expect, test } from "bun:test";
import fc from "fast-check";
import type { Database } from "../../../adapters/libsql/database.ts";
import type { MailEvent } from "../../../core/email/mail-event.ts";
import { explainSend } from "../../../core/suppression/explain-send.ts";
import {
  EVENT_BORN_REASONS,
  type EventBornReason,
  type Lifts,
  suppressionsFounded,
} from "../../../core/suppression/founding.ts";
import type { Suppression } from "../../../core/suppression/suppression.ts";
import type { EmailUseCase } from "../../../core/use-case/use-case.ts";
import { SAMPLE_TIME } from "../../support/channel-samples.ts";
import { openTestDatabase } from "../../support/databases.ts";
import {
  askedAt,
  emailId,
  type EmailStores,
  eventId,
  makeEmailStores,
  messageId,
  question,
  sampleEmail,
  sampleEvent,
  scopeOf,
  withUseCase,
} from "../../support/email-samples.ts";

/** Events that mean something to suppressions, most of them. */
const said: fc.Arbitrary<Partial<MailEvent>> = fc.oneof(
  fc.constantFrom<Partial<MailEvent>>(
    { type: "Delivery" },
    { type: "Open" },
    { type: "Complaint" },
    { type: "Complaint", complaintFeedbackType: "not-spam" },
    { type: "Complaint", complaintSubtype: "OnTenantSuppressionList" },
    { type: "Bounce", bounceType: "Permanent", bounceSubtype: "General" },
    { type: "Bounce", bounceType: "Permanent", bounceSubtype: "Suppressed" },
    { type: "Bounce", bounceType: "Transient", bounceSubtype: "General" },
    { type: "Bounce", bounceType: "Transient", bounceSubtype: "MessageTooLarge" },
  ),
  fc.constant<Partial<MailEvent>>({ type: "Bounce", bounceType: "Transient", bounceSubtype: "MailboxFull" }),
);
const time = fc.integer({ min: 0, max: 30 }).map((n) => SAMPLE_TIME + n);

type Step =
  | { readonly do: "mail"; readonly sentAt: number }
  | { readonly do: "event"; readonly mail: number; readonly content: Partial<MailEvent>; readonly at: number }
  | { readonly do: "lift"; readonly reason: EventBornReason | "unsubscribe"; readonly at: number }
  | { readonly do: "unsubscribe"; readonly mail: number; readonly at: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("mail" as const), sentAt: time }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("event" as const), mail: fc.nat(5), content: said, at: time }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("lift" as const),
      reason: fc.constantFrom(...EVENT_BORN_REASONS, "unsubscribe" as const),
      at: time,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("unsubscribe" as const), mail: fc.nat(5), at: time }) },
);

/** After every time drawn and every expiry of soft bounces yet to come. */
const NOW = SAMPLE_TIME + 40;
/** Numbers of mails, of which each history has six at most. */
const MAILS_PER_HISTORY = 6;

let database: Database;
let stores: EmailStores;
let useCase: EmailUseCase;
let histories = 0;
let eventCount = 0;
beforeEach(async () => {
  database = await openTestDatabase();
  stores = makeEmailStores(database);
  useCase = await withUseCase(stores);
});

class History {
  readonly recipient: string;
  readonly #first: number;
  readonly #events = new Map<number, MailEvent[]>();
  readonly #sent: { readonly n: number; readonly sentAt: number }[] = [];
  #lifts: Lifts = {};
  isUnsubscribed = false;

  constructor() {
    histories += 1;
    this.recipient = `pat${histories}@post.example`;
    this.#first = histories * MAILS_PER_HISTORY;
  }

  async rows(): Promise<readonly Suppression[]> {
    const filter = { ...scopeOf(useCase), addresses: [this.recipient], reasons: [] };
    return (await stores.suppressions.list(filter, { after: null, limit: 200 }, NOW)).items;
  }

  /** What core says of the same mails, events and lifts. */
  founded() {
    const mails = this.#sent
      .toSorted((a, b) => a.sentAt - b.sentAt || a.n - b.n)
      .map(({ n }) => ({ emailId: emailId(n), events: this.#events.get(n) ?? [] }));
    return suppressionsFounded(mails, this.#lifts);
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case "mail":
        return this.#mail(step.sentAt);
      case "event": {
        const n = this.#first + step.mail;
        const event = {
          ...sampleEvent(n, ++eventCount),
          ...step.content,
          occurredAt: step.at,
          id: eventId(eventCount),
        };
        this.#events.set(n, [...(this.#events.get(n) ?? []), event]);
        return stores.events.record(event, "{}");
      }
      case "unsubscribe": {
        const mail = this.#sent.find(({ n }) => n === this.#first + step.mail);
        await stores.suppressions.unsubscribe(
          emailId(this.#first + step.mail),
          null,
          eventId(++eventCount),
          step.at,
        );
        if (mail) this.isUnsubscribed = true;
        return;
      }
      case "lift":
        return this.#lift(step.reason, step.at);
    }
  }

  async #mail(sentAt: number): Promise<void> {
    const n = this.#first + this.#sent.length;
    if (this.#sent.length === MAILS_PER_HISTORY) return;
    const email = sampleEmail(useCase, n, { toAddress: this.recipient, writtenAt: NOW });
    const wasSuppressed = (await this.rows()).length > 0;
    const written = await stores.emails.writeAhead(email, null, askedAt());
    expect(written.ok).toBe(!wasSuppressed);
    if (!written.ok) return;
    await stores.emails.recordSent(email.id, messageId(n), sentAt);
    this.#sent.push({ n, sentAt });
  }

  async #lift(reason: EventBornReason | "unsubscribe", at: number): Promise<void> {
    const lifted = (await this.rows()).find((row) => row.reason === reason);
    if (!lifted) return;
    await stores.suppressions.lift(lifted.id, at);
    if (reason === "unsubscribe") this.isUnsubscribed = false;
    else this.#lifts = { ...this.#lifts, [reason]: Math.max(at, lifted.lastAt) };
  }
}

const byReason = <T extends { readonly reason: string }>(all: readonly T[]): readonly T[] =>
  all.toSorted((a, b) => (a.reason < b.reason ? -1 : 1));

test("the SQL is what core says after each step, and rebuild finds nothing to mend", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30, size: "max" }), async (steps) => {
      const history = new History();
      for (const one of steps) {
        await history.take(one);
        const rows = await history.rows();
        const eventBorn = rows
          .filter(({ reason }) => reason !== "unsubscribe")
          .map(({ reason, since, expiresAt, sourceEmailId }) => ({
            reason,
            since,
            expiresAt,
            sourceEmailId,
          }));
        const founded = history.founded();
        expect(byReason(eventBorn)).toEqual(byReason(founded as typeof eventBorn));

        const { suppressions } = await stores.emails.sendContext(
          question(useCase, { recipient: history.recipient }),
          NOW,
        );
        const explained = explainSend(suppressions, { answersHumanMailAt: null, now: NOW });
        expect(explained.wouldSend).toBe(founded.length === 0 && !history.isUnsubscribed);
      }
      expect((await stores.events.rebuild(0, 10_000)).differed).toBe(0);
    }),
    { numRuns: 150, endOnFailure: true },
  );

  // From nothing but the ledger and the lifts.
  const everything = { ...scopeOf(useCase), addresses: [], reasons: EVENT_BORN_REASONS };
  const all = () => stores.suppressions.list(everything, { after: null, limit: 10_000 }, NOW);
  const before = (await all()).items;
  expect(before.length).toBeGreaterThan(0);
  const forget = "UPDATE suppression SET since = NULL, last_at = NULL WHERE reason <> 'unsubscribe'";
  await database.write({ statements: [{ sql: forget, args: [] }], outcome: () => undefined });
  expect((await all()).items).toEqual([]);
  expect((await stores.events.rebuild(0, 10_000)).differed).toBe(before.length);
  expect((await all()).items).toEqual(before);
});
