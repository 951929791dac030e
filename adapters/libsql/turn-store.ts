// Turns at the mail provider: one row says when the next call may begin. Whoever takes a turn moves it on, in one UPDATE by
// the database's clock, so that all instances on the database stand in one line. It answers how long to wait, and from when.
import { sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { databaseNow } from "./database-clock.ts";
import { insertSelect } from "./columns.ts";
import { providerTurn } from "./schema/task.ts";
import { bare, prepare } from "./statement.ts";

/** Seq of the only row. */
const THE_ROW = 1;

const makeRow = prepare<Record<never, never>>(
  sql`${insertSelect(providerTurn, { seq: THE_ROW, nextAt: 0 })} WHERE true ON CONFLICT DO NOTHING`,
);

type TurnArgs = { gapMs: number; calls: number; waitMsMax: number };

const firstTurn = sql`max(${providerTurn.nextAt}, ${databaseNow})`;
const gapMs = sql.placeholder("gapMs");
const calls = sql.placeholder("calls");
const take = prepare<TurnArgs>(
  sql`UPDATE ${providerTurn} SET ${bare(providerTurn.nextAt)} = ${firstTurn} + ${gapMs} * ${calls}
    WHERE ${firstTurn} + ${gapMs} * (${calls} - 1) <= ${databaseNow} + ${sql.placeholder("waitMsMax")}
    RETURNING ${bare(providerTurn.nextAt)} - ${gapMs} * ${calls} - ${databaseNow} AS "waitMs", ${databaseNow} AS "takenAt"`,
);

/** `waitMs` after `takenAt`, which is the database's clock, the first of them comes. */
export type TakenTurns = { readonly waitMs: number; readonly takenAt: number };

export type TurnStore = {
  /**
   * Takes `calls` turns in a row, `gapMs` apart, and answers when the first comes; null, and nothing is taken, when the
   * last of them is farther away than `waitMsMax`.
   */
  take(calls: number, waitMsMax: number, gapMs: number): Promise<TakenTurns | null>;
};

export const makeTurnStore = (database: Database): TurnStore => ({
  take: (calls, waitMsMax, gapMs) =>
    database.write({
      statements: [makeRow({}), take({ calls, waitMsMax, gapMs })],
      outcome: ([, rows]) => {
        const row = rows?.[0];
        return row ? { waitMs: Number(row["waitMs"]), takenAt: Number(row["takenAt"]) } : null;
      },
    }),
});
