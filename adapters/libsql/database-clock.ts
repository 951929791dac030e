// The database's clock, in ms: what leases and turns go by, so that instances with different clocks agree.
import { type SQL, sql } from "drizzle-orm";

/** julianday rather than unixepoch('subsec'): older SQLite versions know it as well. It stands still within a statement. */
export const databaseNow: SQL<number> = sql`CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)`;
