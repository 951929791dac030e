// Prepared statements by SQL text, the least recently used leaving first: preparing costs more than running most of ours.
import type { PreparedStatement } from "./sqlite-driver.ts";

/** Ours are some two hundred texts, lists with filters more; an evicted one is only prepared again. */
export const CACHED_STATEMENTS_MAX = 256;

export type StatementCache = {
  /** The prepared statement for this text; valid until the next call. */
  get(sql: string): PreparedStatement;
  size(): number;
  clear(): void;
};

export function makeStatementCache(prepare: (sql: string) => PreparedStatement): StatementCache {
  // A Map keeps insertion order; a hit is put back at its end, so the first key is the least recently used.
  const statements = new Map<string, PreparedStatement>();
  return {
    get(sql) {
      const statement = statements.get(sql) ?? prepare(sql);
      statements.delete(sql);
      statements.set(sql, statement);
      if (statements.size > CACHED_STATEMENTS_MAX) {
        for (const [oldest, evicted] of statements) {
          statements.delete(oldest);
          evicted.finalize();
          break;
        }
      }
      return statement;
    },
    size: () => statements.size,
    clear() {
      for (const statement of statements.values()) statement.finalize();
      statements.clear();
    },
  };
}
