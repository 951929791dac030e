// What is known of mails that were announced, and which setups they are for.
import assert from "node:assert/strict";
import type { Id } from "../../core/ids.ts";
import type { InboundStore } from "../../core/ports/inbound-store.ts";
import { LEASE_MS } from "../../core/tasks/task.ts";
import {
  addSetup,
  burySetup,
  SAMPLE_DKIM,
  SAMPLE_TIME,
  sampleReservation,
} from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";
import { withUseCase } from "../support/email-samples.ts";
import {
  arrivalId,
  type InboundStores,
  makeInboundStores,
  receive,
  sampleArrival,
  sampleInbound,
} from "../support/inbound-samples.ts";

const AT = SAMPLE_TIME + 60_000;

async function receivers(stores: InboundStores): Promise<readonly Id[]> {
  const due = await stores.tasks.claimDue(100, LEASE_MS, null);
  return due.filter(({ kind }) => kind === "receive_inbound").map(({ subjectId }) => subjectId);
}

/** What was seen of the setup's DNS. */
const checkedAs = (
  stores: InboundStores,
  id: Id,
  seen: { dnsVerified: boolean; dnsLostAt: number | null },
): Promise<unknown> =>
  stores.setups.recordCheck(id, { verdicts: [], dkim: SAMPLE_DKIM, checkedAt: AT, ...seen });
const VERIFIED = { dnsVerified: true, dnsLostAt: null };

const receipt = (providerMessageId: string, receivedAt = AT): Parameters<InboundStore["routes"]>[1] => ({
  providerMessageId,
  receivedAt,
});

export const contract: Contract<InboundStores> = {
  name: "inbound store: arrivals",
  open: makeInboundStores,
  cases: [
    {
      name: "recordArrival stores an arrival with its task, due at once; of a known place it changes nothing",
      async run({ inbound, ...stores }) {
        const arrival = sampleArrival(1, {
          envelopeFrom: null,
          recipients: ["a@mail1.example", "b@x.example"],
        });
        await inbound.recordArrival(arrival);
        await inbound.recordArrival({ ...sampleArrival(2), place: arrival.place });
        const { bucket, key } = arrival.place;
        await inbound.recordArrival(sampleArrival(3, { place: { bucket: "other", key } }));
        await inbound.recordArrival(sampleArrival(4, { place: { bucket, key: `${key}-` } }));
        assert.deepEqual(await inbound.findArrival(arrival.id), arrival);
        assert.equal(await inbound.findArrival(arrivalId(2)), null);
        assert.deepEqual(await receivers({ inbound, ...stores }), [1, 3, 4].map(arrivalId));
      },
    },
    {
      name: "recordArrival takes a notification once after what the bucket told, whatever became of that, and never the reverse",
      async run(stores) {
        const { inbound } = stores;
        for (const isSettled of [false, true]) {
          const n = isSettled ? 10 : 20;
          const found = sampleArrival(n, { source: "bucket", recipients: [] });
          const { place } = found;
          await inbound.recordArrival(found);
          await inbound.recordArrival({ ...sampleArrival(n + 1, { source: "bucket" }), place });
          assert.deepEqual(await inbound.findArrival(found.id), found);
          if (isSettled) await inbound.settleArrival(found.id);
          const told = sampleArrival(n + 2, { place });
          await inbound.recordArrival(told);
          assert.equal(await inbound.findArrival(found.id), null);
          assert.deepEqual(await inbound.findArrival(told.id), told);
          await inbound.settleArrival(told.id);
          for (const again of [told, sampleArrival(n + 3, { place }), found])
            await inbound.recordArrival({ ...again, place });
          assert.equal(await inbound.findArrival(told.id), null);
          assert.deepEqual(await receivers(stores), [n, n + 2].map(arrivalId));
        }
      },
    },
    {
      name: "settleArrival forgets an arrival but its place: it is found no more, and not taken again",
      async run(stores, place) {
        const { inbound } = stores;
        const arrival = sampleArrival(1);
        await inbound.recordArrival(arrival);
        const [task] = await stores.tasks.claimDue(1, LEASE_MS, null);
        assert(task);
        await inbound.settleArrival(arrival.id);
        await stores.tasks.complete(task);
        assert.equal(await inbound.findArrival(arrival.id), null);
        await inbound.recordArrival(arrival);
        await inbound.recordArrival({ ...sampleArrival(2), place: arrival.place });
        assert.deepEqual(await receivers(stores), []);
        assert.deepEqual(await inbound.unknownPlaces("mail", [arrival.place.key]), []);
        const [rows] = await place.database.read([
          { sql: "SELECT announced FROM inbound_arrival", args: [] },
        ]);
        assert.deepEqual(
          rows?.map((row) => row["announced"]),
          [null],
        );
      },
    },
    {
      name: "unknownPlaces answers which keys of one bucket nobody told of",
      async run({ inbound }) {
        for (const n of [1, 2]) await inbound.recordArrival(sampleArrival(n));
        const keys = [3, 1, 2, 4].map((n) => sampleArrival(n).place.key);
        assert.deepEqual(await inbound.unknownPlaces("mail", keys), [keys[0], keys[3]]);
        assert.deepEqual(await inbound.unknownPlaces("other", keys), keys);
        assert.deepEqual(await inbound.unknownPlaces("mail", []), []);
        const thousand = Array.from({ length: 1_000 }, (_, n) => `inbound/receipt-${n + 1}`);
        assert.deepEqual(await inbound.unknownPlaces("mail", thousand), thousand.slice(2));
      },
    },
    {
      name: "reconciledTo answers what recordReconciled set for the bucket; null: from its beginning",
      async run({ inbound }) {
        assert.equal(await inbound.reconciledTo("mail"), null);
        await inbound.recordReconciled("mail", "inbound/b");
        await inbound.recordReconciled("mail", "inbound/c");
        await inbound.recordReconciled("other", "inbound/a");
        assert.equal(await inbound.reconciledTo("mail"), "inbound/c");
        await inbound.recordReconciled("mail", null);
        assert.equal(await inbound.reconciledTo("mail"), null);
        assert.equal(await inbound.reconciledTo("other"), "inbound/a");
      },
    },
    {
      name: "routes answers ready setups of exactly these domains that are verified, or were before they lost a record, without this receipt",
      async run(stores) {
        const { workspaceId, setupId } = await withUseCase(stores);
        const verified = await addSetup(stores, workspaceId, 2);
        await checkedAs(stores, verified.id, VERIFIED);
        const lost = await addSetup(stores, workspaceId, 3);
        await checkedAs(stores, lost.id, { dnsVerified: false, dnsLostAt: AT });
        const never = await addSetup(stores, workspaceId, 4);
        await checkedAs(stores, never.id, { dnsVerified: false, dnsLostAt: null });
        const deleting = await addSetup(stores, workspaceId, 5);
        await checkedAs(stores, deleting.id, VERIFIED);
        await stores.setups.beginDelete(deleting.id, AT);
        const deleted = await addSetup(stores, workspaceId, 6);
        await checkedAs(stores, deleted.id, VERIFIED);
        await burySetup(stores, deleted.id, AT);
        await stores.setups.reserve(sampleReservation(workspaceId, 7), null);
        const domains = [3, 1, 2, 4, 5, 6, 7].map((n) => `mail${n}.example`);
        const route = ({ id, domainIdentity: domain, region }: typeof verified) => ({
          setupId: id,
          workspaceId,
          domain,
          region,
        });
        const routes = await stores.inbound.routes(
          [...domains, "sub.mail2.example", "example"],
          receipt("receipt-1"),
        );
        assert.deepEqual(routes, [route(lost), route(verified)]);
        await checkedAs(stores, setupId, VERIFIED);
        const [own] = await stores.inbound.routes(["mail1.example"], receipt("receipt-1"));
        assert.equal(own?.setupId, setupId);
        assert.deepEqual(await stores.inbound.routes([], receipt("receipt-1")), []);
        await receive(
          stores,
          sampleInbound({ workspaceId, setupId, senderEmailAddress: "a@mail1.example" }, 1),
        );
        assert.deepEqual(
          await stores.inbound.routes(["mail1.example", "mail2.example"], receipt("receipt-1")),
          [route(verified)],
        );
        assert.equal((await stores.inbound.routes(["mail1.example"], receipt("receipt-2"))).length, 1);
      },
    },
    {
      name: "routes answers no mail received while another workspace had the domain; what was its own stays its own",
      async run(stores) {
        const { workspaceId } = await withUseCase(stores);
        const stranger = await withUseCase(stores, 2);
        const last = await addSetup(stores, stranger.workspaceId, 3);
        await burySetup(stores, last.id, AT);
        const routed = async (receivedAt: number): Promise<readonly Id[]> =>
          (await stores.inbound.routes(["mail3.example"], receipt("receipt-1", receivedAt))).map(
            ({ setupId }) => setupId,
          );
        const now = await addSetup(stores, workspaceId, 4, {
          domainIdentity: last.domainIdentity,
          releasedSetupId: last.id,
        });
        await checkedAs(stores, now.id, VERIFIED);
        assert.deepEqual(await routed(AT - 1), []);
        assert.deepEqual(await routed(AT), [now.id]);
        await burySetup(stores, now.id, AT + 1);
        const anew = await addSetup(stores, workspaceId, 5, {
          domainIdentity: last.domainIdentity,
        });
        await checkedAs(stores, anew.id, VERIFIED);
        assert.deepEqual(await routed(AT), [anew.id]);
        assert.deepEqual(await routed(AT - 1), []);
      },
    },
  ],
};
