// SQL text is built once, when it is first needed, from Drizzle's schema: column names are written in schema/ only, and
// nothing is compiled per query (measured: 30 microseconds unprepared, 2 prepared) nor before it is asked, which would
// hold up the start of every isolate.
import { type Column, fillPlaceholders, type Query, type SQL, sql } from "drizzle-orm";
import { SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import type { SqlValue, Statement } from "./database.ts";

// `+?`, which SQLite reads as `?` (sqlite.org/lang_expr.html, "Operators"), but does not plan by: it plans a statement
// anew each time another value is bound to a parameter that stands bare beside a column or in LIMIT, unless the query
// is of the simplest (measured: 35 of 40 microseconds for one e-mail with its owners, 440 of 460 for a list of five arms).
class UnplannedParameters extends SQLiteSyncDialect {
  override escapeParam(): string {
    return "+?";
  }
}

const dialect = new UnplannedParameters();

/** A template, compiled once; `sql.placeholder("name")` in it is filled from `args` by name at each call. */
export function prepare<Args extends Readonly<Record<string, SqlValue>>>(
  query: SQL,
): (args: Args) => Statement {
  let compiled: Query | null = null;
  return (args) => {
    compiled ??= dialect.sqlToQuery(query);
    return { sql: compiled.sql, args: fillPlaceholders(compiled.params, args) as SqlValue[] };
  };
}

/** A column's bare name, for INSERT column lists and SET clauses, where SQL allows no table prefix. */
export const bare = (column: Column): SQL => sql`${sql.identifier(column.name)}`;

export const commas = (parts: readonly SQL[]): SQL => sql.join([...parts], sql`, `);

/** Bare names joined by commas. */
export const bareList = (columns: readonly Column[]): SQL => commas(columns.map(bare));
