// How SQLite finds what it folds: by index or along the slice, so that an event costs the same in a small ledger and in a
// large one. Sorting is allowed only within the bounces of one mail.
import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import type { SqlValue, Statement } from "../../../adapters/libsql/database.ts";
import { foldEvent, foldMail, foldSlice } from "../../../adapters/libsql/fold.ts";
import { MIGRATIONS } from "../../../adapters/libsql/migrations.ts";
import { emailId, messageId } from "../../support/email-samples.ts";

// Not over the adapter: bun:sqlite leaves an explained UPDATE in progress, and a transaction could not end.
const sqlite = new Database(":memory:");
for (const { statements } of MIGRATIONS) for (const sql of statements) sqlite.run(sql);
afterAll(() => sqlite.close());

const planOf = (statements: readonly Statement[]): readonly string[] =>
  statements.flatMap(({ sql, args }) =>
    sqlite
      .query<{ detail: string }, SqlValue[]>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...args)
      .map(({ detail }) => detail),
  );

test.each([
  ["an event", foldEvent({ emailId: emailId(1), providerMessageId: messageId(1), at: 0 })],
  ["a mail", foldMail({ id: emailId(1), at: 0 })],
  ["a slice of all mails", foldSlice({ afterSeq: 0, limit: 100, at: 0 })],
])("folding %s scans nothing", (_, statements) => {
  const steps = planOf(statements);
  expect(steps.length).toBeGreaterThan(0);
  expect(steps.filter((step) => /^SCAN (?!pair|differing|\(subquery-\d+\)|CONSTANT ROW)/.test(step))).toEqual(
    [],
  );
  const sorted = steps.flatMap((step, n) => (step.includes("TEMP B-TREE") ? [steps.slice(0, n)] : []));
  for (const before of sorted) {
    const searched = before.findLast((step) => step.startsWith("SEARCH event "));
    expect(searched).toBe("SEARCH event USING INDEX email_event_email (email_seq=? AND type=?)");
  }
});
