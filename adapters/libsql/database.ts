// The two verbs every store is written against. A write is data, never an interactive transaction: on a remote database
// that would cost a round trip per statement while holding the only writer.

/** Integers beyond 2^53 cannot be read back: our times, counts and sequences stay below it. */
export type SqlValue = string | number | bigint | null | Uint8Array;
/** SQL text with positional `?` parameters. */
export type Statement = { readonly sql: string; readonly args: readonly SqlValue[] };
export type Row = Readonly<Record<string, SqlValue>>;

export type WriteOperation<T> = {
  readonly statements: readonly Statement[];
  /** Sees the rows of each statement, in order. Must not throw for expected conflicts: it turns them into values. */
  readonly outcome: (results: readonly (readonly Row[])[]) => T;
};

export type Database = {
  /** The statements' rows, in order, from one snapshot, in one round trip. Throws OutageError (`storage`). */
  read(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]>;
  /**
   * Runs the statements as one transaction, durable when it answers. On long-lived runtimes whatever waits shares one
   * transaction; one operation that fails takes none of the others with it and rejects with its own error: a
   * ConstraintError, or the database's error when the SQL is wrong. Throws OutageError (`storage`) when nobody knows
   * whether it was done (remote only) or it was not; repeat it only if running it twice equals once.
   * How durable a remote write is, is its server's setting.
   */
  write<T>(operation: WriteOperation<T>): Promise<T>;
  /** Where writes are grouped, those that wait are served first; afterwards both verbs throw OutageError. */
  close(): Promise<void>;
};
