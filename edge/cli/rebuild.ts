// `bun run rebuild`: recomputes every e-mail, its recipient's suppressions and the counters of its cohort from the ledger of
// events. A database that was never tampered with shows no difference; running it beside a running program is safe.
import { makeEventStore } from "../../adapters/libsql/event-store.ts";
import { isMigrated } from "../../adapters/libsql/migrate.ts";
import { explain } from "../runtime/run-or-explain.ts";
import { openNamedDatabase } from "./named-database.ts";

/** One slice is one write: small enough that a running program's own writes get their turn in between. */
const MAILS_PER_SLICE = 1000;

try {
  const database = await openNamedDatabase();
  if (!(await isMigrated(database)))
    throw new Error("The database is not up to date: run `bun run migrate` first.");
  const events = makeEventStore(database);
  let looked = 0;
  let differed = 0;
  for (let afterSeq: number | null = 0; afterSeq !== null;) {
    const slice = await events.rebuild(afterSeq, MAILS_PER_SLICE);
    looked += slice.looked;
    differed += slice.differed;
    afterSeq = slice.nextSeq;
  }
  await database.close();
  console.log(`${looked} e-mails rebuilt; ${differed} differences found and mended.`);
} catch (fault) {
  explain(fault);
}
