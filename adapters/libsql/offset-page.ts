// One page of a list in creation order and the exact number of its items, both from one snapshot.
import { sql } from "drizzle-orm";
import type { OffsetPage } from "../../core/ports/offset-page.ts";
import { select } from "./columns.ts";
import type { Database, Row, Statement } from "./database.ts";

/** What the counting statement selects: `SELECT ${total.list} FROM ...`. */
export const total = select({ total: sql<number>`count(*)` });

export async function readPage<T>(
  database: Database,
  page: Statement,
  count: Statement,
  fromRow: (row: Row) => T,
): Promise<OffsetPage<T>> {
  const [items = [], [counted] = []] = await database.read([page, count]);
  return { items: items.map(fromRow), total: counted === undefined ? 0 : total.read(counted).total };
}
