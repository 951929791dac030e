import assert from "node:assert/strict";
import { EVENT_TYPES, LEDGER_EVENT_TYPES } from "../../core/email/email-state.ts";
import type { MailEvent } from "../../core/email/mail-event.ts";
import type { EventFilter } from "../../core/ports/event-store.ts";
import type { KeysetCursor } from "../../core/ports/keyset-page.ts";
import type { Id } from "../../core/ids.ts";
import { addUseCase, SAMPLE_TIME } from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";
import type { DatabasePlace } from "../support/database-place.ts";
import {
  addSentEmail,
  addWrittenEmail,
  emailId,
  type EmailStores,
  eventFilter,
  eventId,
  makeEmailStores,
  messageId,
  sampleEvent,
  scopeOf,
  withUseCase,
} from "../support/email-samples.ts";

async function record(stores: EmailStores, ...events: MailEvent[]): Promise<void> {
  for (const event of events) await stores.events.record(event, JSON.stringify({ of: event.id }));
}

/** Numbers of the events of one page, newest first. */
async function listed(stores: EmailStores, filter: EventFilter): Promise<number[]> {
  const page = await stores.events.list(filter, { after: null, limit: 200 });
  return page.items.map(({ id }) => Number(id.slice(-12)));
}

async function found(stores: EmailStores, workspaceId: Id, n: number) {
  const email = await stores.emails.find(workspaceId, emailId(n));
  assert(email !== null);
  return email;
}

async function rows(place: DatabasePlace, sql: string): Promise<unknown[]> {
  const [answer = []] = await place.database.read([{ sql, args: [] }]);
  return answer.map((row) => Object.values(row)[0]);
}

const bounce = { type: "Bounce", bounceType: "Permanent", bounceSubtype: "NoEmail" } as const;
const autoReply = { type: "Bounce", bounceType: "Transient", bounceSubtype: "General" } as const;

export const contract: Contract<EmailStores> = {
  name: "event store",
  open: makeEmailStores,
  cases: [
    {
      name: "record keeps the event and its raw JSON",
      async run(stores, place) {
        await record(stores, sampleEvent(1, 1));
        assert.deepEqual(await rows(place, "SELECT id FROM email_event"), [eventId(1)]);
        assert.deepEqual(await rows(place, "SELECT json FROM email_event_raw"), [`{"of":"${eventId(1)}"}`]);
      },
    },
    {
      name: "record takes an event once: by notification id when it was sent again, by natural key when published again",
      async run(stores, place) {
        const useCase = await withUseCase(stores);
        await addSentEmail(stores, useCase, 1);
        const open = sampleEvent(1, 1, { type: "Open" });
        const { notificationId, naturalKey } = open;
        await record(stores, open, sampleEvent(1, 2, { type: "Open", notificationId }));
        await record(stores, sampleEvent(1, 3, { type: "Open", naturalKey }));
        assert.equal((await found(stores, useCase.workspaceId, 1)).openCount, 1);
        assert.deepEqual(await rows(place, "SELECT json FROM email_event_raw"), [`{"of":"${eventId(1)}"}`]);
        await record(stores, sampleEvent(1, 4, { type: "Open" }));
        assert.equal((await found(stores, useCase.workspaceId, 1)).openCount, 2);
      },
    },
    {
      name: "record recomputes the mail with the event's provider message id, tagged or not",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await addSentEmail(stores, useCase, 1);
        await addSentEmail(stores, useCase, 2);
        const delivery = sampleEvent(1, 1);
        await record(stores, delivery, sampleEvent(2, 2, { emailId: emailId(2), ...bounce }));
        const delivered = await found(stores, useCase.workspaceId, 1);
        assert.deepEqual([delivered.state, delivered.deliveredAt], ["delivered", delivery.occurredAt]);
        assert.equal(delivered.updatedAt, delivery.receivedAt);
        const bounced = await found(stores, useCase.workspaceId, 2);
        assert.deepEqual(
          [bounced.state, bounced.bounceType, bounced.bounceSubtype],
          ["bounced", "Permanent", "NoEmail"],
        );
      },
    },
    {
      name: "an event that changes nothing leaves the time of the last update",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { writtenAt } = await addSentEmail(stores, useCase, 1);
        await record(stores, sampleEvent(1, 1, { type: "Send" }));
        assert.equal((await found(stores, useCase.workspaceId, 1)).updatedAt, writtenAt + 100);
      },
    },
    {
      name: "a tag makes no event of a mail that has another provider message id",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const stranger = await withUseCase(stores, 2);
        await addSentEmail(stores, useCase, 1);
        await addSentEmail(stores, stranger, 2);
        await record(stores, sampleEvent(3, 1, { emailId: emailId(1), ...bounce }));
        assert.equal((await found(stores, useCase.workspaceId, 1)).state, "sent");
        assert.deepEqual(await listed(stores, eventFilter(scopeOf(useCase))), []);
        await record(stores, sampleEvent(2, 2, { emailId: emailId(1), ...bounce }));
        assert.equal((await found(stores, useCase.workspaceId, 1)).state, "sent");
        assert.equal((await found(stores, stranger.workspaceId, 2)).state, "bounced");
      },
    },
    {
      name: "a mail that is sending or unknown becomes sent by an event with its id, and by no other",
      async run(stores) {
        const useCase = await withUseCase(stores);
        for (const n of [1, 2, 3, 4]) await addWrittenEmail(stores, useCase, n);
        await stores.emails.recordUnknown(emailId(2), SAMPLE_TIME + 10);
        for (const n of [1, 2, 3]) {
          await record(stores, sampleEvent(n, n, { emailId: emailId(n), type: "Send" }));
        }
        await record(stores, sampleEvent(4, 4));
        for (const n of [1, 2, 3]) {
          const { sendOutcome, providerMessageId, sentAt } = await found(stores, useCase.workspaceId, n);
          assert.deepEqual([sendOutcome, providerMessageId, sentAt], ["sent", messageId(n), SAMPLE_TIME + n]);
        }
        const untouched = await found(stores, useCase.workspaceId, 4);
        assert.deepEqual([untouched.sendOutcome, untouched.state], ["sending", "sent"]);
      },
    },
    {
      name: "one message id settles one mail, whatever tags claim it; the first recorded of two ids is taken",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await addWrittenEmail(stores, useCase, 1);
        await addWrittenEmail(stores, useCase, 2);
        await record(stores, sampleEvent(1, 1, { emailId: emailId(1) }));
        await record(stores, sampleEvent(1, 2, { emailId: emailId(2), type: "Open" }));
        const first = await found(stores, useCase.workspaceId, 1);
        assert.deepEqual([first.state, first.openCount], ["delivered", 1]);
        assert.equal((await found(stores, useCase.workspaceId, 2)).sendOutcome, "sending");
        await addWrittenEmail(stores, useCase, 3);
        await record(stores, sampleEvent(3, 3, { emailId: emailId(3), type: "Open" }));
        await record(stores, sampleEvent(4, 4, { emailId: emailId(3), ...bounce }));
        const third = await found(stores, useCase.workspaceId, 3);
        assert.deepEqual([third.providerMessageId, third.state, third.openCount], [messageId(3), "sent", 1]);
      },
    },
    {
      name: "an event for a mail that is not there waits, and is found in no list until then",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await record(stores, sampleEvent(1, 1), sampleEvent(1, 2, { type: "Complaint" }));
        assert.deepEqual(await listed(stores, eventFilter(scopeOf(useCase))), []);
        await addSentEmail(stores, useCase, 1);
        assert.equal((await found(stores, useCase.workspaceId, 1)).state, "complained");
        assert.deepEqual(await listed(stores, eventFilter(scopeOf(useCase))), [2, 1]);
      },
    },
    {
      name: "in any order and thrice, complaint outranks bounce outranks delivery, and an auto-reply is no bounce",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const events = (mail: number, ...said: Partial<MailEvent>[]) =>
          said.map((changes, n) =>
            sampleEvent(mail, mail * 10 + n, { occurredAt: SAMPLE_TIME + n, ...changes }),
          );
        const orders = [
          events(1, { type: "Delivery" }, bounce, { type: "Complaint" }),
          events(2, { type: "Complaint" }, bounce, { type: "Delivery" }),
          events(3, { type: "Delivery" }, bounce),
          events(4, bounce, { type: "Delivery" }),
          events(5, { type: "Delivery" }, autoReply),
          events(6, autoReply, { type: "Delivery" }),
          events(7, autoReply),
        ];
        for (const [n, ordered] of orders.entries()) {
          await addSentEmail(stores, useCase, n + 1);
          for (const copy of [0, 100, 200]) {
            await record(
              stores,
              ...ordered.map((event, k) => ({ ...event, id: eventId(n * 1000 + copy + k) })),
            );
          }
        }
        const states: string[] = [];
        for (const n of orders.keys()) states.push((await found(stores, useCase.workspaceId, n + 1)).state);
        assert.deepEqual(states, [
          "complained",
          "complained",
          "bounced",
          "bounced",
          "delivered",
          "delivered",
          "bounced",
        ]);
      },
    },
    {
      name: "list shows exactly the seven types, newest first",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await addSentEmail(stores, useCase, 1);
        await record(stores, ...LEDGER_EVENT_TYPES.map((type, n) => sampleEvent(1, n + 1, { type })));
        const page = await stores.events.list(eventFilter(scopeOf(useCase)), { after: null, limit: 200 });
        assert.deepEqual(
          page.items.map(({ type }) => type),
          EVENT_TYPES.toReversed(),
        );
        const reject = sampleEvent(1, 1);
        assert.deepEqual(page.items.at(-1), {
          id: reject.id,
          emailId: emailId(1),
          type: "Reject",
          occurredAt: reject.occurredAt,
          receivedAt: reject.receivedAt,
        });
        assert.equal(page.next, null);
      },
    },
    {
      name: "list filters by any of several e-mails and types within the scope, and by time",
      async run(stores) {
        const useCase = await withUseCase(stores, 1);
        const { workspaceId, setupId } = useCase;
        const second = await addUseCase(stores, { id: setupId, workspaceId }, 2);
        const stranger = await withUseCase(stores, 3);
        await addSentEmail(stores, useCase, 1);
        await addSentEmail(stores, useCase, 2);
        await addSentEmail(stores, second, 3);
        await addSentEmail(stores, stranger, 4);
        await record(stores, sampleEvent(1, 1), sampleEvent(2, 2), sampleEvent(3, 3), sampleEvent(4, 4));
        await record(stores, sampleEvent(1, 5, { type: "Open" }), sampleEvent(3, 6, { type: "Open" }));
        const inUseCase = scopeOf(useCase);
        const inSetup = { workspaceId, useCaseId: null, setupId };
        const of = (scope: Parameters<typeof eventFilter>[0], changes: Partial<EventFilter> = {}) =>
          listed(stores, eventFilter(scope, changes));
        assert.deepEqual(await of(inUseCase), [5, 2, 1]);
        assert.deepEqual(await of(inSetup), [6, 5, 3, 2, 1]);
        assert.deepEqual(await of(scopeOf(useCase, { setupId })), [5, 2, 1]);
        assert.deepEqual(await of(scopeOf(useCase, { setupId: stranger.setupId })), []);
        assert.deepEqual(await of(scopeOf(useCase, { workspaceId: stranger.workspaceId })), []);
        assert.deepEqual(await of({ ...inSetup, workspaceId: stranger.workspaceId }), []);
        assert.deepEqual(await of(inSetup, { eventTypes: ["Open", "Bounce", "Open"] }), [6, 5]);
        assert.deepEqual(await of(inUseCase, { emailIds: [emailId(1), emailId(3), emailId(1)] }), [5, 1]);
        assert.deepEqual(await of(inSetup, { emailIds: [emailId(1), emailId(3)] }), [6, 5, 3, 1]);
        assert.deepEqual(await of(inSetup, { emailIds: [emailId(4), emailId(9)] }), []);
        const opens = { emailIds: [emailId(1)], eventTypes: ["Open" as const] };
        assert.deepEqual(await of(inUseCase, opens), [5]);
        const at = (n: number) => sampleEvent(1, n).occurredAt;
        assert.deepEqual(await of(inSetup, { eventAtAfter: at(2), eventAtBefore: at(5) }), [3, 2]);
      },
    },
    {
      name: "list takes sixteen e-mails and all types at once",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await addSentEmail(stores, useCase, 7);
        await record(stores, sampleEvent(7, 1), sampleEvent(7, 2, { type: "Click" }));
        const emailIds = Array.from({ length: 16 }, (_, n) => emailId(n));
        const filter = eventFilter(scopeOf(useCase), { emailIds, eventTypes: EVENT_TYPES });
        assert.deepEqual(await listed(stores, filter), [2, 1]);
      },
    },
    {
      name: "list: pages follow each other, also between events of one time",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await addSentEmail(stores, useCase, 1);
        for (const n of [1, 2, 3, 4, 5]) {
          const type = n % 2 === 0 ? "Open" : "Click";
          await record(stores, sampleEvent(1, n, { type, occurredAt: SAMPLE_TIME + Math.min(n, 3) }));
        }
        const seen: Id[] = [];
        let after: KeysetCursor | null = null;
        do {
          const page = await stores.events.list(eventFilter(scopeOf(useCase)), { after, limit: 2 });
          seen.push(...page.items.map(({ id }) => id));
          after = page.next;
        } while (after !== null);
        assert.deepEqual(seen, [5, 4, 3, 2, 1].map(eventId));
      },
    },
    {
      name: "rebuild finds no difference after any of this",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await record(stores, sampleEvent(1, 1));
        await addSentEmail(stores, useCase, 1);
        await addWrittenEmail(stores, useCase, 2);
        await record(stores, sampleEvent(2, 2, { emailId: emailId(2) }));
        await addWrittenEmail(stores, useCase, 3);
        await record(stores, sampleEvent(1, 3, bounce));
        assert.deepEqual(await stores.events.rebuild(0, 10), { nextSeq: null, looked: 3, differed: 0 });
      },
    },
    {
      name: "rebuild makes mails again what their ledger says, `limit` at a time",
      async run(_stores, place) {
        const stores = makeEmailStores(place.database);
        const useCase = await withUseCase(stores);
        const { workspaceId } = useCase;
        for (const n of [1, 2, 3]) await addSentEmail(stores, useCase, n);
        await addWrittenEmail(stores, useCase, 4);
        await record(
          stores,
          sampleEvent(1, 1),
          sampleEvent(2, 2, bounce),
          sampleEvent(4, 4, { emailId: emailId(4) }),
        );
        const before = await Promise.all([1, 2, 3, 4].map((n) => found(stores, workspaceId, n)));
        const damage = [
          "UPDATE email_event SET email_seq = NULL, workspace_seq = NULL, setup_seq = NULL, use_case_seq = NULL",
          "UPDATE email SET state = 'complained', open_count = 7 WHERE seq < 4",
          "UPDATE email SET send_outcome = 'unknown', provider_message_id = NULL, sent_at = NULL, state = 'sent', delivered_at = NULL WHERE seq = 4",
        ];
        await place.database.write({
          statements: damage.map((sql) => ({ sql, args: [] })),
          outcome: () => undefined,
        });
        const first = await stores.events.rebuild(0, 3);
        assert.deepEqual([first.looked, first.differed], [3, 3]);
        assert(first.nextSeq !== null);
        assert.deepEqual(await stores.events.rebuild(first.nextSeq, 3), {
          nextSeq: null,
          looked: 1,
          differed: 1,
        });
        assert.deepEqual(await Promise.all([1, 2, 3, 4].map((n) => found(stores, workspaceId, n))), before);
        assert.deepEqual(await listed(stores, eventFilter(scopeOf(useCase))), [4, 2, 1]);
        assert.deepEqual(await stores.events.rebuild(0, 10), { nextSeq: null, looked: 4, differed: 0 });
        assert.deepEqual(await stores.events.rebuild(99, 10), { nextSeq: null, looked: 0, differed: 0 });
      },
    },
  ],
};
