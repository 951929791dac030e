// Rebuilding every e-mail from a ledger of a million events: the worst case, where none of the mails is what its ledger
// says and each one has to be written. The ledger is put there by plain SQL; the database's file is on the disk.
import { Database as Sqlite } from "bun:sqlite";
import { join } from "node:path";
import { type SQL, sql } from "drizzle-orm";
import { SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import { insertSelect } from "../../../adapters/libsql/columns.ts";
import { email, emailEvent } from "../../../adapters/libsql/schema/email.ts";
import { makeEmailStores, withUseCase } from "../../support/email-samples.ts";
import { SAMPLE_TIME } from "../../support/channel-samples.ts";
import { type BenchRow, type Figure, within } from "../figure.ts";
import { diskFolder, withDatabase } from "../program-under-test.ts";

const MAILS = 250_000;
/** Of each mail, as its life goes. */
const EVENTS = ["Send", "Delivery", "Open", "Click"] as const;
const MAILS_A_SLICE = 1000;
/** A premium sender's hour. */
const MAILS_A_COHORT = 10_000;

const EVENT_COUNT = MAILS * EVENTS.length;
const numbered = (kind: string, n: SQL): SQL =>
  sql`printf('00000000-0000-7000-8${sql.raw(kind)}-%012d', ${n})`;
const numbers = (count: number): SQL =>
  sql`(WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${count}) SELECT n FROM n)`;

const n = sql`n`;
const addMails = sql`${insertSelect(email, {
  seq: n,
  id: numbered("e01", n),
  workspaceSeq: 1,
  setupSeq: 1,
  useCaseSeq: 1,
  fromAddress: "reminders@mail1.example",
  toAddress: sql`printf('patient%d@post.example', n)`,
  toCanonical: sql`printf('patient%d@post.example', n)`,
  subject: "Reminder",
  hasAttachment: 0,
  emailType: "transactional",
  tier: "standard",
  unsubscribeScope: "use_case",
  sendOutcome: "sent",
  writtenAt: sql`${SAMPLE_TIME} + n`,
  sentAt: sql`${SAMPLE_TIME} + n`,
  providerMessageId: sql`printf('0100-message-%d', n)`,
  updatedAt: sql`${SAMPLE_TIME} + n`,
  cohortAt: sql`${SAMPLE_TIME} + n / ${MAILS_A_COHORT} * 3600000`,
})} FROM ${numbers(MAILS)}`;

const mail = sql`(n - 1) / ${EVENTS.length} + 1`;
const addEvents = sql`${insertSelect(emailEvent, {
  seq: n,
  id: numbered("e02", n),
  emailSeq: mail,
  workspaceSeq: 1,
  setupSeq: 1,
  useCaseSeq: 1,
  type: sql`CASE (n - 1) % ${EVENTS.length} ${sql.join(
    EVENTS.map((type, rank) => sql`WHEN ${rank} THEN ${type}`),
    sql` `,
  )} END`,
  providerMessageId: sql`printf('0100-message-%d', ${mail})`,
  mailSentAt: sql`${SAMPLE_TIME} + ${mail}`,
  occurredAt: sql`${SAMPLE_TIME} + n`,
  receivedAt: sql`${SAMPLE_TIME} + n`,
  notificationId: numbered("e03", n),
  naturalKey: sql`printf('%064d', n)`,
  isLikelyBot: 0,
})} FROM ${numbers(EVENT_COUNT)}`;

function execute(sqlite: Sqlite, statement: SQL): void {
  const compiled = new SQLiteSyncDialect().sqlToQuery(statement.inlineParams());
  sqlite.run(compiled.sql);
}

async function run(): Promise<readonly Figure[]> {
  const folder = await diskFolder();
  const path = join(folder.path, "rebuild.db");
  try {
    await withDatabase(path, async (database) => void (await withUseCase(makeEmailStores(database))));
    const sqlite = new Sqlite(path);
    sqlite.run("PRAGMA synchronous = OFF");
    sqlite.transaction(() => [addMails, addEvents].forEach((statement) => execute(sqlite, statement)))();
    sqlite.close();
    return await withDatabase(path, async (database) => {
      const { events } = makeEmailStores(database);
      const startedAt = performance.now();
      let repaired = 0;
      for (let afterSeq: number | null = 0; afterSeq !== null;) {
        const slice = await events.rebuild(afterSeq, MAILS_A_SLICE);
        repaired += slice.differed;
        afterSeq = slice.nextSeq;
      }
      const seconds = (performance.now() - startedAt) / 1000;
      if (repaired !== MAILS) throw new Error(`${repaired} of ${MAILS} mails were rebuilt`);
      return [within("rebuild of 1 million events, 250,000 mails", seconds, 60, "s")];
    });
  } finally {
    await folder.remove();
  }
}

export const rebuildRow: BenchRow = { name: "rebuild", run };
