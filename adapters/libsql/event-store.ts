// The ledger of provider events. Recording is one batch: the event unless it is known, its raw JSON, and the fold of the
// mail it belongs to. What is recorded twice finds its notification id or natural key taken and changes nothing.
import { sql } from "drizzle-orm";
import type { MailEvent } from "../../core/email/mail-event.ts";
import type { Id } from "../../core/ids.ts";
import type { EventStore } from "../../core/ports/event-store.ts";
import { emptyCohorts } from "./cohort-fold.ts";
import { insertSelect, select } from "./columns.ts";
import type { Database, SqlValue } from "./database.ts";
import { eventListArms, readEventPage } from "./event-list.ts";
import { foldEvent, foldSlice } from "./fold.ts";
import { email, emailEvent, emailEventRaw } from "./schema/email.ts";
import { prepare } from "./statement.ts";

type EventArgs = { readonly [Member in keyof MailEvent]: SqlValue };

const insert = prepare<EventArgs>(
  sql`${insertSelect(emailEvent, {
    id: sql.placeholder("id"),
    type: sql.placeholder("type"),
    providerMessageId: sql.placeholder("providerMessageId"),
    taggedEmailId: sql.placeholder("emailId"),
    mailSentAt: sql.placeholder("mailSentAt"),
    occurredAt: sql.placeholder("occurredAt"),
    receivedAt: sql.placeholder("receivedAt"),
    notificationId: sql.placeholder("notificationId"),
    naturalKey: sql.placeholder("naturalKey"),
    bounceType: sql.placeholder("bounceType"),
    bounceSubtype: sql.placeholder("bounceSubtype"),
    complaintFeedbackType: sql.placeholder("complaintFeedbackType"),
    complaintSubtype: sql.placeholder("complaintSubtype"),
    isLikelyBot: sql.placeholder("isLikelyBot"),
  })} WHERE true ON CONFLICT DO NOTHING`,
);

/** Nothing when the event was known: then its row has another id. */
const insertRaw = prepare<{ readonly id: Id; readonly json: string }>(
  sql`${insertSelect(emailEventRaw, { eventSeq: emailEvent.seq, json: sql.placeholder("json") })}
    FROM ${emailEvent} WHERE ${emailEvent.id} = ${sql.placeholder("id")} ON CONFLICT DO NOTHING`,
);

const slice = select({
  looked: sql<number>`count(*)`,
  lastSeq: sql<number | null>`max(seq)`,
});

const selectSlice = prepare<{ readonly afterSeq: number; readonly limit: number }>(
  sql`SELECT ${slice.list} FROM (SELECT ${email.seq} AS seq FROM ${email}
    WHERE ${email.seq} > ${sql.placeholder("afterSeq")} ORDER BY ${email.seq} LIMIT ${sql.placeholder("limit")})`,
);

export function makeEventStore(database: Database): EventStore {
  return {
    record(event, rawJson) {
      const { id, emailId, providerMessageId, receivedAt, isLikelyBot } = event;
      return database.write({
        statements: [
          insert({ ...event, isLikelyBot: Number(isLikelyBot) }),
          insertRaw({ id, json: rawJson }),
          ...foldEvent({ emailId, providerMessageId, at: receivedAt }),
        ],
        outcome: () => undefined,
      });
    },

    list: (filter, window) => readEventPage(database, eventListArms(filter, window.after), window),

    rebuild(afterSeq, limit) {
      // A repair is no news about the mail: at 0 leaves its last update where it was.
      return database.write({
        statements: [
          ...(afterSeq === 0 ? [emptyCohorts({})] : []),
          ...foldSlice({ afterSeq, limit, at: 0 }),
          selectSlice({ afterSeq, limit }),
        ],
        outcome: (results) => {
          const repaired = new Set(results.slice(0, -1).flatMap((rows) => rows.map((row) => row["seq"])));
          const [row] = results.at(-1) ?? [];
          const { looked, lastSeq } = row ? slice.read(row) : { looked: 0, lastSeq: null };
          return { nextSeq: looked < limit ? null : lastSeq, looked, differed: repaired.size };
        },
      });
    },
  };
}
