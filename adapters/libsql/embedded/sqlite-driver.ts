// All that the embedded database needs from a runtime's own SQLite: one connection, synchronous.
import type { Row, SqlValue } from "../database.ts";

export type PreparedStatement = {
  /** Runs it to its end. Integers within 2^53 come and go as integers, blobs as Uint8Array. */
  all(args: readonly SqlValue[]): readonly Row[];
  finalize(): void;
};

export type SqliteConnection = {
  prepare(sql: string): PreparedStatement;
  /** Runs statements without parameters or rows. */
  exec(sql: string): void;
  close(): void;
};

export type SqliteDriver = {
  /** Opens the file, making it if it is not there. */
  open(path: string): SqliteConnection;
  /** SQLite's extended result code of an error this driver threw; null for any other error. */
  resultCode(error: unknown): number | null;
};
