// How SQLite walks received mail: lists and threads straight along an index, merged as they are read and never sorted;
// whatever files a mail looks rows up by index, so that a conversation costs the same in a small mailbox and a large one.
import { Database as Sqlite } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import type { Database, SqlValue, Statement } from "../../../adapters/libsql/database.ts";
import { MIGRATIONS } from "../../../adapters/libsql/migrations.ts";
import { MAIL_CLASSES } from "../../../core/inbound/mail-class.ts";
import type { InboundFilter, InboundStore } from "../../../core/ports/inbound-store.ts";
import { emailId } from "../../support/email-samples.ts";
import {
  ANN,
  headerId,
  inboundFilter,
  inboundId,
  makeInboundStores,
  placedBy,
  sampleArrival,
  sampleInbound,
  threadQuestion,
} from "../../support/inbound-samples.ts";

// Not over the adapter: bun:sqlite leaves an explained UPDATE in progress, and a transaction could not end.
const sqlite = new Sqlite(":memory:");
for (const { statements } of MIGRATIONS) for (const sql of statements) sqlite.run(sql);
afterAll(() => sqlite.close());

/** The steps SQLite takes for what `call` asks or writes. */
async function planOf(call: (inbound: InboundStore) => Promise<unknown>): Promise<readonly string[]> {
  const asked: Statement[] = [];
  const recording: Database = {
    async read(statements) {
      asked.push(...statements);
      return statements.map(() => []);
    },
    async write({ statements, outcome }) {
      asked.push(...statements);
      return outcome(statements.map(() => []));
    },
    close: async () => undefined,
  };
  await call(makeInboundStores(recording).inbound);
  expect(asked.length).toBeGreaterThan(0);
  return asked.flatMap(({ sql, args }) =>
    sqlite
      .query<{ detail: string }, SqlValue[]>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...args)
      .map(({ detail }) => detail),
  );
}

const TABLES =
  /^SCAN (?:email|sent|inbound_\w+|received|wrote|waits|own|use_case|ses_setup|workspace|task)\b/;
const scansOfTables = (steps: readonly string[]): readonly string[] =>
  steps.filter((step) => TABLES.test(step));
const sorted = (steps: readonly string[]): readonly string[] =>
  steps.filter((step) => step.includes("TEMP B-TREE"));

const ID = emailId(1);
const AFTER = { at: 1_767_225_600_000, seq: 7 };
const SCOPES = {
  "a use case": { workspaceId: ID, useCaseId: ID, setupId: null },
  "a setup": { workspaceId: ID, useCaseId: null, setupId: ID },
  "a use case on a setup": { workspaceId: ID, useCaseId: ID, setupId: ID },
};
const sixteen = Array.from({ length: 16 }, (_, n) => `patient${n}@post.example`);
const FILTERS: readonly [string, Partial<InboundFilter>, number][] = [
  ["no filter", {}, 6],
  ["one class", { classes: ["bounce"] }, 1],
  ["a time", { receivedAfter: 1, receivedBefore: 2 }, 6],
  ["a sender", { fromAddresses: [ANN] }, 6],
  ["a sender and a class", { fromAddresses: [ANN], classes: ["human"] }, 1],
  ["sixteen senders and every class", { fromAddresses: sixteen, classes: MAIL_CLASSES }, 96],
];

describe.each(Object.entries(SCOPES))("received e-mails of %s", (_, scope) => {
  const index = scope.useCaseId === null ? "inbound_setup" : "inbound_use_case";
  const columns = scope.useCaseId === null ? "workspace_seq=\\? AND setup_seq=\\?" : "use_case_seq=\\?";
  test.each(FILTERS)("%s", async (__, changes, arms) => {
    const one = changes.fromAddresses === undefined ? ["", ""] : ["_from", " AND correspondent=\\?"];
    const search = new RegExp(
      `USING COVERING INDEX ${index}${one[0]} \\(${columns}${one[1]} AND mail_class=\\? AND received_at>\\? AND received_at<\\?\\)`,
    );
    for (const after of [null, AFTER]) {
      const steps = await planOf((inbound) =>
        inbound.list(inboundFilter(scope, changes), { after, limit: 50 }),
      );
      expect(sorted(steps)).toEqual([]);
      expect(steps.filter((step) => step.startsWith("SCAN"))).toEqual(["SCAN page"]);
      expect(steps.filter((step) => search.test(step)).length).toBe(arms);
      expect(steps.filter((step) => step === "MERGE (UNION ALL)").length).toBe(arms - 1);
    }
  });

  test("one thread: along it", async () => {
    const changes = { threadId: ID, fromAddresses: sixteen, classes: MAIL_CLASSES };
    for (const after of [null, AFTER]) {
      const steps = await planOf((inbound) =>
        inbound.list(inboundFilter(scope, changes), { after, limit: 50 }),
      );
      expect([scansOfTables(steps), sorted(steps)]).toEqual([[], []]);
      expect(steps).toContain(
        "SEARCH inbound_email USING INDEX inbound_thread (thread_id=? AND received_at>? AND received_at<?)",
      );
    }
  });
});

test("a thread's messages: both tables along it, merged", async () => {
  for (const after of [null, AFTER]) {
    const steps = await planOf((inbound) => inbound.thread(ID, ID, { after, limit: 50 }));
    expect([scansOfTables(steps), sorted(steps)]).toEqual([[], []]);
    expect(steps.filter((step) => step === "MERGE (UNION ALL)").length).toBe(2 * 2);
    for (const search of [
      "SEARCH email USING COVERING INDEX email_thread (thread_id=? AND sent_at>?)",
      "SEARCH inbound_email USING COVERING INDEX inbound_thread (thread_id=? AND received_at>?)",
    ])
      expect(steps.filter((step) => step === search).length).toBe(2);
  }
});

const owner = { workspaceId: ID, setupId: ID, senderEmailAddress: "reminders@mail1.example" };
const mail = sampleInbound(owner, 1, { references: [headerId(2)] });
const view = {
  version: "{}",
  cited: [],
  waiting: [],
  addressedUseCaseId: null,
  parents: new Map<never, never>(),
};
const moves = { threadId: inboundId(1), adopts: [inboundId(2)], absorbs: [inboundId(3)] };
const message = { id: ID, threadId: ID, useCaseId: ID, correspondent: ANN, ownsThread: true };
const placed = placedBy(mail, view);

test.each<[string, (inbound: InboundStore) => Promise<unknown>, number]>([
  ["an arrival", (inbound) => inbound.recordArrival(sampleArrival(1)), 0],
  ["an arrival to read", (inbound) => inbound.findArrival(ID), 0],
  ["an arrival to settle", (inbound) => inbound.settleArrival(ID), 0],
  ["keys that may be unknown", (inbound) => inbound.unknownPlaces("mail", ["a", "b"]), 0],
  [
    "the setups of some domains",
    (inbound) => inbound.routes(["mail1.example"], { providerMessageId: "receipt-1", receivedAt: 1 }),
    0,
  ],
  ["a received e-mail", (inbound) => inbound.find(ID, ID), 0],
  [
    "a mail as placed, with all that it moves",
    (inbound) => inbound.record(mail, { ...placed, placement: { ...placed.placement, ...moves } }),
    6,
  ],
  ["a late parent, with all that it moves", (inbound) => inbound.joinLate({ message, view }, moves), 0],
])("%s: found by index", async (_, call, bounded) => {
  const steps = await planOf(call);
  expect(scansOfTables(steps)).toEqual([]);
  // Of what is seen of a message, which is bounded by what it cites.
  expect(sorted(steps).length).toBeLessThanOrEqual(bounded);
});

test("what is seen of a message: by what it cites, never along all that was sent or received", async () => {
  const look = async (call: (inbound: InboundStore) => Promise<unknown>) =>
    planOf((inbound) => call(inbound).catch(() => undefined));
  const steps = [
    ...(await look((inbound) => inbound.view(threadQuestion(mail)))),
    ...(await look((inbound) => inbound.findLateParent(ID))),
  ];
  expect(scansOfTables(steps)).toEqual([]);
  const searched = (name: string) => [...new Set(steps.filter((step) => step.startsWith(`SEARCH ${name} `)))];
  expect(searched("email").toSorted()).toEqual([
    "SEARCH email USING INDEX email_id_unique (id=?)",
    "SEARCH email USING INDEX email_provider_message (provider_message_id=?)",
  ]);
  expect(searched("received")).toEqual(["SEARCH received USING INTEGER PRIMARY KEY (rowid=?)"]);
  // Of a thread of ten thousand mails two are looked at for each question.
  expect(searched("sent").toSorted()).toEqual(
    ["<", "=", ">"].map(
      (how) => `SEARCH sent USING COVERING INDEX email_thread_party (thread_id=? AND to_canonical${how}?)`,
    ),
  );
  expect(searched("wrote").filter((step) => !step.includes("correspondent"))).toEqual([
    "SEARCH wrote USING COVERING INDEX inbound_message (setup_seq=? AND message_key=?)",
  ]);
});
