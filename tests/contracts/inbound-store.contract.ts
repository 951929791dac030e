import assert from "node:assert/strict";
import type { InboundAttachment, InboundEmail } from "../../core/inbound/inbound-email.ts";
import type { InboundFilter } from "../../core/ports/inbound-store.ts";
import type { KeysetCursor } from "../../core/ports/keyset-page.ts";
import { addSetup, addUseCase, burySetup, buryUseCase, SAMPLE_TIME } from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";
import { emailId, scopeOf, withUseCase } from "../support/email-samples.ts";
import {
  ANN,
  BOB,
  headerId,
  inboundFilter,
  inboundId,
  type InboundStores,
  makeInboundStores,
  placedBy,
  receive,
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
