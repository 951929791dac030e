// Pairs of columns and values, so that no store counts question marks: what a SELECT reads under which name and type,
// and what an INSERT ... SELECT puts where. Both come from the schema's columns; nothing is checked at run time.
import { type Column, type GetColumnData, getTableColumns, is, SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Row, SqlValue } from "./database.ts";
import { bareList } from "./statement.ts";

/** A column is read as its schema says; an expression as SQLite answers it (a truth is 0 or 1). */
type Columns = Readonly<Record<string, Column | SQL<SqlValue>>>;

export type Selected<C extends Columns> = {
  readonly [Name in keyof C]: C[Name] extends Column
    ? GetColumnData<C[Name]>
    : C[Name] extends SQL<infer Value>
      ? Value
      : never;
};

export type Selection<C extends Columns> = {
  /** `"table"."column" AS "name", ...` */
  readonly list: SQL;
  /** A row of that list, typed by its columns. */
  readonly read: (row: Row) => Selected<C>;
};

/**
 * What to read, by the names the code uses. A column that comes from the empty side of a LEFT JOIN is null whatever its
 * type says: read it only where something else tells that the row is there.
 */
export function select<C extends Columns>(columns: C): Selection<C> {
  const entries = Object.entries(columns);
  return {
    list: sql.join(
      entries.map(([name, column]) => sql`${column} AS ${sql.identifier(name)}`),
      sql`, `,
    ),
    read: (row) =>
      Object.fromEntries(
        entries.map(([name, column]) => [name, fromDriver(column, row[name])]),
      ) as Selected<C>,
  };
}

// Null is no value of any column type, so it goes past the column's own reading (a boolean one would read it as false).
function fromDriver(column: Column | SQL, value: SqlValue | undefined): unknown {
  if (value === undefined) throw new Error("a selected column is missing in the row");
  return value === null || is(column, SQL) ? value : column.mapFromDriverValue(value);
}

type Values<T extends SQLiteTable> = {
  readonly [Name in keyof T["_"]["columns"]]?: Column | ReturnType<typeof sql.placeholder> | SQL | SqlValue;
};

/** `INSERT INTO table (columns) SELECT values`, for a FROM or WHERE to follow. Plain values become parameters. */
export function insertSelect<T extends SQLiteTable>(table: T, values: Values<T>): SQL {
  const columns = getTableColumns(table);
  const entries = Object.entries(values).map(([name, value]) => {
    const column = columns[name];
    if (column === undefined) throw new Error(`no column ${name}`);
    return { column, value };
  });
  return sql`INSERT INTO ${table} (${bareList(entries.map((entry) => entry.column))}) SELECT ${sql.join(
    entries.map((entry) => sql`${entry.value}`),
    sql`, `,
  )}`;
}
