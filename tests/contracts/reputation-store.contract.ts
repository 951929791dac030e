// What ReputationStore promises, sentence by sentence, on every database (see tests/support/contract.ts), and with it what
// the stores of e-mails, events and use cases promise of counters, standings and reviews.
import assert from "node:assert/strict";
import type { MailEvent } from "../../core/email/mail-event.ts";
import type { Id } from "../../core/ids.ts";
import type { ReputationQuestion } from "../../core/ports/reputation-store.ts";
import type { Check } from "../../core/reputation/checks.ts";
import type { Cohort } from "../../core/reputation/mail-counts.ts";
import type { Standing, Suspension, TierChange } from "../../core/reputation/standing.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { EmailUseCase } from "../../core/use-case/use-case.ts";
import {
  addSetup,
  addUseCase,
  addWorkspace,
  burySetup,
  buryUseCase,
  SAMPLE_TIME,
  sampleBeginning,
  sampleReservation,
  SAMPLE_STANDING,
  sampleUseCase,
  valueOf,
} from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";
import {
  addSentEmail,
  addWrittenEmail,
  emailId,
  type EmailStores,
  hourOf,
  makeEmailStores,
  reputationQuestion,
  sampleEvent,
  withUseCase,
} from "../support/email-samples.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LEASE_MS = 60_000;
const NOW = SAMPLE_TIME + 9 * DAY_MS;

const question = (useCase: EmailUseCase, changes: Partial<ReputationQuestion> = {}): ReputationQuestion =>
  reputationQuestion(useCase, { now: NOW, ...changes });

async function found(stores: EmailStores, useCase: EmailUseCase, changes: Partial<ReputationQuestion> = {}) {
  const record = await stores.reputation.find(question(useCase, changes));
  assert.ok(record);
  return record;
}

/** [when, taken, sent, delivered, bounced, complained], hours after SAMPLE_TIME. */
const inShort = (cohorts: readonly Cohort[]) =>
  cohorts.map(({ startsAt, taken, sent, delivered, bounced, complained }) => [
    (startsAt - SAMPLE_TIME) / HOUR_MS,
    taken,
    sent,
    delivered,
    bounced,
    complained,
  ]);

const bounce = { type: "Bounce", bounceType: "Permanent", bounceSubtype: "General" } as const;
let eventCount = 0;
const told = (stores: EmailStores, mail: number, said: Partial<MailEvent>): Promise<void> =>
  stores.events.record(sampleEvent(mail, ++eventCount, said), "{}");

/** A mail of that hour after SAMPLE_TIME. */
const sentAt = (stores: EmailStores, useCase: EmailUseCase, n: number, hour: number) =>
  addSentEmail(stores, useCase, n, { writtenAt: SAMPLE_TIME + hour * HOUR_MS + 1 });

/** Another use case of the same workspace and setup. */
const addBeside = (
  stores: EmailStores,
  { setupId, workspaceId }: EmailUseCase,
  n: number,
  begins = sampleBeginning(),
): Promise<EmailUseCase> => addUseCase(stores, { id: setupId, workspaceId }, n, begins);

/** The review of a use case, claimed. */
async function claimed(stores: EmailStores, useCase: EmailUseCase): Promise<Task<"review_tier">> {
  const task = await stores.tasks.claim("review_tier", useCase.id, LEASE_MS);
  assert.ok(task);
  return task;
}

/** The reviews that are due; they are given back for another day. */
async function dueReviews(stores: EmailStores): Promise<readonly Id[]> {
  const due = await stores.tasks.claimDue(100, LEASE_MS, null);
  for (const task of due) await stores.tasks.postpone(task, Date.now() + DAY_MS, 0);
  return due.filter(({ kind }) => kind === "review_tier").map(({ subjectId }) => subjectId);
}

const SUSPENSION: Suspension = {
  incidentAt: SAMPLE_TIME + DAY_MS,
  offence: 1,
  until: SAMPLE_TIME + 8 * DAY_MS,
  isStopped: false,
};
const FIGURES: readonly Check[] = [
  {
    name: "bounce_rate",
    scope: "use_case",
    windowMs: DAY_MS,
    value: 0.125,
    limit: 0.08,
    count: 25,
    sample: 200,
    countMin: 20,
    sampleMin: 200,
    holds: true,
  },
];

const standingOf = (changes: Partial<Standing> = {}): Standing => ({
  ...sampleBeginning().standing,
  ...changes,
});
const SUSPENDED = standingOf({ tier: "suspended", capacity: 200, suspension: SUSPENSION });
const RELEASED = standingOf({ countsFrom: SAMPLE_TIME + 3 * HOUR_MS });

const changeOf = (changes: Partial<TierChange> = {}): TierChange => ({
  at: SAMPLE_TIME + DAY_MS,
  from: "onboarding",
  to: "suspended",
  why: "limit_exceeded",
  figures: FIGURES,
  capacity: 200,
  suspension: SUSPENSION,
  ...changes,
});
const RELEASE = changeOf({
  at: SAMPLE_TIME + 8 * DAY_MS,
  from: "suspended",
  to: "onboarding",
  why: "suspension_served",
  suspension: null,
});

async function recorded(
  stores: EmailStores,
  useCase: EmailUseCase,
  standing: Standing,
  change: TierChange | null,
): Promise<void> {
  const task = await claimed(stores, useCase);
  assert.equal(await stores.reputation.record(task, standing, change), true);
  await stores.tasks.postpone(task, Date.now() + DAY_MS, 0);
}

const domainOf = async (stores: EmailStores, useCase: EmailUseCase) =>
  (await stores.setups.find(useCase.setupId))?.domainIdentity ?? "";

async function inherited(stores: EmailStores, workspaceId: Id, domainIdentity: string, now = NOW) {
  const times = { now, dayStartsAt: SAMPLE_TIME, incidentsFrom: 0 };
  return stores.reputation.inheritance(workspaceId, domainIdentity, times);
}

export const contract: Contract<EmailStores> = {
  name: "reputation store",
  open: makeEmailStores,
  cases: [
    {
      name: "reserveEmail stores the standing; find answers it with the use case, whatever its status, unless it is deleted",
      async run(stores) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const setup = await addSetup(stores, workspaceId, 1);
        const reserved = sampleUseCase(setup, 1);
        const standing = standingOf({
          tierSince: 1,
          cameFrom: "premium",
          countsFrom: 2,
          capacity: 3,
          suspension: SUSPENSION,
          carried: { dayStartsAt: 4, taken: 5 },
          movingTo: "suspended",
        });
        const begins = { standing, change: null };
        const { task } = valueOf(await stores.useCases.reserveEmail(reserved, null, begins));
        const nothing = {
          used: 0,
          firstSentAt: null,
          days: [],
          buckets: [],
          setupBuckets: [],
          incidents: [],
          history: [],
        };
        assert.deepEqual(await found(stores, reserved), { useCase: reserved, standing, ...nothing });
        await stores.useCases.recordProvisioned(task, reserved.createdAt);
        assert.equal((await found(stores, reserved, { workspaceId })).useCase.status, "ready");
        const stranger = await addWorkspace(stores, 2);
        const ofStranger = question(reserved, { workspaceId: stranger.id });
        assert.equal(await stores.reputation.find(ofStranger), null);
        await buryUseCase(stores, reserved.id, NOW);
        assert.equal(await stores.reputation.find(question(reserved)), null);
      },
    },
    {
      name: "a use case that is refused, or released, leaves no standing and no line",
      async run(stores, place) {
        const { id: workspaceId } = await addWorkspace(stores, 1);
        const setup = await addSetup(stores, workspaceId, 1);
        const begins = { standing: SUSPENDED, change: changeOf({ why: "inherited" }) };
        const { task } = valueOf(
          await stores.useCases.reserveEmail({ ...sampleUseCase(setup, 1), tier: "suspended" }, null, begins),
        );
        const second = { ...sampleUseCase(setup, 2), name: sampleUseCase(setup, 1).name };
        assert.equal((await stores.useCases.reserveEmail(second, null, begins)).ok, false);
        const count = async () => {
          const sql = "SELECT (SELECT count(*) FROM standing) + (SELECT count(*) FROM tier_change) AS n";
          return (await place.database.read([{ sql, args: [] }]))[0]?.[0]?.["n"];
        };
        assert.equal(await count(), 2);
        await stores.useCases.release(task);
        assert.equal(await count(), 0);
      },
    },
    {
      name: "a use case that is ready has a review due at once",
      async run(stores) {
        const useCase = await withUseCase(stores);
        assert.deepEqual(await dueReviews(stores), [useCase.id]);
      },
    },
    {
      name: "mails count in the cohort they were written in, whatever becomes of them when",
      async run(stores) {
        const useCase = await withUseCase(stores);
        for (const n of [1, 2, 3, 4, 5]) await sentAt(stores, useCase, n, 0);
        await addWrittenEmail(stores, useCase, 6, { writtenAt: SAMPLE_TIME + HOUR_MS });
        await sentAt(stores, useCase, 7, 30);
        const late = SAMPLE_TIME + 3 * DAY_MS;
        await told(stores, 1, { type: "Delivery", occurredAt: late });
        await told(stores, 2, { ...bounce, occurredAt: late });
        await told(stores, 3, { type: "Delivery" });
        await told(stores, 3, { type: "Complaint", occurredAt: late });
        await told(stores, 4, { type: "Open" });
        await told(stores, 5, { ...bounce, bounceSubtype: "OnAccountSuppressionList" });
        const { buckets, days, setupBuckets } = await found(stores, useCase);
        const hours = [
          [0, 4, 4, 2, 1, 1],
          [1, 1, 0, 0, 0, 0],
          [30, 1, 1, 0, 0, 0],
        ];
        assert.deepEqual(inShort(buckets), hours);
        assert.deepEqual(inShort(setupBuckets), hours);
        assert.deepEqual(inShort(days), [
          [0, 5, 4, 2, 1, 1],
          [24, 1, 1, 0, 0, 0],
        ]);
        await stores.events.record(
          sampleEvent(6, ++eventCount, { emailId: emailId(6), type: "Delivery" }),
          "{}",
        );
        assert.deepEqual(inShort((await found(stores, useCase)).buckets)[1], [1, 1, 1, 1, 0, 0]);
      },
    },
    {
      name: "days are of any length, and begin at its multiples",
      async run(stores) {
        const useCase = await withUseCase(stores);
        for (const n of [1, 2, 3])
          await addWrittenEmail(stores, useCase, n, { cohortAt: SAMPLE_TIME + n * 2500 });
        const { days } = await found(stores, useCase, { dayMs: 5000 });
        assert.deepEqual(
          days.map(({ startsAt, taken }) => [startsAt - SAMPLE_TIME, taken]),
          [
            [0, 1],
            [5000, 2],
          ],
        );
      },
    },
    {
      name: "a mail without a cohort counts in nothing and wakes nobody",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await dueReviews(stores);
        await addSentEmail(stores, useCase, 1, { cohortAt: null });
        await told(stores, 1, bounce);
        assert.deepEqual((await found(stores, useCase)).days, []);
        assert.deepEqual(await dueReviews(stores), []);
      },
    },
    {
      name: "find leaves out what was taken before the counters began, and what was withdrawn; both ends by the times asked for",
      async run(stores) {
        const useCase = await withUseCase(stores);
        for (const [hour, n] of [0, 1, 2, 3, 30].entries()) await sentAt(stores, useCase, hour + 1, n);
        await addWrittenEmail(stores, useCase, 9, { writtenAt: SAMPLE_TIME + 5 * HOUR_MS });
        await stores.emails.withdraw(emailId(9));
        const hours = async (changes: Partial<ReputationQuestion> = {}) => {
          const { days, buckets, setupBuckets, used } = await found(stores, useCase, changes);
          const of = (cohorts: readonly Cohort[]) => inShort(cohorts).map(([hour]) => hour);
          return { days: of(days), buckets: of(buckets), setup: of(setupBuckets), used };
        };
        const all = [0, 1, 2, 3, 30];
        assert.deepEqual(await hours(), { days: [0, 24], buckets: all, setup: all, used: 5 });
        const from = SAMPLE_TIME + 2 * HOUR_MS;
        assert.deepEqual(await hours({ daysFrom: SAMPLE_TIME + DAY_MS, bucketsFrom: from }), {
          days: [24],
          buckets: [2, 3, 30],
          setup: [2, 3, 30],
          used: 5,
        });
        assert.equal((await found(stores, useCase)).firstSentAt, SAMPLE_TIME);
        // The counters of the use case begin anew, those of its setup only when a suspension ends.
        const restarted = standingOf({ countsFrom: SAMPLE_TIME + 3 * HOUR_MS });
        await recorded(stores, useCase, restarted, null);
        assert.deepEqual(await hours(), { days: [0, 24], buckets: [3, 30], setup: all, used: 5 });
        assert.deepEqual(inShort((await found(stores, useCase)).days)[0]?.[1], 1);
        assert.equal((await found(stores, useCase)).firstSentAt, SAMPLE_TIME + 3 * HOUR_MS);
      },
    },
    {
      name: "used is of the day asked for, with what it carries over",
      async run(stores) {
        const carried = { dayStartsAt: SAMPLE_TIME, taken: 7 };
        const first = await withUseCase(stores);
        const useCase = await addBeside(stores, first, 2, sampleBeginning({ carried }));
        for (const [n, hour] of [0, 23, 24].entries()) await sentAt(stores, useCase, n + 1, hour);
        assert.equal((await found(stores, useCase)).used, 10);
        assert.equal((await found(stores, useCase, { dayStartsAt: SAMPLE_TIME + DAY_MS })).used, 1);
      },
    },
    {
      name: "a setup's buckets are those of all use cases of its workspace on its domain, deleted ones and setups too",
      async run(stores) {
        const one = await withUseCase(stores, 1);
        const beside = await addBeside(stores, one, 2);
        const { id: guestId } = await addWorkspace(stores, 3);
        const guest = await addUseCase(stores, { id: one.setupId, workspaceId: guestId }, 3);
        const elsewhere = await addUseCase(stores, await addSetup(stores, one.workspaceId, 4), 4);
        for (const [n, useCase] of [one, beside, guest, elsewhere].entries())
          await sentAt(stores, useCase, n + 1, n);
        const hours = async (useCase: EmailUseCase) =>
          inShort((await found(stores, useCase)).setupBuckets).map(([hour]) => hour);
        assert.deepEqual(await hours(one), [0, 1]);
        assert.deepEqual(await hours(guest), [2]);
        for (const { id } of [one, beside, guest]) await buryUseCase(stores, id, NOW);
        await burySetup(stores, one.setupId, NOW);
        const reservation = { ...sampleReservation(one.workspaceId, 5), domainIdentity: "mail1.example" };
        const { task } = valueOf(await stores.setups.reserve(reservation, null));
        const setup = await stores.setups.recordStanding(task, SAMPLE_STANDING, NOW);
        assert.ok(setup);
        const again = await addUseCase(stores, setup, 5);
        await sentAt(stores, again, 5, 5);
        assert.deepEqual(await hours(again), [0, 1, 5]);
        // A bounce of a deleted one's mail still counts.
        await told(stores, 1, bounce);
        assert.deepEqual(inShort((await found(stores, again)).setupBuckets)[0], [0, 1, 1, 0, 1, 0]);
      },
    },
    {
      name: "a use case's buckets are also those of its predecessors, since a suspension last ended; its days are its own",
      async run(stores) {
        const gone = await withUseCase(stores, 1);
        const beside = await addBeside(stores, gone, 2);
        for (const [n, useCase] of [gone, beside, gone].entries()) await sentAt(stores, useCase, n + 1, n);
        await buryUseCase(stores, gone.id, SAMPLE_TIME);
        const heir = await addBeside(stores, gone, 3);
        await sentAt(stores, heir, 4, 3);
        await told(stores, 1, bounce);
        const hours = async (useCase: EmailUseCase) =>
          inShort((await found(stores, useCase)).buckets).map(([hour, , , , bounced]) => [hour, bounced]);
        assert.deepEqual(await hours(heir), [
          [0, 1],
          [2, 0],
          [3, 0],
        ]);
        assert.deepEqual(inShort((await found(stores, heir)).days), [[0, 1, 1, 0, 0, 0]]);
        const stranger = await withUseCase(stores, 4);
        assert.deepEqual(await hours(stranger), []);
        await recorded(stores, beside, SUSPENDED, changeOf());
        await recorded(stores, beside, standingOf({ countsFrom: SAMPLE_TIME + HOUR_MS }), RELEASE);
        assert.deepEqual(await hours(heir), [
          [2, 0],
          [3, 0],
        ]);
      },
    },
    {
      name: "a use case that was there before another one was deleted is not its heir",
      async run(stores) {
        const gone = await withUseCase(stores, 1);
        const beside = await addBeside(stores, gone, 2);
        await sentAt(stores, gone, 1, 0);
        await buryUseCase(stores, gone.id, beside.createdAt + 1);
        assert.deepEqual((await found(stores, beside)).buckets, []);
      },
    },
    {
      name: "a setup's buckets begin anew where a suspension of one of its use cases ended",
      async run(stores) {
        const one = await withUseCase(stores);
        const beside = await addBeside(stores, one, 2);
        for (const [n, useCase] of [one, beside, one, beside].entries())
          await sentAt(stores, useCase, n + 1, n + 1);
        await recorded(stores, one, SUSPENDED, changeOf());
        await recorded(stores, one, RELEASED, RELEASE);
        const hours = inShort((await found(stores, beside)).setupBuckets).map(([hour]) => hour);
        assert.deepEqual(hours, [3, 4]);
      },
    },
    {
      name: "a bounce or complaint that counts wakes its use case's review; nothing else does",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const beside = await addBeside(stores, useCase, 2);
        await dueReviews(stores);
        for (const n of [1, 2, 3]) await sentAt(stores, useCase, n, 0);
        await told(stores, 1, { type: "Delivery" });
        await told(stores, 1, { type: "Open" });
        await told(stores, 1, { ...bounce, bounceSubtype: "Suppressed" });
        assert.deepEqual(await dueReviews(stores), []);
        await told(stores, 2, bounce);
        assert.deepEqual(await dueReviews(stores), [useCase.id]);
        await sentAt(stores, beside, 4, 0);
        await told(stores, 4, { type: "Complaint" });
        assert.deepEqual(await dueReviews(stores), [beside.id]);
      },
    },
    {
      name: "a review that is woken while somebody holds it is due as soon as he gives it back",
      async run(stores) {
        const useCase = await withUseCase(stores);
        await sentAt(stores, useCase, 1, 0);
        const held = await claimed(stores, useCase);
        await told(stores, 1, bounce);
        assert.deepEqual(await dueReviews(stores), []);
        await stores.tasks.postpone(held, Date.now() + DAY_MS, 0);
        const again = await claimed(stores, useCase);
        assert.deepEqual([again.fence, again.attempts], [held.fence + 1, 1]);
        await stores.tasks.postpone(again, Date.now() + DAY_MS, 0);
        assert.deepEqual(await dueReviews(stores), []);
      },
    },
    {
      name: "a woken review comes before those due by the calendar",
      async run(stores) {
        const one = await withUseCase(stores);
        const two = await addBeside(stores, one, 2);
        const three = await addBeside(stores, one, 3);
        await dueReviews(stores);
        for (const useCase of [one, two])
          await stores.tasks.postpone(await claimed(stores, useCase), Date.now() - DAY_MS, 0);
        await sentAt(stores, three, 1, 0);
        await told(stores, 1, bounce);
        const [first] = await stores.tasks.claimDue(1, LEASE_MS, null);
        assert.equal(first?.subjectId, three.id);
      },
    },
    {
      name: "a bounce of a deleted use case wakes those that share its workspace and domain",
      async run(stores) {
        const one = await withUseCase(stores);
        const beside = await addBeside(stores, one, 2);
        await withUseCase(stores, 3);
        await sentAt(stores, one, 1, 0);
        await dueReviews(stores);
        await buryUseCase(stores, one.id, NOW);
        await told(stores, 1, bounce);
        assert.deepEqual(await dueReviews(stores), [beside.id]);
      },
    },
    {
      name: "begin notes the move for the task's holder only",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const task = await claimed(stores, useCase);
        assert.equal(await stores.reputation.begin({ ...task, fence: task.fence - 1 }, "premium"), false);
        assert.equal((await found(stores, useCase)).standing.movingTo, null);
        assert.equal(await stores.reputation.begin(task, "standard"), true);
        assert.equal((await found(stores, useCase)).standing.movingTo, "standard");
      },
    },
    {
      name: "record stores standing, tier and line for the task's holder only, and the line once",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const before = await found(stores, useCase);
        const task = await claimed(stores, useCase);
        const change = changeOf();
        const stale = { ...task, fence: task.fence - 1 };
        assert.equal(await stores.reputation.record(stale, SUSPENDED, change), false);
        assert.deepEqual(await found(stores, useCase), before);
        assert.equal(await stores.reputation.record(task, SUSPENDED, change), true);
        const after = await found(stores, useCase);
        assert.deepEqual(after.standing, SUSPENDED);
        assert.deepEqual(after.useCase, { ...useCase, tier: "suspended", updatedAt: change.at });
        assert.deepEqual(after.history, [change]);
        const grown = { ...SUSPENDED, capacity: 150 };
        assert.equal(await stores.reputation.record(task, grown, null), true);
        assert.deepEqual((await found(stores, useCase)).standing, grown);
        assert.deepEqual((await found(stores, useCase)).history, [change]);
        await stores.tasks.complete(task);
        assert.equal(await stores.reputation.record(task, SUSPENDED, null), false);
      },
    },
    {
      name: "history is the use case's own, newest first, as many lines as asked for",
      async run(stores) {
        const useCase = await withUseCase(stores);
        const beside = await addBeside(stores, useCase, 2);
        const lines = [changeOf(), changeOf({ why: "sending_stopped" }), RELEASE];
        for (const line of lines) await recorded(stores, useCase, SUSPENDED, line);
        await recorded(stores, beside, SUSPENDED, changeOf());
        assert.deepEqual((await found(stores, useCase)).history, lines.toReversed());
        const [newest] = (await found(stores, useCase, { historyMax: 1 })).history;
        assert.deepEqual(newest, RELEASE);
        assert.deepEqual((await found(stores, useCase, { historyMax: 0 })).history, []);
      },
    },
    {
      name: "incidents are of the workspace and domain, newest first, with the hardest suspension that still runs",
      async run(stores) {
        const one = await withUseCase(stores);
        const two = await addBeside(stores, one, 2);
        const three = await addBeside(stores, one, 3);
        const stranger = await withUseCase(stores, 4);
        const older: Suspension = { ...SUSPENSION, incidentAt: SAMPLE_TIME, until: SAMPLE_TIME + 1 };
        await recorded(
          stores,
          one,
          { ...SUSPENDED, suspension: older },
          changeOf({ suspension: older, at: 1 }),
        );
        await recorded(stores, one, RELEASED, { ...RELEASE, at: 2 });
        const suspend = (useCase: EmailUseCase, changes: Partial<Suspension>, why: TierChange["why"]) => {
          const suspension = { ...SUSPENSION, ...changes };
          return recorded(stores, useCase, { ...SUSPENDED, suspension }, changeOf({ suspension, why }));
        };
        const incidents = async (changes: Partial<ReputationQuestion> = {}) =>
          (await found(stores, three, { now: SAMPLE_TIME + 2 * DAY_MS, ...changes })).incidents;
        const past = { startedAt: SAMPLE_TIME, isSetupWide: false, running: null };
        const current = { startedAt: SUSPENSION.incidentAt, isSetupWide: false, running: SUSPENSION };
        assert.deepEqual(await incidents(), [past]);
        await suspend(one, {}, "limit_exceeded");
        assert.deepEqual(await incidents(), [current, past]);
        await suspend(two, { until: SAMPLE_TIME + 9 * DAY_MS }, "setup_limit_exceeded");
        const longer = { ...SUSPENSION, until: SAMPLE_TIME + 9 * DAY_MS };
        assert.deepEqual(await incidents(), [{ ...current, isSetupWide: true, running: longer }, past]);
        await suspend(one, { until: null }, "limit_exceeded");
        assert.deepEqual((await incidents())[0]?.running, { ...SUSPENSION, until: null });
        await suspend(two, { isStopped: true }, "sending_stopped");
        assert.deepEqual((await incidents())[0]?.running, { ...SUSPENSION, isStopped: true });
        // Its time is over, that of the one that waits for the operator is not.
        const later = await incidents({ now: SAMPLE_TIME + 8 * DAY_MS });
        assert.deepEqual(later[0]?.running, { ...SUSPENSION, until: null });
        assert.deepEqual((await found(stores, stranger)).incidents, []);
        const from = { incidentsFrom: SAMPLE_TIME + 5 * DAY_MS };
        assert.equal((await incidents(from)).length, 1);
        for (const useCase of [one, two]) await recorded(stores, useCase, RELEASED, RELEASE);
        assert.deepEqual(await incidents(from), []);
      },
    },
    {
      name: "inheritance answers what deleted use cases took today and what they are suspended for, by workspace and domain",
      async run(stores) {
        const one = await withUseCase(stores);
        const { workspaceId } = one;
        const domain = await domainOf(stores, one);
        assert.deepEqual(await inherited(stores, workspaceId, "never.example"), { incidents: [], taken: 0 });
        for (const [n, hour] of [0, 1, 24].entries()) await sentAt(stores, one, n + 1, hour);
        await addWrittenEmail(stores, one, 4, { cohortAt: hourOf(SAMPLE_TIME - 1) });
        await recorded(stores, one, SUSPENDED, changeOf());
        const incident = { startedAt: SUSPENSION.incidentAt, isSetupWide: false, running: SUSPENSION };
        const now = SAMPLE_TIME + 2 * DAY_MS;
        assert.deepEqual(await inherited(stores, workspaceId, domain, now), {
          incidents: [incident],
          taken: 0,
        });
        await buryUseCase(stores, one.id, now);
        assert.deepEqual(await inherited(stores, workspaceId, domain, now), {
          incidents: [incident],
          taken: 3,
        });
        await burySetup(stores, one.setupId, now);
        assert.deepEqual(await inherited(stores, workspaceId, domain, now), {
          incidents: [incident],
          taken: 3,
        });
        const { id: strangerId } = await addWorkspace(stores, 2);
        assert.deepEqual(await inherited(stores, strangerId, domain, now), { incidents: [], taken: 0 });
        const served = await inherited(stores, workspaceId, domain, SUSPENSION.until ?? 0);
        assert.deepEqual(served.incidents, [{ ...incident, running: null }]);
      },
    },
    {
      name: "a line that the setup's figures decided wakes those of the others that do not stand so yet",
      async run(stores) {
        const one = await withUseCase(stores);
        const beside = await addBeside(stores, one, 2);
        const gone = await addBeside(stores, one, 3);
        await buryUseCase(stores, gone.id, NOW);
        await withUseCase(stores, 4);
        await dueReviews(stores);
        const ofSetup = FIGURES.map((figure) => ({ ...figure, scope: "setup" as const }));
        const stopped = { ...SUSPENDED, suspension: { ...SUSPENSION, isStopped: true } };
        const woken = async (useCase: EmailUseCase, standing: Standing, figures: TierChange["figures"]) => {
          await recorded(stores, useCase, standing, changeOf({ at: ++at, figures }));
          return dueReviews(stores);
        };
        let at = SAMPLE_TIME;
        assert.deepEqual(await woken(one, SUSPENDED, FIGURES), []);
        assert.deepEqual(await woken(one, SUSPENDED, ofSetup), [beside.id]);
        // Otherwise each of a setup's use cases would wake all others, again and again.
        assert.deepEqual(await woken(beside, SUSPENDED, ofSetup), []);
        assert.deepEqual(await woken(one, stopped, ofSetup), [beside.id]);
        assert.deepEqual(await woken(beside, stopped, ofSetup), []);
      },
    },
    {
      name: "an operator who resumes also ends the suspensions that deleted ones left running, and no living one's",
      async run(stores) {
        const one = await withUseCase(stores);
        const beside = await addBeside(stores, one, 2);
        const gone = await addBeside(stores, one, 3);
        const forEver = { ...SUSPENDED, suspension: { ...SUSPENSION, until: null } };
        const stopped = { ...SUSPENDED, suspension: { ...SUSPENSION, until: null, isStopped: true } };
        await recorded(stores, one, forEver, changeOf({ suspension: forEver.suspension }));
        await recorded(stores, beside, forEver, changeOf({ suspension: forEver.suspension }));
        await recorded(stores, gone, stopped, changeOf({ suspension: stopped.suspension }));
        await buryUseCase(stores, gone.id, NOW);
        const running = async () => (await found(stores, one)).incidents[0]?.running;
        assert.deepEqual(await running(), stopped.suspension);
        await recorded(stores, one, RELEASED, { ...RELEASE, why: "operator_resumed" });
        assert.deepEqual(await running(), forEver.suspension);
        assert.deepEqual((await found(stores, beside)).standing, forEver);
      },
    },
    {
      name: "rebuild counts cohorts anew and says how many differed",
      async run(_stores, place) {
        const stores = makeEmailStores(place.database);
        const useCase = await withUseCase(stores);
        for (const [n, hour] of [0, 0, 1, 2].entries()) await sentAt(stores, useCase, n + 1, hour);
        await told(stores, 1, bounce);
        await told(stores, 3, { type: "Delivery" });
        await addWrittenEmail(stores, useCase, 5, { writtenAt: SAMPLE_TIME + 3 * HOUR_MS });
        await stores.emails.withdraw(emailId(5));
        const before = await found(stores, useCase);
        const rebuild = async () => {
          let differed = 0;
          for (let after: number | null = 0; after !== null;) {
            const slice: Awaited<ReturnType<typeof stores.events.rebuild>> = await stores.events.rebuild(
              after,
              1,
            );
            differed += slice.differed;
            after = slice.nextSeq;
          }
          return differed;
        };
        assert.equal(await rebuild(), 0);
        const damage = [
          "UPDATE cohort SET taken = 9, bounced = 7 WHERE seq = 1",
          "DELETE FROM cohort WHERE seq = 2",
          "UPDATE cohort SET taken = 5 WHERE seq = 4",
        ];
        await place.database.write({
          statements: damage.map((sql) => ({ sql, args: [] })),
          outcome: () => undefined,
        });
        const damaged = await found(stores, useCase);
        assert.notDeepEqual(damaged.buckets, before.buckets);
        assert.equal(await rebuild(), damage.length);
        assert.deepEqual(await found(stores, useCase), before);
        assert.equal(await rebuild(), 0);
      },
    },
  ],
};
