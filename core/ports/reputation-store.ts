import type { Id } from "../ids.ts";
import type { AccountQuota } from "../reputation/account-share.ts";
import type { Cohort } from "../reputation/mail-counts.ts";
import type { Incident, Standing, TierChange } from "../reputation/standing.ts";
import type { Task } from "../tasks/task.ts";
import type { EmailUseCase } from "../use-case/use-case.ts";

/** Which use case, and which times its figures are wanted for. All in ms. */
export type ReputationQuestion = {
  readonly useCaseId: Id;
  /** Null: of any workspace. */
  readonly workspaceId: Id | null;
  readonly now: number;
  /** How long a sending day is; days begin at its multiples. */
  readonly dayMs: number;
  /** When the day began whose use is asked for. */
  readonly dayStartsAt: number;
  readonly daysFrom: number;
  readonly bucketsFrom: number;
  /** Incidents that began before it are left out, unless they still run. */
  readonly incidentsFrom: number;
  /** How many lines of the history, at most. */
  readonly historyMax: number;
};

export type ReputationRecord = {
  readonly useCase: EmailUseCase;
  readonly standing: Standing;
  /** Of today's capacity, with what it carries over from deleted use cases. */
  readonly used: number;
  /** Cohorts, oldest first; those without a mail are left out. By day the use case's own, none before `standing.countsFrom`. */
  readonly days: readonly Cohort[];
  /** The cohort of its first mail that is known to be sent, none before `standing.countsFrom`; null: there is none. */
  readonly firstSentAt: number | null;
  /**
   * By part of a day, beside its own those of its predecessors: the use cases of its workspace on the domain of its setup
   * that were deleted before it was made. Theirs begin where a suspension of that workspace and domain last ended.
   */
  readonly buckets: readonly Cohort[];
  /** The same of all use cases of that workspace and domain, deleted ones too. */
  readonly setupBuckets: readonly Cohort[];
  /** Of its workspace and domain, newest first, at most INCIDENTS_MAX. */
  readonly incidents: readonly Incident[];
  /** Its own, newest first. */
  readonly history: readonly TierChange[];
};

/** The third within 180 days waits for the operator already; each lasts a week or was ended by him. */
export const INCIDENTS_MAX = 16;

/** What a new use case of a workspace begins with on a domain. */
export type Inheritance = {
  readonly incidents: readonly Incident[];
  /** Of today's capacity, by use cases that are deleted. */
  readonly taken: number;
};

/**
 * The standing of e-mail use cases, their counters, and the history. All that is kept outlives use case and setup: what is
 * asked "of a workspace and domain" counts deleted ones. Counters are kept by the stores of e-mails and events, in their
 * own transactions: what each mail counts as is core's table (reputation/mail-counts.ts), in the cohort it was written in.
 * One method is one transaction, at most one round trip.
 *
 * - `find` reads what a review decides on and what a caller is shown, for a use case that is not deleted, whatever its
 *   status; null when there is none.
 * - `inheritance` answers for a domain that may never have been seen.
 * - `begin` notes that the configuration set is about to be moved to that tier's pool; `record` stores the standing and, if
 *   it changed, the line of the history, and the tier on the use case. Both are the task's holder's: false, and nothing is
 *   changed, once the lease is another's. Run again they change nothing more. A line
 *   that a figure of the setup decided wakes the reviews of those other use cases of that workspace and domain that are not
 *   suspended yet, or, if it stopped sending, not stopped; one of `operator_resumed` also ends the suspensions that deleted
 *   ones among them left running.
 * - `recordQuota` keeps what the provider said of the account; before the first time there is no limit. It
 *   also forgets what workspaces took of it before the 24 hours and one more.
 */
export type ReputationStore = {
  find(question: ReputationQuestion): Promise<ReputationRecord | null>;
  inheritance(
    workspaceId: Id,
    domainIdentity: string,
    times: Pick<ReputationQuestion, "now" | "dayStartsAt" | "incidentsFrom">,
  ): Promise<Inheritance>;
  begin(task: Task<"review_tier">, movingTo: Standing["tier"]): Promise<boolean>;
  record(task: Task<"review_tier">, standing: Standing, change: TierChange | null): Promise<boolean>;
  recordQuota(quota: AccountQuota, at: number): Promise<void>;
};
