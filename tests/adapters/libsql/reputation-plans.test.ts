// How SQLite finds what a send takes and what a review reads and writes: by index, so that a use case with years of history
// costs the same as a new one. Only sums that no index has in order, and the suspensions of one incident, are sorted.
import { Database as Sqlite } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import type { Database, SqlValue, Statement } from "../../../adapters/libsql/database.ts";
import { MIGRATIONS } from "../../../adapters/libsql/migrations.ts";
import { type Check, numberCheck } from "../../../core/reputation/checks.ts";
import type { TierChangeReason } from "../../../core/reputation/standing.ts";
import type { Task } from "../../../core/tasks/task.ts";
import {
  SAMPLE_TIME,
  sampleBeginning,
  sampleReservation,
  sampleUseCase,
} from "../../support/channel-samples.ts";
import {
  askedAt,
  type EmailStores,
  makeEmailStores,
  question as sendQuestion,
  reputationQuestion,
  sampleEmail,
} from "../../support/email-samples.ts";

// Not over the adapter: bun:sqlite leaves an explained UPDATE in progress, and a transaction could not end.
const sqlite = new Sqlite(":memory:");
for (const { statements } of MIGRATIONS) for (const sql of statements) sqlite.run(sql);
afterAll(() => sqlite.close());

/** What SQLite does for the statements of `call`, which are not run. */
async function planOf(call: (stores: EmailStores) => Promise<unknown>): Promise<readonly string[]> {
  const asked: Statement[] = [];
  const notRun = (statements: readonly Statement[]): Promise<never> => {
    asked.push(...statements);
    return Promise.reject(new Error("not run"));
  };
  const recording: Database = {
    read: notRun,
    write: ({ statements }) => notRun(statements),
    close: async () => undefined,
  };
  await call(makeEmailStores(recording)).catch(() => undefined);
  expect(asked.length).toBeGreaterThan(0);
  return asked.flatMap(({ sql, args }) =>
    sqlite
      .query<{ detail: string }, SqlValue[]>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...args)
      .map(({ detail }) => detail),
  );
}

const { id, workspaceId } = sampleReservation("00000000-0000-7000-8000-000000000001", 1);
const useCase = sampleUseCase({ id, workspaceId }, 1);
const email = sampleEmail(useCase, 1);
const question = reputationQuestion(useCase, { workspaceId });
const task: Task<"review_tier"> = { kind: "review_tier", subjectId: useCase.id, fence: 1, attempts: 1 };
const { standing } = sampleBeginning();
const ofSetup = numberCheck("sent", 1, { scope: "setup", windowMs: null, limit: 1 }, true);
const record =
  (why: TierChangeReason, figures: readonly Check[] = []) =>
  ({ reputation }: EmailStores) =>
    reputation.record(task, standing, {
      at: SAMPLE_TIME,
      from: "onboarding",
      to: "suspended",
      why,
      figures,
      capacity: 1,
      suspension: null,
    });

/** The rows of a subquery, named by it. */
const OF_A_SUBQUERY = /^SCAN (differing|pair|other|\(subquery-\d+\)|CONSTANT ROW)/;

test.each<[string, (stores: EmailStores) => Promise<unknown>, sorts: readonly string[]]>([
  ["what a send is decided on", ({ emails }) => emails.sendContext(sendQuestion(useCase), 0), []],
  ["a mail withdrawn", ({ emails }) => emails.withdraw(email.id), []],
  [
    "what a review reads",
    ({ reputation }) => reputation.find(question),
    // Days of any length; the cohorts of several use cases; who is hardest suspended.
    ["GROUP BY", "GROUP BY", "GROUP BY", "ORDER BY"],
  ],
  [
    "what a new use case inherits",
    ({ reputation }) => reputation.inheritance(workspaceId, "mail1.example", question),
    ["ORDER BY"],
  ],
  ["a move", ({ reputation }) => reputation.begin(task, "standard"), []],
  ["a standing", ({ reputation }) => reputation.record(task, standing, null), []],
  ["a promotion", record("promoted"), []],
  ["a suspension of the whole setup", record("setup_limit_exceeded", [ofSetup]), []],
  ["an operator's word", record("operator_resumed"), []],
  [
    "the account's quota",
    ({ reputation }) => reputation.recordQuota({ mailsIn24Hours: 1, mailsPerSecond: 1 }, SAMPLE_TIME),
    [],
  ],
])("%s: by index", async (_, call, sorts) => {
  const steps = await planOf(call);
  expect(steps.filter((step) => step.startsWith("SCAN") && !OF_A_SUBQUERY.test(step))).toEqual([]);
  const sorted = steps.filter((step) => step.startsWith("USE TEMP B-TREE FOR"));
  expect(sorted.map((step) => step.replace("USE TEMP B-TREE FOR ", ""))).toEqual([...sorts]);
});

test("sums of cohorts begin where the times asked for begin", async () => {
  const steps = await planOf(({ reputation }) => reputation.find(question));
  const walked = steps.filter((step) => step.includes("cohort"));
  expect(walked.length).toBe(5);
  const fromATime = "SEARCH cohort USING INDEX cohort_use_case (use_case_seq=? AND starts_at>?)";
  expect(walked).toEqual(walked.map(() => fromATime));
});

test("a mail is written by index, with all that it takes", async () => {
  const steps = await planOf(({ emails }) => emails.writeAhead(email, null, askedAt()));
  expect(steps.filter((step) => step.startsWith("SCAN") && !OF_A_SUBQUERY.test(step))).toEqual([]);
  const searched = (index: string) => steps.filter((step) => step.includes(`INDEX ${index} `));
  expect(searched("cohort_use_case")).toEqual(
    expect.arrayContaining([expect.stringContaining("(use_case_seq=? AND starts_at>?)")]),
  );
  expect(searched("account_use_workspace")).toEqual(
    expect.arrayContaining([expect.stringContaining("(workspace_seq=? AND hour_starts_at>?)")]),
  );
  expect(searched("account_use_hour")).not.toEqual([]);
});
