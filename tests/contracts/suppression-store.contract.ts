import assert from "node:assert/strict";
import type { MailEvent } from "../../core/email/mail-event.ts";
import type { Id } from "../../core/ids.ts";
import type { ManualSuppression, SuppressionFilter } from "../../core/ports/suppression-store.ts";
import { explainSend } from "../../core/suppression/explain-send.ts";
import type { Suppression } from "../../core/suppression/suppression.ts";
import type { EmailUseCase } from "../../core/use-case/use-case.ts";
import {
  sampleBeginning,
  addUseCase,
  addWorkspace,
  burySetup,
  buryUseCase,
  SAMPLE_STANDING,
  SAMPLE_TIME,
  sampleClaim,
  sampleReservation,
  sampleUseCase,
  valueOf,
} from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";
import {
  askedAt,
  addSentEmail,
  emailId,
  type EmailStores,
  makeEmailStores,
  question,
  sampleEmail,
  sampleEvent,
  scopeOf,
  withUseCase,
} from "../support/email-samples.ts";

const NOW = SAMPLE_TIME + 60_000;
const PAT = "pat@post.example";
const DAY = 24 * 60 * 60 * 1000;
const newId = (n: number): Id => emailId(800 + n);

const filterOf = (
  scope: Pick<SuppressionFilter, "workspaceId" | "useCaseId" | "setupId">,
  changes: Partial<SuppressionFilter> = {},
): SuppressionFilter => ({ ...scope, addresses: [], reasons: [], ...changes });

async function listed(
  stores: EmailStores,
  filter: SuppressionFilter,
  now = NOW,
): Promise<readonly Suppression[]> {
  return (await stores.suppressions.list(filter, { after: null, limit: 200 }, now)).items;
}

/** All of the use case's setup, as its owner sees it: reason, scope, address. */
async function ofSetup(stores: EmailStores, useCase: EmailUseCase, now = NOW): Promise<readonly string[]> {
  const found = await listed(
    stores,
    filterOf(scopeOf(useCase, { useCaseId: null, setupId: useCase.setupId })),
    now,
  );
  return found.map(({ reason, scope, address }) => `${reason} ${scope} ${address}`);
}

async function only(stores: EmailStores, useCase: EmailUseCase): Promise<Suppression> {
  const found = await listed(stores, filterOf(scopeOf(useCase)));
  const [one] = found;
  assert(one !== undefined && found.length === 1, `${found.length} suppressions, not one`);
  return one;
}

async function rules(
  stores: EmailStores,
  useCase: EmailUseCase,
  recipient = PAT,
  now = NOW,
): Promise<string> {
  const { suppressions } = await stores.emails.sendContext(question(useCase, { recipient }), now);
  return explainSend(suppressions, { answersHumanMailAt: null, now }).rule;
}

/** A mail to Pat, sent. */
const mailPat = (stores: EmailStores, useCase: EmailUseCase, n: number) =>
  addSentEmail(stores, useCase, n, { toAddress: "Pat@post.example" });
const tell = (stores: EmailStores, mail: number, n: number, event: Partial<MailEvent>): Promise<void> =>
  stores.events.record(sampleEvent(mail, n, event), "{}");

const complaint = { type: "Complaint", complaintFeedbackType: "abuse" } as const;
const hardBounce = { type: "Bounce", bounceType: "Permanent", bounceSubtype: "General" } as const;
const mailboxFull = { type: "Bounce", bounceType: "Transient", bounceSubtype: "MailboxFull" } as const;

const manual = (
  useCase: EmailUseCase,
  n: number,
  changes: Partial<ManualSuppression> = {},
): ManualSuppression => ({
  id: newId(n),
  workspaceId: useCase.workspaceId,
  setupId: useCase.setupId,
  useCaseId: null,
  address: PAT,
  at: SAMPLE_TIME + n,
  ...changes,
});

export const contract: Contract<EmailStores> = {
  name: "suppression store",
  open: makeEmailStores,
  cases: [
    {
      name: "a complaint suppresses at the setup the address we mailed, and tells its mail and time",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await mailPat(stores, useCase, 1);
        await tell(stores, 1, 1, { ...complaint, occurredAt: SAMPLE_TIME + 77 });
        const { id, ...told } = await only(stores, useCase);
        assert.match(id, /^[0-9a-f-]{36}$/);
        assert.deepEqual(told, {
          workspaceId: useCase.workspaceId,
          scope: "setup",
          setupId: useCase.setupId,
          useCaseId: null,
          address: PAT,
          reason: "complaint",
          since: SAMPLE_TIME + 77,
          lastAt: SAMPLE_TIME + 77,
          expiresAt: null,
          sourceEmailId: emailId(1),
        });
        assert.equal(await rules(stores, useCase), "complaint");
        assert.equal(await rules(stores, useCase, "pat+tag@post.example"), "not_suppressed");
      },
    },
    {
      name: "an event that came before its mail suppresses once the mail is there",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await tell(stores, 1, 1, hardBounce);
        assert.deepEqual(await ofSetup(stores, useCase), []);
        await mailPat(stores, useCase, 1);
        assert.deepEqual(await ofSetup(stores, useCase), [`hard_bounce setup ${PAT}`]);
      },
    },
    {
      name: "three soft bounces in a row suppress for seven days, and a delivery among them does not let them",
      async run(stores) {
        const useCase = await withUseCase(stores);
        for (const n of [1, 2, 3, 4]) await mailPat(stores, useCase, n);
        for (const n of [1, 2]) await tell(stores, n, n, mailboxFull);
        assert.deepEqual(await ofSetup(stores, useCase), []);
        await tell(stores, 3, 3, mailboxFull);
        const since = sampleEvent(3, 3).occurredAt;
        const { expiresAt, ...rest } = await only(stores, useCase);
        assert.deepEqual([rest.reason, rest.since, expiresAt], ["soft_bounce", since, since + 7 * DAY]);
        assert.equal(await rules(stores, useCase, PAT, since + 7 * DAY - 1), "soft_bounce");
        assert.equal(await rules(stores, useCase, PAT, since + 7 * DAY), "not_suppressed");
        assert.deepEqual(await ofSetup(stores, useCase, since + 7 * DAY), []);
        // One that was on its way already arrives: the mailbox works.
        await tell(stores, 4, 4, { type: "Delivery" });
        assert.deepEqual(await ofSetup(stores, useCase), []);
      },
    },
    {
      name: "unsubscribe suppresses the recipient in the scope asked for, or the one in force when it was sent",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const other = await addUseCase(stores, { id: useCase.setupId, workspaceId: useCase.workspaceId }, 2);
        await mailPat(stores, useCase, 1);
        await addSentEmail(stores, other, 2, { toAddress: PAT, unsubscribeScope: "setup" });
        const mail = await stores.suppressions.unsubscribe(emailId(1), null, newId(1), NOW);
        const shown = {
          fromAddress: useCase.senderEmailAddress,
          domainIdentity: "mail1.example",
          scope: "use_case",
        };
        assert.deepEqual(mail, shown);
        assert.deepEqual(await stores.suppressions.findMail(emailId(1)), shown);
        assert.deepEqual(
          [await rules(stores, useCase), await rules(stores, other)],
          ["unsubscribe", "not_suppressed"],
        );
        assert.deepEqual(
          [(await only(stores, useCase)).useCaseId, (await only(stores, useCase)).scope],
          [useCase.id, "use_case"],
        );
        await stores.suppressions.unsubscribe(emailId(2), null, newId(2), NOW);
        assert.deepEqual(await rules(stores, other), "unsubscribe");
        assert.deepEqual(await ofSetup(stores, useCase), [
          `unsubscribe setup ${PAT}`,
          `unsubscribe use_case ${PAT}`,
        ]);
        await stores.suppressions.unsubscribe(emailId(2), "use_case", newId(3), NOW);
        assert.equal((await ofSetup(stores, useCase)).length, 3);
      },
    },
    {
      name: "unsubscribing again changes nothing but the last time; an unknown mail suppresses nobody",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await mailPat(stores, useCase, 1);
        await stores.suppressions.unsubscribe(emailId(1), null, newId(1), NOW);
        const first = await only(stores, useCase);
        await stores.suppressions.unsubscribe(emailId(1), null, newId(2), NOW + 5);
        assert.deepEqual(await only(stores, useCase), { ...first, lastAt: NOW + 5 });
        assert.equal(await stores.suppressions.unsubscribe(emailId(2), null, newId(3), NOW), null);
        assert.equal(await stores.suppressions.findMail(emailId(2)), null);
        assert.equal((await ofSetup(stores, useCase)).length, 1);
      },
    },
    {
      name: "writeAhead is stopped by a suppression that came after the read, keeps nothing and frees the key",
      async run(stores, { database }) {
        const useCase = await withUseCase(stores);
        await mailPat(stores, useCase, 1);
        await stores.suppressions.unsubscribe(emailId(1), null, newId(1), NOW);
        const email = sampleEmail(useCase, 2, { toAddress: "PAT@post.example", writtenAt: NOW });
        const outcome = await stores.emails.writeAhead(email, sampleClaim(), askedAt());
        assert.deepEqual(outcome, { ok: false, error: { kind: "recipient_suppressed" } });
        assert.equal(await stores.emails.find(useCase.workspaceId, email.id), null);
        const [keys] = await database.read([{ sql: "SELECT 1 FROM idempotency_key", args: [] }]);
        assert.deepEqual(keys, []);
        const { id } = await only(stores, useCase);
        await stores.suppressions.lift(id, NOW);
        assert.equal((await stores.emails.writeAhead(email, sampleClaim(), askedAt())).ok, true);
      },
    },
    {
      name: "writeAhead lets a reply to newer human mail past an unsubscribe, and past nothing else",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await mailPat(stores, useCase, 1);
        await stores.suppressions.unsubscribe(emailId(1), null, newId(1), SAMPLE_TIME + 500);
        const reply = (n: number, answersHumanMailAt: number) =>
          stores.emails.writeAhead(
            sampleEmail(useCase, n, { toAddress: PAT, answersHumanMailAt }),
            null,
            askedAt(),
          );
        assert.equal((await reply(2, SAMPLE_TIME + 500)).ok, false);
        assert.equal((await reply(2, SAMPLE_TIME + 501)).ok, true);
        await tell(stores, 1, 1, complaint);
        assert.equal((await reply(3, SAMPLE_TIME + 9_000)).ok, false);
      },
    },
    {
      name: "add stores one for a use case or a setup; added again it is the same; its claim is kept",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const claim = sampleClaim();
        const first = await stores.suppressions.add(manual(useCase, 1, { useCaseId: useCase.id }), claim);
        assert(first.ok);
        assert.deepEqual(first.value, await only(stores, useCase));
        assert.deepEqual(
          [first.value.reason, first.value.scope, first.value.sourceEmailId],
          ["manual", "use_case", null],
        );
        const again = await stores.suppressions.add(manual(useCase, 2, { useCaseId: useCase.id }), null);
        assert.deepEqual(again, { ok: true, value: { ...first.value, lastAt: SAMPLE_TIME + 2 } });
        const wider = await stores.suppressions.add(manual(useCase, 3), null);
        assert(wider.ok);
        assert.deepEqual([wider.value.scope, wider.value.id], ["setup", newId(3)]);
        const lost = await stores.suppressions.add(manual(useCase, 4, { address: "b@x.example" }), claim);
        assert.deepEqual(lost, { ok: false, error: { kind: "claim_lost" } });
        assert.equal((await ofSetup(stores, useCase)).length, 2);
        const kept = await stores.idempotency.find(useCase.workspaceId, claim.key, NOW);
        assert.equal(kept?.resourceId, newId(1));
      },
    },
    {
      name: "a lift ends it and is remembered: the old event again, another one as old, and a rebuild bring nothing back",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await mailPat(stores, useCase, 1);
        await mailPat(stores, useCase, 2);
        const event = { ...complaint, occurredAt: SAMPLE_TIME + 100 };
        await tell(stores, 1, 1, event);
        const { id } = await only(stores, useCase);
        await stores.suppressions.lift(id, SAMPLE_TIME + 200);
        assert.equal(await stores.suppressions.find(useCase.workspaceId, id), null);
        await tell(stores, 1, 1, event);
        await tell(stores, 1, 2, { ...event, occurredAt: SAMPLE_TIME + 200 });
        assert.equal((await stores.events.rebuild(0, 100)).differed, 0);
        assert.deepEqual(await ofSetup(stores, useCase), []);
        await tell(stores, 2, 3, { ...complaint, occurredAt: SAMPLE_TIME + 201 });
        const back = await only(stores, useCase);
        assert.deepEqual([back.since, back.sourceEmailId], [SAMPLE_TIME + 201, emailId(2)]);
        // The lift of the past, run again, lifts what came after it no more than it did then.
        assert.equal((await stores.events.rebuild(0, 100)).differed, 0);
      },
    },
    {
      name: "a lift of one reason or scope leaves the others",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await mailPat(stores, useCase, 1);
        await stores.suppressions.unsubscribe(emailId(1), "use_case", newId(1), NOW);
        await stores.suppressions.unsubscribe(emailId(1), "setup", newId(2), NOW);
        await tell(stores, 1, 1, complaint);
        await stores.suppressions.lift(newId(2), NOW);
        assert.deepEqual(await ofSetup(stores, useCase), [
          `unsubscribe use_case ${PAT}`,
          `complaint setup ${PAT}`,
        ]);
      },
    },
    {
      name: "rebuild repairs what was changed, dropped or made up, and leaves what people asked for",
      async run(stores, { database }) {
        const useCase = await withUseCase(stores);
        await addSentEmail(stores, useCase, 1, { toAddress: "a@x.example" });
        await addSentEmail(stores, useCase, 2, { toAddress: "b@x.example" });
        await addSentEmail(stores, useCase, 3, { toAddress: "c@x.example" });
        for (const n of [1, 2]) await tell(stores, n, n, n === 1 ? complaint : hardBounce);
        await stores.suppressions.unsubscribe(emailId(3), "setup", newId(1), NOW);
        const before = await listed(stores, filterOf(scopeOf(useCase)));
        const change = (sql: string) =>
          database.write({ statements: [{ sql, args: [] }], outcome: () => undefined });
        await change("UPDATE suppression SET since = since - 1 WHERE reason = 'complaint'");
        await change("DELETE FROM suppression WHERE reason = 'hard_bounce'");
        await change(`INSERT INTO suppression (id, workspace_seq, setup_seq, address, reason, since, last_at, source_email_id)
          SELECT 'made up', workspace_seq, setup_seq, address, 'hard_bounce', 1, 1, source_email_id FROM suppression WHERE reason = 'unsubscribe'`);
        await stores.events.rebuild(0, 100);
        assert.deepEqual(await listed(stores, filterOf(scopeOf(useCase))), before);
        assert.equal((await stores.events.rebuild(0, 100)).differed, 0);
      },
    },
    {
      name: "find answers what a lift has to do: the tenant, the address as mailed, and whether another keeps it listed",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await mailPat(stores, useCase, 1);
        await tell(stores, 1, 1, hardBounce);
        const { id } = await only(stores, useCase);
        const find = () => stores.suppressions.find(useCase.workspaceId, id);
        const found = await find();
        assert.deepEqual(
          [found?.tenantName, found?.mailedAddress, found?.isListedForAnother],
          ["clinic-1", "Pat@post.example", false],
        );
        await stores.suppressions.unsubscribe(emailId(1), "setup", newId(1), NOW);
        await stores.suppressions.add(manual(useCase, 2, { useCaseId: useCase.id }), null);
        assert.equal((await find())?.isListedForAnother, false);
        await stores.suppressions.add(manual(useCase, 3), null);
        assert.equal((await find())?.isListedForAnother, true);
        await buryUseCase(stores, useCase.id, NOW);
        await burySetup(stores, useCase.setupId, NOW);
        assert.equal((await find())?.tenantName, null);
      },
    },
    {
      name: "they outlive use case and setup, and reach their successors: the same names, the same domain",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const { workspaceId, setupId } = useCase;
        await mailPat(stores, useCase, 1);
        await addSentEmail(stores, useCase, 2, { toAddress: "ann@post.example" });
        await stores.suppressions.unsubscribe(emailId(1), "use_case", newId(1), NOW);
        await tell(stores, 2, 2, complaint);
        await buryUseCase(stores, useCase.id, NOW);
        await burySetup(stores, setupId, NOW);
        assert.deepEqual(await ofSetup(stores, useCase), [
          `unsubscribe use_case ${PAT}`,
          "complaint setup ann@post.example",
        ]);
        // Its link works on.
        assert((await stores.suppressions.unsubscribe(emailId(2), null, newId(2), NOW)) !== null);

        const reservation = { ...sampleReservation(workspaceId, 5), domainIdentity: "mail1.example" };
        const { task } = valueOf(await stores.setups.reserve(reservation, null));
        await stores.setups.recordStanding(task, SAMPLE_STANDING, NOW);
        const setup = { id: reservation.id, workspaceId };
        const successor = { ...sampleUseCase(setup, 6), name: useCase.name };
        const succeeding = valueOf(await stores.useCases.reserveEmail(successor, null, sampleBeginning()));
        await stores.useCases.recordProvisioned(succeeding.task, NOW);
        const another = await addUseCase(stores, setup, 7);
        assert.equal(await rules(stores, successor), "unsubscribe");
        assert.equal(await rules(stores, another), "not_suppressed");
        assert.equal(await rules(stores, another, "ann@post.example"), "complaint");

        // The same domain in other hands, after all, is another sender.
        const stranger = await addWorkspace(stores, 9);
        await buryUseCase(stores, successor.id, NOW);
        await buryUseCase(stores, another.id, NOW);
        await burySetup(stores, setup.id, NOW);
        const foreign = {
          ...sampleReservation(stranger.id, 8),
          domainIdentity: "mail1.example",
          releasedSetupId: setup.id,
        };
        const taken = valueOf(await stores.setups.reserve(foreign, null));
        await stores.setups.recordStanding(taken.task, SAMPLE_STANDING, NOW);
        const strangers = await addUseCase(stores, { id: foreign.id, workspaceId: stranger.id }, 8);
        assert.equal(await rules(stores, strangers, "ann@post.example"), "not_suppressed");
      },
    },
    {
      name: "list filters by scope, address and reason, newest first, and pages neither skip nor repeat",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const other = await addUseCase(stores, { id: useCase.setupId, workspaceId: useCase.workspaceId }, 2);
        const elsewhere = await withUseCase(stores, 3);
        for (const n of [1, 2, 3]) {
          const address = `p${n}@x.example`;
          await stores.suppressions.add(manual(useCase, n * 10, { address }), null);
          await stores.suppressions.add(
            manual(useCase, n * 10 + 1, { address, useCaseId: useCase.id }),
            null,
          );
          await stores.suppressions.add(manual(other, n * 10 + 2, { address, useCaseId: other.id }), null);
          await stores.suppressions.add(manual(elsewhere, n * 10 + 3, { address }), null);
        }
        const numbers = async (filter: SuppressionFilter) =>
          (await listed(stores, filter)).map(({ id }) => Number(id.slice(-12)) - 800);
        const { workspaceId, setupId } = useCase;
        const setup = { workspaceId, useCaseId: null, setupId };
        assert.deepEqual(await numbers(filterOf(setup)), [32, 31, 30, 22, 21, 20, 12, 11, 10]);
        assert.deepEqual(await numbers(filterOf(scopeOf(useCase))), [31, 30, 21, 20, 11, 10]);
        assert.deepEqual(await numbers(filterOf(scopeOf(useCase, { setupId }))), [31, 30, 21, 20, 11, 10]);
        assert.deepEqual(await numbers(filterOf(scopeOf(useCase, { setupId: elsewhere.setupId }))), []);
        const addresses = ["p3@x.example", "p1@x.example", "p3@x.example"];
        assert.deepEqual(await numbers(filterOf(setup, { addresses })), [32, 31, 30, 12, 11, 10]);
        assert.deepEqual(await numbers(filterOf(scopeOf(useCase), { addresses })), [31, 30, 11, 10]);
        assert.deepEqual(await numbers(filterOf(setup, { reasons: ["complaint", "unsubscribe"] })), []);
        assert.equal(
          (await numbers(filterOf(setup, { reasons: ["manual", "complaint", "manual"] }))).length,
          9,
        );
        assert.deepEqual(await numbers(filterOf({ ...setup, workspaceId: elsewhere.workspaceId })), []);
        assert.deepEqual(await numbers(filterOf({ ...setup, workspaceId: emailId(1) })), []);

        const paged: string[] = [];
        let after = null;
        do {
          const page = await stores.suppressions.list(filterOf(setup), { after, limit: 2 }, NOW);
          paged.push(...page.items.map(({ id }) => id));
          after = page.next;
        } while (after !== null);
        assert.deepEqual(
          paged,
          (await listed(stores, filterOf(setup))).map(({ id }) => id),
        );
      },
    },
    {
      name: "on a shared setup the owner has its suppressions, and each workspace those of its own use cases",
      async run(stores) {
        const owner = await withUseCase(stores);
        const guestId = (await addWorkspace(stores, 2)).id;
        const guest = await addUseCase(stores, { id: owner.setupId, workspaceId: guestId }, 2);
        await addSentEmail(stores, guest, 1, { toAddress: PAT });
        await stores.suppressions.unsubscribe(emailId(1), "use_case", newId(1), NOW);
        await tell(stores, 1, 1, complaint);
        assert.deepEqual(
          [await rules(stores, owner), await rules(stores, guest)],
          ["complaint", "complaint"],
        );
        assert.deepEqual(await ofSetup(stores, owner), [`complaint setup ${PAT}`]);
        assert.deepEqual(await ofSetup(stores, guest), [`unsubscribe use_case ${PAT}`]);
        const { id } = await only(stores, owner);
        assert.equal(await stores.suppressions.find(guestId, id), null);
        assert.equal(await stores.suppressions.find(owner.workspaceId, newId(1)), null);
        assert.equal((await stores.suppressions.find(guestId, newId(1)))?.suppression.workspaceId, guestId);
      },
    },
  ],
};
