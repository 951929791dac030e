// What the provider announced, before e-mails are made of it; and which setups mail may arrive for. Part of the inbound
// store. An arrival is known by its place for ever, so that one told of twice is taken once.
import { sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Arrival, ArrivalSource, ReceivedMail } from "../../core/inbound/arrival.ts";
import type { Id } from "../../core/ids.ts";
import type { InboundStore } from "../../core/ports/inbound-store.ts";
import { insertSelect, select } from "./columns.ts";
import type { Database, Statement } from "./database.ts";
import { workspace } from "./schema/access.ts";
import { sesSetup } from "./schema/channel.ts";
import { inboundArrival, inboundBucket, inboundEmail } from "./schema/inbound.ts";
import { bare, bareList, commas, prepare } from "./statement.ts";
import { insertTask } from "./task-statements.ts";

type Announced = Omit<ReceivedMail, "place">;

const bucket = sql.placeholder("bucket");
const thisArrival = sql`${inboundArrival.id} = ${sql.placeholder("id")} AND ${inboundArrival.announced} IS NOT NULL`;

const placeColumns = [inboundArrival.bucket, inboundArrival.key];
const told = [inboundArrival.id, inboundArrival.source, inboundArrival.announced];
const retold = commas(told.map((column) => sql`${bare(column)} = excluded.${bare(column)}`));
/** A notification says better than the bucket whom a mail is for, and may come after it was found there. */
const insertArrival = prepare<{
  id: Id;
  bucket: string;
  key: string;
  source: ArrivalSource;
  announced: string;
}>(
  sql`${insertSelect(inboundArrival, {
    id: sql.placeholder("id"),
    bucket,
    key: sql.placeholder("key"),
    source: sql.placeholder("source"),
    announced: sql.placeholder("announced"),
  })} WHERE true ON CONFLICT (${bareList(placeColumns)}) DO UPDATE SET ${retold}
    WHERE ${inboundArrival.source} = 'bucket' AND excluded.${bare(inboundArrival.source)} = 'notification'
    ON CONFLICT DO NOTHING`,
);
const insertReceive = insertTask(
  "receive_inbound",
  sql`EXISTS (SELECT 1 FROM ${inboundArrival} WHERE ${thisArrival})`,
);

const arrival = select({
  id: inboundArrival.id,
  bucket: inboundArrival.bucket,
  key: inboundArrival.key,
  source: inboundArrival.source,
  announced: sql<string>`${inboundArrival.announced}`,
});
const selectArrival = prepare<{ id: Id }>(
  sql`SELECT ${arrival.list} FROM ${inboundArrival} WHERE ${thisArrival}`,
);
const settleArrival = prepare<{ id: Id }>(
  sql`UPDATE ${inboundArrival} SET ${bare(inboundArrival.announced)} = NULL WHERE ${thisArrival}`,
);

const unknown = select({ key: sql<string>`listed.value` });
const selectUnknown = prepare<{ bucket: string; keys: string }>(
  sql`SELECT ${unknown.list} FROM json_each(${sql.placeholder("keys")}) AS listed
    WHERE NOT EXISTS (SELECT 1 FROM ${inboundArrival}
      WHERE ${inboundArrival.bucket} = ${bucket} AND ${inboundArrival.key} = listed.value)`,
);

const reconciled = select({ key: inboundBucket.reconciledTo });
const selectReconciled = prepare<{ bucket: string }>(
  sql`SELECT ${reconciled.list} FROM ${inboundBucket} WHERE ${inboundBucket.bucket} = ${bucket}`,
);
const upsertReconciled = prepare<{ bucket: string; key: string | null }>(
  sql`${insertSelect(inboundBucket, { bucket, reconciledTo: sql.placeholder("key") })} WHERE true
    ON CONFLICT (${bare(inboundBucket.bucket)})
    DO UPDATE SET ${bare(inboundBucket.reconciledTo)} = excluded.${bare(inboundBucket.reconciledTo)}`,
);

const route = select({
  setupId: sesSetup.id,
  workspaceId: workspace.id,
  domain: sesSetup.domainIdentity,
  region: sesSetup.region,
});
const released = alias(sesSetup, "released");
/** Found late, it would be read by whoever has the domain now: what came for its last owner is nobody's. */
const wasAnothers = sql`EXISTS (SELECT 1 FROM ${sesSetup} AS ${released}
  WHERE ${released.domainIdentity} = ${sesSetup.domainIdentity} AND ${released.deletedAt} IS NOT NULL
    AND ${released.deletedAt} > ${sql.placeholder("receivedAt")} AND ${released.workspaceSeq} <> ${sesSetup.workspaceSeq})`;
/** A setup that was verified once and lost a record knows since when. */
const selectRoutes = prepare<{ domains: string; providerMessageId: string; receivedAt: number }>(
  sql`SELECT ${route.list} FROM json_each(${sql.placeholder("domains")}) AS listed
    CROSS JOIN ${sesSetup} ON ${sesSetup.domainIdentity} = listed.value AND ${sesSetup.deletedAt} IS NULL
    CROSS JOIN ${workspace} ON ${workspace.seq} = ${sesSetup.workspaceSeq}
    WHERE ${sesSetup.status} = 'ready' AND (${sesSetup.dnsVerified} OR ${sesSetup.dnsLostAt} IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM ${inboundEmail}
        WHERE ${inboundEmail.providerMessageId} = ${sql.placeholder("providerMessageId")}
          AND ${inboundEmail.setupSeq} = ${sesSetup.seq})
      AND NOT ${wasAnothers}`,
);

type Arrivals = Pick<
  InboundStore,
  | "recordArrival"
  | "findArrival"
  | "settleArrival"
  | "unknownPlaces"
  | "reconciledTo"
  | "recordReconciled"
  | "routes"
>;

export function makeInboundArrivals(database: Database): Arrivals {
  const run = (...statements: Statement[]): Promise<void> =>
    database.write({ statements, outcome: () => undefined });
  return {
    recordArrival({ id, place, source, ...announced }: Arrival) {
      const args = { id, ...place, source, announced: JSON.stringify(announced satisfies Announced) };
      return run(insertArrival(args), insertReceive({ id }));
    },

    async findArrival(id) {
      const [[row] = []] = await database.read([selectArrival({ id })]);
      if (row === undefined) return null;
      const { bucket, key, announced, ...found } = arrival.read(row);
      return { ...found, place: { bucket, key }, ...(JSON.parse(announced) as Announced) };
    },

    settleArrival: (id) => run(settleArrival({ id })),

    async unknownPlaces(bucket, keys) {
      const [rows = []] = await database.read([selectUnknown({ bucket, keys: JSON.stringify(keys) })]);
      return rows.map((row) => unknown.read(row).key);
    },

    async reconciledTo(bucket) {
      const [[row] = []] = await database.read([selectReconciled({ bucket })]);
      return row === undefined ? null : reconciled.read(row).key;
    },

    recordReconciled: (bucket, key) => run(upsertReconciled({ bucket, key })),

    async routes(domains, { providerMessageId, receivedAt }) {
      const args = { domains: JSON.stringify(domains), providerMessageId, receivedAt };
      const [rows = []] = await database.read([selectRoutes(args)]);
      return rows.map(route.read);
    },
  };
}
