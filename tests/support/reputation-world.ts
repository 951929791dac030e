// A setup world whose use cases have mail behind them: cohorts are made of stored e-mails and recorded events, so that
// reviews read what the stores counted.
import { makeEmailStore } from "../../adapters/libsql/email-store.ts";
import { makeEventStore } from "../../adapters/libsql/event-store.ts";
import type { MailEvent } from "../../core/email/mail-event.ts";
import { cohortOf } from "../../core/reputation/mail-counts.ts";
import { readTierPolicy } from "../../core/reputation/read-tier-policy.ts";
import { reputationQuestion } from "../../core/reputation/reputation-question.ts";
import { dayStart } from "../../core/reputation/sending-time.ts";
import type { ReputationRecord } from "../../core/ports/reputation-store.ts";
import { accountTime } from "../../core/reputation/account-share.ts";
import type { TierPolicy } from "../../core/reputation/tier-policy.ts";
import { tick } from "../../core/tasks/tick.ts";
import { createEmailUseCase } from "../../core/use-case/create-email-use-case.ts";
import type { PoolMode } from "../../core/use-case/sending-pool.ts";
import type { EmailType, EmailUseCase } from "../../core/use-case/use-case.ts";
import { messageId, sampleEmail, sampleEvent } from "./email-samples.ts";
import { makeSetupWorld } from "./own-setup-world.ts";
import { DOMAIN, verifiedSetup } from "./setup-world.ts";

/** Small numbers, so that a few mails do what thousands do; days are days. */
export const SMALL_POLICY: TierPolicy = policyOf({
  samples: { sent: 10, delivered: 10 },
  onboarding: { capacities: [20, 30, 40] },
  standard: { capacity: 100, entry: { sinceFirstSend: "3d", sendingDays: 2, delivered: 5 } },
  premium: { capacity: 500, entry: { inTier: "5d", window: "5d", sent: 8 } },
  suspension: {
    slow: { bounceRate: 0.3, bounces: 3 },
    fast: { bounceRate: 0.5, bounces: 5 },
    capacityMax: 40,
  },
});

export function policyOf(override: unknown): TierPolicy {
  const read = readTierPolicy(override);
  if (!read.ok) throw new Error(read.error.join("\n"));
  return read.value;
}

export async function makeReputationWorld({ pools = "managed" }: { pools?: PoolMode } = {}) {
  const world = await makeSetupWorld({ pools, tierPolicy: SMALL_POLICY });
  const setup = await verifiedSetup(world);
  const emails = makeEmailStore(world.database);
  const events = makeEventStore(world.database);
  let mails = 0;
  let useCases = 0;

  const reputationWorld = {
    ...world,
    setup,
    async newUseCase(emailType: EmailType = "transactional", setupId = setup.id): Promise<EmailUseCase> {
      const letter = String.fromCharCode(97 + useCases++);
      const made = await createEmailUseCase(world.ports, {
        workspaceId: world.workspaceId,
        setupId,
        entityName: "Clinic",
        name: `Reminders ${letter}`,
        description: null,
        sender: { local: `hello-${letter}`, domain: DOMAIN },
        emailType,
        senderDisplayName: null,
        unsubscribeScope: null,
        claim: null,
      });
      if (!made.ok) throw new Error(`no use case: ${made.error.kind}`);
      return made.value;
    },

    /** So many mails that were delivered now; then this happened to each of them. */
    async mails(useCase: EmailUseCase, count: number, trouble: Partial<MailEvent> = {}): Promise<void> {
      const writtenAt = world.ports.clock.now();
      const { bucketAt, asked } = capacityAsked(writtenAt);
      for (let index = 0; index < count; index++) {
        const n = ++mails;
        const mail = sampleEmail(useCase, n, { writtenAt, cohortAt: bucketAt });
        const written = await emails.writeAhead(mail, null, asked);
        if (!written.ok) throw new Error(`not written: ${written.error.kind}`);
        await emails.recordSent(mail.id, messageId(n), writtenAt);
        await events.record(sampleEvent(n, n * 2, { receivedAt: writtenAt }), "{}");
        if (trouble.type) await events.record(sampleEvent(n, n * 2 + 1, trouble), "{}");
      }
    },

    /** What the stores have of it. */
    async record({ id }: EmailUseCase): Promise<ReputationRecord> {
      const asked = { useCaseId: id, workspaceId: null, historyMax: 50 };
      const found = await world.ports.reputation.find(
        reputationQuestion(SMALL_POLICY, asked, world.ports.clock.now()),
      );
      if (found === null) throw new Error("there is no such use case");
      return found;
    },

    /** The pool its configuration set is in; null: the shared infrastructure. */
    poolOf: ({ configurationSetName }: EmailUseCase): string | null | undefined =>
      world.ports.mailProvider.sets.get(configurationSetName)?.pool,

    /** What is due by now is done, as often as it takes. */
    async review(): Promise<void> {
      const at = world.ports.clock.now();
      while ((await tick(world.ports, { at })).some(({ kind, end }) => isNews(kind, end.kind))) continue;
    },

    /** So many days pass, with their reviews. */
    async days(count: number): Promise<void> {
      for (let day = 0; day < count; day++) {
        world.ports.clock.pass(SMALL_POLICY.day);
        await reputationWorld.review();
      }
    },
  };
  return reputationWorld;
}
export type ReputationWorld = Awaited<ReturnType<typeof makeReputationWorld>>;

/** A review that failed is due again later; one that went well may have more to do at once. */
const isNews = (kind: string, end: string): boolean => kind === "review_tier" && end === "again";

const capacityAsked = (writtenAt: number) => ({
  bucketAt: cohortOf(SMALL_POLICY, "pat@example.org", writtenAt),
  asked: { dayStartsAt: dayStart(SMALL_POLICY, writtenAt), account: accountTime(writtenAt) },
});

export const HARD_BOUNCE = { type: "Bounce", bounceType: "Permanent", bounceSubtype: "NoEmail" } as const;
