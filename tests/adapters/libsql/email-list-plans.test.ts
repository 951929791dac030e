// How SQLite walks the lists of e-mails and events, for every shape of filter: each arm along its whole index, merged as
// they are read, nothing scanned but the page itself, nothing sorted.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Database, Statement } from "../../../adapters/libsql/database.ts";
import { openEmbedded } from "../../../adapters/libsql/embedded/bun-sqlite.ts";
import { EVENT_TYPES, SHOWN_SEND_OUTCOMES } from "../../../core/email/email-state.ts";
import type { EmailFilter } from "../../../core/ports/email-store.ts";
import type { EventFilter } from "../../../core/ports/event-store.ts";
import { type DatabasePlace, makeEmbeddedPlace } from "../../support/database-place.ts";
import {
  emailFilter,
  emailId,
  type EmailStores,
  eventFilter,
  makeEmailStores,
} from "../../support/email-samples.ts";

const ID = emailId(1);
const AFTER = { at: 1_767_225_600_000, seq: 7 };
const SCOPES = {
  "a use case": { workspaceId: ID, useCaseId: ID, setupId: null },
  "a setup": { workspaceId: ID, useCaseId: null, setupId: ID },
  "a use case on a setup": { workspaceId: ID, useCaseId: ID, setupId: ID },
};

let place: DatabasePlace;
beforeAll(async () => {
  place = await makeEmbeddedPlace(openEmbedded);
});
afterAll(() => place.dispose());

/** The steps SQLite takes for the one read that `call` makes. */
async function planOf(call: (stores: EmailStores) => Promise<unknown>): Promise<readonly string[]> {
  const { database } = place;
  const asked: Statement[] = [];
  const recording: Database = {
    ...database,
    read(statements) {
      asked.push(...statements);
      return database.read(statements);
    },
  };
  await call(makeEmailStores(recording));
  expect(asked.length).toBe(1);
  const plans = await database.read(
    asked.map(({ sql, args }) => ({ sql: `EXPLAIN QUERY PLAN ${sql}`, args })),
  );
  return plans.flat().map((step) => String(step["detail"]));
}

/** Each arm once, by index; merged; never sorted; only the page, which is bounded by its limit, is walked whole. */
function expectArms(steps: readonly string[], arms: number, search: RegExp): void {
  expect(steps.filter((step) => step.includes("TEMP B-TREE"))).toEqual([]);
  expect(steps.filter((step) => step.startsWith("SCAN"))).toEqual(["SCAN page"]);
  expect(steps.filter((step) => search.test(step)).length).toBe(arms);
  expect(steps.filter((step) => step === "MERGE (UNION ALL)").length).toBe(arms - 1);
}

const sixteen = Array.from({ length: 16 }, (_, n) => `patient${n}@post.example`);
const EMAIL_FILTERS: readonly [string, Partial<EmailFilter>, number][] = [
  ["no filter", {}, 5],
  ["one state", { states: ["bounced"] }, 1],
  ["two states", { states: ["bounced", "complained"] }, 2],
  ["a time", { sentAfter: 1, sentBefore: 2 }, 5],
  ["a recipient", { toAddresses: sixteen.slice(0, 1) }, 5],
  ["a recipient and a state", { toAddresses: sixteen.slice(0, 1), states: ["sent"] }, 1],
  ["sixteen recipients", { toAddresses: sixteen }, 80],
  ["sixteen recipients and two states", { toAddresses: sixteen, states: ["sent", "delivered"] }, 32],
  ["pending ones", { sendOutcomes: ["pending"] }, 1],
  ["unknown ones", { sendOutcomes: ["unknown"] }, 2],
  ["every outcome", { sendOutcomes: SHOWN_SEND_OUTCOMES }, 10],
  ["every outcome to sixteen recipients", { sendOutcomes: SHOWN_SEND_OUTCOMES, toAddresses: sixteen }, 160],
];

describe.each(Object.entries(SCOPES))("e-mails of %s", (_, scope) => {
  const index = scope.useCaseId === null ? "email_setup" : "email_use_case";
  test.each(EMAIL_FILTERS)("%s", async (__, changes, arms) => {
    const toOne = (changes.toAddresses ?? []).length > 0;
    const workspace = toOne ? "" : "workspace_seq=\\? AND ";
    const columns = scope.useCaseId === null ? `${workspace}setup_seq=\\?` : "use_case_seq=\\?";
    const search = new RegExp(
      `USING INDEX ${index}${toOne ? "_to" : ""} \\(${columns}${toOne ? " AND to_canonical=\\?" : ""} AND listed_state=\\? AND listed_at>\\? AND listed_at<\\?\\)`,
    );
    for (const after of [null, AFTER]) {
      const window = { after, limit: 50 };
      const steps = await planOf(({ emails }) => emails.list(emailFilter(scope, changes), window, AFTER.at));
      expectArms(steps, arms, search);
    }
  });
});

const emailIds = Array.from({ length: 16 }, (_, n) => emailId(n));
const EVENT_FILTERS: readonly [string, Partial<EventFilter>, number][] = [
  ["no filter", {}, 7],
  ["one type", { eventTypes: ["Open"] }, 1],
  ["a time", { eventAtAfter: 1, eventAtBefore: 2 }, 7],
  ["one e-mail", { emailIds: emailIds.slice(0, 1) }, 7],
  ["one e-mail and one type", { emailIds: emailIds.slice(0, 1), eventTypes: ["Open"] }, 1],
  ["sixteen e-mails and every type", { emailIds, eventTypes: EVENT_TYPES }, 112],
];

describe.each(Object.entries(SCOPES))("events of %s", (_, scope) => {
  const ofScope =
    scope.useCaseId === null
      ? "email_event_setup \\(workspace_seq=\\? AND setup_seq=\\?"
      : "email_event_use_case \\(use_case_seq=\\?";
  test.each(EVENT_FILTERS)("%s", async (__, changes, arms) => {
    const searched = changes.emailIds === undefined ? ofScope : "email_event_email \\(email_seq=\\?";
    const search = new RegExp(
      `USING COVERING INDEX ${searched} AND type=\\? AND occurred_at>\\? AND occurred_at<\\?\\)`,
    );
    for (const after of [null, AFTER]) {
      const steps = await planOf(({ events }) =>
        events.list(eventFilter(scope, changes), { after, limit: 50 }),
      );
      expectArms(steps, arms, search);
    }
  });
});

test("states that no mail of the outcomes asked for can have need no read at all", async () => {
  const read = () => Promise.reject(new Error("nothing can match"));
  const { emails } = makeEmailStores({ ...place.database, read });
  const filter = emailFilter(SCOPES["a setup"], { sendOutcomes: ["refused"], states: ["sent"] });
  expect(await emails.list(filter, { after: null, limit: 10 }, 0)).toEqual({ items: [], next: null });
});
