// Pages that begin where the last one ended. An any-of filter is one arm per combination of values, each straight over
// its index in the order of the page; SQLite merges them as it goes and stops at the limit, so that a page costs the same
// wherever it lies. The bounds of a page are two: a least time, and the (time, seq) it stays before.
import type { SQL } from "drizzle-orm";
import type { KeysetCursor, KeysetPage, KeysetWindow } from "../../core/ports/keyset-page.ts";
import type { Database, Row, Statement } from "./database.ts";
import { prepare } from "./statement.ts";

export type Bounds = { readonly from: number; readonly beforeAt: number; readonly beforeSeq: number };

/** `from` inclusive, `before` exclusive, and after the cursor, which is older than `before` if it is one of this query. */
export function boundsOf(from: number | null, before: number | null, after: KeysetCursor | null): Bounds {
  const open = { from: from ?? Number.MIN_SAFE_INTEGER, beforeAt: Number.MAX_SAFE_INTEGER, beforeSeq: 0 };
  // No seq is below 1: (time, seq) < (before, 0) is time < before.
  const bounded = before === null ? open : narrowed(open, { before });
  if (after === null || after.at >= bounded.beforeAt) return bounded;
  return { ...bounded, beforeAt: after.at, beforeSeq: after.seq };
}

/** The part of the bounds from one time (inclusive), or before one (exclusive). */
export function narrowed(bounds: Bounds, to: { readonly from?: number; readonly before?: number }): Bounds {
  const from = Math.max(bounds.from, to.from ?? bounds.from);
  if (to.before === undefined || to.before > bounds.beforeAt) return { ...bounds, from };
  return { from, beforeAt: to.before, beforeSeq: 0 };
}

/** Reads the page that these arms, which answer `at` and `seq`, are merged into. No arms: nothing can match. */
export type ReadPage<T> = (
  database: Database,
  arms: readonly Statement[],
  window: KeysetWindow,
) => Promise<KeysetPage<T>>;

/**
 * `columns` and `joins` make the row of the list from `page.seq`; CROSS JOIN only, which keeps the page's order
 * (sqlite.org/optoverview.html, "Manual control of query plans using CROSS JOIN").
 */
export function keysetList<T>(
  columns: SQL,
  joins: SQL,
  read: (row: Row) => KeysetCursor & { readonly item: T },
): ReadPage<T> {
  const fixed = (part: SQL): string => prepare<Record<never, never>>(part)({}).sql;
  const head = `SELECT ${fixed(columns)} FROM (`;
  const tail = ` ORDER BY at DESC, seq DESC LIMIT +?) AS page ${fixed(joins)}`;
  return async (database, arms, { limit }) => {
    if (arms.length === 0) return { items: [], next: null };
    const merged = head + arms.map((arm) => arm.sql).join(" UNION ALL ") + tail;
    // One more than asked for tells whether there is a next page.
    const [rows = []] = await database.read([
      { sql: merged, args: [...arms.flatMap((arm) => arm.args), limit + 1] },
    ]);
    const shown = rows.slice(0, limit).map(read);
    const last = shown.at(-1);
    const next = rows.length > limit && last ? { at: last.at, seq: last.seq } : null;
    return { items: shown.map(({ item }) => item), next };
  };
}
