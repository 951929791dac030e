// What EmailStore promises of capacity, sentence by sentence, on every database (see tests/support/contract.ts): what a
// mail takes when it is written, what stands in its way, and what is given back.
import assert from "node:assert/strict";
import type { EmailUseCase } from "../../core/use-case/use-case.ts";
import type { NewEmail } from "../../core/email/email.ts";
import type { Standing } from "../../core/reputation/standing.ts";
import {
  addSetup,
  addUseCase,
  addWorkspace,
  SAMPLE_TIME,
  sampleBeginning,
  sampleClaim,
} from "../support/channel-samples.ts";
import type { Contract } from "../support/contract.ts";
import {
  addSentEmail,
  askedAt,
  emailId,
  type EmailStores,
  makeEmailStores,
  messageId,
  question,
  sampleEmail,
  sampleEvent,
  withUseCase,
} from "../support/email-samples.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAY_USED_UP = { kind: "daily_capacity_exceeded", capacity: 3, used: 3 };
const HOURS_USED_UP = { kind: "account_capacity_exceeded", window: "24_hours" };
const SECOND_USED_UP = { kind: "account_capacity_exceeded", window: "second" };

/** A use case with a capacity of three, unless told otherwise. */
async function withCapacity(
  stores: EmailStores,
  standing: Partial<Standing> = {},
  n = 1,
): Promise<EmailUseCase> {
  const { id } = await addWorkspace(stores, n);
  const begins = sampleBeginning({ capacity: 3, ...standing });
  return addUseCase(stores, await addSetup(stores, id, n), n, begins);
}

/** What was taken, or why not. */
async function write(stores: EmailStores, useCase: EmailUseCase, n: number, changes: Partial<NewEmail> = {}) {
  const email = sampleEmail(useCase, n, changes);
  const outcome = await stores.emails.writeAhead(email, null, askedAt(email.writtenAt));
  return outcome.ok ? outcome.value : outcome.error;
}

const isTaken = (outcome: Awaited<ReturnType<typeof write>>): boolean =>
  outcome !== null && !("kind" in outcome);

export const contract: Contract<EmailStores> = {
  name: "capacity of the e-mail store",
  open: makeEmailStores,
  cases: [
    {
      name: "a mail takes one of its use case's day and answers how much is used; the one too many stores nothing",
      async run(stores, place) {
        const useCase = await withCapacity(stores);
        for (const used of [1, 2, 3])
          assert.deepEqual(await write(stores, useCase, used), { capacity: 3, used });
        const outcome = await stores.emails.writeAhead(sampleEmail(useCase, 4), sampleClaim(), askedAt());
        assert.deepEqual(outcome, { ok: false, error: DAY_USED_UP });
        assert.equal(await stores.emails.find(useCase.workspaceId, emailId(4)), null);
        assert.equal(await stores.idempotency.find(useCase.workspaceId, "key-1", SAMPLE_TIME), null);
        assert.deepEqual(await write(stores, useCase, 5), DAY_USED_UP);
        const [taken] = await place.database.read([
          { sql: "SELECT sum(taken) AS n FROM account_use", args: [] },
        ]);
        assert.equal(taken?.[0]?.["n"], 3);
      },
    },
    {
      name: "a hundred at once on two instances pass no limit",
      async run(stores, place) {
        const useCase = await withCapacity(stores, { capacity: 37 });
        const other = makeEmailStores(await place.openAnother());
        const outcomes = await Promise.all(
          Array.from({ length: 100 }, (_, n) => write(n % 2 === 0 ? stores : other, useCase, n + 1)),
        );
        assert.equal(outcomes.filter(isTaken).length, 37);
        const [rows = []] = await place.database.read([{ sql: "SELECT id FROM email", args: [] }]);
        assert.equal(rows.length, 37);
      },
    },
    {
      name: "each use case has its own capacity, and each day",
      async run(stores) {
        const useCase = await withCapacity(stores);
        const beside = await addUseCase(
          stores,
          { id: useCase.setupId, workspaceId: useCase.workspaceId },
          2,
          sampleBeginning({ capacity: 3 }),
        );
        for (const n of [1, 2, 3]) await write(stores, useCase, n);
        assert.deepEqual(await write(stores, beside, 4), { capacity: 3, used: 1 });
        assert.deepEqual(
          await write(stores, useCase, 5, { writtenAt: SAMPLE_TIME + DAY_MS - 1 }),
          DAY_USED_UP,
        );
        const tomorrow = await write(stores, useCase, 6, { writtenAt: SAMPLE_TIME + DAY_MS });
        assert.deepEqual(tomorrow, { capacity: 3, used: 1 });
      },
    },
    {
      name: "what is carried over counts on its day only",
      async run(stores) {
        const useCase = await withCapacity(stores, { carried: { dayStartsAt: SAMPLE_TIME, taken: 2 } });
        assert.deepEqual(await write(stores, useCase, 1), { capacity: 3, used: 3 });
        assert.deepEqual(await write(stores, useCase, 2), DAY_USED_UP);
        const tomorrow = await write(stores, useCase, 3, { writtenAt: SAMPLE_TIME + DAY_MS });
        assert.deepEqual(tomorrow, { capacity: 3, used: 1 });
      },
    },
    {
      name: "a mail without a cohort takes nothing, and nothing stands in its way",
      async run(stores) {
        const useCase = await withCapacity(stores, { capacity: 0 });
        await stores.reputation.recordQuota({ mailsIn24Hours: 0, mailsPerSecond: 0 }, SAMPLE_TIME);
        assert.equal(await write(stores, useCase, 1, { cohortAt: null }), null);
        assert.deepEqual(await write(stores, useCase, 2), { ...DAY_USED_UP, capacity: 0, used: 0 });
      },
    },
    {
      name: "withdraw gives back what was taken; unknown and sent keep it",
      async run(stores) {
        const useCase = await withCapacity(stores);
        for (const n of [1, 2, 3]) await write(stores, useCase, n);
        await stores.emails.recordUnknown(emailId(1), SAMPLE_TIME);
        await stores.emails.recordSent(emailId(2), messageId(2), SAMPLE_TIME);
        assert.deepEqual(await write(stores, useCase, 4), DAY_USED_UP);
        await stores.emails.withdraw(emailId(2));
        assert.deepEqual(await write(stores, useCase, 4), DAY_USED_UP);
        await stores.emails.withdraw(emailId(3));
        assert.deepEqual(await write(stores, useCase, 4), { capacity: 3, used: 3 });
        await stores.emails.withdraw(emailId(1));
        assert.deepEqual(await write(stores, useCase, 5), { capacity: 3, used: 3 });
      },
    },
    {
      name: "a mail that the provider did not even try gives back what it took",
      async run(stores) {
        const useCase = await withCapacity(stores);
        for (const n of [1, 2, 3]) await addSentEmail(stores, useCase, n);
        const untried = {
          type: "Bounce",
          bounceType: "Permanent",
          bounceSubtype: "OnAccountSuppressionList",
        } as const;
        await stores.events.record(sampleEvent(1, 1, untried), "{}");
        assert.deepEqual(await write(stores, useCase, 4), { capacity: 3, used: 3 });
      },
    },
    {
      name: "of several reasons the claim is told before the recipient, and he before capacity",
      async run(stores) {
        const useCase = await withCapacity(stores, { capacity: 1 });
        const toAddress = "pat@post.example";
        const email = sampleEmail(useCase, 1, { toAddress });
        await stores.emails.writeAhead(email, sampleClaim(), askedAt());
        await stores.emails.recordSent(email.id, messageId(1), SAMPLE_TIME);
        await stores.reputation.recordQuota({ mailsIn24Hours: 2, mailsPerSecond: 2 }, SAMPLE_TIME);
        const stranger = await withUseCase(stores, 2);
        await write(stores, stranger, 9);
        await stores.suppressions.unsubscribe(email.id, null, emailId(99), SAMPLE_TIME);
        const next = sampleEmail(useCase, 2, { toAddress });
        const refused = async (claim: ReturnType<typeof sampleClaim> | null) => {
          const outcome = await stores.emails.writeAhead(next, claim, askedAt());
          return outcome.ok ? null : outcome.error.kind;
        };
        assert.equal(await refused(sampleClaim()), "claim_lost");
        assert.equal(await refused(null), "recipient_suppressed");
        const full = await write(stores, useCase, 3);
        assert.deepEqual(full, { kind: "daily_capacity_exceeded", capacity: 1, used: 1 });
      },
    },
    {
      name: "a workspace takes half of the account's 24 hours, as long as another one sends",
      async run(stores) {
        const one = await withUseCase(stores, 1);
        const other = await withUseCase(stores, 2);
        await stores.reputation.recordQuota({ mailsIn24Hours: 5, mailsPerSecond: null }, SAMPLE_TIME);
        const second = (n: number) => ({ writtenAt: SAMPLE_TIME + n * 1000 });
        for (const n of [1, 2, 3]) assert.ok(isTaken(await write(stores, one, n, second(n))));
        await write(stores, other, 4, second(4));
        assert.deepEqual(await write(stores, one, 5, second(5)), HOURS_USED_UP);
        assert.equal(await stores.emails.find(one.workspaceId, emailId(5)), null);
        await write(stores, other, 6, second(6));
        assert.deepEqual(await write(stores, other, 7, second(7)), HOURS_USED_UP);
        await stores.emails.withdraw(emailId(6));
        assert.ok(isTaken(await write(stores, other, 8, second(8))));
        // The hours slide: what was taken in the first one no longer counts, neither as its own nor as the other's.
        const later = { writtenAt: SAMPLE_TIME + 25 * HOUR_MS };
        assert.ok(isTaken(await write(stores, one, 9, later)));
      },
    },
    {
      name: "a share is rounded down, but one mail at least; no quota is no limit",
      async run(stores) {
        const one = await withUseCase(stores, 1);
        const other = await withUseCase(stores, 2);
        await write(stores, one, 1);
        await write(stores, other, 2);
        await write(stores, other, 3);
        await stores.reputation.recordQuota({ mailsIn24Hours: 1, mailsPerSecond: 1 }, SAMPLE_TIME);
        assert.deepEqual(await write(stores, one, 4), HOURS_USED_UP);
        const third = await withUseCase(stores, 3);
        assert.ok(isTaken(await write(stores, third, 5)));
        await stores.reputation.recordQuota({ mailsIn24Hours: 3, mailsPerSecond: null }, SAMPLE_TIME + 1);
        assert.deepEqual(await write(stores, third, 6), HOURS_USED_UP);
        await stores.reputation.recordQuota({ mailsIn24Hours: null, mailsPerSecond: null }, SAMPLE_TIME + 2);
        assert.ok(isTaken(await write(stores, third, 6)));
        // What was said earlier and comes later.
        await stores.reputation.recordQuota({ mailsIn24Hours: 1, mailsPerSecond: 1 }, SAMPLE_TIME + 1);
        assert.ok(isTaken(await write(stores, third, 7)));
      },
    },
    {
      name: "a workspace takes half of the account's second, as long as another one sends",
      async run(stores) {
        const one = await withUseCase(stores, 1);
        const other = await withUseCase(stores, 2);
        await stores.reputation.recordQuota({ mailsIn24Hours: 1000, mailsPerSecond: 4 }, SAMPLE_TIME);
        for (const n of [1, 2, 3]) assert.ok(isTaken(await write(stores, one, n)));
        await write(stores, other, 4);
        assert.deepEqual(await write(stores, one, 5), SECOND_USED_UP);
        const next = { writtenAt: SAMPLE_TIME + 1000 };
        await write(stores, one, 6, next);
        await write(stores, one, 7, next);
        assert.deepEqual(await write(stores, one, 8, next), SECOND_USED_UP);
        // An instance whose clock is behind.
        assert.deepEqual(await write(stores, one, 9), SECOND_USED_UP);
        await stores.emails.withdraw(emailId(7));
        assert.ok(isTaken(await write(stores, one, 10, next)));
        // The other one's last was in the first second: a minute later it shares the rate, then no more.
        const inSecond = async (second: number, first: number) => {
          const writtenAt = SAMPLE_TIME + second * 1000;
          for (const n of [first, first + 1]) await write(stores, one, n, { writtenAt });
          return write(stores, one, first + 2, { writtenAt });
        };
        assert.deepEqual(await inSecond(60, 20), SECOND_USED_UP);
        assert.ok(isTaken(await inSecond(61, 30)));
      },
    },
    {
      name: "recordQuota forgets what was taken before the 24 hours and one more",
      async run(stores, place) {
        const one = await withUseCase(stores, 1);
        const other = await withUseCase(stores, 2);
        for (const hour of [0, 1, 2])
          for (const [n, useCase] of [one, other].entries())
            await write(stores, useCase, 2 * hour + n + 1, { writtenAt: SAMPLE_TIME + hour * HOUR_MS });
        await stores.reputation.recordQuota(
          { mailsIn24Hours: null, mailsPerSecond: null },
          SAMPLE_TIME + 26 * HOUR_MS,
        );
        const [rows = []] = await place.database.read([
          { sql: "SELECT hour_starts_at AS at FROM account_use ORDER BY hour_starts_at", args: [] },
        ]);
        const kept = [1, 1, 2, 2].map((hour) => SAMPLE_TIME + hour * HOUR_MS);
        assert.deepEqual(
          rows.map(({ at }) => at),
          kept,
        );
      },
    },
    {
      name: "sendContext says whether sending is stopped",
      async run(stores) {
        const isStopped = async (suspension: Standing["suspension"], n: number) => {
          const useCase = await withCapacity(stores, { suspension }, n);
          return (await stores.emails.sendContext(question(useCase), SAMPLE_TIME)).isSendingStopped;
        };
        const suspension = { incidentAt: SAMPLE_TIME, offence: 1, until: null, isStopped: false };
        assert.equal(await isStopped(null, 1), false);
        assert.equal(await isStopped(suspension, 2), false);
        assert.equal(await isStopped({ ...suspension, isStopped: true }, 3), true);
      },
    },
  ],
};
