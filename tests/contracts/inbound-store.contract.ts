import assert from "node:assert/strict";
import type { InboundAttachment, InboundEmail } from "../../core/inbound/inbound-email.ts";
import type { Id } from "../../core/ids.ts";
import type { InboundFilter } from "../../core/ports/inbound-store.ts";
import type { KeysetCursor } from "../../core/ports/keyset-page.ts";
import { LEASE_MS } from "../../core/tasks/task.ts";
import {
  addSetup,
  addUseCase,
  burySetup,
  buryUseCase,
  SAMPLE_DKIM,
  SAMPLE_TIME,
  sampleReservation,
} from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";
import { emailId, scopeOf, withUseCase } from "../support/email-samples.ts";
import {
  ANN,
  arrivalId,
  BOB,
  headerId,
  inboundFilter,
  inboundId,
  type InboundStores,
  makeInboundStores,
  placedBy,
  receive,
  sampleArrival,
  sampleInbound,
  threadQuestion,
} from "../support/inbound-samples.ts";

const AT = SAMPLE_TIME + 60_000;

const FILES: readonly InboundAttachment[] = [
  {
    filename: "Überweisung №1.pdf",
    contentType: "application/pdf",
    sizeBytes: 5,
    sha256: "aa",
    contentId: null,
    isInline: false,
  },
  {
    filename: 'logo"@x',
    contentType: "image/png",
    sizeBytes: 0,
    sha256: "bb",
    contentId: 'logo"@x',
    isInline: true,
  },
];

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

/** Numbers of one page, newest first. */
async function listed(stores: InboundStores, filter: InboundFilter): Promise<number[]> {
  const page = await stores.inbound.list(filter, { after: null, limit: 200 });
  return page.items.map(({ id }) => Number(id.slice(-12)));
}

export const contract: Contract<InboundStores> = {
  name: "inbound store",
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
        const routes = await stores.inbound.routes([...domains, "sub.mail2.example", "example"], "receipt-1");
        assert.deepEqual(routes, [route(lost), route(verified)]);
        await checkedAs(stores, setupId, VERIFIED);
        const [own] = await stores.inbound.routes(["mail1.example"], "receipt-1");
        assert.equal(own?.setupId, setupId);
        assert.deepEqual(await stores.inbound.routes([], "receipt-1"), []);
        await receive(
          stores,
          sampleInbound({ workspaceId, setupId, senderEmailAddress: "a@mail1.example" }, 1),
        );
        assert.deepEqual(await stores.inbound.routes(["mail1.example", "mail2.example"], "receipt-1"), [
          route(verified),
        ]);
        assert.equal((await stores.inbound.routes(["mail1.example"], "receipt-2")).length, 1);
      },
    },
    {
      name: "find answers an e-mail as it was recorded, with its files in their order, in its workspace only",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const stranger = await withUseCase(stores, 2);
        const mail = sampleInbound(useCase, 1, {
          fromAddress: "Ann@Post.example",
          toAddresses: [useCase.senderEmailAddress, "other@mail1.example"],
          subject: "Grüße, 日本 🚲",
          mailClass: "auto_reply",
          hasAttachment: true,
          inReplyTo: [headerId(8)],
          references: [headerId(7), headerId(8)],
          files: FILES,
          parseStatus: "too_many_parts",
          hasHtml: false,
          hasText: true,
        });
        const { providerMessageId: _, key: __, correspondent: ___, ...shown } = mail;
        const expected: InboundEmail = {
          ...shown,
          threadId: mail.id,
          parentEmailId: null,
          useCaseId: useCase.id,
          matchedBy: "recipient",
          knownSender: true,
          chain: [headerId(7), headerId(8)],
        };
        assert.deepEqual(await receive(stores, mail), expected);
        assert.equal(await stores.inbound.find(stranger.workspaceId, mail.id), null);
        assert.equal(await stores.inbound.find(useCase.workspaceId, inboundId(2)), null);
      },
    },
    {
      name: "an e-mail of nobody, without id, for no use case, is stored as such",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const mail = sampleInbound(useCase, 1, {
          fromAddress: null,
          messageId: null,
          toAddresses: ["nobody@mail1.example"],
          rawSizeBytes: null,
          verdicts: { spam: null, virus: null, spf: null, dkim: null, dmarc: null },
        });
        const found = await receive(stores, mail);
        assert.deepEqual([found.fromAddress, found.messageId, found.rawSizeBytes], [null, null, null]);
        assert.deepEqual([found.useCaseId, found.matchedBy, found.threadId], [null, "none", mail.id]);
        assert.deepEqual(found.verdicts, mail.verdicts);
      },
    },
    {
      name: "record takes an e-mail once: by its id, and by its receipt in its setup",
      async run(stores, place) {
        const useCase = await withUseCase(stores);
        const { workspaceId } = useCase;
        const neighbour = await addUseCase(stores, await addSetup(stores, workspaceId, 2), 2);
        const first = await receive(stores, sampleInbound(useCase, 1, { files: FILES }));
        const again = sampleInbound(useCase, 1, { subject: "other", inReplyTo: [headerId(5)], files: FILES });
        const seen = await stores.inbound.view(threadQuestion(again));
        for (const mail of [
          again,
          { ...again, id: inboundId(2) },
          { ...again, providerMessageId: "receipt-2" },
        ])
          assert.equal(await stores.inbound.record(mail, placedBy(mail, seen)), true);
        assert.deepEqual(await stores.inbound.find(workspaceId, first.id), first);
        assert.equal(await stores.inbound.find(workspaceId, inboundId(2)), null);
        const [awaits] = await place.database.read([{ sql: "SELECT 1 FROM inbound_await", args: [] }]);
        assert.deepEqual(awaits, []);
        // One message may arrive for two setups.
        const other = { ...sampleInbound(neighbour, 1), id: inboundId(3) };
        assert.equal((await receive(stores, other)).setupId, neighbour.setupId);
      },
    },
    {
      name: "list answers summaries, newest first by (received time, sequence); pages neither skip nor repeat",
      async run(stores) {
        const useCase = await withUseCase(stores);
        for (const n of [2, 5, 1, 3, 4]) {
          await receive(stores, sampleInbound(useCase, n, { receivedAt: SAMPLE_TIME + Math.min(n, 3) }));
        }
        const filter = inboundFilter(scopeOf(useCase));
        const seen: number[] = [];
        const sizes: number[] = [];
        let after: KeysetCursor | null = null;
        do {
          const page = await stores.inbound.list(filter, { after, limit: 2 });
          seen.push(...page.items.map(({ id }) => Number(id.slice(-12))));
          sizes.push(page.items.length);
          after = page.next;
          // Newer ones change no later page.
          await receive(stores, sampleInbound(useCase, 100 + seen.length));
        } while (after !== null);
        assert.deepEqual(
          [seen, sizes],
          [
            [4, 3, 5, 2, 1],
            [2, 2, 1],
          ],
        );
        const [summary] = (await stores.inbound.list(filter, { after: null, limit: 1 })).items;
        const { messageId, inReplyTo, references, chain, files, verdicts, knownSender, ...rest } =
          await receive(stores, sampleInbound(useCase, 105));
        assert.deepEqual(
          [messageId, inReplyTo, references, chain, files.length],
          [headerId(105), [], [], [], 0],
        );
        assert.deepEqual([verdicts.dmarc, knownSender], ["GRAY", true]);
        const { parseStatus: _, rawSizeBytes: __, hasHtml: ___, hasText: ____, ...shown } = rest;
        assert.deepEqual(summary, shown);
      },
    },
    {
      name: "list looks in a use case, in a setup, or in both; foreign scopes are empty, deleted ones are not",
      async run(stores) {
        const one = await withUseCase(stores, 1);
        const { workspaceId, setupId } = one;
        const two = await addUseCase(stores, { id: setupId, workspaceId }, 2);
        const stranger = await withUseCase(stores, 3);
        await receive(stores, sampleInbound(one, 1));
        await receive(stores, sampleInbound(two, 2));
        await receive(stores, sampleInbound(stranger, 3));
        await receive(stores, sampleInbound(one, 4, { toAddresses: ["nobody@mail1.example"] }));
        const of = (scope: Parameters<typeof inboundFilter>[0]) => listed(stores, inboundFilter(scope));
        assert.deepEqual(await of(scopeOf(one)), [1]);
        assert.deepEqual(await of({ workspaceId, useCaseId: null, setupId }), [4, 2, 1]);
        assert.deepEqual(await of(scopeOf(two, { setupId })), [2]);
        assert.deepEqual(await of(scopeOf(two, { setupId: stranger.setupId })), []);
        assert.deepEqual(await of(scopeOf(one, { workspaceId: stranger.workspaceId })), []);
        assert.deepEqual(await of({ workspaceId: stranger.workspaceId, useCaseId: null, setupId }), []);
        assert.deepEqual(await of(scopeOf(one, { useCaseId: emailId(1) })), []);
        for (const { id } of [one, two]) await buryUseCase(stores, id, AT);
        await burySetup(stores, setupId, AT);
        assert.deepEqual(await of(scopeOf(one)), [1]);
        assert.deepEqual(await of({ workspaceId, useCaseId: null, setupId }), [4, 2, 1]);
      },
    },
    {
      name: "list filters by any of several senders and classes, each once, by thread and by time",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { workspaceId, setupId } = useCase;
        const changes: Parameters<typeof sampleInbound>[2][] = [
          {},
          { fromAddress: "BOB@Elsewhere.example", mailClass: "bounce" },
          { inReplyTo: [headerId(1)], mailClass: "auto_reply" },
          { inReplyTo: [headerId(3)], fromAddress: BOB },
          { fromAddress: "cleo@post.example" },
        ];
        for (const [n, change] of changes.entries()) {
          await receive(stores, sampleInbound(useCase, n + 1, change));
        }
        for (const scope of [scopeOf(useCase), { workspaceId, useCaseId: null, setupId }]) {
          const of = (filter: Partial<InboundFilter>) => listed(stores, inboundFilter(scope, filter));
          assert.deepEqual(await of({}), [5, 4, 3, 2, 1]);
          assert.deepEqual(await of({ fromAddresses: [BOB, ANN, BOB] }), [4, 3, 2, 1]);
          assert.deepEqual(await of({ fromAddresses: ["dora@post.example"] }), []);
          assert.deepEqual(await of({ classes: ["bounce", "auto_reply", "bounce"] }), [3, 2]);
          assert.deepEqual(await of({ fromAddresses: [BOB], classes: ["human", "report"] }), [4]);
          const threadId = inboundId(1);
          assert.deepEqual(await of({ threadId }), [4, 3, 1]);
          // Any message of a thread stands for it, as the first one of one that became part of another does.
          assert.deepEqual(await of({ threadId: inboundId(4) }), [4, 3, 1]);
          assert.deepEqual(await of({ threadId, fromAddresses: [ANN] }), [3, 1]);
          assert.deepEqual(await of({ threadId, fromAddresses: [ANN, BOB], classes: ["human"] }), [4, 1]);
          assert.deepEqual(await of({ threadId: inboundId(9) }), []);
          const at = (n: number) => SAMPLE_TIME + n;
          assert.deepEqual(await of({ receivedAfter: at(2), receivedBefore: at(4) }), [3, 2]);
          assert.deepEqual(await of({ threadId, receivedAfter: at(3) }), [4, 3]);
          assert.deepEqual(await of({ fromAddresses: [ANN], receivedBefore: at(3) }), [1]);
        }
        const stranger = await withUseCase(stores, 2);
        assert.deepEqual(
          await listed(stores, inboundFilter(scopeOf(stranger), { threadId: inboundId(1) })),
          [],
        );
        const many = Array.from({ length: 15 }, (_, n) => `patient${n}@post.example`);
        assert.deepEqual(
          await listed(stores, inboundFilter(scopeOf(useCase), { fromAddresses: [...many, ANN] })),
          [3, 1],
        );
      },
    },
  ],
};
